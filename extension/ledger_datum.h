/*
 * ledger_datum.h
 *		Between Datums and the lower half: fetch a ledger argument, whole or by
 *		slices; make a result; turn a status into an error.
 *
 * Everything fetched lives in the current memory context or in the argument
 * itself and is never modified.
 */
#ifndef LEDGER_DATUM_H
#define LEDGER_DATUM_H

#include "postgres.h"

#include "fmgr.h"

#include "ledger_flat.h"

/*
 * Opens a ledger argument whole: detoasted, and in the canonical form whatever
 * form the Datum is in.  This is the one place that meets old format versions.
 */
extern void ledger_fetch(Datum datum, LedgerFlat *flat);

#define PG_GETARG_LEDGER(n, flat)	ledger_fetch(PG_GETARG_DATUM(n), (flat))

/*
 * The corridors between home and one partner, or every other party where
 * partner is NULL.  Of a large stored value only the head, the rows of the
 * directory and the segments that the question needs are read.  A party that
 * the ledger does not have takes part in no corridor.
 */
typedef struct LedgerView
{
	LedgerFlat	flat;			/* at least the head: parties, first, last */
	LedgerCorridor *corridors;
	bool	   *inward;			/* destination is home */
	uint32		n_corridors;
} LedgerView;

extern void ledger_fetch_view(Datum datum, const text *home,
							  const text *partner, bool with_segments,
							  LedgerView *view);

/* A party argument; an error where it is empty or too long.  Borrows. */
extern LedgerParty ledger_party_from_text(const text *name);
/* The party of this index, as a new text */
extern text *ledger_party_to_text(const LedgerFlat *flat, uint32 index);

/* Finishes a writer and makes the Datum, in the current memory context. */
extern Datum ledger_make(LedgerWriter *writer);

/*
 * The one mapping of a status to an error.  LEDGER_OK and LEDGER_DONE pass.
 */
extern void ledger_raise(LedgerStatus status) pg_attribute_noreturn();

static inline void
ledger_check(LedgerStatus status)
{
	if (unlikely(status != LEDGER_OK && status != LEDGER_DONE))
		ledger_raise(status);
}

/* The sum of a corridor's people on a day passes bigint */
extern void ledger_raise_people(LedgerDay day, LedgerParty origin,
								LedgerParty destination)
			pg_attribute_noreturn();

/* CHECK_FOR_INTERRUPTS as a LedgerCheckpoint */
extern void ledger_checkpoint(void);

#endif							/* LEDGER_DATUM_H */
