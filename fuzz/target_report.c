/*
 * target_report.c
 *		The flows of a home, what a corridor has in a period, and series,
 *		against sums over the entries of the model one by one.
 */
#include <stdlib.h>

#include "ledger_report.h"
#include "model.h"
#include "period_input.h"

/* No more periods of a series are looked at. */
#define ROWS_MAX	100

/* A question about a ledger. */
typedef struct Question
{
	Model		model;
	LedgerFlat	flat;
	LedgerParty home;
	LedgerParty partner;		/* without a name: every other party */
	LedgerPeriod within;
	PeriodCalendar calendar;
} Question;

static bool
same_party(LedgerParty a, LedgerParty b)
{
	return a.length == b.length && memcmp(a.name, b.name, a.length) == 0;
}

/* 1 where this is an inflow of the question's, -1 an outflow, 0 neither. */
static int
direction(const Question *question, LedgerParty origin, LedgerParty destination)
{
	bool		out = same_party(origin, question->home);
	bool		in = same_party(destination, question->home);

	if (in == out)
		return 0;
	if (question->partner.name != NULL &&
		!same_party(in ? origin : destination, question->partner))
		return 0;
	return in ? 1 : -1;
}

/* People who moved in this direction on the days [start, end). */
static ModelPeople
naive_flow(const Question *question, int wanted, int64_t start, int64_t end)
{
	ModelPeople people = 0;

	for (size_t i = 0; i < question->model.n; i++)
	{
		const ModelEntry *entry = &question->model.entries[i];

		if (entry->day >= start && entry->day < end &&
			direction(question, entry->origin, entry->destination) == wanted)
			people += entry->people;
	}
	return people;
}

static bool
fits(ModelPeople people)
{
	return people >= INT64_MIN && people <= INT64_MAX;
}

/* The corridors that the question is about, and their direction. */
static uint32_t
find_corridors(const Question *question, LedgerCorridor *corridors, bool *inward)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	uint32_t	n = 0;

	ledger_walk_start(&walk, &question->flat);
	while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
	{
		LedgerParty origin;
		LedgerParty destination;
		int			found;

		FUZZ_REQUIRE(ledger_flat_party(&question->flat, corridor.origin,
									   &origin) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_party(&question->flat, corridor.destination,
									   &destination) == LEDGER_OK);
		found = direction(question, origin, destination);
		if (found == 0)
			continue;
		corridors[n] = corridor;
		inward[n++] = found > 0;
	}
	return n;
}

/* Every day with a flow comes once, in order, with its sums. */
static void
check_flows(const Question *question, const LedgerCorridor *corridors,
			const bool *inward, uint32_t n)
{
	LedgerFlowSource *sources = fuzz_allocate(n * sizeof(*sources));
	LedgerFlowStream stream;
	LedgerFlow	flow;
	LedgerStatus status;
	int64_t		previous = (int64_t) LEDGER_DAY_MIN - 1;

	ledger_flow_start(&stream, sources, NULL);
	for (uint32_t i = 0; i < n; i++)
		FUZZ_REQUIRE(ledger_flow_add(&stream, &corridors[i],
									 inward[i]) == LEDGER_OK);
	while ((status = ledger_flow_next(&stream, &flow)) == LEDGER_OK)
	{
		ModelPeople inflow = model_sum_value(flow.inflow);
		ModelPeople outflow = model_sum_value(flow.outflow);

		FUZZ_REQUIRE(flow.day > previous);
		FUZZ_REQUIRE(inflow != 0 || outflow != 0);
		FUZZ_REQUIRE(inflow == naive_flow(question, 1, flow.day,
										  (int64_t) flow.day + 1));
		FUZZ_REQUIRE(outflow == naive_flow(question, -1, flow.day,
										   (int64_t) flow.day + 1));
		/* and no day with a flow was passed over */
		for (size_t i = 0; i < question->model.n; i++)
		{
			LedgerDay	day = question->model.entries[i].day;

			if (day > previous && day < flow.day)
				FUZZ_REQUIRE(naive_flow(question, 1, day, day + 1) == 0 &&
							 naive_flow(question, -1, day, day + 1) == 0);
		}
		previous = flow.day;
	}
	FUZZ_REQUIRE(status == LEDGER_DONE);
	for (size_t i = 0; i < question->model.n; i++)
	{
		LedgerDay	day = question->model.entries[i].day;

		if (day > previous)
			FUZZ_REQUIRE(naive_flow(question, 1, day, day + 1) == 0 &&
						 naive_flow(question, -1, day, day + 1) == 0);
	}
	free(sources);
}

