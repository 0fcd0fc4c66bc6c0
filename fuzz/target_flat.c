/*
 * target_flat.c
 *		Reading and checking the flat form.
 *
 * The input is taken as a flat value.  Whatever its bytes are, no reading
 * function may step outside them.  Where ledger_flat_validate accepts them,
 * every reading function works, they agree with one another, and the entries
 * written out again give the same bytes.
 */
#include <stdlib.h>

#include "model.h"

/* Sums over a corridor for which the slow way is known. */
static void
check_sums(const LedgerCorridor *corridor, const LedgerEntry *entries)
{
	LedgerDay	middle = entries[corridor->entries / 2].day;
	LedgerPeriod periods[] = {
		{LEDGER_DAY_UNBOUNDED_START, LEDGER_DAY_UNBOUNDED_END},
		{LEDGER_DAY_UNBOUNDED_START, middle},
		{middle, LEDGER_DAY_UNBOUNDED_END},
		{middle, middle + 1},
		{corridor->first, corridor->last},
		{corridor->first + 1, corridor->last + 1},
		{corridor->last + 1, LEDGER_DAY_UNBOUNDED_END},
		{middle, middle},
		{middle, corridor->first},
	};

	for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++)
	{
		ModelPeople expected = 0;
		LedgerSum	sum = {0, 0};

		FUZZ_REQUIRE(ledger_corridor_sum(corridor, periods[i],
										 &sum) == LEDGER_OK);
		for (uint32_t j = 0; j < corridor->entries; j++)
		{
			if (entries[j].day >= periods[i].start &&
				entries[j].day < periods[i].end)
				expected += entries[j].people;
		}
		FUZZ_REQUIRE(model_sum_value(sum) == expected);
	}
}

/* Reads a corridor of any value by cursor and by sums. */
static LedgerStatus
read_corridor(const LedgerFlat *flat, const LedgerCorridor *corridor)
{
	LedgerEntry *entries = fuzz_allocate(corridor->entries *
										 sizeof(LedgerEntry));
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;
	uint32_t	n = 0;

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		FUZZ_REQUIRE(n < corridor->entries);
		FUZZ_REQUIRE(entry.people != 0);
		FUZZ_REQUIRE(ledger_day_valid(entry.day));
		FUZZ_REQUIRE(entry.day >= flat->first && entry.day <= flat->last);
		FUZZ_REQUIRE(n == 0 || entry.day > entries[n - 1].day);
		entries[n++] = entry;
	}
	if (status == LEDGER_DONE)
	{
		FUZZ_REQUIRE(n == corridor->entries);
		check_sums(corridor, entries);
	}
	else
	{
		LedgerPeriod part = {corridor->first, corridor->last};
		LedgerSum	sum = {0, 0};

		(void) ledger_corridor_sum(corridor, part, &sum);
	}
	free(entries);
	return status == LEDGER_DONE ? LEDGER_OK : status;
}

/*
 * Looks a corridor up through a copy of its row alone, as a slice of a stored
 * value gives it.
 */
static LedgerStatus
find_in_slice(const LedgerFlat *flat, uint32_t origin, uint32_t destination,
			  LedgerCorridor *corridor, bool *found)
{
	LedgerFlat	head = *flat;
	LedgerStatus status;
	uint32_t	start;
	uint32_t	end;
	size_t		offset;
	size_t		length;
	uint8_t    *row;

	head.directory = NULL;
	head.segments = NULL;
	status = ledger_flat_row(&head, origin, &start, &end);
	if (status != LEDGER_OK)
		return status;
	ledger_flat_row_slice(start, end, &offset, &length);
	row = fuzz_copy(flat->directory + offset, length);
	status = ledger_flat_find_in_row(&head, row, start, end, origin,
									 destination, corridor, found);
	FUZZ_REQUIRE(status != LEDGER_OK || !*found || corridor->segment == NULL);
	free(row);
	return status;
}

/* Looks up every pair of two parties; both ways of doing it agree. */
static LedgerStatus
find_corridors(const LedgerFlat *flat, uint32_t *n_found)
{
	uint32_t	limit = flat->parties < 24 ? flat->parties : 24;
	LedgerStatus worst = LEDGER_OK;

	*n_found = 0;
	for (uint32_t pair = 0; pair < limit * limit; pair++)
	{
		LedgerCorridor corridor;
		LedgerCorridor slice;
		bool		found = false;
		bool		found_in_slice = false;
		LedgerStatus status;

		status = ledger_flat_find_corridor(flat, pair / limit, pair % limit,
										   &corridor, &found);
		(void) find_in_slice(flat, pair / limit, pair % limit, &slice,
							 &found_in_slice);
		if (status != LEDGER_OK)
		{
			worst = status;
			continue;
		}
		FUZZ_REQUIRE(found == found_in_slice);
		if (!found)
			continue;
		(*n_found)++;
		FUZZ_REQUIRE(corridor.origin == pair / limit);
		FUZZ_REQUIRE(corridor.destination == pair % limit);
		FUZZ_REQUIRE(corridor.segment_start == slice.segment_start);
		FUZZ_REQUIRE(corridor.segment_end == slice.segment_end);
		FUZZ_REQUIRE(corridor.entries == slice.entries);
		FUZZ_REQUIRE(corridor.first == slice.first);
		FUZZ_REQUIRE(corridor.last == slice.last);
		FUZZ_REQUIRE(corridor.total == slice.total);
	}
	return worst;
}

