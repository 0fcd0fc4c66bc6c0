/*
 * model.c
 *		A ledger as a plain sorted array.
 */
#include <stdlib.h>

#include "model.h"

/* Names that are awkward in one way or another, the longest allowed last. */
static const char longest[] =
"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

static const char *const names[] = {
	"FRA", "GBR", "A", "AB", "A B", "a", ".", "-1", "2025-01-01", "\\",
	"\"", "x\\\"y", "{}", "C\xc3\xb4te d'Ivoire", "\xff", "\x01\n", ";>:,",
	longest
};

#define N_NAMES ((uint32_t) (sizeof(names) / sizeof(names[0])))

static LedgerParty
model_name(uint32_t number)
{
	LedgerParty party;

	party.name = names[number % N_NAMES];
	party.length = (uint32_t) strlen(party.name);
	return party;
}

void
model_add(Model *model, LedgerParty origin, LedgerParty destination,
		  LedgerDay day, ModelPeople people)
{
	ModelEntry *entry;

	if (model->n == model->room)
	{
		model->room = model->room * 2 + 16;
		model->entries = realloc(model->entries,
								 model->room * sizeof(ModelEntry));
		if (model->entries == NULL)
			exit(2);
	}
	entry = &model->entries[model->n++];
	entry->origin = origin;
	entry->destination = destination;
	entry->day = day;
	entry->people = people;
}

void
model_free(Model *model)
{
	free(model->entries);
	memset(model, 0, sizeof(*model));
}

/* Byte order, spelled out and not borrowed from the code under test. */
static int
name_order(LedgerParty a, LedgerParty b)
{
	for (uint32_t i = 0; i < a.length && i < b.length; i++)
	{
		if (a.name[i] != b.name[i])
			return (uint8_t) a.name[i] < (uint8_t) b.name[i] ? -1 : 1;
	}
	return (a.length > b.length) - (a.length < b.length);
}

static int
corridor_order(const ModelEntry *a, const ModelEntry *b)
{
	int			order = name_order(a->origin, b->origin);

	return order != 0 ? order : name_order(a->destination, b->destination);
}

static int
entry_order(const void *first, const void *second)
{
	const ModelEntry *a = first;
	const ModelEntry *b = second;
	int			order = corridor_order(a, b);

	return order != 0 ? order : (a->day > b->day) - (a->day < b->day);
}

void
model_fold(Model *model)
{
	size_t		kept = 0;

	if (model->n == 0)
		return;
	qsort(model->entries, model->n, sizeof(ModelEntry), entry_order);
	for (size_t i = 1; i < model->n; i++)
	{
		if (entry_order(&model->entries[kept], &model->entries[i]) == 0)
			model->entries[kept].people += model->entries[i].people;
		else
			model->entries[++kept] = model->entries[i];
	}
	model->n = kept + 1;
}

void
model_drop_zeros(Model *model)
{
	size_t		kept = 0;

	for (size_t i = 0; i < model->n; i++)
	{
		if (model->entries[i].people != 0)
			model->entries[kept++] = model->entries[i];
	}
	model->n = kept;
}

bool
model_fits(const Model *model)
{
	ModelPeople total = 0;

	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];

		if (i > 0 && corridor_order(entry - 1, entry) != 0)
			total = 0;
		total += entry->people;
		if (!model_people_fit(entry->people) || !model_people_fit(total))
			return false;
	}
	return true;
}

bool
model_equal(const Model *a, const Model *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
	{
		if (entry_order(&a->entries[i], &b->entries[i]) != 0 ||
			a->entries[i].people != b->entries[i].people)
			return false;
	}
	return true;
}

void
model_sum(const Model *a, const Model *b, int sign, Model *sum)
{
	for (size_t i = 0; i < a->n; i++)
		model_add(sum, a->entries[i].origin, a->entries[i].destination,
				  a->entries[i].day, a->entries[i].people);
	for (size_t i = 0; i < b->n; i++)
		model_add(sum, b->entries[i].origin, b->entries[i].destination,
				  b->entries[i].day, sign * b->entries[i].people);
	model_fold(sum);
}

