/*
 * target_report.c
 *		The flows of a home, what a corridor has in a period, and series,
 *		against sums over the entries of the model one by one.
 */
#include <stdlib.h>

#include "answers/report.h"
#include "period_input.h"
#include "view_model.h"

/* No more periods of a series are looked at. */
#define ROWS_MAX	100

/* A question about a ledger. */
typedef struct Question
{
	ViewModel	view;
	LedgerPeriod within;
	PeriodCalendar calendar;
	FuzzCoverage covered;
} Question;

/* Every day with a flow comes once, in order, with its sums. */
static void
check_flows(const ViewModel *view)
{
	LedgerFlowSource *sources = fuzz_allocate(view->n * sizeof(*sources));
	LedgerFlowStream stream;
	LedgerFlow	flow;
	LedgerStatus status;
	int64_t		previous = (int64_t) LEDGER_DAY_MIN - 1;

	ledger_flow_start(&stream, sources, NULL);
	for (uint32_t i = 0; i < view->n; i++)
		FUZZ_REQUIRE(ledger_flow_add(&stream, &view->corridors[i],
									 view->inward[i]) == LEDGER_OK);
	while ((status = ledger_flow_next(&stream, &flow)) == LEDGER_OK)
	{
		ModelPeople inflow = model_sum_value(flow.inflow);
		ModelPeople outflow = model_sum_value(flow.outflow);

		FUZZ_REQUIRE(flow.day > previous);
		FUZZ_REQUIRE(inflow != 0 || outflow != 0);
		FUZZ_REQUIRE(inflow == view_flow(view, 1, flow.day,
										 (int64_t) flow.day + 1));
		FUZZ_REQUIRE(outflow == view_flow(view, -1, flow.day,
										  (int64_t) flow.day + 1));
		/* and no day with a flow was passed over */
		for (size_t i = 0; i < view->model.n; i++)
		{
			LedgerDay	day = view->model.entries[i].day;

			if (day > previous && day < flow.day)
				FUZZ_REQUIRE(view_flow(view, 1, day, day + 1) == 0 &&
							 view_flow(view, -1, day, day + 1) == 0);
		}
		previous = flow.day;
	}
	FUZZ_REQUIRE(status == LEDGER_DONE);
	for (size_t i = 0; i < view->model.n; i++)
	{
		LedgerDay	day = view->model.entries[i].day;

		if (day > previous)
			FUZZ_REQUIRE(view_flow(view, 1, day, day + 1) == 0 &&
						 view_flow(view, -1, day, day + 1) == 0);
	}
	free(sources);
}

/* What each corridor has in `within`, whether or not it is the home's. */
static void
check_parts(const Question *question)
{
	const ViewModel *view = &question->view;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	size_t		next = 0;

	ledger_walk_start(&walk, &view->flat);
	while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
	{
		LedgerCorridorPart part;
		LedgerStatus status;
		ModelPeople people = 0;
		uint32_t	entries = 0;
		LedgerDay	first = 0;
		LedgerDay	last = 0;

		for (uint32_t i = 0; i < corridor.entries; i++, next++)
		{
			const ModelEntry *entry = &view->model.entries[next];

			if (entry->day < question->within.start ||
				entry->day >= question->within.end)
				continue;
			people += entry->people;
			last = entry->day;
			if (entries++ == 0)
				first = entry->day;
		}
		status = ledger_corridor_part(&corridor, question->within, &part);
		if (!model_people_fit(people))
		{
			FUZZ_REQUIRE(status == LEDGER_OUT_OF_RANGE);
			continue;
		}
		FUZZ_REQUIRE(status == LEDGER_OK);
		FUZZ_REQUIRE(part.people == people);
		FUZZ_REQUIRE(part.entries == entries);
		FUZZ_REQUIRE(entries == 0 || (part.first == first && part.last == last));
	}
}

/* The days that a question is about. */
static LedgerPeriod
check_within(const Question *question)
{
	const ViewModel *view = &question->view;
	LedgerPeriod expected = question->within;
	LedgerPeriod within = ledger_report_within(&view->flat,
											   question->within);
	LedgerDay	first = LEDGER_DAY_MAX;
	LedgerDay	last = LEDGER_DAY_MIN;

	for (size_t i = 0; i < view->model.n; i++)
	{
		LedgerDay	day = view->model.entries[i].day;

		first = day < first ? day : first;
		last = day > last ? day : last;
	}
	/* without entries the first is after the last, and nothing is left */
	if (expected.start == LEDGER_DAY_UNBOUNDED_START)
		expected.start = first;
	if (expected.end == LEDGER_DAY_UNBOUNDED_END)
		expected.end = last + 1;
	if (expected.start >= expected.end)
		FUZZ_REQUIRE(within.start >= within.end);
	else
		FUZZ_REQUIRE(within.start == expected.start &&
					 within.end == expected.end);
	return within;
}

