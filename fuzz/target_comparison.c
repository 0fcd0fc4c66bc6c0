/*
 * target_comparison.c
 *		What periods are compared with, against sums over the entries of the
 *		model one by one, ranks counted pair by pair and a look back row by row.
 *
 * The bounds of step periods and of shifted ones are taken from answers/period.c, which
 * has a target of its own.
 */
#include <stdlib.h>

#include "answers/comparison.h"
#include "period_input.h"
#include "view_model.h"

/* No more periods of a calendar are looked at. */
#define ROWS_MAX		60

#define PERIODS_MAX		8
#define MILESTONES_MAX	8
#define VALUES_MAX		48

/* A question about a ledger. */
typedef struct Question
{
	ViewModel	view;
	PeriodCalendar calendar;
	LedgerPeriod within;		/* as ledger_report_within has it */
	FuzzCoverage covered;
	PeriodStep	versus;
	PeriodAlign align;
} Question;

static bool
same_period(LedgerPeriod a, LedgerPeriod b)
{
	return a.start == b.start && a.end == b.end;
}

static LedgerPeriod
both(LedgerPeriod a, LedgerPeriod b)
{
	a.start = a.start > b.start ? a.start : b.start;
	a.end = a.end < b.end ? a.end : b.end;
	return a;
}

/* The measure of the days [start, end) that are covered. */
static ModelPeople
naive_measure(const ViewModel *view, LedgerMeasure measure, int64_t start,
			  int64_t end, const LedgerCoverage *coverage)
{
	ModelPeople inflow = view_flow_covered(view, 1, start, end, coverage);
	ModelPeople outflow = view_flow_covered(view, -1, start, end, coverage);

	switch (measure)
	{
		case LEDGER_INFLOW:
			return inflow;
		case LEDGER_OUTFLOW:
			return outflow;
		case LEDGER_NET:
			return inflow - outflow;
		default:
			return inflow + outflow;
	}
}

/* Sums in one pass, with just the room that is asked for. */
static void
sum_flows(const Question *question, LedgerPeriodFlows *flows, uint32_t n)
{
	const ViewModel *view = &question->view;
	const LedgerCoverage *coverage = &question->covered.coverage;
	LedgerRunning *running = fuzz_allocate(sizeof(*running));
	LedgerFlowSource *sources = fuzz_allocate(view->n * sizeof(*sources));
	uint64_t   *bounds = fuzz_allocate(2 * (size_t) n * sizeof(*bounds));
	uint64_t   *scratch = fuzz_allocate(2 * (size_t) n * sizeof(*scratch));

	ledger_running_start(running, coverage->given ? coverage : NULL, sources,
						 NULL);
	for (uint32_t i = 0; i < view->n; i++)
		FUZZ_REQUIRE(ledger_flow_add(&running->stream, &view->corridors[i],
									 view->inward[i]) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flows_sum(flows, n, running, bounds,
								  scratch) == LEDGER_OK);
	free(running);
	free(sources);
	free(bounds);
	free(scratch);
}

/*
 * Holds a period and its figures on the days asked about against the one
 * expected, which may be none.
 */
static void
check_flows(const Question *question, const LedgerPeriodFlows *flows,
			LedgerPeriod expected, LedgerPeriod asked)
{
	const ViewModel *view = &question->view;
	const LedgerCoverage *coverage = &question->covered.coverage;
	LedgerPeriod counted = both(expected, asked);
	int64_t		days = fuzz_covered_days(coverage, counted.start, counted.end);

	if (period_is_empty(expected))
		FUZZ_REQUIRE(period_is_empty(flows->period));
	else
		FUZZ_REQUIRE(same_period(flows->period, expected));
	FUZZ_REQUIRE(flows->days == days);
	FUZZ_REQUIRE(ledger_flows_known(flows) == (days > 0));
	FUZZ_REQUIRE(ledger_flows_complete(flows) ==
				 (days > 0 && days == (int64_t) expected.end - expected.start));

	for (int m = 0; m < LEDGER_FLOW_MEASURES; m++)
	{
		ModelPeople people = naive_measure(view, (LedgerMeasure) m, counted.start,
										   counted.end, coverage);
		int64_t		value;
		LedgerStatus status = ledger_flows_measure(flows, (LedgerMeasure) m,
												   &value);

		if (model_people_fit(people))
			FUZZ_REQUIRE(status == LEDGER_OK && value == people);
		else
			FUZZ_REQUIRE(status == LEDGER_OUT_OF_RANGE);
	}
}

