/*
 * ledger_report.h
 *		Balances, series, comparisons and matches: consumes entries in order of
 *		day and fills structs.  Plain C, no PostgreSQL headers; the caller
 *		supplies every buffer.
 */
#ifndef LEDGER_REPORT_H
#define LEDGER_REPORT_H

#include "ledger_flat.h"
#include "period.h"

/* The flows of one day as home sees them; at least one is not zero. */
typedef struct LedgerFlow
{
	LedgerDay	day;
	int64_t		inflow;			/* partner to home */
	int64_t		outflow;		/* home to partner */
} LedgerFlow;

/* One corridor that takes part in a home's view. */
typedef struct LedgerFlowSource
{
	LedgerCursor cursor;
	LedgerEntry entry;			/* the entry not yet taken */
	bool		inward;			/* its destination is home */
	int64_t		heap;			/* slot of the heap that stands in this room: day
								 * in the upper half, index of the source below */
} LedgerFlowSource;

/* Days summed at once: corridors of a day meet in an array, not in the heap */
#define LEDGER_FLOW_BLOCK		256

/*
 * The flows of home with one partner, or with every other party, in order of
 * day.  A binary heap orders the corridors by their next day; those that reach
 * into the next block of days are taken up to its end, one after the other,
 * and summed by day.  Comparing corridors once a block and not once an entry
 * makes a home with 31 partners take a fifth of the time.
 */
typedef struct LedgerFlowStream
{
	LedgerFlowSource *sources;	/* borrowed, one for each corridor to add */
	uint32_t	n_sources;
	uint32_t	live;			/* sources with an entry to take: the heap */
	uint32_t	takes;			/* counted to space out checkpoints */
	LedgerCheckpoint checkpoint;

	/* the block being given */
	LedgerDay	base;			/* its first day */
	uint32_t	word;			/* of `pending`, being given */
	uint64_t	pending[LEDGER_FLOW_BLOCK / 64];	/* days not yet given */
	int64_t		inflow[LEDGER_FLOW_BLOCK];	/* set where pending */
	int64_t		outflow[LEDGER_FLOW_BLOCK];
} LedgerFlowStream;

extern void ledger_flow_start(LedgerFlowStream *stream,
							  LedgerFlowSource *sources,
							  LedgerCheckpoint checkpoint);
/* Adds a corridor, whose segment must have been read, before the first next. */
extern LedgerStatus ledger_flow_add(LedgerFlowStream *stream,
									const LedgerCorridor *corridor, bool inward);
/*
 * The flows of the next day that has any; LEDGER_DONE after the last day,
 * LEDGER_OUT_OF_RANGE where the corridors of a day sum beyond 64 bits.
 */
extern LedgerStatus ledger_flow_next(LedgerFlowStream *stream, LedgerFlow *flow);

#endif							/* LEDGER_REPORT_H */