/* One row against the entries; false where it was right to stop. */
static bool
check_row(const Question *question, LedgerPeriod within, int64_t number,
		  LedgerStatus status, const LedgerSeriesRow *row)
{
	const ViewModel *view = &question->view;
	const LedgerCoverage *coverage = &question->covered.coverage;
	LedgerPeriod window;
	int64_t		days;
	int64_t		start;
	int64_t		end;
	ModelPeople inflow;
	ModelPeople outflow;
	ModelPeople balance;

	if (period_calendar_window(&question->calendar, number,
							   &window) != LEDGER_OK)
	{
		FUZZ_REQUIRE(status == LEDGER_BAD_DAY);
		return false;
	}
	start = window.start > within.start ||
		period_calendar_rolls(&question->calendar) ? window.start : within.start;
	end = window.end < within.end ? window.end : within.end;
	days = fuzz_covered_days(coverage, start, end);
	inflow = view_flow_covered(view, 1, start, end, coverage);
	outflow = view_flow_covered(view, -1, start, end, coverage);
	balance = view_flow(view, 1, INT64_MIN, end) -
		view_flow(view, -1, INT64_MIN, end);
	if (!model_people_fit(inflow) || !model_people_fit(outflow) ||
		!model_people_fit(inflow - outflow) ||
		!model_people_fit(inflow + outflow) || !model_people_fit(balance))
	{
		FUZZ_REQUIRE(status == LEDGER_OUT_OF_RANGE);
		return false;
	}
	FUZZ_REQUIRE(status == LEDGER_OK);
	FUZZ_REQUIRE(row->period.start == window.start &&
				 row->period.end == window.end);
	FUZZ_REQUIRE(row->days == days);
	FUZZ_REQUIRE(row->complete == (days == window.end - window.start));
	FUZZ_REQUIRE(row->inflow == inflow && row->outflow == outflow);
	FUZZ_REQUIRE(row->net == inflow - outflow);
	FUZZ_REQUIRE(row->gross == inflow + outflow);
	FUZZ_REQUIRE(row->balance == balance);
	return true;
}

static void
check_series(const Question *question, LedgerPeriod within)
{
	const ViewModel *view = &question->view;
	LedgerSeries series;
	LedgerSeriesRow row;
	LedgerFlowSource *ends;
	LedgerFlowSource *starts;
	int64_t		first;
	int64_t		last;
	int64_t		number;

	if (period_calendar_check(&question->calendar) != LEDGER_OK ||
		period_calendar_numbers(&question->calendar, within, &first,
								&last) != LEDGER_OK)
		return;
	if (last - first >= ROWS_MAX)
		last = first + ROWS_MAX - 1;
	ends = fuzz_allocate(view->n * sizeof(*ends));
	starts = period_calendar_rolls(&question->calendar) ?
		fuzz_allocate(view->n * sizeof(*starts)) : NULL;
	ledger_series_start(&series, &question->calendar, within,
						&question->covered.coverage, first, last, ends, starts,
						NULL);
	for (uint32_t i = 0; i < view->n; i++)
		FUZZ_REQUIRE(ledger_series_add(&series, &view->corridors[i],
									   view->inward[i]) == LEDGER_OK);
	for (number = first; number <= last; number++)
	{
		LedgerStatus status = ledger_series_next(&series, &row);

		if (!check_row(question, within, number, status, &row))
			break;
	}
	if (number > last)
		FUZZ_REQUIRE(ledger_series_next(&series, &row) == LEDGER_DONE);
	free(ends);
	free(starts);
	fuzz_accepted++;
}

static void
answer(Question *question, bool given)
{
	LedgerPeriod within = check_within(question);

	if (!given)
		fuzz_cover_hull(view_hull(&question->view, within), &question->covered);
	check_flows(&question->view);
	check_parts(question);
	if (within.start < within.end)
		check_series(question, within);
}

static void
try_report(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	Question	question;
	uint32_t	home = (uint32_t) fuzz_take(&reader, 1);
	uint32_t	partner = (uint32_t) fuzz_take(&reader, 1);
	bool		given;

	question.calendar.step = fuzz_take_length(&reader);
	question.calendar.rolling = fuzz_take(&reader, 1) % 2 == 0 ?
		question.calendar.step : fuzz_take_length(&reader);
	question.calendar.anchor = fuzz_take_day(&reader);
	question.within = fuzz_take_period(&reader);
	given = fuzz_take(&reader, 1) % 2 == 0;
	fuzz_take_coverage(&reader, &question.covered);
	if (view_from_input(&question.view, home, partner, &reader))
		answer(&question, given);
	view_free(&question.view);
}

const FuzzTarget fuzz_report = {"report", try_report, NULL};
