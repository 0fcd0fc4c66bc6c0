/*
 * answers/report.c
 *		A home's flows by day, their running sums and series of periods, out of
 *		the entries of a ledger.  What is given and promised stands in
 *		answers/report.h.
 */
#include "answers/report.h"

/* Corridors read up to the last of the days between two checkpoints */
#define TAKES_PER_CHECKPOINT	16

/*
 * A heap key: the day of the source's next entry above its index, so that one
 * comparison orders by day and, on the same day, by the order of adding.
 */
static inline int64_t
flow_key(LedgerDay day, uint32_t source)
{
	return (int64_t) ((uint64_t) (int64_t) day << 32 | source);
}

/*
 * The day of a key.
 */
static inline LedgerDay
flow_key_day(int64_t key)
{
	return (LedgerDay) (key >> 32);
}

/* A heap of keys, which stand in the sources but are not theirs */
#define LEDGER_HEAP				flow_heap
#define LEDGER_HEAP_ELEMENT		int64_t
#define LEDGER_HEAP_BEFORE(a, b)	((a) < (b))
#define LEDGER_HEAP_ARRAY		LedgerFlowSource
#define LEDGER_HEAP_AT(heap, i)	(heap)[i].heap
#include "core/heap.h"

/*
 * Starts a stream without corridors.  `sources` has room for as many as will
 * be added, and stays the caller's.
 */
void
ledger_flow_start(LedgerFlowStream *stream, LedgerFlowSource *sources,
				  LedgerCheckpoint checkpoint)
{
	stream->sources = sources;
	stream->n_sources = 0;
	stream->both_ways = false;
	stream->live = 0;
	stream->takes = 0;
	stream->checkpoint = checkpoint;
	/* days that have been given, before all that there can be */
	stream->inflow.first = LEDGER_DAY_MIN - LEDGER_DAY_SUMS_DAYS;
	stream->vector = LEDGER_DAY_SUMS_VECTORS;
	stream->pending = 0;
}

/*
 * Adds a corridor, whose segment must have been read.
 */
LedgerStatus
ledger_flow_add(LedgerFlowStream *stream, const LedgerCorridor *corridor,
				bool inward)
{
	LedgerFlowSource *source = &stream->sources[stream->n_sources];
	LedgerStatus status;

	ledger_cursor_start(&source->cursor, corridor);
	source->inward = inward;
	status = ledger_cursor_next(&source->cursor, &source->entry);
	if (status != LEDGER_OK)
		return status == LEDGER_DONE ? LEDGER_OK : status;
	flow_heap_add(stream->sources, &stream->live,
				  flow_key(source->entry.day, stream->n_sources++));
	return LEDGER_OK;
}

/*
 * Sums the next days, from the next one that has an entry on.
 */
static LedgerStatus
flow_take_days(LedgerFlowStream *stream)
{
	LedgerDay	first;

	if (stream->live == 0)
		return LEDGER_DONE;
	first = flow_key_day(stream->sources[0].heap);
	LEDGER_ASSERT(first >= stream->inflow.first + LEDGER_DAY_SUMS_DAYS);
	ledger_day_sums_start(&stream->inflow, first);
	ledger_day_sums_start(&stream->outflow, first);

	while (stream->live > 0 &&
		   flow_key_day(stream->sources[0].heap) - first < LEDGER_DAY_SUMS_DAYS)
	{
		uint32_t	index = (uint32_t) stream->sources[0].heap;
		LedgerFlowSource *source = &stream->sources[index];
		LedgerStatus status;

		status = ledger_day_sums_add(source->inward ? &stream->inflow : &stream->outflow,
								   &source->cursor, &source->entry, 1);
		if (status == LEDGER_OK)
			flow_heap_replace_first(stream->sources, stream->live,
									flow_key(source->entry.day, index));
		else if (status == LEDGER_DONE)
			flow_heap_remove_first(stream->sources, &stream->live);
		else
			return status;

		if (++stream->takes % TAKES_PER_CHECKPOINT == 0 &&
			stream->checkpoint != NULL)
			stream->checkpoint();
	}
	stream->vector = -1;
	return LEDGER_OK;
}

/*
 * The flows of the next day on which there are any.  A day on which the
 * corridors of either direction cancel is passed over.
 */