LedgerParty *
model_parties(const Model *model, uint32_t *n_parties)
{
	LedgerParty *parties = fuzz_allocate((2 * model->n + 1) * sizeof(*parties));
	uint32_t	n = 0;

	for (size_t i = 0; i < 2 * model->n; i++)
	{
		LedgerParty party = i % 2 == 0 ? model->entries[i / 2].origin :
			model->entries[i / 2].destination;
		uint32_t	at = 0;

		while (at < n && name_order(parties[at], party) < 0)
			at++;
		if (at < n && name_order(parties[at], party) == 0)
			continue;
		memmove(parties + at + 1, parties + at, (n - at) * sizeof(*parties));
		parties[at] = party;
		n++;
	}
	*n_parties = n;
	return parties;
}

uint32_t
model_party_number(const LedgerParty *parties, LedgerParty party)
{
	uint32_t	i = 0;

	while (name_order(parties[i], party) != 0)
		i++;
	return i;
}

static void
put_integer(ModelBytes *bytes, uint64_t value, int width)
{
	for (int i = 0; i < width; i++)
		bytes->data[bytes->length++] = (uint8_t) (value >> 8 * i);
}

static void
put_varint(ModelBytes *bytes, uint64_t value)
{
	for (; value >= 128; value /= 128)
		bytes->data[bytes->length++] = (uint8_t) (value % 128 + 128);
	bytes->data[bytes->length++] = (uint8_t) value;
}

/* The segments, and where in `entries` each corridor ends. */
static ModelBytes
encode_segments(const Model *model, size_t *ends, size_t *segment_ends,
				uint32_t *n_corridors)
{
	ModelBytes	segments = {NULL, 0};
	uint32_t	n = 0;

	segments.data = fuzz_allocate(model->n * 20 + 1);
	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];
		bool		starts = i == 0 || corridor_order(entry - 1, entry) != 0;
		uint64_t	gap = starts ? 0 :
			(uint64_t) ((int64_t) entry->day - entry[-1].day - 1);

		put_varint(&segments, gap * 2 + (entry->people < 0));
		put_varint(&segments, (uint64_t) ((entry->people < 0 ? -entry->people :
										   entry->people) - 1));
		if (i + 1 == model->n || corridor_order(entry, entry + 1) != 0)
		{
			ends[n] = i + 1;
			segment_ends[n++] = segments.length;
		}
	}
	*n_corridors = n;
	return segments;
}

/* The ends of names and rows, and the names. */
static void
encode_parties(const Model *model, const size_t *ends, uint32_t n_corridors,
			   const LedgerParty *parties, uint32_t n_parties,
			   ModelBytes *bytes)
{
	uint32_t	end = 0;

	for (uint32_t i = 0; i < n_parties; i++)
		put_integer(bytes, end += parties[i].length, 4);
	for (uint32_t i = 0; i < n_parties; i++)
	{
		uint32_t	row = 0;

		for (uint32_t c = 0; c < n_corridors; c++)
			row += model_party_number(parties,
									  model->entries[ends[c] - 1].origin) <= i;
		put_integer(bytes, row, 4);
	}
	for (uint32_t i = 0; i < n_parties; i++)
	{
		memcpy(bytes->data + bytes->length, parties[i].name, parties[i].length);
		bytes->length += parties[i].length;
	}
}

/* The sum of the people that came to a party from others, or went to them. */
static ModelPeople
party_total(const Model *model, LedgerParty party, bool inward)
{
	ModelPeople total = 0;

	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];

		if (name_order(entry->origin, entry->destination) != 0 &&
			name_order(inward ? entry->destination : entry->origin, party) == 0)
			total += entry->people;
	}
	return total;
}

