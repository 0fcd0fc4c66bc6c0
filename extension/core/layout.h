/*
 * core/layout.h
 *		Where the fields of the flat form are (core/flat.h has the layout).  For
 *		core/flat.c and core/writer.c, and no others.
 */
#ifndef LEDGER_LAYOUT_H
#define LEDGER_LAYOUT_H

#include "core/base.h"

#define LEDGER_FORM_CANONICAL	0

#define HEADER_LENGTH		24	/* bytes before name_end */
#define PARTY_LENGTH		8	/* bytes of name_end and row_end */
#define CORRIDOR_LENGTH		28	/* bytes of a directory entry */
#define ENTRY_MIN			2	/* bytes of an entry at the least */
#define TOTALS_LENGTH		32	/* bytes of the totals of a party */

/*
 * A ledger has totals from so many corridors on, if there are so many for each
 * party.  The fuzzers set both lower.
 */
#ifndef LEDGER_TOTALS_CORRIDORS
#define LEDGER_TOTALS_CORRIDORS		4096
#endif
#ifndef LEDGER_TOTALS_PER_PARTY
#define LEDGER_TOTALS_PER_PARTY		16
#endif

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

#define TOTALS_INFLOW		0
#define TOTALS_OUTFLOW		16

/*
 * Bytes of the totals of all parties.
 */
static inline size_t
totals_length(uint32_t parties, uint32_t corridors)
{
	if (corridors < LEDGER_TOTALS_CORRIDORS ||
		corridors / LEDGER_TOTALS_PER_PARTY < parties)
		return 0;
	return (size_t) parties * TOTALS_LENGTH;
}

#endif							/* LEDGER_LAYOUT_H */
