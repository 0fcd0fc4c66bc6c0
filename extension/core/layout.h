/*
 * core/layout.h
 *		Where the fields of the flat form are (core/flat.h has the layout).  For
 *		core/flat.c and core/writer.c, and no others.
 */
#ifndef LEDGER_LAYOUT_H
#define LEDGER_LAYOUT_H

#define LEDGER_FORM_CANONICAL	0

#define HEADER_LENGTH		24	/* bytes before name_end */
#define PARTY_LENGTH		8	/* bytes of name_end and row_end */
#define CORRIDOR_LENGTH		28	/* bytes of a directory entry */
#define ENTRY_MIN			2	/* bytes of an entry at the least */

/* Offsets in the header, and in an entry of the directory */
#define HEADER_VERSION		0
#define HEADER_FORM			1
#define HEADER_ZERO			2
#define HEADER_PARTIES		4
#define HEADER_CORRIDORS	8
#define HEADER_NAMES		12
#define HEADER_FIRST		16
#define HEADER_LAST			20

#define CORRIDOR_DESTINATION	0
#define CORRIDOR_SEGMENT_END	4
#define CORRIDOR_ENTRIES		8
#define CORRIDOR_FIRST			12
#define CORRIDOR_LAST			16
#define CORRIDOR_TOTAL			20

#endif							/* LEDGER_LAYOUT_H */