/* Those of every party, inflow before outflow, 16 bytes each. */
static void
encode_totals(const Model *model, const LedgerParty *parties, uint32_t n_parties,
			  ModelBytes *bytes)
{
	const ModelPeople two_to_64 = (ModelPeople) UINT64_MAX + 1;

	for (uint32_t i = 0; i < n_parties * 2; i++)
	{
		ModelPeople total = party_total(model, parties[i / 2], i % 2 == 0);

		int64_t		high = (int64_t) (total / two_to_64);

		total -= high * two_to_64;
		if (total < 0)
		{
			total += two_to_64;
			high--;
		}
		put_integer(bytes, (uint64_t) total, 8);
		put_integer(bytes, (uint64_t) high, 8);
	}
}

static void
encode_directory(const Model *model, const size_t *ends,
				 const size_t *segment_ends, uint32_t n_corridors,
				 const LedgerParty *parties, ModelBytes *bytes)
{
	size_t		start = 0;

	for (uint32_t c = 0; c < n_corridors; c++)
	{
		ModelPeople total = 0;

		for (size_t i = start; i < ends[c]; i++)
			total += model->entries[i].people;
		put_integer(bytes, model_party_number(parties,
											  model->entries[start].destination), 4);
		put_integer(bytes, segment_ends[c], 4);
		put_integer(bytes, ends[c] - start, 4);
		put_integer(bytes, (uint32_t) model->entries[start].day, 4);
		put_integer(bytes, (uint32_t) model->entries[ends[c] - 1].day, 4);
		put_integer(bytes, (uint64_t) (int64_t) total, 8);
		start = ends[c];
	}
}

/*
 * Follows the layout in core/flat.h field by field, and shares no code with
 * the writer.
 */
ModelBytes
model_encode(const Model *model)
{
	ModelBytes	bytes = {NULL, 0};
	size_t	   *ends = fuzz_allocate((model->n + 1) * sizeof(size_t));
	size_t	   *segment_ends = fuzz_allocate((model->n + 1) * sizeof(size_t));
	uint32_t	n_corridors;
	uint32_t	n_parties;
	ModelBytes	segments = encode_segments(model, ends, segment_ends,
										   &n_corridors);
	LedgerParty *parties = model_parties(model, &n_parties);
	size_t		names_length = 0;
	LedgerDay	first = LEDGER_DAY_MAX;
	LedgerDay	last = LEDGER_DAY_MIN;

	for (uint32_t i = 0; i < n_parties; i++)
		names_length += parties[i].length;
	for (size_t i = 0; i < model->n; i++)
	{
		if (model->entries[i].day < first)
			first = model->entries[i].day;
		if (model->entries[i].day > last)
			last = model->entries[i].day;
	}

	bytes.data = fuzz_allocate(24 + (size_t) n_parties * (8 + 32) + names_length +
							   (size_t) n_corridors * 28 + segments.length);
	put_integer(&bytes, 1, 4);
	put_integer(&bytes, n_parties, 4);
	put_integer(&bytes, n_corridors, 4);
	put_integer(&bytes, names_length, 4);
	put_integer(&bytes, model->n > 0 ? (uint32_t) first : 0, 4);
	put_integer(&bytes, model->n > 0 ? (uint32_t) last : 0, 4);
	encode_parties(model, ends, n_corridors, parties, n_parties, &bytes);
	if (n_corridors >= LEDGER_TOTALS_CORRIDORS &&
		n_corridors >= n_parties * LEDGER_TOTALS_PER_PARTY)
		encode_totals(model, parties, n_parties, &bytes);
	encode_directory(model, ends, segment_ends, n_corridors, parties, &bytes);
	memcpy(bytes.data + bytes.length, segments.data, segments.length);
	bytes.length += segments.length;

	free(ends);
	free(segment_ends);
	free(segments.data);
	free(parties);
	return bytes;
}

