/*
 * target_match.c
 *		Matching and reversals, against a model that moves person by person.
 *
 * The input is taken as entries between a home, a few partners and others.
 * Matches, outstanding lots and the first correction that finds nobody must be
 * the model's, for every day up to which one may look; reversals those of a
 * balance kept day by day.
 */
#include <stdlib.h>

#include "answers/match.h"
#include "match_model.h"
#include "model.h"

/* The corridors, in byte order of their parties as the directory has them. */
static const char *const corridors[MATCH_CORRIDORS][2] = {
	{"home", "home"}, {"home", "p"}, {"home", "q"}, {"p", "home"},
	{"p", "q"}, {"q", "home"}, {"q", "p"}, {"r", "home"}
};

/* Corridors that are no part of home's view stay out of the model. */
static bool
takes_part(int corridor)
{
	return (corridors[corridor][0][0] == 'h') !=
		(corridors[corridor][1][0] == 'h');
}

static bool
is_inward(int corridor)
{
	return corridors[corridor][1][0] == 'h';
}

/* The day with this number: neither evenly spaced nor all apart. */
static LedgerDay
day_of(int number)
{
	return 9000 + number * number - number / 2;
}

static int
number_of(LedgerDay day)
{
	int			number = 0;

	while (number < MATCH_DAYS && day_of(number) != day)
		number++;
	FUZZ_REQUIRE(number < MATCH_DAYS);
	return number;
}

static LedgerParty
party(const char *name)
{
	LedgerParty result = {name, (uint32_t) strlen(name)};

	return result;
}

/* What a matching is made from and into, each of exactly the room promised. */
typedef struct Setting
{
	LedgerFlat	flat;
	LedgerCorridor view[MATCH_CORRIDORS];
	int			number[MATCH_CORRIDORS];	/* which corridor each is */
	uint32_t	n;
	uint32_t	n_inward;
	size_t		n_entries;
} Setting;

static void
find_view(Setting *setting)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;

	setting->n = setting->n_inward = 0;
	setting->n_entries = 0;
	ledger_walk_start(&walk, &setting->flat);
	while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
	{
		LedgerParty origin;
		LedgerParty destination;
		int			c = 0;

		FUZZ_REQUIRE(ledger_flat_party(&setting->flat, corridor.origin,
									   &origin) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_party(&setting->flat, corridor.destination,
									   &destination) == LEDGER_OK);
		while (ledger_party_compare(origin, party(corridors[c][0])) != 0 ||
			   ledger_party_compare(destination, party(corridors[c][1])) != 0)
			c++;
		if (!takes_part(c))
			continue;
		setting->number[setting->n] = c;
		setting->view[setting->n++] = corridor;
		setting->n_inward += is_inward(c);
		setting->n_entries += corridor.entries;
	}
}

/* Adds the corridors; false at a correction that finds nobody. */
static bool
add_corridors(const Setting *setting, int as_of, const MatchModel *model,
			  LedgerMatching *matching)
{
	for (uint32_t i = 0; i < setting->n; i++)
	{
		int			c = setting->number[i];
		LedgerStatus status = ledger_matching_add(matching, &setting->view[i],
												  is_inward(c), day_of(as_of));

		if (model->correction_day[c] >= 0)
		{
			FUZZ_REQUIRE(status == LEDGER_UNMATCHED_CORRECTION);
			FUZZ_REQUIRE(matching->correction_day ==
						 day_of(model->correction_day[c]));
			FUZZ_REQUIRE(matching->correction_total < 0);
			return false;
		}
		FUZZ_REQUIRE(status == LEDGER_OK);
	}
	return true;
}

/* Takes the matches and the outstanding lots, and compares all of them. */
static void
check_matches(LedgerMatching *matching, const MatchModel *model, int64_t unit)
{
	int64_t		matched[MATCH_DAYS][MATCH_DAYS] = {{0}};
	int64_t		waiting[2][MATCH_DAYS] = {{0}};
	LedgerMatch match;
	LedgerEntry lot;
	bool		inward;
	LedgerStatus status;
	LedgerDay	latest = LEDGER_DAY_MIN;

	for (size_t i = 0; i < model->n; i++)
	{
		const MatchPerson *person = &model->persons[i];

		if (person->answer < 0)
			waiting[person->inward][person->day] += unit;
		else if (person->inward)
			matched[person->day][person->answer] += unit;
	}

	while ((status = ledger_matching_next(matching, &match)) == LEDGER_OK)
	{
		LedgerDay	completed = match.inflow_day > match.outflow_day ?
			match.inflow_day : match.outflow_day;
		int64_t    *people = &matched[number_of(match.inflow_day)]
			[number_of(match.outflow_day)];

		FUZZ_REQUIRE(match.people > 0 && completed >= latest);
		FUZZ_REQUIRE(*people == match.people);
		*people = 0;
		latest = completed;
	}
	FUZZ_REQUIRE(status == LEDGER_DONE);
	for (int i = 0; i < MATCH_DAYS * MATCH_DAYS; i++)
		FUZZ_REQUIRE(matched[i / MATCH_DAYS][i % MATCH_DAYS] == 0);

	latest = LEDGER_DAY_MIN;
	while ((status = ledger_matching_outstanding(matching, &lot,
												 &inward)) == LEDGER_OK)
	{
		int64_t    *people = &waiting[inward][number_of(lot.day)];

		FUZZ_REQUIRE(lot.people > 0 && lot.day > latest);
		FUZZ_REQUIRE(*people == lot.people);
		*people = 0;
		latest = lot.day;
	}
	FUZZ_REQUIRE(status == LEDGER_DONE);
	for (int i = 0; i < MATCH_DAYS; i++)
		FUZZ_REQUIRE(waiting[0][i] == 0 && waiting[1][i] == 0);
}

