/*
 * answers/match.h
 *		One in, one out: when a balance turned, which inflow answered which
 *		outflow, and what is still to be answered.  Plain C, no PostgreSQL
 *		headers; the caller supplies every buffer.
 *
 * Matching.  The people who moved along a corridor on one day are a lot.
 * Corrections come first: a negative entry takes people away from the most
 * recent earlier lots of its own corridor, matched or not, as if they had
 * never been counted.  (Its own day needs no rule, since a ledger has one
 * entry per corridor and day.)  What is left is never negative.  Then the n-th
 * person of the inflow, by day, is matched with the n-th person of the
 * outflow, whichever moved first: first in, first out.  So the matched people
 * are the smaller of the two totals, and what is outstanding is all on one
 * side, is the size of the balance, and moved last.
 *
 * With every other party as partner the corridors are corrected one by one and
 * then pooled, so that people of the same day and direction are one lot.
 *
 * All of this takes time in proportion to the entries, times the logarithm of
 * the number of corridors.
 */
#ifndef LEDGER_MATCH_H
#define LEDGER_MATCH_H

#include "answers/report.h"

/* A day on which the balance took the opposite of the sign it had last. */
typedef struct LedgerReversal
{
	LedgerDay	day;
	LedgerDay	since;			/* first day on which it had the earlier sign */
	int64_t		before;			/* the balance at the end of the day before */
	int64_t		after;			/* and at the end of the day */
} LedgerReversal;

/* Finds the reversals in the flows of one home. */
typedef struct LedgerReversalStream
{
	LedgerFlowStream *flows;	/* borrowed */
	int64_t		balance;
	LedgerDay	since;
	int			sign;			/* the last that was not zero; 0 before */
} LedgerReversalStream;

extern void ledger_reversal_start(LedgerReversalStream *stream,
								  LedgerFlowStream *flows);
/* LEDGER_DONE after the last reversal */
extern LedgerStatus ledger_reversal_next(LedgerReversalStream *stream,
										 LedgerReversal *reversal);

/* What the corrections have left of the lots of one corridor, by day. */
typedef struct LedgerLotRun
{
	const LedgerEntry *next;
	const LedgerEntry *end;
} LedgerLotRun;

/* The lots of one direction: a binary heap of runs on the day. */
typedef struct LedgerLots
{
	LedgerLotRun *runs;			/* room from the caller */
	uint32_t	n_runs;
	LedgerEntry oldest;			/* what is left of the lot being matched */
} LedgerLots;

/*
 * The people who moved in on one day and out on another (or the same) and
 * answer each other; always more than none.
 */
typedef struct LedgerMatch
{
	LedgerDay	inflow_day;
	LedgerDay	outflow_day;
	int64_t		people;
} LedgerMatch;

/*
 * Call order: ledger_matching_start; ledger_matching_add for each corridor;
 * ledger_matching_next until LEDGER_DONE; then, where that is asked for,
 * ledger_matching_outstanding until LEDGER_DONE.
 */
typedef struct LedgerMatching
{
	LedgerLots	inflow;
	LedgerLots	outflow;
	LedgerEntry *room;			/* unused part of the caller's room for lots */
	/* with LEDGER_UNMATCHED_CORRECTION */
	LedgerDay	correction_day;
	int64_t		correction_total;	/* the corridor's people by then, below zero */
	uint32_t	work;			/* since the last checkpoint */
	LedgerCheckpoint checkpoint;
} LedgerMatching;

/*
 * `room` is for as many lots as the corridors have entries together;
 * `inflow_runs` and `outflow_runs` for as many runs as there are corridors in
 * each direction.  All of it stays the caller's.
 */
extern void ledger_matching_start(LedgerMatching *matching, LedgerEntry *room,
								  LedgerLotRun *inflow_runs,
								  LedgerLotRun *outflow_runs,
								  LedgerCheckpoint checkpoint);
/*
 * Adds the entries up to and with the day `as_of` of a corridor whose segment
 * has been read.  LEDGER_UNMATCHED_CORRECTION where a correction of
 * `correction_day` takes away more people than had moved by then.
 */
extern LedgerStatus ledger_matching_add(LedgerMatching *matching,
										const LedgerCorridor *corridor,
										bool inward, LedgerDay as_of);
/* Matches by the day that completes them. */
extern LedgerStatus ledger_matching_next(LedgerMatching *matching,
										 LedgerMatch *match);
/* Lots without an answer, oldest first. */
extern LedgerStatus ledger_matching_outstanding(LedgerMatching *matching,
												LedgerEntry *lot,
												bool *inward);

/*
 * The age bucket of `age` days: 0 below bounds[0], n_bounds from the last
 * bound on.  `bucket` is a bucket not younger than the one asked for, n_bounds
 * to begin with.
 */
static inline int
ledger_age_bucket(const int32_t *bounds, int bucket, int64_t age)
{
	while (bucket > 0 && age < bounds[bucket - 1])
		bucket--;
	return bucket;
}

#endif							/* LEDGER_MATCH_H */
