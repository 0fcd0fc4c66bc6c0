/*
 * target_pieces.c
 *		The sum of the pieces of a ledger, and days in a row, against the
 *		sorted-array model.
 *
 * The input is taken as the entries of one ledger, and how it is taken to
 * pieces: cut at some days, or its entries dealt out to ledgers of either sign,
 * some of them with a large number added in one piece and taken away in another,
 * often one near to where sums are split in two.  The sum of the pieces must be
 * the bytes that the model encodes, or LEDGER_OUT_OF_RANGE just where a number of
 * the model does not fit.  Written by stretches of days it must be the same bytes.
 */
#include <stdlib.h>

#include "model.h"

#define PIECES_MAX	9

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

/* Puts the entries between two cuts into a piece each; the cuts ascend. */
static void
cut(const Model *model, const int64_t *cuts, Model *pieces, uint32_t n)
{
	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];

		for (uint32_t piece = 0; piece < n; piece++)
			if (entry->day >= cuts[piece] && entry->day < cuts[piece + 1])
				model_add(&pieces[piece], entry->origin, entry->destination,
						  entry->day, entry->people);
	}
}

/* Puts each entry into some piece, and something into two more. */
static void
deal(const Model *model, uint64_t seed, const int *signs, Model *pieces,
	 uint32_t n)
{
	FuzzRandom	random = {seed};

	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];
		ModelPeople more = 0;

		if (fuzz_below(&random, 4) == 0)
			more = fuzz_below(&random, 2) == 0 ?
				(INT64_C(1) << (30 + fuzz_below(&random, 2))) + 100 -
				(int64_t) fuzz_below(&random, 200) :
				(int64_t) (fuzz_random(&random) >> fuzz_below(&random, 64));
		for (int turn = 0; turn < 3; turn++)
		{
			uint32_t	piece = fuzz_below(&random, n);
			ModelPeople people = turn == 0 ? entry->people :
				turn == 1 ? more : -more;

			model_add(&pieces[piece], entry->origin, entry->destination,
					  entry->day, signs[piece] * people);
		}
	}
}

/* Sums the pieces, if each of them is a ledger. */
static void
check_pieces(const Model *model, Model *pieces, const int *signs, uint32_t n)
{
	MergeInput	parts[PIECES_MAX];
	ModelBytes	bytes[PIECES_MAX];
	ModelBytes	result = {NULL, 0};
	bool		fit = true;

	for (uint32_t i = 0; i < n; i++)
	{
		model_fold(&pieces[i]);
		fit &= model_write(&pieces[i], &bytes[i]) == LEDGER_OK;
	}
	if (fit)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			parts[i].sign = signs[i];
			FUZZ_REQUIRE(ledger_flat_open(&parts[i].flat, bytes[i].data,
										  bytes[i].length) == LEDGER_OK);
		}
		check_result(model, model_merge(parts, n, &result), result);
		fuzz_accepted++;
	}
	free(result.data);
	for (uint32_t i = 0; i < n; i++)
		free(bytes[i].data);
}

static bool
same_corridor(const ModelEntry *a, const ModelEntry *b)
{
	return ledger_party_compare(a->origin, b->origin) == 0 &&
		ledger_party_compare(a->destination, b->destination) == 0;
}

/*
 * Writes the entries from number i on that share a corridor and a stretch, which
 * begins some days before the first of them, and gives the number of the next
 * one.  A count that a stretch cannot hold is written by itself.
 */
static size_t
write_stretch(const Model *model, size_t i, LedgerWriter *writer,
			  LedgerStatus *status)
{
	const ModelEntry *first = &model->entries[i];
	int16_t		narrow[LEDGER_DAY_VECTOR_DAYS] = {0};
	int32_t		wide[LEDGER_DAY_VECTOR_DAYS] = {0};
	DayVector stretch = {first->day - (LedgerDay) (i % 7), i % 5 == 0, NULL};

	if (first->people != (int32_t) first->people)
	{
		*status = ledger_writer_entry(writer, first->day, (int64_t) first->people);
		return i + 1;
	}
	for (; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];
		const int64_t place = (int64_t) entry->day - stretch.first;

		if (!same_corridor(entry, first) || place >= LEDGER_DAY_VECTOR_DAYS ||
			entry->people != (int32_t) entry->people)
			break;
		stretch.wide |= entry->people != (int16_t) entry->people;
		narrow[place] = (int16_t) entry->people;
		wide[place] = (int32_t) entry->people;
	}
	stretch.people = stretch.wide ? (const void *) wide : narrow;
	*status = ledger_writer_days(writer, stretch);
	return i;
}

/* Writes a model whose counts fit 64 bits by stretches. */
static void
check_days(const Model *model)
{
	uint32_t	n_parties;
	LedgerParty *parties = model_parties(model, &n_parties);
	uint32_t   *scratch = fuzz_allocate(2 * n_parties * sizeof(uint32_t));
	size_t		room = model->n * LEDGER_FLAT_ENTRY_MAX;
	size_t		head = ledger_writer_head_max(parties, n_parties,
											  (uint32_t) model->n);
	uint8_t    *buffer = fuzz_allocate(head + room);
	LedgerStatus status = LEDGER_OK;
	LedgerWriter writer;
	ModelBytes	result = {NULL, 0};

	ledger_writer_start(&writer, parties, n_parties, scratch,
						(uint32_t) model->n, buffer + head, room);
	for (size_t i = 0; i < model->n && status == LEDGER_OK;)
	{
		const ModelEntry *first = &model->entries[i];

		if (i == 0 || !same_corridor(first - 1, first))
			status = ledger_writer_corridor(&writer,
											model_party_number(parties, first->origin),
											model_party_number(parties,
															   first->destination));
		if (status == LEDGER_OK)
			i = write_stretch(model, i, &writer, &status);
	}
	status = model_finish(&writer, status, &result);
	check_result(model, status, result);
	free(result.data);
	free(parties);
	free(scratch);
	free(buffer);
}

static int
compare_cuts(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *) a;
	const int64_t y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

static void
try_pieces(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	const uint32_t way = (uint32_t) fuzz_take(&reader, 1);
	const uint32_t n = 1 + way / 2 % PIECES_MAX;
	Model		model = {NULL, 0, 0};
	Model		pieces[PIECES_MAX] = {{NULL, 0, 0}};
	int			signs[PIECES_MAX];
	int64_t		cuts[PIECES_MAX + 1];
	bool		fit = true;

	cuts[0] = LEDGER_DAY_MIN;
	for (uint32_t i = 1; i < n; i++)
		cuts[i] = fuzz_take_day(&reader);
	cuts[n] = (int64_t) LEDGER_DAY_MAX + 1;
	qsort(cuts, n + 1, sizeof(int64_t), compare_cuts);
	for (uint32_t i = 0; i < n; i++)
		signs[i] = way % 2 == 0 || cuts[i] % 2 == 0 ? 1 : -1;
	model_from_input(reader.next, (size_t) (reader.end - reader.next), &model);
	model_fold(&model);
	model_drop_zeros(&model);
	for (size_t i = 0; i < model.n; i++)
		fit = fit && model_people_fit(model.entries[i].people);
	if (way % 2 == 0)
		cut(&model, cuts, pieces, n);
	else
		deal(&model, size + (uint64_t) cuts[n / 2], signs, pieces, n);
	check_pieces(&model, pieces, signs, n);
	if (fit)
		check_days(&model);
	for (uint32_t i = 0; i < n; i++)
		model_free(&pieces[i]);
	model_free(&model);
}

const FuzzTarget fuzz_pieces = {"pieces", try_pieces, NULL};