/* Any periods, in any order. */
static void
check_periods(const Question *question, FuzzReader *reader)
{
	uint32_t	n = (uint32_t) fuzz_take(reader, 1) % (PERIODS_MAX + 1);
	LedgerPeriod periods[PERIODS_MAX];
	LedgerPeriodFlows *flows = fuzz_allocate(n * sizeof(*flows));

	for (uint32_t i = 0; i < n; i++)
	{
		periods[i] = fuzz_take_period(reader);
		/* a call asks about bounded periods only */
		if (!period_is_bounded(periods[i]))
			periods[i] = question->within;
		ledger_flows_start(&flows[i], periods[i], question->within,
						   &question->covered.coverage);
	}
	sum_flows(question, flows, n);
	for (uint32_t i = 0; i < n; i++)
		check_flows(question, &flows[i], periods[i], question->within);
	free(flows);
}

/* A bound of a period, where a date can say it */
static bool
is_bound(int64_t day)
{
	return day >= PERIOD_BOUND_MIN && day <= PERIOD_BOUND_MAX;
}

/* The period that row i of a series is compared with, if there is one. */
static LedgerPeriod
naive_compared(const Question *question, const LedgerComparison *comparison,
			   uint32_t i)
{
	const PeriodCalendar *calendar = &question->calendar;
	const LedgerPeriod none = {0, 0};
	int64_t		number = comparison->first + i;
	PeriodAlign align = question->align;
	PeriodStep	rolling = calendar->rolling;
	LedgerPeriod period;
	LedgerDay	before;

	if (!comparison->by_versus)
		return period_calendar_window(calendar, number - 1,
									  &period) == LEDGER_OK ? period : none;
	if (calendar->step.months > 0 && rolling.months > 0)
	{
		FUZZ_REQUIRE(period_calendar_window(calendar, number,
											&period) == LEDGER_OK);
		return period_shift_by(period, question->versus, -1, align,
							   &period) == LEDGER_OK ? period : none;
	}

	/* the days of a step stay as many, and what rolls ends with them */
	FUZZ_REQUIRE(period_calendar_step(calendar, number, &period) == LEDGER_OK);
	if (calendar->step.days > 0 && align == PERIOD_ALIGN_BOUNDS)
		align = PERIOD_ALIGN_SAME_DAYS;
	if (period_shift_by(period, question->versus, -1, align,
						&period) != LEDGER_OK)
		return none;
	if (!period_calendar_rolls(calendar))
		return period;
	if (rolling.days > 0)
	{
		if (!is_bound((int64_t) period.end - rolling.days))
			return none;
		period.start = period.end - rolling.days;
		return period;
	}
	if (period_day_plus(period.end - 1, rolling, -1, &before) != LEDGER_OK)
		return none;
	period.start = before + 1;
	return period;
}

static void
check_series(const Question *question, int64_t first, uint32_t n,
			 bool by_versus)
{
	size_t		room = ledger_comparison_room(n, by_versus);
	LedgerComparison comparison = {question->calendar, first, n, by_versus,
		question->versus, question->align, question->within,
		question->covered.coverage,
		fuzz_allocate(room * sizeof(LedgerPeriodFlows)), NULL
	};
	LedgerStatus expected = LEDGER_OK;
	LedgerPeriod asked = question->within;
	LedgerPeriod window;

	if (period_calendar_rolls(&question->calendar))
		asked.start = LEDGER_DAY_UNBOUNDED_START;
	for (uint32_t i = 0; i < n && expected == LEDGER_OK; i++)
		expected = period_calendar_window(&question->calendar, first + i,
										  &window);
	FUZZ_REQUIRE(ledger_comparison_series_periods(&comparison) == expected);
	if (expected == LEDGER_OK)
		sum_flows(question, comparison.flows, (uint32_t) room);
	for (uint32_t i = 0; i < n && expected == LEDGER_OK; i++)
	{
		FUZZ_REQUIRE(period_calendar_window(&question->calendar, first + i,
											&window) == LEDGER_OK);
		check_flows(question, &comparison.flows[i], window, asked);
		/* what follows is compared with all of a row, cut or not */
		if (by_versus || i < 2)
			check_flows(question, ledger_compared(&comparison, i),
						naive_compared(question, &comparison, i),
						ledger_period_everything());
		else
			FUZZ_REQUIRE(ledger_compared(&comparison, i) ==
						 &comparison.flows[i - 1]);
	}
	free(comparison.flows);
}

