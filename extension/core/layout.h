/*
 * core/layout.h
 *		Where the fields of the flat form are (core/flat.h has the layout).  For
 *		the files that read and write it, and no others.
 */
#ifndef LEDGER_LAYOUT_H
#define LEDGER_LAYOUT_H

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
