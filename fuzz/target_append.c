/*
 * target_append.c
 *		Ledgers that follow one another, and days in a row, against the
 *		sorted-array model.
 *
 * The input is taken as the entries of one ledger and the days at which it is
 * cut.  The sum of the pieces, each written by itself, must be the bytes that
 * the model encodes, or LEDGER_OUT_OF_RANGE just where a number of the model
 * does not fit.  Written by runs of days it must be the same bytes.
 */
#include <stdlib.h>

#include "ledger_append.h"
#include "model.h"

#define PIECES_MAX	9
#define DAYS_MAX	200

/* Sums pieces in buffers of exactly the room that is promised. */
static LedgerStatus
append(LedgerPart *parts, uint32_t n, const LedgerParty *parties,
	   uint32_t n_parties, ModelBytes *result)
{
	LedgerWriter writer;
	LedgerStatus status;
	uint32_t   *renumber = fuzz_allocate(n_parties * sizeof(uint32_t));
	uint32_t   *queue = fuzz_allocate(n * sizeof(uint32_t));
	size_t		room = ledger_append_room(parts, n);
	uint8_t    *segments = fuzz_allocate(room);
	uint32_t	max_corridors = 0;
	LedgerCorridor *corridors;

	for (uint32_t i = 0; i < n; i++)
		max_corridors += parts[i].flat.corridors;
	corridors = fuzz_allocate(max_corridors * sizeof(LedgerCorridor));
	result->data = NULL;
	ledger_writer_start(&writer, parties, n_parties, renumber, corridors,
						max_corridors, segments, room);
	status = ledger_append(parts, n, queue, &writer);
	if (status == LEDGER_OK)
		status = ledger_writer_finish(&writer, SIZE_MAX, &result->length);
	if (status == LEDGER_OK)
	{
		result->data = fuzz_allocate(result->length);
		ledger_writer_output(&writer, result->data);
	}
	free(renumber);
	free(queue);
	free(segments);
	free(corridors);
	return status;
}

static int
compare_parties(const void *a, const void *b)
{
	return ledger_party_compare(*(const LedgerParty *) a,
								*(const LedgerParty *) b);
}

/* All parties of a model, in order; owned by the caller, names borrowed. */
static LedgerParty *
list_parties(const Model *model, uint32_t *n)
{
	LedgerParty *parties = fuzz_allocate(2 * model->n * sizeof(LedgerParty));
	uint32_t	unique = 0;

	for (size_t i = 0; i < model->n; i++)
	{
		parties[2 * i] = model->entries[i].origin;
		parties[2 * i + 1] = model->entries[i].destination;
	}
	qsort(parties, 2 * model->n, sizeof(LedgerParty), compare_parties);
	for (size_t i = 0; i < 2 * model->n; i++)
		if (unique == 0 ||
			ledger_party_compare(parties[unique - 1], parties[i]) != 0)
			parties[unique++] = parties[i];
	*n = unique;
	return parties;
}

static uint32_t
number_of(const LedgerParty *parties, LedgerParty party)
{
	uint32_t	i = 0;

	while (ledger_party_compare(parties[i], party) != 0)
		i++;
	return i;
}

/* The entries on days from `start` to before `end` as a ledger of its own */
static LedgerStatus
write_piece(const Model *model, int64_t start, int64_t end, ModelBytes *bytes)
{
	Model		piece = {NULL, 0, 0};
	LedgerStatus status;

	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];

		if (entry->day >= start && entry->day < end)
			model_add(&piece, entry->origin, entry->destination, entry->day,
					  entry->people);
	}
	model_fold(&piece);
	status = model_write(&piece, bytes);
	model_free(&piece);
	return status;
}

static void
check_result(const Model *model, LedgerStatus status, ModelBytes result)
{
	ModelBytes	expected;

	if (!model_fits(model))
	{
		FUZZ_REQUIRE(status == LEDGER_OUT_OF_RANGE);
		return;
	}
	FUZZ_REQUIRE(status == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_validate(result.data, result.length,
									  NULL) == LEDGER_OK);
	expected = model_encode(model);
	FUZZ_REQUIRE(result.length == expected.length);
	FUZZ_REQUIRE(memcmp(result.data, expected.data, result.length) == 0);
	free(expected.data);
}