/*
 * The end of a stretch in months, before `back` and at the same point as the
 * day `as_of`: after the last day of the month where that is one, else after
 * the same day or the last of a shorter month.
 */
static bool
naive_month_end(LedgerDay as_of, PeriodStep back, bool keep_end, int64_t *end)
{
	LedgerMonthDay split = ledger_split_day(as_of);
	int64_t		month = split.month - (int64_t) back.months;
	int			length;

	if (month < 0 || month > 70560000)
		return false;
	length = ledger_month_length(month);
	if (split.day > length ||
		(keep_end && split.day == ledger_month_length(split.month)))
		split.day = length;
	*end = ledger_month_start(month) + split.day - back.days;
	return true;
}

/*
 * The stretch of a step period up to the same point as `as_of`, `steps` step
 * periods later, all of it `versus` earlier; false where no date can say it.
 */
static bool
naive_stretch(const Question *question, int64_t last_number, int64_t steps,
			  PeriodStep versus, LedgerDay as_of, LedgerPeriod *stretch)
{
	const PeriodCalendar *calendar = &question->calendar;
	bool		bounds = question->align == PERIOD_ALIGN_BOUNDS;
	bool		by_days = question->align == PERIOD_ALIGN_SAME_DAYS ||
		(bounds && calendar->step.days > 0);
	LedgerPeriod current;
	LedgerPeriod whole;
	PeriodStep	back = versus;
	int64_t		end;

	if (period_calendar_step(calendar, last_number, &current) != LEDGER_OK ||
		period_calendar_step(calendar, last_number - steps, &whole) != LEDGER_OK ||
		period_shift_by(whole, versus, -1, by_days ? PERIOD_ALIGN_SAME_DAYS :
						question->align, &whole) != LEDGER_OK)
		return false;
	back.months += (int32_t) (steps * calendar->step.months);
	if (by_days)
		end = (int64_t) whole.start + as_of + 1 - current.start;
	else if (bounds && as_of + 1 == current.end)
		end = whole.end;
	else if (!naive_month_end(as_of - (LedgerDay) (steps * calendar->step.days),
							  back, bounds, &end))
		return false;
	if (!is_bound(end) || !is_bound(end - 1))
		return false;
	if (end < whole.end)
		whole.end = (LedgerDay) end;
	if (whole.end <= whole.start)
		whole.end = whole.start + 1;
	*stretch = whole;
	return true;
}