LedgerStatus
ledger_flow_next(LedgerFlowStream *stream, LedgerFlow *flow)
{
	uint32_t	day;

	while (stream->pending == 0)
	{
		if (stream->vector >= LEDGER_DAY_SUMS_VECTORS - 1)
		{
			LedgerStatus status = flow_take_days(stream);

			if (status != LEDGER_OK)
				return status;
		}
		stream->vector++;
		stream->pending = ledger_day_sums_days(&stream->inflow, stream->vector) |
			ledger_day_sums_days(&stream->outflow, stream->vector);
	}

	day = (uint32_t) (stream->vector * LEDGER_DAY_VECTOR_DAYS +
					  __builtin_ctzll(stream->pending));
	stream->pending &= stream->pending - 1;
	flow->day = stream->inflow.first + (LedgerDay) day;
	flow->inflow = ledger_day_sums_sum(&stream->inflow, day);
	flow->outflow = stream->both_ways ? flow->inflow :
		ledger_day_sums_sum(&stream->outflow, day);
	return LEDGER_OK;
}

/*
 * Passes all that a stream has not given: LEDGER_OK where every corridor is
 * what the directory promised.
 */
LedgerStatus
ledger_flow_finish(LedgerFlowStream *stream)
{
	uint32_t	i;

	for (i = 0; i < stream->live; i++)
	{
		uint32_t	index = (uint32_t) stream->sources[i].heap;
		LedgerStatus status;

		status = ledger_cursor_finish(&stream->sources[index].cursor, LEDGER_OK);
		if (status != LEDGER_OK)
			return status;
		if (++stream->takes % TAKES_PER_CHECKPOINT == 0 &&
			stream->checkpoint != NULL)
			stream->checkpoint();
	}
	stream->live = 0;
	return LEDGER_OK;
}

/*
 * Starts running sums, over a stream without corridors as yet.
 */
void
ledger_running_start(LedgerRunning *running, const LedgerCoverage *coverage,
					 LedgerFlowSource *sources, LedgerCheckpoint checkpoint)
{
	const LedgerSum zero = {0, 0};

	ledger_flow_start(&running->stream, sources, checkpoint);
	/* a flow of nothing before all days, so that the first advance reads one */
	running->flow.day = LEDGER_DAY_UNBOUNDED_START;
	running->flow.inflow = running->flow.outflow = zero;
	running->status = LEDGER_OK;
	running->covered.coverage = coverage;
	running->covered.next = 0;
	running->inflow = running->outflow = running->elsewhere = zero;
}

/*
 * Adds the flows of the days before `day` that have not been added yet.
 */
LedgerStatus
ledger_running_advance(LedgerRunning *running, LedgerDay day)
{
	while (running->status == LEDGER_OK && running->flow.day < day)
	{
		const LedgerFlow *flow = &running->flow;

		if (ledger_coverage_has(&running->covered, flow->day))
		{
			running->inflow = ledger_sum_plus(running->inflow, flow->inflow);
			running->outflow = ledger_sum_plus(running->outflow,
											   flow->outflow);
		}
		else
			running->elsewhere = ledger_sum_plus(running->elsewhere,
												 ledger_sum_subtract(flow->inflow,
																	 flow->outflow));
		running->status = ledger_flow_next(&running->stream, &running->flow);
	}
	return running->status == LEDGER_DONE ? LEDGER_OK : running->status;
}

/*
 * `within`, with the span of the ledger on the sides where it has no bound.
 */
LedgerPeriod
ledger_report_within(const LedgerFlat *flat, LedgerPeriod within)
{
	const LedgerPeriod nothing = {0, 0};

	if (within.start >= within.end)
		return nothing;
	if (flat->corridors == 0 &&
		(within.start == LEDGER_DAY_UNBOUNDED_START ||
		 within.end == LEDGER_DAY_UNBOUNDED_END))
		return nothing;
	if (within.start == LEDGER_DAY_UNBOUNDED_START)
		within.start = flat->first;
	if (within.end == LEDGER_DAY_UNBOUNDED_END)
		within.end = flat->last + 1;
	return within.start < within.end ? within : nothing;
}

/*
 * People, entries and first and last day of a corridor in a period, from the
 * directory where the corridor lies wholly inside or outside.
 */
