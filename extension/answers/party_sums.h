/*
 * answers/party_sums.h
 *		What came to each party of a ledger, and what went from it.  Plain C, no
 *		PostgreSQL headers; the caller supplies every buffer.
 */
#ifndef LEDGER_PARTY_SUMS_H
#define LEDGER_PARTY_SUMS_H

#include "core/cursor.h"

typedef struct LedgerPartySums
{
	LedgerSum	inflow;			/* from every other party */
	LedgerSum	outflow;		/* to every other party */
	LedgerSum	inside;			/* from the party to itself */
	uint32_t	partners;		/* other parties with an entry between them, in
								 * either direction */
} LedgerPartySums;

/*
 * The sums of every party over the entries within a period, in the order of
 * the parties.  `sums` and `next` have room for one a party, `active` for one
 * a corridor.  Segments need not have been read where the period holds all
 * days of the ledger.
 */
extern LedgerStatus ledger_party_sums(const LedgerFlat *flat,
									  LedgerPeriod within,
									  LedgerPartySums *sums, uint32_t *next,
									  bool *active,
									  LedgerCheckpoint checkpoint);

#endif							/* LEDGER_PARTY_SUMS_H */