static void
check_to_date(const Question *question, LedgerDay as_of, bool by_versus)
{
	const PeriodStep nothing = {0, 0};
	LedgerPeriod listed = {question->within.start, as_of + 1};
	LedgerComparison comparison = {question->calendar, 0, 0, by_versus,
		question->versus, question->align, question->within,
		question->covered.coverage, NULL, NULL
	};
	LedgerPeriod stretch = {0, 0};
	LedgerStatus status;
	size_t		room;
	int64_t		last;
	bool		known = true;

	if (period_is_empty(listed) ||
		period_calendar_numbers(&question->calendar, listed, &comparison.first,
								&last) != LEDGER_OK)
		return;
	if (last - comparison.first >= ROWS_MAX)
		comparison.first = last - ROWS_MAX + 1;
	comparison.n = (uint32_t) (last - comparison.first) + 1;
	room = ledger_comparison_room(comparison.n, by_versus);
	comparison.flows = fuzz_allocate(room * sizeof(LedgerPeriodFlows));

	status = ledger_to_date_periods(&comparison, as_of);
	for (uint32_t i = 0; i < comparison.n; i++)
		known &= naive_stretch(question, last, comparison.n - 1 - i, nothing,
							   as_of, &stretch);
	FUZZ_REQUIRE((status == LEDGER_OK) == known);
	if (known)
		sum_flows(question, comparison.flows, (uint32_t) room);
	for (uint32_t i = 0; i < comparison.n && known; i++)
	{
		int64_t		steps = comparison.n - 1 - i;

		FUZZ_REQUIRE(naive_stretch(question, last, steps, nothing, as_of,
								   &stretch));
		check_flows(question, &comparison.flows[i], stretch, question->within);
		if (i > 1 && !by_versus)
		{
			FUZZ_REQUIRE(ledger_compared(&comparison, i) ==
						 &comparison.flows[i - 1]);
			continue;
		}
		if (!naive_stretch(question, last, by_versus ? steps : steps + 1,
						   by_versus ? question->versus : nothing, as_of,
						   &stretch))
			stretch.start = stretch.end = 0;
		check_flows(question, ledger_compared(&comparison, i), stretch,
					ledger_period_everything());
	}
	free(comparison.flows);
}

/* Ranks, highs and lows of values that often agree. */
static void
check_ranks(FuzzReader *reader)
{
	uint32_t	n = (uint32_t) fuzz_take(reader, 1) % (VALUES_MAX + 1);
	int64_t    *values = fuzz_allocate(n * sizeof(*values));
	uint32_t   *rank = fuzz_allocate(n * sizeof(*rank));
	uint32_t   *order = fuzz_allocate(n * sizeof(*order));
	uint32_t   *scratch = fuzz_allocate(n * sizeof(*scratch));
	uint32_t   *since = fuzz_allocate(n * sizeof(*since));
	uint32_t   *low_since = fuzz_allocate(n * sizeof(*since));

	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	kind = fuzz_take(reader, 1);

		values[i] = kind == 255 ? INT64_MAX : kind == 254 ? INT64_MIN :
			(int64_t) kind % 32 - 16;
	}
	ledger_rank(values, n, rank, order, scratch, NULL);
	ledger_highest_since(values, n, since);
	ledger_lowest_since(values, n, low_since);
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	expected = 1;
		uint32_t	high = i;
		uint32_t	low = i;

		for (uint32_t j = 0; j < i; j++)
			expected += values[j] > values[i];
		FUZZ_REQUIRE(rank[i] == expected);
		while (high > 0 && values[high - 1] < values[i])
			high--;
		FUZZ_REQUIRE(since[i] == (high == 0 ? LEDGER_NO_ROW : high - 1));
		while (low > 0 && values[low - 1] > values[i])
			low--;
		FUZZ_REQUIRE(low_since[i] == (low == 0 ? LEDGER_NO_ROW : low - 1));
	}
	free(values);
	free(rank);
	free(order);
	free(scratch);
	free(since);
	free(low_since);
}

/* The first day up to which the measure since a day is the target or more. */
static void
check_milestone(const ViewModel *view, LedgerMeasure measure,
				LedgerDay end, const LedgerMilestone *milestone)
{
	FuzzCoverage covered;
	bool		reached = false;
	LedgerDay	day = 0;

	fuzz_cover_hull(view_hull(view, (LedgerPeriod) {0, 0}), &covered);
	for (size_t i = 0; i < view->model.n; i++)
	{
		LedgerDay	to = view->model.entries[i].day;

		if (to < milestone->start || to >= end || (reached && to >= day) ||
			naive_measure(view, measure, milestone->start, (int64_t) to + 1,
						  &covered.coverage) < milestone->target)
			continue;
		reached = true;
		day = to;
	}
	FUZZ_REQUIRE(milestone->reached == reached);
	FUZZ_REQUIRE(!reached || milestone->day == day);
}

static int64_t
take_target(FuzzReader *reader)
{
	uint32_t	kind = (uint32_t) fuzz_take(reader, 1);

	if (kind < 160)
		return 1 + kind % 40;
	if (kind < 240)
		return 1 + (int64_t) fuzz_take(reader, 2);
	return INT64_MAX - (kind - 240) / 2;
}

