/*
 * answers/report.h
 *		A home's flows by day, their running sums and series of periods:
 *		consumes entries in order of day and fills structs.  Plain C, no
 *		PostgreSQL headers; the caller supplies every buffer.
 */
#ifndef LEDGER_REPORT_H
#define LEDGER_REPORT_H

#include "core/day_sums.h"
#include "answers/coverage.h"
#include "answers/period.h"

/*
 * The figures of a home, in the order of their columns.  The first
 * LEDGER_FLOW_MEASURES are those of a period, the balance is one of a day.
 */
typedef enum LedgerMeasure
{
	LEDGER_INFLOW,
	LEDGER_OUTFLOW,
	LEDGER_NET,
	LEDGER_GROSS,
	LEDGER_BALANCE
} LedgerMeasure;

#define LEDGER_FLOW_MEASURES	(LEDGER_GROSS + 1)
#define LEDGER_MEASURES			(LEDGER_BALANCE + 1)

/* The flows of one day as home sees them; at least one is not zero. */
typedef struct LedgerFlow
{
	LedgerDay	day;
	LedgerSum	inflow;			/* partner to home */
	LedgerSum	outflow;		/* home to partner */
} LedgerFlow;

/* One corridor that takes part in a home's view. */
typedef struct LedgerFlowSource
{
	LedgerCursor cursor;
	LedgerEntry entry;			/* the entry not yet taken */
	bool		inward;			/* its destination is home */
	int64_t		heap;			/* element of the heap that shares this room: day
								 * in the upper half, index of the source below */
} LedgerFlowSource;

/*
 * The flows of home with one partner, or with every other party, in order of
 * day.  A heap orders the corridors by their next day; those that have any of
 * the next LEDGER_DAY_SUMS_DAYS days are read up to the last of these, one
 * after the other, and summed by day.  Comparing corridors that often and not
 * once an entry makes a home with 31 partners take a fraction of the time.
 */
typedef struct LedgerFlowStream
{
	LedgerFlowSource *sources;	/* borrowed, one for each corridor to add */
	uint32_t	n_sources;
	bool		both_ways;		/* what flows in flows out as well: every corridor
								 * is added once, inward */
	uint32_t	live;			/* sources with an entry to take: the heap */
	uint32_t	takes;			/* counted to space out checkpoints */
	LedgerCheckpoint checkpoint;

	/* the days being given */
	DaySums		inflow;
	DaySums		outflow;
	int			vector;			/* of it, being given */
	uint64_t	pending;		/* its days that have not been given yet */
} LedgerFlowStream;

/* `both_ways` is false until the caller sets it. */
extern void ledger_flow_start(LedgerFlowStream *stream,
							  LedgerFlowSource *sources,
							  LedgerCheckpoint checkpoint);
/* Adds a corridor, whose segment must have been read, before the first next. */
extern LedgerStatus ledger_flow_add(LedgerFlowStream *stream,
									const LedgerCorridor *corridor, bool inward);
/* The flows of the next day that has any; LEDGER_DONE after the last day */
extern LedgerStatus ledger_flow_next(LedgerFlowStream *stream, LedgerFlow *flow);
/*
 * Ends a stream that may have more to give, and looks at the rest of what has
 * been read: it costs little, and damage shows at the end of a corridor.
 */
extern LedgerStatus ledger_flow_finish(LedgerFlowStream *stream);

/*
 * What a home's flows add up to, from the first entry of the ledger to the
 * bound of a period.  Any figure of a period is the difference of two of
 * these.
 */
typedef struct LedgerRunning
{
	LedgerFlowStream stream;
	LedgerFlow	flow;			/* the flow not yet added, where status is OK */
	LedgerStatus status;
	LedgerCoverageCursor covered;
	LedgerSum	inflow;			/* of the days that are covered */
	LedgerSum	outflow;
	LedgerSum	elsewhere;		/* net of the days that are not */
} LedgerRunning;

/*
 * The stream gets its corridors by ledger_flow_add before the first advance.
 * Where `coverage` is NULL every day is covered.
 */
