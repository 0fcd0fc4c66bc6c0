/*
 * answers/comparison.h
 *		What a period is compared with: sums of many periods in one pass over
 *		the entries, ranks, highs and milestones.  Plain C, no PostgreSQL
 *		headers; the caller supplies every buffer.
 */
#ifndef LEDGER_COMPARISON_H
#define LEDGER_COMPARISON_H

#include "answers/report.h"

/* What an index of a row stands for where there is no such row */
#define LEDGER_NO_ROW		UINT32_MAX

/* A period, and what a home's flows add up to on the days known of it */
typedef struct LedgerPeriodFlows
{
	LedgerPeriod period;		/* empty: there is no such period */
	LedgerPeriod counted;		/* its days that are asked about */
	int32_t		days;			/* those of them that are covered */
	LedgerSum	inflow;
	LedgerSum	outflow;
} LedgerPeriodFlows;

/*
 * Is anything known of a period: is a day of it covered?
 */
static inline bool
ledger_flows_known(const LedgerPeriodFlows *flows)
{
	return flows->days > 0;
}

/* Are all days of the period known? */
static inline bool
ledger_flows_complete(const LedgerPeriodFlows *flows)
{
	return ledger_flows_known(flows) &&
		flows->days == flows->period.end - flows->period.start;
}

/* Begins with sums of nothing; only the days in `asked` are counted. */
extern void ledger_flows_start(LedgerPeriodFlows *flows, LedgerPeriod period,
							   LedgerPeriod asked,
							   const LedgerCoverage *coverage);
/*
 * Sums `n` periods in whatever order, which may overlap, in one pass over the
 * entries.  `bounds` and `scratch` have room for 2 * n each.  The order of the
 * bounds takes O(n) where starts and ends ascend, O(n log n) at most.
 */
extern LedgerStatus ledger_flows_sum(LedgerPeriodFlows *flows, uint32_t n,
									 LedgerRunning *running,
									 uint64_t *bounds, uint64_t *scratch);
/* LEDGER_OUT_OF_RANGE where the measure passes 64 bits */
extern LedgerStatus ledger_flows_measure(const LedgerPeriodFlows *flows,
										 LedgerMeasure measure,
										 int64_t *value);

/*
 * The periods of a comparison.  Rows are step periods, or parts of them, from
 * number `first` on; flows[0 .. n - 1] are theirs.  After them come the
 * periods that rows are compared with: one for each row where there is a
 * `versus`; otherwise a row is compared with the row before, and two more are
 * there: what the first row is compared with, and the period of the first row
 * as the second is compared with it.
 *
 * Rows count what they have in `within`, windows also what they have before.
 * What rows are compared with is never cut.
 */
typedef struct LedgerComparison
{
	PeriodCalendar calendar;
	int64_t		first;
	uint32_t	n;
	bool		by_versus;
	PeriodStep	versus;			/* where by_versus */
	PeriodAlign align;
	LedgerPeriod within;
	LedgerCoverage coverage;
	LedgerPeriodFlows *flows;	/* borrowed; ledger_comparison_room of them */
	LedgerCheckpoint checkpoint;
} LedgerComparison;

/* LedgerPeriodFlows to supply */
static inline size_t
ledger_comparison_room(uint32_t n, bool by_versus)
{
	return by_versus ? 2 * (size_t) n : (size_t) n + 2;
}

/* What row i is compared with */
static inline LedgerPeriodFlows *
ledger_compared(const LedgerComparison *comparison, uint32_t i)
{
	if (comparison->by_versus)
		return &comparison->flows[comparison->n + i];
	return &comparison->flows[i < 2 ? comparison->n + i : i - 1];
}

/*
 * Both fill the periods of a comparison, of which all else is set: those of a
 * series, windows where the calendar rolls; or the stretches of step periods up
 * to the same point as `as_of`, a day of the last of them.
 */
extern LedgerStatus ledger_comparison_series_periods(LedgerComparison *comparison);
extern LedgerStatus ledger_to_date_periods(LedgerComparison *comparison,
										   LedgerDay as_of);

/*
 * rank[i] = 1 + the number of values before the i-th that are higher; the same
 * as SQL's rank() over the rows up to each.  `order` and `scratch` have room
 * for n each.  O(n log n).
 */
extern void ledger_rank(const int64_t *values, uint32_t n, uint32_t *rank,
						uint32_t *order, uint32_t *scratch,
						LedgerCheckpoint checkpoint);
/*
 * since[i] = the latest index before i whose value is at least as high, or at
 * least as low; LEDGER_NO_ROW for a record.  O(n).
 */
extern void ledger_highest_since(const int64_t *values, uint32_t n,
								 uint32_t *since);
extern void ledger_lowest_since(const int64_t *values, uint32_t n,
								uint32_t *since);

/* A number of people to reach, counted from a day */
typedef struct LedgerMilestone
{
	LedgerDay	start;
	int64_t		target;			/* positive */
	bool		reached;
	LedgerDay	day;			/* where reached: the first day on which the
								 * total from `start` on is the target or more */
	LedgerSum	threshold;		/* the same, as the total from the ledger's
								 * first entry on */
} LedgerMilestone;

/*
 * Finds the day of each milestone in one pass over the entries of the days
 * before `end`.  The caller sets start and target.  `order` and `scratch` have room for n each, `heap`
 * too.
 */
extern LedgerStatus ledger_milestones_find(LedgerMilestone *milestones,
										   uint32_t n, LedgerMeasure measure,
										   LedgerDay end,
										   LedgerFlowStream *stream,
										   uint64_t *order, uint64_t *scratch,
										   LedgerMilestone **heap);

#endif							/* LEDGER_COMPARISON_H */