/* Passes all entries to a writer that has been started. */
static LedgerStatus
write_entries(const Model *model, const LedgerParty *parties,
			  LedgerWriter *writer)
{
	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];
		LedgerStatus status = LEDGER_OK;

		if (!model_people_fit(entry->people))
			return LEDGER_OUT_OF_RANGE;
		if (i == 0 || corridor_order(entry - 1, entry) != 0)
			status = ledger_writer_corridor(writer,
											model_party_number(parties, entry->origin),
											model_party_number(parties,
															   entry->destination));
		if (status == LEDGER_OK)
			status = ledger_writer_entry(writer, entry->day,
										 (int64_t) entry->people);
		if (status != LEDGER_OK)
			return status;
	}
	return LEDGER_OK;
}

LedgerStatus
model_finish(LedgerWriter *writer, LedgerStatus status, ModelBytes *bytes)
{
	bytes->data = NULL;
	if (status == LEDGER_OK)
		status = ledger_writer_finish(writer, SIZE_MAX, &bytes->length);
	if (status == LEDGER_OK)
	{
		bytes->data = fuzz_allocate(bytes->length);
		ledger_writer_output(writer, bytes->data);
	}
	return status;
}

LedgerStatus
model_merge(MergeInput *parts, uint32_t n, ModelBytes *bytes)
{
	LedgerWriter writer;
	LedgerStatus status;
	MergeInput **queue = fuzz_allocate(n * sizeof(MergeInput *));
	SummedCorridor *taken = fuzz_allocate(n * sizeof(SummedCorridor));
	SummedCorridor **taken_queue = fuzz_allocate(n * sizeof(SummedCorridor *));
	size_t		room = ledger_merge_room(parts, n);
	size_t		max_parties = 0;
	uint32_t	max_corridors = 0;
	LedgerParty *parties;
	uint32_t   *scratch;
	uint8_t    *buffer = NULL;
	bool	   *used = NULL;
	size_t		least = 0;
	uint32_t	n_parties;

	for (uint32_t i = 0; i < n; i++)
	{
		parts[i].numbers = fuzz_allocate(parts[i].flat.parties *
										 sizeof(uint32_t));
		max_parties += parts[i].flat.parties;
		max_corridors += parts[i].flat.corridors;
	}
	parties = fuzz_allocate(max_parties * sizeof(LedgerParty));
	scratch = fuzz_allocate(2 * max_parties * sizeof(uint32_t));
	status = ledger_merge_parties(parts, n, queue, parties, &n_parties, NULL);
	if (status == LEDGER_OK)
	{
		size_t		head = ledger_writer_head_max(parties, n_parties,
												  max_corridors);

		buffer = fuzz_allocate(head + room);
		used = fuzz_allocate(n_parties * sizeof(bool));
		memset(used, 0, n_parties * sizeof(bool));
		ledger_writer_start(&writer, parties, n_parties, scratch,
							max_corridors, buffer + head, room);
		status = ledger_merge_least(parts, n, queue, taken, parties, used,
									&least, NULL);
		if (status == LEDGER_OK)
			status = ledger_merge(parts, n, queue, taken, taken_queue,
								  &writer);
	}
	status = model_finish(&writer, status, bytes);
	FUZZ_REQUIRE(status != LEDGER_OK || least <= bytes->length);
	for (uint32_t i = 0; i < n; i++)
		free(parts[i].numbers);
	free(used);
	free(parties);
	free(scratch);
	free(queue);
	free(taken);
	free(taken_queue);
	free(buffer);
	return status;
}

/*
 * Zeros are passed on to the writer, which has to leave them out.  The output
 * goes into memory that is not zero before.
 */
