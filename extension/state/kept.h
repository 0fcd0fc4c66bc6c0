/*
 * state/kept.h
 *		Ledgers kept as they are until their sum is asked for.
 */
#ifndef LEDGER_PARTS_H
#define LEDGER_PARTS_H

#include "postgres.h"

#include "core/merge.h"

/* Zeroed, there are none. */
typedef struct KeptLedgers
{
	LedgerFlat *flats;			/* owned, as are the values that their bytes are
								 * the data of; in order of their first days */
	uint32		n;
	uint32		max;
	Size		segments_length;	/* of all of them */
	bool		overlap;		/* two of them share days */
} KeptLedgers;

/*
 * Keeps a copy of a ledger, in the given context; false where that is not
 * worth it.
 */
extern bool ledger_kept_add(KeptLedgers *parts, MemoryContext context,
							  const LedgerFlat *flat);

/*
 * Makes a ledger the only one; it is in the given context, and owned from now
 * on.
 */
extern void ledger_kept_replace(KeptLedgers *parts, MemoryContext context,
								 struct varlena *value);

/* The value that the only one is; still owned by the parts. */
static inline struct varlena *
ledger_kept_value(const KeptLedgers *parts)
{
	Assert(parts->n == 1);
	return (struct varlena *) (unconstify(uint8_t *, parts->flats[0].data) - VARHDRSZ);
}

/* Their sum as a new value in the current memory context; there is one at least */
extern struct varlena *ledger_kept_to_flat(const KeptLedgers *parts);

/* Frees all of them. */
extern void ledger_kept_free(KeptLedgers *parts);

/*
 * The sum of n ledgers, with the signs that they have in `parts`, as a new
 * value in the context `result`; what else is allocated is not given back.
 */
extern struct varlena *ledger_merge_values(MergeInput *parts, uint32 n,
										MemoryContext result);

#endif							/* LEDGER_PARTS_H */
