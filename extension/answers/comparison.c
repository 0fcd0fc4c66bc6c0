/*
 * answers/comparison.c
 *		Sums of many periods in one pass over the entries, ranks, highs and
 *		milestones.  What is given and promised is in answers/comparison.h.
 *
 * The sum of a period is the running sum at its end less that at its start, so
 * that any number of periods, however they overlap, takes one pass: their
 * bounds are brought in order and met one after the other.  Bounds in order
 * are four runs as they come (starts and ends, of the rows and of what they
 * are compared with), which a merge sort that starts from the runs that it
 * finds puts together in two rounds; nothing has to promise that they ascend.
 */
#include "answers/comparison.h"

/* Called for each period or bound, with its number */
static inline void
checkpoint_at(LedgerCheckpoint checkpoint, size_t step)
{
	if (step % LEDGER_WORK_PER_CHECKPOINT == 0 && checkpoint != NULL)
		checkpoint();
}

/* Sorting by day: the day above, something that tells its owner below */

/*
 * A key for sorting by day, and by owner where days are the same.
 */
static inline uint64_t
day_key(LedgerDay day, uint32_t owner)
{
	return (uint64_t) ((int64_t) day - INT32_MIN) << 32 | owner;
}

/*
 * The day of a key.
 */
static inline LedgerDay
key_day(uint64_t key)
{
	return (LedgerDay) ((int64_t) (key >> 32) + INT32_MIN);
}

/*
 * The owner of a key.
 */
static inline uint32_t
key_owner(uint64_t key)
{
	return (uint32_t) key;
}

/* One past the ascending run that begins at `start`; n where that is n */
static size_t
run_end(const uint64_t *keys, size_t start, size_t n)
{
	if (start == n)
		return n;
	while (++start < n && keys[start - 1] <= keys[start])
		;
	return start;
}

/*
 * Merges keys[start .. middle) with keys[middle .. end) into the same places
 * of `into`.
 */
static void
merge_runs(const uint64_t *keys, size_t start, size_t middle, size_t end,
		   uint64_t *into, LedgerCheckpoint checkpoint)
{
	size_t		left = start;
	size_t		right = middle;

	for (size_t i = start; i < end; i++)
	{
		checkpoint_at(checkpoint, i);
		if (right == end || (left < middle && keys[left] <= keys[right]))
			into[i] = keys[left++];
		else
			into[i] = keys[right++];
	}
}

/*
 * Sorts n keys by merging neighbouring runs until one is left.  Gives back
 * which of the two buffers the result is in.
 */
static const uint64_t *
sort_keys(uint64_t *keys, uint64_t *scratch, size_t n,
		  LedgerCheckpoint checkpoint)
{
	while (run_end(keys, 0, n) < n)
	{
		uint64_t   *swap = keys;

		for (size_t start = 0; start < n;)
		{
			size_t		middle = run_end(keys, start, n);
			size_t		end = run_end(keys, middle, n);

			merge_runs(keys, start, middle, end, scratch, checkpoint);
			start = end;
		}
		keys = scratch;
		scratch = swap;
	}
	return keys;
}

/*
 * Sums
 */

/* The days in both of two periods; empty as {0, 0} */
static LedgerPeriod
period_overlap(LedgerPeriod a, LedgerPeriod b)
{
	const LedgerPeriod nothing = {0, 0};

	if (a.start < b.start)
		a.start = b.start;
	if (a.end > b.end)
		a.end = b.end;
	return a.start < a.end ? a : nothing;
}

void
ledger_flows_start(LedgerPeriodFlows *flows, LedgerPeriod period,
				   LedgerPeriod asked, const LedgerCoverage *coverage)
{
	const LedgerSum zero = {0, 0};

	flows->period = period;
	flows->counted = period_overlap(period, asked);
	flows->days = ledger_coverage_days(coverage, flows->counted);
	flows->inflow = zero;
	flows->outflow = zero;
}

/*
 * Keys of the bounds of all periods of which something is known, all starts
 * and then all ends; returns their number.
 */
static size_t
collect_bounds(const LedgerPeriodFlows *flows, uint32_t n, uint64_t *bounds,
			   LedgerCheckpoint checkpoint)
{
	size_t		count = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		checkpoint_at(checkpoint, i);
		if (ledger_flows_known(&flows[i]))
			bounds[count++] = day_key(flows[i].counted.start, 2 * i);
	}
	for (uint32_t i = 0; i < n; i++)
	{
		checkpoint_at(checkpoint, i);
		if (ledger_flows_known(&flows[i]))
			bounds[count++] = day_key(flows[i].counted.end, 2 * i + 1);
	}
	return count;
}

