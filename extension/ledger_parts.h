/*
 * ledger_parts.h
 *		Ledgers that follow one another in time, kept as they are until their sum
 *		is asked for.
 */
#ifndef LEDGER_PARTS_H
#define LEDGER_PARTS_H

#include "postgres.h"

#include "ledger_flat.h"

/* Zeroed, there are none. */
typedef struct LedgerParts
{
	LedgerFlat *flats;			/* owned, as are the values that their bytes are
								 * the data of; in order of day */
	uint32		n;
	uint32		max;
	Size		segments_length;	/* of all of them */
} LedgerParts;

/*
 * Keeps a copy of a ledger, in the given context; false where it shares days
 * with one that is there, or is not worth it.
 */
extern bool ledger_parts_keep(LedgerParts *parts, MemoryContext context,
							  const LedgerFlat *flat);

/* Their sum as a new value in the current memory context; there is one at least */
extern struct varlena *ledger_parts_to_flat(const LedgerParts *parts);

/* Frees all of them. */
extern void ledger_parts_free(LedgerParts *parts);

#endif							/* LEDGER_PARTS_H */