extern void ledger_running_start(LedgerRunning *running,
								 const LedgerCoverage *coverage,
								 LedgerFlowSource *sources,
								 LedgerCheckpoint checkpoint);
/* Adds the flows before this day, which must not be earlier than the last. */
extern LedgerStatus ledger_running_advance(LedgerRunning *running,
										   LedgerDay day);

/*
 * The days that a question about `within` is about: `within` itself, with the
 * ledger's first or last day in place of a bound that it does not have.  Empty
 * where the ledger is and a bound is missing.
 */
extern LedgerPeriod ledger_report_within(const LedgerFlat *flat,
										 LedgerPeriod within);

/* What a corridor has in a period */
typedef struct LedgerCorridorPart
{
	int64_t		people;
	uint32_t	entries;		/* none: the days mean nothing */
	LedgerDay	first;
	LedgerDay	last;
} LedgerCorridorPart;

/* The segment need not have been read where the directory alone can answer. */
extern LedgerStatus ledger_corridor_part(const LedgerCorridor *corridor,
										 LedgerPeriod within,
										 LedgerCorridorPart *part);

/* One period of a series */
typedef struct LedgerSeriesRow
{
	const PeriodCalendar *calendar; /* the series' own */
	LedgerPeriod period;		/* the window, where the calendar rolls */
	int32_t		days;			/* of it that are asked about and covered */
	bool		complete;		/* those are all its days */
	int64_t		inflow;			/* of those days; 0 where there is none */
	int64_t		outflow;
	int64_t		net;
	int64_t		gross;
	int64_t		balance;		/* net from the ledger's first entry to the last
								 * day of it that is asked about */
} LedgerSeriesRow;

/* Is anything known of the period of a row? */
static inline bool
ledger_series_row_known(const LedgerSeriesRow *row)
{
	return row->days > 0;
}

/* Writes the label of a row's period; returns its length. */
static inline int
ledger_series_label(const LedgerSeriesRow *row, char label[PERIOD_LABEL_MAX])
{
	return period_write_label_of(row->calendar, row->period, label);
}

/*
 * A series: the step periods of a calendar that overlap `within`, one after
 * the other.  The sums at the end of each period come from one pass over the
 * entries, those at its start from the sums at the end of the one before; only
 * windows that overlap need a second pass, which follows the first.  Nothing
 * is kept of an entry that has been passed.
 *
 * `within` cuts the step periods, and what it has no day of is not counted.  A
 * window looks back as far as it reaches, whatever `within` begins with.
 */
typedef struct LedgerSeries
{
	PeriodCalendar calendar;
	LedgerPeriod within;		/* bounded */
	const LedgerCoverage *coverage; /* borrowed */
	int64_t		next;			/* numbers of the step periods to give */
	int64_t		last;
	bool		rolls;
	LedgerRunning ends;
	LedgerRunning starts;		/* only where the calendar rolls */
} LedgerSeries;

/*
 * `within` comes from ledger_report_within; the calendar has been checked, and
 * its step periods from `first` to `last`, none where last < first, overlap
 * `within`.  Each of the two arrays has room for every corridor that will be
 * added; `starts` may be NULL where the calendar does not roll.
 */
extern void ledger_series_start(LedgerSeries *series,
								const PeriodCalendar *calendar,
								LedgerPeriod within,
								const LedgerCoverage *coverage,
								int64_t first, int64_t last,
								LedgerFlowSource *ends,
								LedgerFlowSource *starts,
								LedgerCheckpoint checkpoint);
extern LedgerStatus ledger_series_add(LedgerSeries *series,
									  const LedgerCorridor *corridor,
									  bool inward);
/*
 * The next period; LEDGER_DONE after the last, when the entries of all
 * corridors have been looked at; LEDGER_OUT_OF_RANGE where one of its figures
 * passes 64 bits.
 */
extern LedgerStatus ledger_series_next(LedgerSeries *series,
									   LedgerSeriesRow *row);

#endif							/* LEDGER_REPORT_H */
