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
	LedgerCoverage coverage;
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

/* The measure of the days [start, end). */
static ModelPeople
naive_measure(const ViewModel *view, LedgerMeasure measure, int64_t start,
			  int64_t end)
{
	ModelPeople inflow = view_flow(view, 1, start, end);
	ModelPeople outflow = view_flow(view, -1, start, end);

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

/* The days before `within` from the ledger's first to its last. */
static void
check_coverage(Question *question)
{
	const Model *model = &question->view.model;
	LedgerPeriod within = question->within;
	LedgerPeriod earlier = {LEDGER_DAY_MAX, LEDGER_DAY_MIN};

	question->coverage = ledger_coverage(&question->view.flat, within);
	FUZZ_REQUIRE(same_period(question->coverage.within, within));
	for (size_t i = 0; i < model->n; i++)
	{
		LedgerDay	day = model->entries[i].day;

		earlier.start = day < earlier.start ? day : earlier.start;
		earlier.end = day >= earlier.end ? day + 1 : earlier.end;
	}
	if (earlier.end > within.start)
		earlier.end = within.start;
	if (period_is_empty(within) || period_is_empty(earlier))
		FUZZ_REQUIRE(period_is_empty(question->coverage.earlier));
	else
		FUZZ_REQUIRE(same_period(question->coverage.earlier, earlier));
}

/* Sums in one pass, with just the room that is asked for. */
static void
sum_flows(const ViewModel *view, LedgerPeriodFlows *flows, uint32_t n)
{
	LedgerRunning *running = fuzz_allocate(sizeof(*running));
	LedgerFlowSource *sources = fuzz_allocate(view->n * sizeof(*sources));
	uint64_t   *bounds = fuzz_allocate(2 * (size_t) n * sizeof(*bounds));
	uint64_t   *scratch = fuzz_allocate(2 * (size_t) n * sizeof(*scratch));

	ledger_running_start(running, sources, NULL);
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

/* Holds a period and its figures against the one expected, which may be none. */
static void
check_flows(const ViewModel *view, const LedgerCoverage *coverage,
			const LedgerPeriodFlows *flows, LedgerPeriod expected)
{
	LedgerPeriod known = both(expected, coverage->within);
	LedgerPeriod counted = flows->counted;

	if (period_is_empty(known))
		known = both(expected, coverage->earlier);
	if (period_is_empty(expected))
		FUZZ_REQUIRE(period_is_empty(flows->period));
	else
		FUZZ_REQUIRE(same_period(flows->period, expected));
	FUZZ_REQUIRE(ledger_flows_known(flows) == !period_is_empty(known));
	if (period_is_empty(known))
	{
		FUZZ_REQUIRE(ledger_flows_days(flows) == 0);
		FUZZ_REQUIRE(!ledger_flows_complete(flows));
	}
	else
	{
		FUZZ_REQUIRE(same_period(counted, known));
		FUZZ_REQUIRE(ledger_flows_days(flows) == known.end - known.start);
		FUZZ_REQUIRE(ledger_flows_complete(flows) ==
					 same_period(known, expected));
	}

	for (int m = 0; m < LEDGER_FLOW_MEASURES; m++)
	{
		ModelPeople people = naive_measure(view, (LedgerMeasure) m, counted.start,
										   counted.end);
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
		ledger_flows_start(&flows[i], periods[i], &question->coverage);
	}
	sum_flows(&question->view, flows, n);
	for (uint32_t i = 0; i < n; i++)
		check_flows(&question->view, &question->coverage, &flows[i],
					periods[i]);
	free(flows);
}

/* The period that row i of a series is compared with, if there is one. */
static LedgerPeriod
naive_compared(const Question *question, const LedgerComparison *comparison,
			   uint32_t i)
{
	const LedgerPeriod none = {0, 0};
	int64_t		number = comparison->first + i;
	LedgerPeriod period;

	if (!comparison->by_versus)
		return period_calendar_window(&question->calendar, number - 1,
									  &period) == LEDGER_OK ? period : none;
	FUZZ_REQUIRE(period_calendar_window(&question->calendar, number,
										&period) == LEDGER_OK);
	return period_shift_by(period, question->versus, -1, question->align,
						   &period) == LEDGER_OK ? period : none;
}

static void
check_series(const Question *question, int64_t first, uint32_t n,
			 bool by_versus)
{
	size_t		room = ledger_comparison_room(n, by_versus);
	LedgerComparison comparison = {question->calendar, first, n, by_versus,
		fuzz_allocate(room * sizeof(LedgerPeriodFlows)), NULL
	};
	LedgerStatus expected = LEDGER_OK;
	LedgerPeriod window;

	for (uint32_t i = 0; i < n && expected == LEDGER_OK; i++)
		expected = period_calendar_window(&question->calendar, first + i,
										  &window);
	FUZZ_REQUIRE(ledger_comparison_series_periods(&comparison,
												  by_versus ?
												  &question->versus : NULL,
												  question->align,
												  &question->coverage) ==
				 expected);
	if (expected == LEDGER_OK)
		sum_flows(&question->view, comparison.flows, (uint32_t) room);
	for (uint32_t i = 0; i < n && expected == LEDGER_OK; i++)
	{
		FUZZ_REQUIRE(period_calendar_window(&question->calendar, first + i,
											&window) == LEDGER_OK);
		check_flows(&question->view, &question->coverage, &comparison.flows[i],
					window);
		check_flows(&question->view, &question->coverage,
					ledger_compared(&comparison, i),
					naive_compared(question, &comparison, i));
	}
	free(comparison.flows);
}

/*
 * The stretch of a step period up to the same day as `as_of`, `steps` step
 * periods later, or the nearest day inside; false where no date can say it.
 */
static bool
naive_stretch(const PeriodCalendar *calendar, int64_t number, int64_t steps,
			  LedgerDay as_of, LedgerPeriod *stretch)
{
	int64_t		last = as_of - steps * calendar->step.days;

	if (period_calendar_step(calendar, number, stretch) != LEDGER_OK)
		return false;
	if (calendar->step.months > 0)
	{
		LedgerMonthDay split = ledger_split_day(as_of);
		int64_t		month = split.month - steps * calendar->step.months;
		int			length;

		if (month < 0)
			return false;
		length = ledger_month_length(month);
		last = ledger_month_start(month) - 1 +
			(split.day < length ? split.day : length);
	}
	if (last < PERIOD_BOUND_MIN || last > PERIOD_BOUND_MAX)
		return false;
	if (last + 1 < stretch->end)
		stretch->end = (LedgerDay) last + 1;
	if (stretch->end <= stretch->start)
		stretch->end = stretch->start + 1;
	return true;
}

static void
check_to_date(const Question *question, LedgerDay as_of)
{
	const LedgerCoverage covered = {question->within, {0, 0}};
	LedgerPeriod listed = {question->within.start, as_of + 1};
	LedgerComparison comparison = {question->calendar, 0, 0, false, NULL, NULL};
	LedgerPeriod stretch = {0, 0};
	LedgerStatus status;
	int64_t		last;
	bool		known = true;

	if (period_is_empty(listed) ||
		period_calendar_numbers(&question->calendar, listed, &comparison.first,
								&last) != LEDGER_OK)
		return;
	if (last - comparison.first >= ROWS_MAX)
		comparison.first = last - ROWS_MAX + 1;
	comparison.n = (uint32_t) (last - comparison.first) + 1;
	comparison.flows = fuzz_allocate(ledger_comparison_room(comparison.n, false) *
									 sizeof(LedgerPeriodFlows));

	status = ledger_to_date_periods(&comparison, as_of, &question->coverage);
	for (uint32_t i = 0; i < comparison.n; i++)
		known &= naive_stretch(&question->calendar, comparison.first + i,
							   comparison.n - 1 - i, as_of, &stretch);
	FUZZ_REQUIRE((status == LEDGER_OK) == known);
	if (known)
		sum_flows(&question->view, comparison.flows,
				  (uint32_t) ledger_comparison_room(comparison.n, false));
	for (uint32_t i = 0; i < comparison.n && known; i++)
	{
		FUZZ_REQUIRE(naive_stretch(&question->calendar, comparison.first + i,
								   comparison.n - 1 - i, as_of, &stretch));
		check_flows(&question->view, &covered, &comparison.flows[i], stretch);
		if (i > 1)
			FUZZ_REQUIRE(ledger_compared(&comparison, i) ==
						 &comparison.flows[i - 1]);
		if (i == 0)
			check_flows(&question->view, &question->coverage,
						ledger_compared(&comparison, 1), stretch);
	}
	if (known)
	{
		if (!naive_stretch(&question->calendar, comparison.first - 1,
						   comparison.n, as_of, &stretch))
			stretch.start = stretch.end = 0;
		check_flows(&question->view, &question->coverage,
					ledger_compared(&comparison, 0), stretch);
	}
	free(comparison.flows);
}

/* Ranks and highs of values that often agree. */
static void
check_ranks(FuzzReader *reader)
{
	uint32_t	n = (uint32_t) fuzz_take(reader, 1) % (VALUES_MAX + 1);
	int64_t    *values = fuzz_allocate(n * sizeof(*values));
	uint32_t   *rank = fuzz_allocate(n * sizeof(*rank));
	uint32_t   *order = fuzz_allocate(n * sizeof(*order));
	uint32_t   *scratch = fuzz_allocate(n * sizeof(*scratch));
	uint32_t   *since = fuzz_allocate(n * sizeof(*since));

	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	kind = fuzz_take(reader, 1);

		values[i] = kind == 255 ? INT64_MAX : kind == 254 ? INT64_MIN :
			(int64_t) kind % 32 - 16;
	}
	ledger_rank(values, n, rank, order, scratch, NULL);
	ledger_highest_since(values, n, since);
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	expected = 1;
		uint32_t	high = i;

		for (uint32_t j = 0; j < i; j++)
			expected += values[j] > values[i];
		FUZZ_REQUIRE(rank[i] == expected);
		while (high > 0 && values[high - 1] < values[i])
			high--;
		FUZZ_REQUIRE(since[i] == (high == 0 ? LEDGER_NO_ROW : high - 1));
	}
	free(values);
	free(rank);
	free(order);
	free(scratch);
	free(since);
}

