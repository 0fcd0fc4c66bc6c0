/*
 * target_findings.c
 *		What reading a corridor shows, days that two corridors share, and names
 *		that are one letter apart.
 *
 * The input is taken as the entries of a ledger and two names.  What is found
 * of each corridor must be what a list of its entries shows: extremes, days on
 * which the running total is below zero, the greatest step that divides all,
 * what all days have in common.  Missing steps must have no entry in them, and
 * lie between entries.
 */
#include <stdlib.h>

#include "answers/findings.h"
#include "model.h"

/* The entries of one corridor of a folded model are side by side. */
typedef struct Entries
{
	const ModelEntry *first;
	size_t		n;
} Entries;

static Entries
entries_of(const Model *model, LedgerParty origin, LedgerParty destination)
{
	Entries		found = {NULL, 0};

	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];

		if (ledger_party_compare(entry->origin, origin) != 0 ||
			ledger_party_compare(entry->destination, destination) != 0)
			continue;
		if (found.n++ == 0)
			found.first = entry;
	}
	return found;
}

static void
check_people(const Entries *entries, const LedgerCorridorScan *scan)
{
	ModelPeople total = 0;
	ModelPeople lowest = 0;
	ModelPeople largest = 0;
	ModelPeople second = 0;
	ModelPeople least = INT64_MAX;
	int64_t		below_first = INT64_MAX;
	int64_t		below_last = INT64_MIN;

	for (size_t i = 0; i < entries->n; i++)
	{
		const ModelEntry *entry = &entries->first[i];
		int64_t		until = i + 1 < entries->n ? entry[1].day - 1 : entry->day;

		total += entry->people;
		if (total < lowest)
			lowest = total;
		if (total < 0)
		{
			below_first = below_first < entry->day ? below_first : entry->day;
			below_last = until;
		}
		if (entry->people < least)
			least = entry->people;
		if (entry->people > largest)
		{
			second = largest;
			largest = entry->people;
		}
		else if (entry->people > second)
			second = entry->people;
	}
	FUZZ_REQUIRE(scan->lowest == lowest && scan->least == least);
	FUZZ_REQUIRE(scan->largest == largest && scan->second == second);
	if (lowest < 0)
		FUZZ_REQUIRE(scan->below_first == below_first && scan->below_last == below_last);
}

/* Is a day the first (or last) of a month, a quarter, a year? */
static bool
begins(LedgerDay day, bool last, int months)
{
	int32_t		year;
	int32_t		month;
	int32_t		in_month;

	ledger_day_to_civil(last ? day + 1 : day, &year, &month, &in_month);
	return in_month == 1 && (month - 1) % months == 0;
}

static void
check_days(const Entries *entries, const LedgerCorridorScan *scan)
{
	const uint32_t bits[2][3] = {
		{LEDGER_FIRST_OF_MONTH, LEDGER_FIRST_OF_QUARTER, LEDGER_FIRST_OF_YEAR},
		{LEDGER_LAST_OF_MONTH, LEDGER_LAST_OF_QUARTER, LEDGER_LAST_OF_YEAR}
	};
	const int	months[3] = {1, 3, 12};

	for (int last = 0; last < 2; last++)
		for (int i = 0; i < 3; i++)
		{
			bool		all = true;

			for (size_t e = 0; e < entries->n; e++)
				all &= begins(entries->first[e].day, last, months[i]);
			FUZZ_REQUIRE(((scan->pattern.bits & bits[last][i]) != 0) == all);
		}
	for (size_t e = 1; e < entries->n; e++)
	{
		uint32_t	gap = (uint32_t) (entries->first[e].day - entries->first[e - 1].day);

		FUZZ_REQUIRE(scan->gap_days > 0 && gap % scan->gap_days == 0);
	}
	FUZZ_REQUIRE(scan->pattern.n == (entries->n < LEDGER_DAYS_COUNTED ?
									 entries->n : LEDGER_DAYS_COUNTED));
}

static void
check_missed(const Entries *entries, const LedgerCorridor *corridor,
			 const LedgerCorridorScan *scan)
{
	LedgerMissedSteps missed;
	LedgerPeriod days;
	LedgerStatus status;
	uint32_t	steps;
	uint32_t	runs = 0;

	if (!ledger_missed_start(&missed, corridor, scan))
		return;
	while ((status = ledger_missed_next(&missed, &days, &steps)) == LEDGER_OK)
	{
		FUZZ_REQUIRE(steps > 0 && days.start < days.end);
		FUZZ_REQUIRE(days.start > corridor->first && days.end <= corridor->last);
		for (size_t e = 0; e < entries->n; e++)
			FUZZ_REQUIRE(!ledger_period_contains(days, entries->first[e].day));
		runs++;
	}
	FUZZ_REQUIRE(status == LEDGER_DONE && runs > 0);
}