/* What each corridor has in `within`, whether or not it is the home's. */
static void
check_parts(const Question *question)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	size_t		next = 0;

	ledger_walk_start(&walk, &question->flat);
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
			const ModelEntry *entry = &question->model.entries[next];

			if (entry->day < question->within.start ||
				entry->day >= question->within.end)
				continue;
			people += entry->people;
			last = entry->day;
			if (entries++ == 0)
				first = entry->day;
		}
		status = ledger_corridor_part(&corridor, question->within, &part);
		if (!fits(people))
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
	LedgerPeriod expected = question->within;
	LedgerPeriod within = ledger_report_within(&question->flat,
											   question->within);
	LedgerDay	first = LEDGER_DAY_MAX;
	LedgerDay	last = LEDGER_DAY_MIN;

	for (size_t i = 0; i < question->model.n; i++)
	{
		LedgerDay	day = question->model.entries[i].day;

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
	LedgerPeriod window;
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
	start = window.start > within.start ? window.start : within.start;
	end = window.end < within.end ? window.end : within.end;
	inflow = naive_flow(question, 1, start, end);
	outflow = naive_flow(question, -1, start, end);
	balance = naive_flow(question, 1, INT64_MIN, end) -
		naive_flow(question, -1, INT64_MIN, end);
	if (!fits(inflow) || !fits(outflow) || !fits(inflow - outflow) ||
		!fits(inflow + outflow) || !fits(balance))
	{
		FUZZ_REQUIRE(status == LEDGER_OUT_OF_RANGE);
		return false;
	}
	FUZZ_REQUIRE(status == LEDGER_OK);
	FUZZ_REQUIRE(row->period.start == window.start &&
				 row->period.end == window.end);
	FUZZ_REQUIRE(row->complete == (start == window.start && end == window.end));
	FUZZ_REQUIRE(row->inflow == inflow && row->outflow == outflow);
	FUZZ_REQUIRE(row->net == inflow - outflow);
	FUZZ_REQUIRE(row->gross == inflow + outflow);
	FUZZ_REQUIRE(row->balance == balance);
	return true;
}

static void
check_series(const Question *question, const LedgerCorridor *corridors,
			 const bool *inward, uint32_t n, LedgerPeriod within)
{
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
	ends = fuzz_allocate(n * sizeof(*ends));
	starts = period_calendar_rolls(&question->calendar) ?
		fuzz_allocate(n * sizeof(*starts)) : NULL;
	ledger_series_start(&series, &question->calendar, within, first, last,
						ends, starts, NULL);
	for (uint32_t i = 0; i < n; i++)
		FUZZ_REQUIRE(ledger_series_add(&series, &corridors[i],
									   inward[i]) == LEDGER_OK);
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
answer(const Question *question)
{
	uint32_t	room = question->flat.corridors;
	LedgerCorridor *corridors = fuzz_allocate(room * sizeof(*corridors));
	bool	   *inward = fuzz_allocate(room * sizeof(*inward));
	uint32_t	n = find_corridors(question, corridors, inward);
	LedgerPeriod within = check_within(question);

	check_flows(question, corridors, inward, n);
	check_parts(question);
	if (within.start < within.end)
		check_series(question, corridors, inward, n, within);
	free(corridors);
	free(inward);
}

static void
try_report(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	Question	question;
	ModelBytes	bytes;
	uint32_t	home = (uint32_t) fuzz_take(&reader, 1);
	uint32_t	partner = (uint32_t) fuzz_take(&reader, 1);

	memset(&question, 0, sizeof(question));
	question.calendar.step = fuzz_take_length(&reader);
	question.calendar.width = fuzz_take(&reader, 1) % 2 == 0 ?
		question.calendar.step : fuzz_take_length(&reader);
	question.calendar.anchor = fuzz_take_day(&reader);
	question.within = fuzz_take_period(&reader);
	model_from_input(reader.next, (size_t) (reader.end - reader.next),
					 &question.model);
	model_fold(&question.model);
	model_drop_zeros(&question.model);
	if (question.model.n > 0 && model_fits(&question.model))
	{
		question.home =
			question.model.entries[home % question.model.n].destination;
		if (partner % 4 != 0)
			question.partner =
				question.model.entries[partner % question.model.n].origin;
		FUZZ_REQUIRE(model_write(&question.model, &bytes) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_open(&question.flat, bytes.data,
									  bytes.length) == LEDGER_OK);
		answer(&question);
		free(bytes.data);
	}
	model_free(&question.model);
}

const FuzzTarget fuzz_report = {"report", try_report, NULL};