LedgerStatus
ledger_flows_sum(LedgerPeriodFlows *flows, uint32_t n, LedgerRunning *running,
				 uint64_t *bounds, uint64_t *scratch)
{
	LedgerCheckpoint checkpoint = running->stream.checkpoint;
	size_t		count = collect_bounds(flows, n, bounds, checkpoint);
	const uint64_t *sorted = sort_keys(bounds, scratch, count, checkpoint);

	for (size_t i = 0; i < count; i++)
	{
		uint32_t	owner = key_owner(sorted[i]);
		LedgerPeriodFlows *period = &flows[owner / 2];
		LedgerStatus status;

		checkpoint_at(checkpoint, i);
		status = ledger_running_advance(running, key_day(sorted[i]));
		if (status != LEDGER_OK)
			return status;
		if (owner % 2 == 0)
		{
			/* kept here until the end comes */
			period->inflow = running->inflow;
			period->outflow = running->outflow;
		}
		else
		{
			period->inflow = ledger_sum_subtract(running->inflow,
												 period->inflow);
			period->outflow = ledger_sum_subtract(running->outflow,
												  period->outflow);
		}
	}
	return ledger_flow_finish(&running->stream);
}

/* The measure of an inflow and an outflow */
static LedgerSum
measure_of(LedgerSum inflow, LedgerSum outflow, LedgerMeasure measure)
{
	switch (measure)
	{
		case LEDGER_INFLOW:
			return inflow;
		case LEDGER_OUTFLOW:
			return outflow;
		case LEDGER_NET:
			return ledger_sum_subtract(inflow, outflow);
		case LEDGER_GROSS:
		case LEDGER_BALANCE:	/* of a day, and never asked for */
			break;
	}
	return ledger_sum_plus(inflow, outflow);
}

LedgerStatus
ledger_flows_measure(const LedgerPeriodFlows *flows, LedgerMeasure measure,
					 int64_t *value)
{
	return ledger_sum_value(measure_of(flows->inflow, flows->outflow, measure),
							value) ? LEDGER_OK : LEDGER_OUT_OF_RANGE;
}

/*
 * Periods of a comparison
 */

/* Sets what row i is compared with, or a place of its own where that has one. */
static void
start_compared(LedgerComparison *comparison, uint32_t i, LedgerStatus status,
			   LedgerPeriod period)
{
	const LedgerPeriod none = {0, 0};

	/* where no date can say its bounds, there is no such period */
	ledger_flows_start(ledger_compared(comparison, i),
					   status == LEDGER_OK ? period : none,
					   ledger_period_everything(), &comparison->coverage);
}

/*
 * The window of number n, or its step period, `versus` earlier.  Steps of days
 * keep their length, and so do windows of days.
 */
static LedgerStatus
earlier_window(const LedgerComparison *comparison, int64_t n,
			   LedgerPeriod *earlier)
{
	const PeriodCalendar *calendar = &comparison->calendar;
	PeriodAlign align = comparison->align;
	LedgerPeriod period;
	LedgerStatus status;

	if (calendar->rolling.months > 0 && calendar->step.months > 0)
	{
		status = period_calendar_window(calendar, n, &period);
		return status == LEDGER_OK ?
			period_shift_by(period, comparison->versus, -1, align, earlier) :
			status;
	}
	if (calendar->step.days > 0 && align == PERIOD_ALIGN_BOUNDS)
		align = PERIOD_ALIGN_SAME_DAYS;
	status = period_calendar_step(calendar, n, &period);
	if (status == LEDGER_OK)
		status = period_shift_by(period, comparison->versus, -1, align, earlier);
	if (status != LEDGER_OK || !period_calendar_rolls(calendar))
		return status;
	return period_window_ending(calendar, earlier->end, &earlier->start);
}

LedgerStatus
ledger_comparison_series_periods(LedgerComparison *comparison)
{
	const PeriodCalendar *calendar = &comparison->calendar;
	int64_t		first = comparison->first;
	LedgerPeriod asked = comparison->within;
	LedgerPeriod period;
	LedgerStatus status;

	if (period_calendar_rolls(calendar))
		asked.start = LEDGER_DAY_UNBOUNDED_START;
	for (uint32_t i = 0; i < comparison->n; i++)
	{
		status = period_calendar_window(calendar, first + i, &period);
		if (status != LEDGER_OK)
			return status;
		ledger_flows_start(&comparison->flows[i], period, asked,
						   &comparison->coverage);
		if (comparison->by_versus)
		{
			status = earlier_window(comparison, first + i, &period);
			start_compared(comparison, i, status, period);
		}
		checkpoint_at(comparison->checkpoint, i);
	}
	if (!comparison->by_versus)
	{
		status = period_calendar_window(calendar, first - 1, &period);
		start_compared(comparison, 0, status, period);
		start_compared(comparison, 1, LEDGER_OK, comparison->flows[0].period);
	}
	return LEDGER_OK;
}

