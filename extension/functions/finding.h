/*
 * functions/finding.h
 *		What the parts of ledger_findings share.
 */
#ifndef LEDGER_FINDING_H
#define LEDGER_FINDING_H

#include "functions/rows.h"

/* What is known of a party from the directory */
typedef struct PartyActivity
{
	LedgerSum	inflow;
	LedgerSum	outflow;
	LedgerPeriod days;			/* from its first entry to its last */
	bool		total;			/* the sum of all others */
} PartyActivity;

typedef struct Findings
{
	FunctionCallInfo fcinfo;
	LedgerFlat	flat;			/* opened whole */
	PartyActivity *parties;
} Findings;

/*
 * Gives a row; `people` is NULL where there is no number.  Callers are between
 * ledger_rows_start and ledger_rows_end: what a row took is given back.
 */
extern void findings_put(Findings *findings, const char *kind,
						 const uint32 *parties, int n_parties, LedgerPeriod days,
						 const int64 *people, const char *finding);

/* The name of a party in a sentence */
extern char *findings_name(const Findings *findings, uint32 party);

/* People to and from a party, as many as a bigint holds */
extern int64 findings_gross(const PartyActivity *party);

/* Parties that are the sum of all others; they are marked */
extern void findings_of_totals(Findings *findings);

/* Parties whose names are nearly the same */
extern void findings_of_names(Findings *findings);

#endif							/* LEDGER_FINDING_H */
