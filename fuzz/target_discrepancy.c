/*
 * target_discrepancy.c
 *		Two ledgers compared cell by cell, against a list of cells that every
 *		entry is looked up in.
 *
 * The input is taken as a calendar, a period to look within and the entries of
 * two ledgers.  The cells must be the list's, in order, up to the first whose
 * sum passes 64 bits on the way, if there is one.
 */
#include <stdlib.h>

#include "answers/discrepancy.h"
#include "model.h"

typedef struct Cell
{
	LedgerParty origin;
	LedgerParty destination;
	LedgerPeriod period;
	ModelPeople people[2];
	bool		overflows;		/* on the way to the sum, day by day */
} Cell;

typedef struct Cells
{
	Cell	   *cells;			/* owned; by corridor, then period */
	size_t		n;
} Cells;

static int
cell_order(const Cell *a, const Cell *b)
{
	int			order = ledger_party_compare(a->origin, b->origin);

	if (order == 0)
		order = ledger_party_compare(a->destination, b->destination);
	if (order == 0)
		order = (a->period.start > b->period.start) -
			(a->period.start < b->period.start);
	return order;
}

/* Adds an entry to its cell, which is made where there is none. */
static void
cells_add(Cells *cells, const ModelEntry *entry, LedgerPeriod period, int side)
{
	Cell		cell = {entry->origin, entry->destination, period, {0, 0}, false};
	size_t		at = 0;
	ModelPeople *people;

	while (at < cells->n && cell_order(&cells->cells[at], &cell) < 0)
		at++;
	if (at == cells->n || cell_order(&cells->cells[at], &cell) != 0)
	{
		memmove(cells->cells + at + 1, cells->cells + at,
				(cells->n - at) * sizeof(Cell));
		cells->cells[at] = cell;
		cells->n++;
	}
	people = &cells->cells[at].people[side];
	*people += entry->people;
	if (!model_people_fit(*people))
		cells->cells[at].overflows = true;
}

/* Adds all entries of one side; they come day by day within a corridor. */
static void
cells_add_side(Cells *cells, const Model *model, int side,
			   const PeriodCalendar *calendar, LedgerPeriod within)
{
	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];
		LedgerPeriod period;

		if (entry->day < within.start || entry->day >= within.end)
			continue;
		FUZZ_REQUIRE(period_calendar_step_of(calendar, entry->day,
											 &period) == LEDGER_OK);
		FUZZ_REQUIRE(period.start <= entry->day && entry->day < period.end);
		cells_add(cells, entry, period, side);
	}
}

static bool
same_name(LedgerParty a, LedgerParty b)
{
	return a.length == b.length && memcmp(a.name, b.name, a.length) == 0;
}

/* Compares every cell of a stream with the list. */
static void
check_cells(LedgerDiscrepancyStream *stream, const LedgerParty *parties,
			const Cells *cells)
{
	LedgerDiscrepancy given;

	for (size_t i = 0; i < cells->n; i++)
	{
		const Cell *cell = &cells->cells[i];

		if (cell->overflows)
		{
			FUZZ_REQUIRE(ledger_discrepancy_next(stream, &given) ==
						 LEDGER_OUT_OF_RANGE);
			return;
		}
		if (cell->people[0] == 0 && cell->people[1] == 0)
			continue;
		FUZZ_REQUIRE(ledger_discrepancy_next(stream, &given) == LEDGER_OK);
		FUZZ_REQUIRE(same_name(parties[given.origin], cell->origin));
		FUZZ_REQUIRE(same_name(parties[given.destination], cell->destination));
		FUZZ_REQUIRE(given.period.start == cell->period.start &&
					 given.period.end == cell->period.end);
		FUZZ_REQUIRE(given.people_a == cell->people[0] &&
					 given.people_b == cell->people[1]);
	}
	FUZZ_REQUIRE(ledger_discrepancy_next(stream, &given) == LEDGER_DONE);
	fuzz_accepted++;
}

static void
check_discrepancies(const Model *a, const Model *b, ModelBytes bytes_a,
					ModelBytes bytes_b, const PeriodCalendar *calendar,
					LedgerPeriod within)
{
	MergeInput	sides[2];
	MergeInput *queue[2];
	LedgerParty *parties;
	uint32_t	n_parties;
	LedgerDiscrepancyStream stream;
	Cells		cells = {NULL, 0};

	FUZZ_REQUIRE(ledger_flat_open(&sides[0].flat, bytes_a.data,
								  bytes_a.length) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_open(&sides[1].flat, bytes_b.data,
								  bytes_b.length) == LEDGER_OK);
	parties = fuzz_allocate(((size_t) sides[0].flat.parties +
							 sides[1].flat.parties) * sizeof(LedgerParty));
	for (int i = 0; i < 2; i++)
		sides[i].numbers = fuzz_allocate(sides[i].flat.parties *
										 sizeof(uint32_t));
	FUZZ_REQUIRE(ledger_merge_parties(sides, 2, queue, parties, &n_parties,
									  NULL) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_discrepancy_start(&stream, &sides[0].flat,
										  sides[0].numbers, &sides[1].flat,
										  sides[1].numbers, calendar, within,
										  NULL) == LEDGER_OK);

	cells.cells = fuzz_allocate((a->n + b->n) * sizeof(Cell));
	cells_add_side(&cells, a, 0, calendar, within);
	cells_add_side(&cells, b, 1, calendar, within);
	check_cells(&stream, parties, &cells);

	free(cells.cells);
	free(parties);
	free(sides[0].numbers);
	free(sides[1].numbers);
}

static void
try_discrepancy(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	PeriodCalendar calendar = {{0, 0}, 0, {0, 0}};
	LedgerPeriod within = ledger_period_everything();
	Model		a = {NULL, 0, 0};
	Model		b = {NULL, 0, 0};
	ModelBytes	bytes_a = {NULL, 0};
	ModelBytes	bytes_b = {NULL, 0};
	uint8_t		kind = (uint8_t) fuzz_take(&reader, 1);
	size_t		half;

	/* steps short enough for every day to have a period that a date can say */
	if (kind % 2 == 0)
		calendar.step.months = 1 + (int32_t) fuzz_take(&reader, 1) % 100;
	else
		calendar.step.days = 1 + (int32_t) fuzz_take(&reader, 1);
	calendar.rolling = calendar.step;
	calendar.anchor = fuzz_take_day(&reader);
	if (kind & 2)
		within.start = fuzz_take_day(&reader);
	if (kind & 4)
		within.end = fuzz_take_day(&reader);
	half = (size_t) (reader.end - reader.next) / 2;

	model_from_input(reader.next, half, &a);
	model_from_input(reader.next + half,
					 (size_t) (reader.end - reader.next) - half, &b);
	/* sometimes the second has all of the first, and more */
	if (kind & 8)
	{
		size_t		n = a.n;

		for (size_t i = 0; i < n; i++)
			model_add(&b, a.entries[i].origin, a.entries[i].destination,
					  a.entries[i].day, a.entries[i].people);
	}
	model_fold(&a);
	model_fold(&b);
	if (model_fits(&a) && model_fits(&b))
	{
		FUZZ_REQUIRE(model_write(&a, &bytes_a) == LEDGER_OK);
		FUZZ_REQUIRE(model_write(&b, &bytes_b) == LEDGER_OK);
		check_discrepancies(&a, &b, bytes_a, bytes_b, &calendar, within);
	}
	free(bytes_a.data);
	free(bytes_b.data);
	model_free(&a);
	model_free(&b);
}

const FuzzTarget fuzz_discrepancy = {"discrepancy", try_discrepancy, NULL};