static void
check_corridors(const Model *model, const LedgerFlat *flat)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerCorridor previous;
	Entries		before = {NULL, 0};

	ledger_walk_start(&walk, flat);
	while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
	{
		LedgerParty origin;
		LedgerParty destination;
		LedgerCorridorScan scan;
		Entries		entries;

		FUZZ_REQUIRE(ledger_flat_party(flat, corridor.origin, &origin) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_party(flat, corridor.destination, &destination) == LEDGER_OK);
		entries = entries_of(model, origin, destination);
		FUZZ_REQUIRE(entries.n == corridor.entries);
		FUZZ_REQUIRE(ledger_corridor_scan(&corridor, &scan, NULL) == LEDGER_OK);
		check_people(&entries, &scan);
		check_days(&entries, &scan);
		check_missed(&entries, &corridor, &scan);
		if (before.n > 0)
		{
			bool		expected = false;
			bool		given;

			for (size_t i = 0; i < entries.n; i++)
				for (size_t j = 0; j < before.n; j++)
					expected |= entries.first[i].day == before.first[j].day;
			FUZZ_REQUIRE(ledger_share_day(&previous, &corridor, &given, NULL) == LEDGER_OK);
			FUZZ_REQUIRE(given == expected);
		}
		previous = corridor;
		before = entries;
	}
}

/* One letter put in, left out or changed makes one name the other. */
static bool
one_apart(const uint32_t *a, uint32_t n_a, const uint32_t *b, uint32_t n_b)
{
	if (n_a == n_b)
	{
		uint32_t	different = 0;

		for (uint32_t i = 0; i < n_a; i++)
			different += a[i] != b[i];
		return different == 1;
	}
	if (n_a > n_b)
		return one_apart(b, n_b, a, n_a);
	if (n_b - n_a != 1)
		return false;
	for (uint32_t out = 0; out < n_b; out++)
	{
		bool		same = true;

		for (uint32_t i = 0; i < n_a; i++)
			same &= a[i] == b[i + (i >= out)];
		if (same)
			return true;
	}
	return false;
}

static bool
all_letters(const uint32_t *name, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		if (name[i] >= '0' && name[i] <= '9')
			return false;
	return true;
}

static void
check_names(FuzzReader *reader)
{
	uint32_t	length_a = (uint32_t) fuzz_take(reader, 1) % 8;
	uint32_t	length_b = (uint32_t) fuzz_take(reader, 1) % 8;
	uint32_t   *a = fuzz_allocate(length_a * sizeof(uint32_t));
	uint32_t   *b = fuzz_allocate(length_b * sizeof(uint32_t));

	for (uint32_t i = 0; i < length_a; i++)
		a[i] = (uint32_t) "ababab1"[fuzz_take(reader, 1) % 7];
	for (uint32_t i = 0; i < length_b; i++)
		b[i] = fuzz_take(reader, 1) % 4 > 0 && i < length_a ? a[i] :
			(uint32_t) "ababab1"[fuzz_take(reader, 1) % 7];
	FUZZ_REQUIRE(ledger_one_letter_apart(a, length_a, b, length_b) ==
				 (all_letters(a, length_a) && all_letters(b, length_b) &&
				  one_apart(a, length_a, b, length_b)));
	free(a);
	free(b);
}

/* Moves a day to the first or the last one of its month, quarter or year. */
static LedgerDay
coarse_day(LedgerDay day, uint8_t kind)
{
	int64_t		month = ledger_split_day(day).month;

	if (kind & 2)
		month -= month % 12;
	day = (LedgerDay) (kind & 4 ? ledger_month_start(month + 1) - 1 :
					   ledger_month_start(month));
	return day < LEDGER_DAY_MIN ? LEDGER_DAY_MIN : day > LEDGER_DAY_MAX ? LEDGER_DAY_MAX : day;
}

static void
try_findings(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	uint8_t		kind = (uint8_t) fuzz_take(&reader, 1);
	Model		model = {NULL, 0, 0};
	ModelBytes	bytes = {NULL, 0};

	check_names(&reader);
	model_from_input(reader.next, (size_t) (reader.end - reader.next), &model);
	for (size_t i = 0; i < model.n && (kind & 1); i++)
		model.entries[i].day = coarse_day(model.entries[i].day, kind);
	for (size_t i = 0; i < model.n && (kind & 8); i++)
		model.entries[i].people = 20 + model.entries[i].people % 7;
	model_fold(&model);
	if (model_fits(&model))
	{
		LedgerFlat	flat;

		model_drop_zeros(&model);
		FUZZ_REQUIRE(model_write(&model, &bytes) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_open(&flat, bytes.data, bytes.length) == LEDGER_OK);
		check_corridors(&model, &flat);
		fuzz_accepted++;
	}
	free(bytes.data);
	model_free(&model);
}

const FuzzTarget fuzz_findings = {"findings", try_findings, NULL};