static void
check_milestones(const ViewModel *view, LedgerMeasure measure,
				 FuzzReader *reader)
{
	uint32_t	n = (uint32_t) fuzz_take(reader, 1) % (MILESTONES_MAX + 1);
	LedgerMilestone *milestones = fuzz_allocate(n * sizeof(*milestones));
	LedgerFlowSource *sources = fuzz_allocate(view->n * sizeof(*sources));
	uint64_t   *order = fuzz_allocate(n * sizeof(*order));
	uint64_t   *scratch = fuzz_allocate(n * sizeof(*scratch));
	LedgerMilestone **heap = fuzz_allocate(n * sizeof(*heap));
	LedgerDay	end = fuzz_take(reader, 1) % 2 == 0 ?
		LEDGER_DAY_UNBOUNDED_END : fuzz_take_day(reader);
	LedgerFlowStream stream;

	for (uint32_t i = 0; i < n; i++)
	{
		milestones[i].start = fuzz_take_day(reader);
		milestones[i].target = take_target(reader);
	}
	ledger_flow_start(&stream, sources, NULL);
	for (uint32_t i = 0; i < view->n; i++)
		FUZZ_REQUIRE(ledger_flow_add(&stream, &view->corridors[i],
									 view->inward[i]) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_milestones_find(milestones, n, measure, end, &stream,
										order, scratch, heap) == LEDGER_OK);
	for (uint32_t i = 0; i < n; i++)
		check_milestone(view, measure, end, &milestones[i]);
	free(milestones);
	free(sources);
	free(order);
	free(scratch);
	free(heap);
}

/* The periods of a calendar, as many as are looked at. */
static void
check_calendar(const Question *question, LedgerDay as_of)
{
	int64_t		first;
	int64_t		last;

	if (period_is_empty(question->within) ||
		period_calendar_check(&question->calendar) != LEDGER_OK ||
		period_calendar_numbers(&question->calendar, question->within, &first,
								&last) != LEDGER_OK)
		return;
	if (last - first >= ROWS_MAX)
		last = first + ROWS_MAX - 1;
	check_series(question, first, (uint32_t) (last - first) + 1, false);
	check_series(question, first, (uint32_t) (last - first) + 1, true);
	check_to_date(question, as_of, false);
	check_to_date(question, as_of, true);
	check_to_date(question, question->within.end - 1, false);
	fuzz_accepted++;
}

static void
try_comparison(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	FuzzReader	entries;
	Question	question;
	uint32_t	home = (uint32_t) fuzz_take(&reader, 1);
	uint32_t	partner = (uint32_t) fuzz_take(&reader, 1);
	uint32_t	kind = (uint32_t) fuzz_take(&reader, 1);
	LedgerPeriod within;
	LedgerDay	as_of;

	question.align = (PeriodAlign) (kind / 2 % 3);
	question.calendar.step = fuzz_take_length(&reader);
	question.calendar.rolling = kind % 2 == 0 ? question.calendar.step :
		fuzz_take_length(&reader);
	question.calendar.anchor = fuzz_take_day(&reader);
	question.versus = fuzz_take_length(&reader);
	within = fuzz_take_period(&reader);
	as_of = fuzz_take_day(&reader);
	fuzz_take_coverage(&reader, &question.covered);

	/* the rest is half entries, half what else is asked of them */
	entries = reader;
	entries.end -= (reader.end - reader.next) / 2;
	reader.next = entries.end;
	check_ranks(&reader);
	if (view_from_input(&question.view, home, partner, &entries))
	{
		question.within = ledger_report_within(&question.view.flat, within);
		if (kind >= 128)
			fuzz_cover_hull(view_hull(&question.view, question.within),
							&question.covered);
		check_calendar(&question, as_of);
		check_periods(&question, &reader);
		check_milestones(&question.view, (LedgerMeasure) (kind / 8 % 4),
						 &reader);
	}
	view_free(&question.view);
}

const FuzzTarget fuzz_comparison = {"comparison", try_comparison, NULL};
