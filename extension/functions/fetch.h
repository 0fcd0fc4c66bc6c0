/*
 * functions/fetch.h
 *		A ledger argument opened, whole or as much of it as a question needs.
 *
 * What is fetched lives in the current memory context or in the argument
 * itself; it must not be modified.
 */
#ifndef LEDGER_FETCH_H
#define LEDGER_FETCH_H

#include "postgres.h"

#include "fmgr.h"

#include "value/value.h"

/*
 * Opens a ledger argument whole: detoasted, and in the canonical form whatever
 * form the Datum is in.  This is the one place that meets old format versions.
 * Returns the copy that had to be made, for callers that must free it, or
 * NULL.
 */
extern struct varlena *ledger_fetch(Datum datum, LedgerFlat *flat);

#define PG_GETARG_LEDGER(n, flat)	ledger_fetch(PG_GETARG_DATUM(n), (flat))

/*
 * All corridors of a ledger, and whether their segments are wanted.  Borrows
 * as ledger_fetch does; a copy is not given back.
 */
extern void ledger_fetch_corridors(Datum datum, bool with_segments,
								   LedgerFlat *flat);

/* As much of a ledger as sums over the entries within a period need */
extern void ledger_fetch_within(Datum datum, LedgerPeriod within,
								LedgerFlat *flat);

/* As much of a ledger as its parties and its first and last day */
extern void ledger_fetch_head(Datum datum, LedgerFlat *flat);

/* One corridor, any; false where the ledger has no such corridor */
extern bool ledger_fetch_corridor(Datum datum, LedgerParty origin,
								  LedgerParty destination, bool with_segment,
								  LedgerCorridor *corridor);

/* The party of this index, as a new text */
extern text *ledger_party_to_text(const LedgerFlat *flat, uint32 index);

#endif							/* LEDGER_FETCH_H */