/* Appends the pieces between the cuts, which ascend. */
static void
check_append(const Model *model, const int64_t *cuts, uint32_t n)
{
	LedgerPart	parts[PIECES_MAX];
	ModelBytes	pieces[PIECES_MAX];
	uint32_t   *numbers[PIECES_MAX];
	uint32_t	n_parties;
	LedgerParty *parties = list_parties(model, &n_parties);
	ModelBytes	result = {NULL, 0};
	bool		fit = true;
	uint32_t	made;

	for (made = 0; made + 1 < n && fit; made++)
	{
		LedgerFlat *flat = &parts[made].flat;

		numbers[made] = NULL;
		fit = write_piece(model, cuts[made], cuts[made + 1],
						  &pieces[made]) == LEDGER_OK;
		if (!fit)
			continue;
		FUZZ_REQUIRE(ledger_flat_open(flat, pieces[made].data,
									  pieces[made].length) == LEDGER_OK);
		numbers[made] = fuzz_allocate(flat->parties * sizeof(uint32_t));
		for (uint32_t i = 0; i < flat->parties; i++)
		{
			LedgerParty party;

			FUZZ_REQUIRE(ledger_flat_party(flat, i, &party) == LEDGER_OK);
			numbers[made][i] = number_of(parties, party);
		}
		parts[made].numbers = numbers[made];
	}
	if (fit)
	{
		LedgerStatus status = append(parts, made, parties, n_parties, &result);

		check_result(model, status, result);
		fuzz_accepted++;
		/* the wrong way round, unless one of two is empty */
		if (made == 2 && parts[0].flat.corridors > 0 &&
			parts[1].flat.corridors > 0)
		{
			LedgerPart	swapped[2] = {parts[1], parts[0]};
			ModelBytes	none;

			FUZZ_REQUIRE(append(swapped, 2, parties, n_parties,
								&none) == LEDGER_DAMAGED);
		}
	}
	free(result.data);
	while (made-- > 0)
	{
		free(pieces[made].data);
		free(numbers[made]);
	}
	free(parties);
}

/*
 * Writes a model whose counts fit 32 bits by runs of days, as many at a time as
 * are near enough, zeros between them.
 */
static void
check_days(const Model *model)
{
	static int32_t people[DAYS_MAX];
	uint32_t	n_parties;
	LedgerParty *parties = list_parties(model, &n_parties);
	uint32_t   *renumber = fuzz_allocate(n_parties * sizeof(uint32_t));
	LedgerCorridor *corridors = fuzz_allocate(model->n * sizeof(LedgerCorridor));
	size_t		room = model->n * LEDGER_FLAT_ENTRY_MAX;
	uint8_t    *segments = fuzz_allocate(room);
	LedgerStatus status = LEDGER_OK;
	LedgerWriter writer;
	ModelBytes	result = {NULL, 0};

	ledger_writer_start(&writer, parties, n_parties, renumber, corridors,
						(uint32_t) model->n, segments, room);
	for (size_t i = 0; i < model->n && status == LEDGER_OK;)
	{
		const ModelEntry *first = &model->entries[i];
		uint32_t	days = 0;

		if (i == 0 || ledger_party_compare(first[-1].origin, first->origin) != 0 ||
			ledger_party_compare(first[-1].destination, first->destination) != 0)
			status = ledger_writer_corridor(&writer,
											number_of(parties, first->origin),
											number_of(parties, first->destination));
		memset(people, 0, sizeof(people));
		for (; i < model->n; i++)
		{
			const ModelEntry *entry = &model->entries[i];

			if (ledger_party_compare(entry->origin, first->origin) != 0 ||
				ledger_party_compare(entry->destination, first->destination) != 0 ||
				(int64_t) entry->day - first->day >= DAYS_MAX)
				break;
			days = (uint32_t) (entry->day - first->day) + 1;
			people[days - 1] = (int32_t) entry->people;
		}
		if (status == LEDGER_OK)
			status = ledger_writer_days(&writer, first->day, people, days);
	}
	if (status == LEDGER_OK)
		status = ledger_writer_finish(&writer, SIZE_MAX, &result.length);
	if (status == LEDGER_OK)
	{
		result.data = fuzz_allocate(result.length);
		ledger_writer_output(&writer, result.data);
	}
	check_result(model, status, result);
	free(result.data);
	free(parties);
	free(renumber);
	free(corridors);
	free(segments);
}

static int
compare_cuts(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *) a;
	const int64_t y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

static void
try_append(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	Model		model = {NULL, 0, 0};
	int64_t		cuts[PIECES_MAX + 1];
	uint32_t	n = 2 + (uint32_t) fuzz_take(&reader, 1) % PIECES_MAX;
	bool		narrow = true;

	cuts[0] = LEDGER_DAY_MIN;
	cuts[n - 1] = (int64_t) LEDGER_DAY_MAX + 1;
	for (uint32_t i = 1; i + 1 < n; i++)
		cuts[i] = fuzz_take_day(&reader);
	qsort(cuts, n, sizeof(int64_t), compare_cuts);
	model_from_input(reader.next, (size_t) (reader.end - reader.next), &model);
	model_fold(&model);
	model_drop_zeros(&model);
	for (size_t i = 0; i < model.n; i++)
		narrow = narrow && model.entries[i].people == (int32_t) model.entries[i].people;
	check_append(&model, cuts, n);
	if (narrow)
		check_days(&model);
	model_free(&model);
}

const FuzzTarget fuzz_append = {"append", try_append, NULL};
