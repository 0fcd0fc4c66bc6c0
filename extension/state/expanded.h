/*
 * state/expanded.h
 *		The in-memory ledger: an expanded object that rows are added to.
 */
#ifndef LEDGER_EXPANDED_H
#define LEDGER_EXPANDED_H

#include "postgres.h"

#include "access/detoast.h"
#include "utils/expandeddatum.h"

#include "value/value.h"

typedef struct ExpandedLedger ExpandedLedger;

/* A new, empty one in a memory context of its own below `parent`. */
extern ExpandedLedger *ledger_expanded_make(MemoryContext parent);

/* By these one is told from the expanded objects of others. */
extern const ExpandedObjectMethods ledger_expanded_methods;

/*
 * The one behind a Datum, whether read-write or read-only.  DatumGetEOHP
 * without a call, for this is done for every row.
 */
static inline ExpandedLedger *
ledger_expanded_from_datum(Datum datum)
{
	struct varatt_expanded pointer;

	VARATT_EXTERNAL_GET_POINTER(pointer, DatumGetPointer(datum));
	if (pointer.eohptr->eoh_methods != &ledger_expanded_methods)
		elog(ERROR, "expanded object is not a ledger");
	return (ExpandedLedger *) pointer.eohptr;
}

/*
 * Has errors saved in `escontext`, unless it is NULL, rather than thrown: that
 * a sum passes bigint or the ledger is too large, which adding may notice.
 */
extern void ledger_expanded_save_errors(ExpandedLedger *ledger,
										struct Node *escontext);

extern Datum ledger_expanded_rw_datum(ExpandedLedger *ledger);

/* Adds one entry */
extern void ledger_expanded_add(ExpandedLedger *ledger, LedgerParty origin,
								LedgerParty destination, LedgerDay day,
								int64 people);
/* Adds (sign = 1) or takes away (sign = -1) a whole ledger. */
extern void ledger_expanded_add_flat(ExpandedLedger *ledger,
									 const LedgerFlat *flat, int sign);

/*
 * Counts n rows, or corridors of ledgers, that have been taken away; true where
 * there have been half as many as it has corridors and blocks.  What they leave
 * behind holds nobody and stays, and to write the flat form takes a look at each:
 * it is time to make another one of what is there.
 */
extern bool ledger_expanded_is_worn(ExpandedLedger *ledger, uint32 n);

/*
 * Calls `visit` for all that is there, none of it zero.
 */
extern void ledger_expanded_visit(ExpandedLedger *ledger, LedgerVisitor visit,
								  void *target);

/*
 * Its flat form as a new value in the current memory context; NULL where an
 * error is saved rather than thrown.
 */
extern struct varlena *ledger_expanded_to_flat(ExpandedLedger *ledger);

/* Frees it and all it holds. */
extern void ledger_expanded_free(ExpandedLedger *ledger);

#endif							/* LEDGER_EXPANDED_H */
