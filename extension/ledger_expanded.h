/*
 * ledger_expanded.h
 *		The in-memory ledger: an expanded object that rows are added to.
 */
#ifndef LEDGER_EXPANDED_H
#define LEDGER_EXPANDED_H

#include "ledger_datum.h"

#include "utils/expandeddatum.h"

typedef struct ExpandedLedger ExpandedLedger;

/* A new, empty one in a memory context of its own below `parent`. */
extern ExpandedLedger *ledger_expanded_make(MemoryContext parent);

/* The one behind a Datum, whether read-write or read-only. */
extern ExpandedLedger *ledger_expanded_from_datum(Datum datum);
extern Datum ledger_expanded_rw_datum(ExpandedLedger *ledger);

/* Adds one entry */
extern void ledger_expanded_add(ExpandedLedger *ledger, LedgerParty origin,
								LedgerParty destination, LedgerDay day,
								int64 people);
/* Adds (sign = 1) or takes away (sign = -1) a whole ledger. */
extern void ledger_expanded_add_flat(ExpandedLedger *ledger,
									 const LedgerFlat *flat, int sign);

/*
 * Its flat form as a new value in the current memory context; NULL where an
 * error is saved in `escontext` rather than thrown.
 */
extern struct varlena *ledger_expanded_to_flat(ExpandedLedger *ledger,
											   struct Node *escontext);

/* The same, kept by the object until it next changes. */
extern struct varlena *ledger_expanded_cached_flat(ExpandedLedger *ledger);

/* Frees it and all it holds. */
extern void ledger_expanded_free(ExpandedLedger *ledger);

#endif							/* LEDGER_EXPANDED_H */