/*
 * The stretch of a step period, `steps` before the one of `as_of`, up to the
 * same point as that; earlier by `versus`, unless that is nothing.  Where the
 * same day is none of the step period, it is the nearest.
 */
static LedgerStatus
to_date_period(const LedgerComparison *comparison, int64_t steps,
			   PeriodStep versus, LedgerDay as_of, LedgerPeriod *period)
{
	const PeriodCalendar *calendar = &comparison->calendar;
	int64_t		number = comparison->first + comparison->n - 1;
	LedgerPeriod whole;
	LedgerPeriod current;
	PeriodStep	back = versus;
	LedgerDay	last;
	LedgerStatus status;

	status = period_calendar_step(calendar, number, &current);
	if (status == LEDGER_OK)
		status = period_calendar_step(calendar, number - steps, &whole);
	if (status == LEDGER_OK)
		status = period_shift_by(whole, versus, -1,
								 calendar->step.days > 0 &&
								 comparison->align == PERIOD_ALIGN_BOUNDS ?
								 PERIOD_ALIGN_SAME_DAYS : comparison->align,
								 &whole);
	if (status != LEDGER_OK)
		return status;

	/* both ends lie within dates, so that the steps between them fit */
	back.months += (int32_t) (steps * calendar->step.months);
	if (comparison->align == PERIOD_ALIGN_SAME_DAYS ||
		(calendar->step.days > 0 && comparison->align == PERIOD_ALIGN_BOUNDS))
		last = whole.start + (as_of - current.start);
	else if (as_of + 1 == current.end && comparison->align == PERIOD_ALIGN_BOUNDS)
		last = whole.end - 1;
	else
		status = period_same_day_earlier(as_of - (LedgerDay) (steps * calendar->step.days),
										 back, comparison->align, &last);
	if (status != LEDGER_OK)
		return status;
	if (last < whole.start)
		last = whole.start;
	if (last >= whole.end)
		last = whole.end - 1;
	period->start = whole.start;
	period->end = last + 1;
	return LEDGER_OK;
}

LedgerStatus
ledger_to_date_periods(LedgerComparison *comparison, LedgerDay as_of)
{
	const PeriodStep nothing = {0, 0};
	int64_t		n = comparison->n;
	LedgerPeriod period;
	LedgerStatus status;

	for (uint32_t i = 0; i < n; i++)
	{
		status = to_date_period(comparison, n - 1 - i, nothing, as_of, &period);
		if (status != LEDGER_OK)
			return status;
		ledger_flows_start(&comparison->flows[i], period, comparison->within,
						   &comparison->coverage);
		if (comparison->by_versus)
		{
			status = to_date_period(comparison, n - 1 - i, comparison->versus,
									as_of, &period);
			start_compared(comparison, i, status, period);
		}
		checkpoint_at(comparison->checkpoint, i);
	}
	if (!comparison->by_versus)
	{
		status = to_date_period(comparison, n, nothing, as_of, &period);
		start_compared(comparison, 0, status, period);
		start_compared(comparison, 1, LEDGER_OK, comparison->flows[0].period);
	}
	return LEDGER_OK;
}

/*
 * Ranks and highs
 */

/*
 * Merges two neighbouring stretches of `order`, each by value from the highest
 * down, into the same places of `into`.  A row of the right one, which comes
 * later, is outranked by the rows of the left one that are merged before it.
 */
static void
merge_ranked(const int64_t *values, const uint32_t *order, uint32_t start,
			 uint32_t middle, uint32_t end, uint32_t *into, uint32_t *rank)
{
	uint32_t	left = start;
	uint32_t	right = middle;

	for (uint32_t i = start; i < end; i++)
	{
		if (right == end ||
			(left < middle && values[order[left]] > values[order[right]]))
			into[i] = order[left++];
		else
		{
			rank[order[right]] += left - start;
			into[i] = order[right++];
		}
	}
}

/*
 * A merge sort counts on its way what is wanted here: of each value, how many
 * that came before are higher.
 */