LedgerStatus
ledger_corridor_part(const LedgerCorridor *corridor, LedgerPeriod within,
					 LedgerCorridorPart *part)
{
	LedgerCursor cursor;
	LedgerCursor before;		/* the first entry of the part */
	LedgerEntry first;
	LedgerStatus status;
	bool		fits;

	part->people = corridor->total;
	part->entries = corridor->entries;
	part->first = corridor->first;
	part->last = corridor->last;
	if (ledger_period_contains(within, corridor->first) &&
		ledger_period_contains(within, corridor->last))
		return LEDGER_OK;

	part->people = 0;
	part->entries = 0;
	if (within.start >= within.end || corridor->last < within.start ||
		corridor->first >= within.end)
		return LEDGER_OK;

	ledger_cursor_start(&cursor, corridor);
	status = ledger_cursor_pass(&cursor, within.start);
	before = cursor;
	if (status == LEDGER_OK)
		status = ledger_cursor_pass(&cursor, within.end);
	part->entries = before.left - cursor.left;
	part->last = (LedgerDay) cursor.day;
	fits = ledger_checked_subtract(cursor.total, before.total, &part->people);
	if (part->entries > 0 && ledger_cursor_next(&before, &first) == LEDGER_OK)
		part->first = first.day;
	status = ledger_cursor_finish(&cursor, status);
	return status == LEDGER_OK && !fits ? LEDGER_OUT_OF_RANGE : status;
}

/*
 * Starts a series without corridors as yet.
 */
void
ledger_series_start(LedgerSeries *series, const PeriodCalendar *calendar,
					LedgerPeriod within, const LedgerCoverage *coverage,
					int64_t first, int64_t last, LedgerFlowSource *ends, LedgerFlowSource *starts,
					LedgerCheckpoint checkpoint)
{
	series->calendar = *calendar;
	series->within = within;
	series->coverage = coverage;
	series->next = first;
	series->last = last;
	series->rolls = period_calendar_rolls(calendar);
	if (!coverage->given)
		coverage = NULL;
	ledger_running_start(&series->ends, coverage, ends, checkpoint);
	ledger_running_start(&series->starts, coverage, starts, checkpoint);
}

/*
 * Adds a corridor, whose segment must have been read.
 */
LedgerStatus
ledger_series_add(LedgerSeries *series, const LedgerCorridor *corridor,
				  bool inward)
{
	LedgerStatus status;

	status = ledger_flow_add(&series->ends.stream, corridor, inward);
	if (status == LEDGER_OK && series->rolls)
		status = ledger_flow_add(&series->starts.stream, corridor, inward);
	return status;
}

/*
 * Figures of a row out of the sums at its start and at its end.
 */
static LedgerStatus
series_figures(LedgerSum inflow, LedgerSum outflow,
			   const LedgerRunning *ends, LedgerSeriesRow *row)
{
	if (!ledger_sum_value(ledger_sum_subtract(ends->inflow, inflow),
						  &row->inflow) ||
		!ledger_sum_value(ledger_sum_subtract(ends->outflow, outflow),
						  &row->outflow) ||
		!ledger_checked_subtract(row->inflow, row->outflow, &row->net) ||
		!ledger_checked_add(row->inflow, row->outflow, &row->gross) ||
		!ledger_sum_value(ledger_sum_plus(ledger_sum_subtract(ends->inflow,
															  ends->outflow),
										  ends->elsewhere), &row->balance))
		return LEDGER_OUT_OF_RANGE;
	return LEDGER_OK;
}

/*
 * The next period of a series.
 */
LedgerStatus
ledger_series_next(LedgerSeries *series, LedgerSeriesRow *row)
{
	LedgerRunning *starts = series->rolls ? &series->starts : &series->ends;
	LedgerPeriod within = series->within;
	LedgerPeriod held;
	LedgerStatus status;
	LedgerSum	inflow;
	LedgerSum	outflow;

	if (series->next > series->last)
	{
		/* `starts` is behind, over the same entries */
		status = ledger_flow_finish(&series->ends.stream);
		return status == LEDGER_OK ? LEDGER_DONE : status;
	}
	status = period_calendar_window(&series->calendar, series->next++,
									&row->period);
	if (status != LEDGER_OK)
		return status;

	/* not empty: the step period in it overlaps `within` */
	held = row->period;
	if (!series->rolls && held.start < within.start)
		held.start = within.start;
	if (held.end > within.end)
		held.end = within.end;
	row->calendar = &series->calendar;
	row->days = ledger_coverage_days(series->coverage, held);
	row->complete = row->days == row->period.end - row->period.start;

	status = ledger_running_advance(starts, held.start);
	if (status != LEDGER_OK)
		return status;
	inflow = starts->inflow;
	outflow = starts->outflow;
	status = ledger_running_advance(&series->ends, held.end);
	if (status != LEDGER_OK)
		return status;
	return series_figures(inflow, outflow, &series->ends, row);
}
