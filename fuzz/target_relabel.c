/*
 * target_relabel.c
 *		Parties under other names, and what came to and went from each.
 *
 * The input is taken as the entries of a ledger and, for each of its parties,
 * one of them whose name it gets.  Corridors that meet, added up, must be the
 * bytes of the ledger of the entries under their new names, or an error just
 * where one of their sums passes 64 bits.  The sums of each party must be
 * those of all entries looked at one by one.
 */
#include <stdlib.h>

#include "answers/party_sums.h"
#include "core/corridor_sum.h"
#include "model.h"

static int
corridor_order(const void *a, const void *b)
{
	const SummedCorridor *x = a;
	const SummedCorridor *y = b;

	if (x->corridor.origin != y->corridor.origin)
		return x->corridor.origin < y->corridor.origin ? -1 : 1;
	if (x->corridor.destination != y->corridor.destination)
		return x->corridor.destination < y->corridor.destination ? -1 : 1;
	return (x->corridor.first > y->corridor.first) -
		(x->corridor.first < y->corridor.first);
}

/* The ledger with party i called by the name of party numbers[i]. */
static LedgerStatus
relabel(const LedgerFlat *flat, const LedgerParty *parties,
		const uint32_t *numbers, ModelBytes *bytes)
{
	SummedCorridor *corridors = fuzz_allocate(flat->corridors * sizeof(SummedCorridor));
	SummedCorridor **queue = fuzz_allocate(flat->corridors * sizeof(SummedCorridor *));
	uint32_t   *scratch = fuzz_allocate(2 * flat->parties * sizeof(uint32_t));
	size_t		room = flat->segments_length +
		(size_t) flat->corridors * LEDGER_GAP_GROWTH + LEDGER_FLAT_ENTRY_MAX;
	size_t		head = ledger_writer_head_max(parties, flat->parties,
											  flat->corridors);
	uint8_t    *buffer = fuzz_allocate(head + room);
	LedgerWriter writer;
	LedgerWalk	walk;
	LedgerStatus status = LEDGER_OK;
	uint32_t	n = 0;

	ledger_walk_start(&walk, flat);
	for (uint32_t i = 0; i < flat->corridors; i++)
	{
		FUZZ_REQUIRE(ledger_walk_next(&walk, &corridors[i].corridor) == LEDGER_OK);
		corridors[i].corridor.origin = numbers[corridors[i].corridor.origin];
		corridors[i].corridor.destination = numbers[corridors[i].corridor.destination];
		corridors[i].sign = 1;
	}
	qsort(corridors, flat->corridors, sizeof(SummedCorridor), corridor_order);
	ledger_writer_start(&writer, parties, flat->parties, scratch,
						flat->corridors, buffer + head, room);
	for (uint32_t i = 0; i < flat->corridors && status == LEDGER_OK; i += n)
	{
		const LedgerCorridor first = corridors[i].corridor;

		for (n = 1; i + n < flat->corridors &&
			 corridors[i + n].corridor.origin == first.origin &&
			 corridors[i + n].corridor.destination == first.destination; n++)
			;
		status = ledger_write_corridor_sum(&writer, first.origin,
										   first.destination, &corridors[i], n,
										   queue);
	}
	status = model_finish(&writer, status, bytes);
	free(corridors);
	free(queue);
	free(scratch);
	free(buffer);
	return status;
}

/* Holds the relabelled ledger against the entries under their new names. */
static void
check_relabelled(const Model *model, const LedgerFlat *flat,
				 const LedgerParty *parties, const uint32_t *numbers)
{
	Model		renamed = {NULL, 0, 0};
	ModelBytes	expected = {NULL, 0};
	ModelBytes	given = {NULL, 0};

	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];

		model_add(&renamed,
				  parties[numbers[model_party_number(parties, entry->origin)]],
				  parties[numbers[model_party_number(parties, entry->destination)]],
				  entry->day, entry->people);
	}
	model_fold(&renamed);
	if (model_fits(&renamed))
	{
		model_drop_zeros(&renamed);
		expected = model_encode(&renamed);
		FUZZ_REQUIRE(relabel(flat, parties, numbers, &given) == LEDGER_OK);
		FUZZ_REQUIRE(given.length == expected.length &&
					 memcmp(given.data, expected.data, given.length) == 0);
		fuzz_accepted++;
	}
	else
		FUZZ_REQUIRE(relabel(flat, parties, numbers, &given) == LEDGER_OUT_OF_RANGE);
	free(expected.data);
	free(given.data);
	model_free(&renamed);
}