/* The first day up to which the measure since a day is the target or more. */
static void
check_milestone(const ViewModel *view, LedgerMeasure measure,
				const LedgerMilestone *milestone)
{
	bool		reached = false;
	LedgerDay	day = 0;

	for (size_t i = 0; i < view->model.n; i++)
	{
		LedgerDay	to = view->model.entries[i].day;

		if (to < milestone->start || (reached && to >= day) ||
			naive_measure(view, measure, milestone->start,
						  (int64_t) to + 1) < milestone->target)
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
	FUZZ_REQUIRE(ledger_milestones_find(milestones, n, measure, &stream, order,
										scratch, heap) == LEDGER_OK);
	for (uint32_t i = 0; i < n; i++)
		check_milestone(view, measure, &milestones[i]);
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
	check_to_date(question, as_of);
	check_to_date(question, question->within.end - 1);
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

	/* the rest is half entries, half what else is asked of them */
	entries = reader;
	entries.end -= (reader.end - reader.next) / 2;
	reader.next = entries.end;
	check_ranks(&reader);
	if (view_from_input(&question.view, home, partner, &entries))
	{
		question.within = ledger_report_within(&question.view.flat, within);
		check_coverage(&question);
		check_calendar(&question, as_of);
		check_periods(&question, &reader);
		check_milestones(&question.view, (LedgerMeasure) (kind / 8 % 4),
						 &reader);
	}
	view_free(&question.view);
}

const FuzzTarget fuzz_comparison = {"comparison", try_comparison, NULL};