/* Reads every party, finds each again, and one that is not there. */
static LedgerStatus
read_parties(const LedgerFlat *flat, bool valid)
{
	LedgerParty absent = {"no such party \x7f", 15};
	LedgerStatus worst;
	uint32_t	index;
	bool		found;

	worst = ledger_flat_find_party(flat, absent, &index, &found);
	for (uint32_t i = 0; i < flat->parties; i++)
	{
		LedgerParty party;
		LedgerStatus status;
		uint32_t	start;
		uint32_t	end;

		status = ledger_flat_row(flat, i, &start, &end);
		if (status != LEDGER_OK)
			worst = status;
		status = ledger_flat_party(flat, i, &party);
		if (status == LEDGER_OK)
			status = ledger_flat_find_party(flat, party, &index, &found);
		if (status != LEDGER_OK)
			worst = status;
		else if (valid)
			FUZZ_REQUIRE(found && index == i);
	}
	FUZZ_REQUIRE(ledger_flat_party(flat, flat->parties, &absent) != LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_row(flat, flat->parties, &index, &index) !=
				 LEDGER_OK);
	return worst;
}

/*
 * Calls every reading function; LEDGER_OK where none of them complained.  Of
 * a value that is not known to be valid it asks no more than to be safe.
 */
static LedgerStatus
read_everything(const LedgerFlat *flat, bool valid)
{
	LedgerStatus worst = read_parties(flat, valid);
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	uint32_t	walked = 0;
	uint32_t	n_found;

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		walked++;
		status = read_corridor(flat, &corridor);
		if (status != LEDGER_OK)
			worst = status;
	}
	if (status != LEDGER_DONE)
		worst = status;

	status = find_corridors(flat, &n_found);
	if (status != LEDGER_OK)
		worst = status;
	if (valid)
	{
		FUZZ_REQUIRE(walked == flat->corridors);
		FUZZ_REQUIRE(n_found <= flat->corridors);
		FUZZ_REQUIRE(flat->parties > 24 || n_found == flat->corridors);
	}
	return worst;
}

/* Opens the head from exactly the bytes that it says it has. */
static void
read_head(const uint8_t *data, size_t size)
{
	size_t		length;
	uint8_t    *head;
	LedgerFlat	flat;

	if (ledger_flat_head_length(data, size, &length) != LEDGER_OK ||
		length > size)
		return;
	head = fuzz_copy(data, length);
	if (ledger_flat_open_head(&flat, head, length) == LEDGER_OK)
		(void) read_parties(&flat, false);
	FUZZ_REQUIRE(ledger_flat_open_head(&flat, head, length - 1) != LEDGER_OK);
	free(head);
}

/* What holds for a value that ledger_flat_validate accepts. */
static void
check_valid(const uint8_t *data, size_t size)
{
	LedgerFlat	flat;
	Model		model = {NULL, 0, 0};
	Model		folded = {NULL, 0, 0};
	ModelBytes	encoded;
	ModelBytes	written;
	uint8_t    *other;

	FUZZ_REQUIRE(ledger_flat_open(&flat, data, size) == LEDGER_OK);
	FUZZ_REQUIRE(read_everything(&flat, true) == LEDGER_OK);
	FUZZ_REQUIRE(model_read(&flat, &model) == LEDGER_OK);
	FUZZ_REQUIRE(model_read(&flat, &folded) == LEDGER_OK);
	model_fold(&folded);
	model_drop_zeros(&folded);
	FUZZ_REQUIRE(model_equal(&model, &folded));
	FUZZ_REQUIRE(model_fits(&model));

	encoded = model_encode(&model);
	FUZZ_REQUIRE(encoded.length == size);
	FUZZ_REQUIRE(memcmp(encoded.data, data, size) == 0);
	FUZZ_REQUIRE(model_write(&model, &written) == LEDGER_OK);
	FUZZ_REQUIRE(written.length == size);
	FUZZ_REQUIRE(memcmp(written.data, data, size) == 0);

	/* neither a byte less nor one more is a ledger */
	other = fuzz_copy(data, size - 1);
	FUZZ_REQUIRE(ledger_flat_validate(other, size - 1, NULL) != LEDGER_OK);
	free(other);
	other = fuzz_allocate(size + 1);
	memcpy(other, data, size);
	other[size] = data[size - 1];
	FUZZ_REQUIRE(ledger_flat_validate(other, size + 1, NULL) != LEDGER_OK);
	free(other);

	model_free(&model);
	model_free(&folded);
	free(encoded.data);
	free(written.data);
	fuzz_accepted++;
}

static void
try_flat(const uint8_t *input, size_t size)
{
	uint8_t    *data = fuzz_copy(input, size);
	LedgerFlat	flat;

	read_head(data, size);
	if (ledger_flat_open(&flat, data, size) == LEDGER_OK)
		(void) read_everything(&flat, false);
	if (ledger_flat_validate(data, size, NULL) == LEDGER_OK)
		check_valid(data, size);
	free(data);
}

static size_t
generate_flat(FuzzRandom *random, uint8_t *out)
{
	Model		model = {NULL, 0, 0};
	ModelBytes	bytes;
	size_t		length;

	do
	{
		model_random(random, &model);
		bytes = model_encode(&model);
		length = bytes.length;
		if (length <= FUZZ_INPUT_MAX)
			memcpy(out, bytes.data, length);
		free(bytes.data);
	} while (length > FUZZ_INPUT_MAX);
	model_free(&model);
	return length;
}

const FuzzTarget fuzz_flat = {"flat", try_flat, generate_flat};