void
ledger_rank(const int64_t *values, uint32_t n, uint32_t *rank, uint32_t *order,
			uint32_t *scratch, LedgerCheckpoint checkpoint)
{
	for (uint32_t i = 0; i < n; i++)
	{
		rank[i] = 1;
		order[i] = i;
	}
	for (uint64_t length = 1; length < n; length *= 2)
	{
		uint32_t   *swap = order;

		for (uint64_t start = 0; start < n; start += 2 * length)
		{
			uint64_t	middle = start + length;
			uint64_t	end = start + 2 * length;

			merge_ranked(values, order, (uint32_t) start,
						 (uint32_t) (middle < n ? middle : n),
						 (uint32_t) (end < n ? end : n), scratch, rank);
			if (checkpoint != NULL)
				checkpoint();
		}
		order = scratch;
		scratch = swap;
	}
}

/*
 * Goes back from high to high: whatever a lower row has been compared with
 * and found to be lower is lower than this one too.
 */
void
ledger_highest_since(const int64_t *values, uint32_t n, uint32_t *since)
{
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	high = i == 0 ? LEDGER_NO_ROW : i - 1;

		while (high != LEDGER_NO_ROW && values[high] < values[i])
			high = since[high];
		since[i] = high;
	}
}

/* The same from low to low */
void
ledger_lowest_since(const int64_t *values, uint32_t n, uint32_t *since)
{
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	low = i == 0 ? LEDGER_NO_ROW : i - 1;

		while (low != LEDGER_NO_ROW && values[low] > values[i])
			low = since[low];
		since[i] = low;
	}
}

/*
 * Milestones
 */

/*
 * Is a sum as large as a threshold, or larger?
 */
static inline bool
sum_reaches(LedgerSum sum, LedgerSum threshold)
{
	return sum.high != threshold.high ? sum.high > threshold.high :
		sum.low >= threshold.low;
}

/* Of the milestones under way, the one with the lowest threshold comes first */
#define LEDGER_HEAP				milestone_heap
#define LEDGER_HEAP_ELEMENT		LedgerMilestone *
#define LEDGER_HEAP_BEFORE(a, b)	(!sum_reaches((a)->threshold, (b)->threshold))
#include "core/heap.h"

/* Keys of the milestones by the day they are counted from */
static const uint64_t *
order_by_start(const LedgerMilestone *milestones, uint32_t n, uint64_t *order,
			   uint64_t *scratch, LedgerCheckpoint checkpoint)
{
	for (uint32_t i = 0; i < n; i++)
		order[i] = day_key(milestones[i].start, i);
	return sort_keys(order, scratch, n, checkpoint);
}

/*
 * The total from `start` on is the target or more where the total from the
 * first entry on is what it was before `start`, plus the target, or more.  So
 * one running total serves all: milestones whose `start` has come wait in the
 * heap until it reaches their threshold.
 */
LedgerStatus
ledger_milestones_find(LedgerMilestone *milestones, uint32_t n,
					   LedgerMeasure measure, LedgerDay end,
					   LedgerFlowStream *stream,
					   uint64_t *order, uint64_t *scratch,
					   LedgerMilestone **heap)
{
	const uint64_t *sorted;
	LedgerSum	total = {0, 0};
	LedgerFlow	flow;
	LedgerStatus status = LEDGER_OK;
	uint32_t	under_way = 0;	/* in the heap */
	uint32_t	next = 0;

	for (uint32_t i = 0; i < n; i++)
		milestones[i].reached = false;
	sorted = order_by_start(milestones, n, order, scratch, stream->checkpoint);

	while ((next < n || under_way > 0) &&
		   (status = ledger_flow_next(stream, &flow)) == LEDGER_OK &&
		   flow.day < end)
	{
		for (; next < n && key_day(sorted[next]) <= flow.day; next++)
		{
			LedgerMilestone *milestone = &milestones[key_owner(sorted[next])];

			milestone->threshold = total;
			ledger_sum_add(&milestone->threshold, milestone->target);
			milestone_heap_add(heap, &under_way, milestone);
		}
		total = ledger_sum_plus(total, measure_of(flow.inflow, flow.outflow,
												  measure));
		for (; under_way > 0 && sum_reaches(total, heap[0]->threshold);
			 milestone_heap_remove_first(heap, &under_way))
		{
			heap[0]->reached = true;
			heap[0]->day = flow.day;
		}
	}
	return status == LEDGER_OK ? ledger_flow_finish(stream) :
		status == LEDGER_DONE ? LEDGER_OK : status;
}