static void
check_matching(const Setting *setting,
			   int64_t people[MATCH_CORRIDORS][MATCH_DAYS], int64_t unit,
			   int as_of)
{
	LedgerEntry *room = fuzz_allocate(setting->n_entries * sizeof(*room));
	LedgerLotRun *inflow = fuzz_allocate(setting->n_inward * sizeof(*inflow));
	LedgerLotRun *outflow = fuzz_allocate((setting->n - setting->n_inward) *
										  sizeof(*outflow));
	bool		inward[MATCH_CORRIDORS];
	LedgerMatching matching;
	MatchModel	model;

	for (int c = 0; c < MATCH_CORRIDORS; c++)
		inward[c] = is_inward(c);
	match_model_make(&model, people, inward, as_of);
	ledger_matching_start(&matching, room, inflow, outflow, NULL);
	if (add_corridors(setting, as_of, &model, &matching))
	{
		check_matches(&matching, &model, unit);
		fuzz_accepted++;
	}
	match_model_free(&model);
	free(room);
	free(inflow);
	free(outflow);
}

/* Keeps the balance over every day of the calendar, whether or not it moves. */
static void
check_reversals(const Setting *setting,
				int64_t people[MATCH_CORRIDORS][MATCH_DAYS], int64_t unit)
{
	LedgerFlowSource *sources = fuzz_allocate(setting->n * sizeof(*sources));
	LedgerFlowStream flows;
	LedgerReversalStream stream;
	LedgerReversal reversal;
	int64_t		balance = 0;
	LedgerDay	since = LEDGER_DAY_MIN;
	int			sign = 0;
	int			number = 0;

	ledger_flow_start(&flows, sources, NULL);
	for (uint32_t i = 0; i < setting->n; i++)
		FUZZ_REQUIRE(ledger_flow_add(&flows, &setting->view[i],
									 is_inward(setting->number[i])) ==
					 LEDGER_OK);
	ledger_reversal_start(&stream, &flows);
	for (LedgerDay day = day_of(0); number < MATCH_DAYS; day++)
	{
		int64_t		before = balance;

		if (day == day_of(number))
		{
			for (int c = 0; c < MATCH_CORRIDORS; c++)
				balance += is_inward(c) ? people[c][number] * unit :
					-people[c][number] * unit;
			number++;
		}
		if ((balance > 0 && sign < 0) || (balance < 0 && sign > 0))
		{
			FUZZ_REQUIRE(ledger_reversal_next(&stream, &reversal) == LEDGER_OK);
			FUZZ_REQUIRE(reversal.day == day && reversal.since == since);
			FUZZ_REQUIRE(reversal.before == before &&
						 reversal.after == balance);
		}
		if ((balance > 0 && sign <= 0) || (balance < 0 && sign >= 0))
		{
			sign = balance > 0 ? 1 : -1;
			since = day;
		}
	}
	FUZZ_REQUIRE(ledger_reversal_next(&stream, &reversal) == LEDGER_DONE);
	free(sources);
}

static void
try_match(const uint8_t *input, size_t size)
{
	static const int64_t units[] = {1, 3, INT64_C(1) << 40};
	int64_t		people[MATCH_CORRIDORS][MATCH_DAYS] = {{0}};
	int64_t		unit = units[size > 0 ? input[0] % 3 : 0];
	Model		entries = {NULL, 0, 0};
	ModelBytes	bytes;
	Setting		setting;

	/* two bytes an entry: corridor and day, then people */
	for (size_t i = 1; i + 1 < size && i < 300; i += 2)
	{
		int			c = input[i] % MATCH_CORRIDORS;
		int			d = input[i] / MATCH_CORRIDORS % MATCH_DAYS;
		int64_t		moved = input[i + 1] % 16 - input[0] / 3 % 8;

		model_add(&entries, party(corridors[c][0]), party(corridors[c][1]),
				  day_of(d), moved * unit);
		if (takes_part(c))
			people[c][d] += moved;
	}
	model_fold(&entries);
	FUZZ_REQUIRE(model_write(&entries, &bytes) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_open(&setting.flat, bytes.data,
								  bytes.length) == LEDGER_OK);
	find_view(&setting);

	/* one day up to which to look, and all of them */
	check_matching(&setting, people, unit, size > 1 ? input[1] % MATCH_DAYS : 0);
	check_matching(&setting, people, unit, MATCH_DAYS - 1);
	check_reversals(&setting, people, unit);
	free(bytes.data);
	model_free(&entries);
}

const FuzzTarget fuzz_match = {"match", try_match, NULL};