static bool
same_party(LedgerParty a, LedgerParty b)
{
	return ledger_party_compare(a, b) == 0;
}

/* Is there an entry between two parties, in either direction? */
static bool
are_partners(const Model *model, LedgerPeriod within, LedgerParty a, LedgerParty b)
{
	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];

		if (ledger_period_contains(within, entry->day) &&
			((same_party(entry->origin, a) && same_party(entry->destination, b)) ||
			 (same_party(entry->origin, b) && same_party(entry->destination, a))))
			return true;
	}
	return false;
}

static void
check_sums(const Model *model, const LedgerFlat *flat,
		   const LedgerParty *parties, LedgerPeriod within)
{
	LedgerPartySums *sums = fuzz_allocate(flat->parties * sizeof(LedgerPartySums));
	uint32_t   *next = fuzz_allocate(flat->parties * sizeof(uint32_t));
	bool	   *active = fuzz_allocate(flat->corridors * sizeof(bool));
	LedgerStatus status = ledger_party_sums(flat, within, sums, next, active, NULL);

	/* the part of a corridor may pass 64 bits where all of it does not */
	if (status == LEDGER_OUT_OF_RANGE)
		FUZZ_REQUIRE(within.start != LEDGER_DAY_UNBOUNDED_START ||
					 within.end != LEDGER_DAY_UNBOUNDED_END);
	else
		FUZZ_REQUIRE(status == LEDGER_OK);
	for (uint32_t p = 0; p < flat->parties && status == LEDGER_OK; p++)
	{
		ModelPeople inflow = 0;
		ModelPeople outflow = 0;
		ModelPeople inside = 0;
		uint32_t	partners = 0;

		for (size_t i = 0; i < model->n; i++)
		{
			const ModelEntry *entry = &model->entries[i];
			bool		from = same_party(entry->origin, parties[p]);
			bool		to = same_party(entry->destination, parties[p]);

			if (!ledger_period_contains(within, entry->day))
				continue;
			if (from && to)
				inside += entry->people;
			else if (from)
				outflow += entry->people;
			else if (to)
				inflow += entry->people;
		}
		for (uint32_t other = 0; other < flat->parties; other++)
			partners += other != p &&
				are_partners(model, within, parties[p], parties[other]);
		FUZZ_REQUIRE(model_sum_value(sums[p].inflow) == inflow);
		FUZZ_REQUIRE(model_sum_value(sums[p].outflow) == outflow);
		FUZZ_REQUIRE(model_sum_value(sums[p].inside) == inside);
		FUZZ_REQUIRE(sums[p].partners == partners);
	}
	free(sums);
	free(next);
	free(active);
}

static void
try_relabel(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	uint8_t		kind = (uint8_t) fuzz_take(&reader, 1);
	uint64_t	mapping = fuzz_take(&reader, 8);
	LedgerPeriod within = ledger_period_everything();
	Model		model = {NULL, 0, 0};
	ModelBytes	bytes = {NULL, 0};

	if (kind & 1)
		within.start = fuzz_take_day(&reader);
	if (kind & 2)
		within.end = fuzz_take_day(&reader);
	model_from_input(reader.next, (size_t) (reader.end - reader.next), &model);
	model_fold(&model);
	if (model_fits(&model))
	{
		LedgerFlat	flat;
		uint32_t	n_parties;
		uint32_t   *numbers;
		LedgerParty *parties;

		model_drop_zeros(&model);
		parties = model_parties(&model, &n_parties);
		numbers = fuzz_allocate(n_parties * sizeof(uint32_t));
		for (uint32_t i = 0; i < n_parties; i++)
			numbers[i] = (uint32_t) (mapping >> (4 * i % 60) & 15) % n_parties;
		FUZZ_REQUIRE(model_write(&model, &bytes) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_open(&flat, bytes.data, bytes.length) == LEDGER_OK);
		FUZZ_REQUIRE(flat.parties == n_parties);
		check_relabelled(&model, &flat, parties, numbers);
		check_sums(&model, &flat, parties, within);
		free(numbers);
		free(parties);
	}
	free(bytes.data);
	model_free(&model);
}

const FuzzTarget fuzz_relabel = {"relabel", try_relabel, NULL};