LedgerStatus
model_write(const Model *model, ModelBytes *bytes)
{
	LedgerWriter writer;
	LedgerStatus status;
	uint32_t	n_parties;
	LedgerParty *parties = model_parties(model, &n_parties);
	uint32_t   *scratch = fuzz_allocate(2 * n_parties * sizeof(uint32_t));
	size_t		room = model->n * LEDGER_FLAT_ENTRY_MAX;
	size_t		head = ledger_writer_head_max(parties, n_parties,
											  (uint32_t) model->n);
	uint8_t    *buffer = fuzz_allocate(head + room);

	bytes->data = NULL;
	bytes->length = 0;
	ledger_writer_start(&writer, parties, n_parties, scratch,
						(uint32_t) model->n, buffer + head, room);
	status = write_entries(model, parties, &writer);
	if (status == LEDGER_OK)
		status = ledger_writer_finish(&writer, SIZE_MAX, &bytes->length);
	if (status == LEDGER_OK)
	{
		size_t		length;

		FUZZ_REQUIRE(ledger_writer_finish(&writer, bytes->length - 1,
										  &length) == LEDGER_TOO_LARGE);
		FUZZ_REQUIRE(ledger_writer_finish(&writer, bytes->length,
										  &length) == LEDGER_OK);
		FUZZ_REQUIRE(length == bytes->length);
		bytes->data = fuzz_allocate(bytes->length);
		memset(bytes->data, 0xa5, bytes->length);
		ledger_writer_output(&writer, bytes->data);
	}

	free(parties);
	free(scratch);
	free(buffer);
	return status;
}

LedgerStatus
model_read(const LedgerFlat *flat, Model *model)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		LedgerParty origin;
		LedgerParty destination;
		LedgerCursor cursor;
		LedgerEntry entry;

		status = ledger_flat_party(flat, corridor.origin, &origin);
		if (status == LEDGER_OK)
			status = ledger_flat_party(flat, corridor.destination,
									   &destination);
		if (status != LEDGER_OK)
			return status;
		ledger_cursor_start(&cursor, &corridor);
		while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
			model_add(model, origin, destination, entry.day, entry.people);
		if (status != LEDGER_DONE)
			return status;
	}
	return status == LEDGER_DONE ? LEDGER_OK : status;
}

/* A number of people: most small, some of any size, some at the limits. */
static int64_t
take_people(FuzzReader *reader)
{
	uint8_t		kind = (uint8_t) fuzz_take(reader, 1);

	if (kind < 190)
		return kind % 19 - 4;
	if (kind < 230)
		return (int64_t) fuzz_take(reader, 2) - 32768;
	if (kind < 245)
		return (int64_t) fuzz_take(reader, 8);
	return kind % 2 == 0 ? INT64_MIN + (kind - 246) / 2 :
		INT64_MAX - (kind - 245) / 2;
}

void
model_from_input(const uint8_t *data, size_t size, Model *model)
{
	FuzzReader	reader = {data, data + size};
	uint32_t	n_parties = 1 + (uint32_t) fuzz_take(&reader, 1) % N_NAMES;
	uint32_t	offset = (uint32_t) fuzz_take(&reader, 1);

	while (reader.next < reader.end)
	{
		uint32_t	corridor = (uint32_t) fuzz_take(&reader, 1);
		LedgerParty origin = model_name(offset + corridor % 16 % n_parties);
		LedgerParty destination = model_name(offset + corridor / 16 % n_parties);
		LedgerDay	day = fuzz_take_day(&reader);

		model_add(model, origin, destination, day, take_people(&reader));
	}
}

void
model_random(FuzzRandom *random, Model *model)
{
	uint8_t		input[256];

	do
	{
		size_t		size = 2 + fuzz_below(random,
										  fuzz_below(random, 4) == 0 ? 250 : 30);

		for (size_t i = 0; i < size; i++)
			input[i] = (uint8_t) fuzz_random(random);
		model_free(model);
		model_from_input(input, size, model);
		model_fold(model);
		model_drop_zeros(model);
	} while (!model_fits(model));
}
