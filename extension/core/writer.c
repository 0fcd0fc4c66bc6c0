/*
 * core/writer.c
 *		The flat form written.
 *
 * Where some days have people and others have not, a branch for each of them
 * is one that no processor foresees.  So the days that have people are first
 * made a set of bits, which is a few steps for all of them together; going
 * from bit to bit then takes as long as there are entries, not days.
 */
#include "core/cursor.h"
#include "core/layout.h"
#include "core/mechanisms.h"
#include "core/writer.h"

/* Bytes of segments copied between two checkpoints */
#define COPY_PER_CHECKPOINT		((size_t) 1024 * 1024)

/* Up to here a total does not pass 64 bits by short entries of one vector */
#define TOTAL_FAR		(INT64_MAX / 2)

/* What is inlined for each width of a count */
#define FOR_EACH_WIDTH	static inline __attribute__((always_inline))

/*
 * Numbers as bytes, the lowest first.  Written byte by byte several of them in
 * a row would be as many stores, for all that gcc sees.
 */
static inline void
store_uint32(uint8_t *p, uint32_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	value = __builtin_bswap32(value);
#endif
	memcpy(p, &value, sizeof(value));
}

static inline void
store_uint64(uint8_t *p, uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	value = __builtin_bswap64(value);
#endif
	memcpy(p, &value, sizeof(value));
}

/* Writes one variable-length integer; returns the byte after it. */
static inline uint8_t *
write_varint(uint8_t *p, uint64_t value)
{
	while (value >= 0x80)
	{
		*p++ = (uint8_t) (value | 0x80);
		value >>= 7;
	}
	*p++ = (uint8_t) value;
	return p;
}

/*
 * Starts a writer.  The parties must ascend strictly; those that no corridor
 * uses are left out in the end.
 */
void
ledger_writer_start(LedgerWriter *writer, const LedgerParty *parties,
					uint32_t n_parties, uint32_t *scratch,
					uint32_t max_corridors,
					uint8_t *segments, size_t max_segments)
{
	memset(writer, 0, sizeof(*writer));
	writer->parties = parties;
	writer->n_parties = n_parties;
	writer->renumber = scratch;
	writer->row_end = scratch + n_parties;
	memset(scratch, 0, (size_t) n_parties * 2 * sizeof(uint32_t));
	writer->first = LEDGER_DAY_MAX;
	writer->last = LEDGER_DAY_MIN;
	writer->max_corridors = max_corridors;
	writer->segments = segments;
	writer->max_segments = max_segments;
}

size_t
ledger_writer_head_max(const LedgerParty *parties, uint32_t n_parties,
					   uint32_t corridors)
{
	size_t		length = HEADER_LENGTH + (size_t) n_parties * PARTY_LENGTH +
		(size_t) corridors * CORRIDOR_LENGTH;
	uint32_t	i;

	for (i = 0; i < n_parties; i++)
		length += parties[i].length;
	/* of the corridors and parties that are left some may have totals */
	if (corridors >= LEDGER_TOTALS_CORRIDORS)
	{
		const uint32_t most = corridors / LEDGER_TOTALS_PER_PARTY;

		length += (size_t) (n_parties < most ? n_parties : most) * TOTALS_LENGTH;
	}
	return length;
}

/*
 * The place of a corridor in the directory while it is written, directly before
 * the segments.
 */
static inline uint8_t *
directory_entry(const LedgerWriter *writer, uint32_t i)
{
	return writer->segments -
		(size_t) (writer->max_corridors - i) * CORRIDOR_LENGTH;
}

/*
 * Puts the corridor being written into the directory, unless it has stayed
 * without entries, and marks its parties.  The destination has its number
 * among all parties yet.
 */
static void
writer_close(LedgerWriter *writer)
{
	const LedgerCorridor *open = &writer->open;
	uint8_t    *p;

	if (!writer->is_open || open->entries == 0)
		return;
	LEDGER_ASSERT(open->first <= open->last &&
				  writer->segments_length <= writer->max_segments &&
				  writer->n_corridors < writer->max_corridors);
	p = directory_entry(writer, writer->n_corridors++);
	store_uint32(p + CORRIDOR_DESTINATION, open->destination);
	store_uint32(p + CORRIDOR_SEGMENT_END, (uint32_t) writer->segments_length);
	store_uint32(p + CORRIDOR_ENTRIES, open->entries);
	store_uint32(p + CORRIDOR_FIRST, (uint32_t) open->first);
	store_uint32(p + CORRIDOR_LAST, (uint32_t) open->last);
	store_uint64(p + CORRIDOR_TOTAL, (uint64_t) open->total);
	writer->renumber[open->origin] = 1;
	writer->renumber[open->destination] = 1;
	writer->row_end[open->origin] = writer->n_corridors;
	if (open->first < writer->first)
		writer->first = open->first;
	if (open->last > writer->last)
		writer->last = open->last;
	writer->is_open = false;
}

/*
 * Begins a corridor; it must come after the one before in order.
 */
LedgerStatus
ledger_writer_corridor(LedgerWriter *writer, uint32_t origin,
					   uint32_t destination)
{
	const LedgerCorridor last = writer->open;

	writer_close(writer);
	if (writer->n_corridors >= writer->max_corridors)
		return LEDGER_TOO_LARGE;
	if (origin >= writer->n_parties || destination >= writer->n_parties)
		return LEDGER_DAMAGED;
	/* one comparison: no processor foresees whether the origin is another */
	if (writer->any &&
		((uint64_t) origin << 32 | destination) <=
		((uint64_t) last.origin << 32 | last.destination))
		return LEDGER_DAMAGED;

	writer->open = (LedgerCorridor) {
		.origin = origin,
		.destination = destination,
		.segment_start = writer->segments_length
	};
	writer->any = true;
	writer->is_open = true;
	ledger_count_work(writer->checkpoint, &writer->work, 1);
	return LEDGER_OK;
}

/* Stops where a sum passes 64 bits, and leaves the day for the error. */
static LedgerStatus
writer_out_of_range(LedgerWriter *writer, LedgerDay day)
{
	writer->previous = day;
	return LEDGER_OUT_OF_RANGE;
}

/*
 * Adds an entry to the open corridor, unless it is zero.  Days must ascend.
 */
LedgerStatus
ledger_writer_entry(LedgerWriter *writer, LedgerDay day, int64_t people)
{
	LedgerCorridor *open = &writer->open;
	uint8_t    *end;
	uint64_t	gap;

	LEDGER_ASSERT(writer->is_open);
	if (people == 0)
		return LEDGER_OK;
	if (!ledger_day_valid(day))
		return LEDGER_BAD_DAY;
	if (open->entries == 0)
	{
		open->first = day;
		writer->previous = (int64_t) day - 1;
	}
	if (day <= writer->previous)
		return LEDGER_DAMAGED;
	if (writer->max_segments - writer->segments_length < LEDGER_FLAT_ENTRY_MAX)
		return LEDGER_TOO_LARGE;
	if (!ledger_checked_add(open->total, people, &open->total))
		return writer_out_of_range(writer, day);

	gap = (uint64_t) ((int64_t) day - writer->previous - 1);
	end = writer->segments + writer->segments_length;
	end = write_varint(end, gap << 1 | (people < 0));
	end = write_varint(end, (uint64_t) (people < 0 ? -1 - people : people - 1));
	writer->segments_length = (size_t) (end - writer->segments);
	writer->previous = day;
	open->last = day;
	if (++open->entries % LEDGER_WORK_PER_CHECKPOINT == 0 &&
		writer->checkpoint != NULL)
		writer->checkpoint();
	return LEDGER_OK;
}

/*
 * The same of a sum, which must fit.
 */
LedgerStatus
ledger_writer_sum(LedgerWriter *writer, LedgerDay day, LedgerSum sum)
{
	int64_t		people;

	if (!ledger_sum_value(sum, &people))
		return writer_out_of_range(writer, day);
	return ledger_writer_entry(writer, day, people);
}

/*
 * Are all numbers of a segment below 2^35, five bytes?  Of any five bytes in a
 * row that all have another one after them, eight bytes from a multiple of
 * four hold all; false also for some numbers that only stand close together.
 */
static bool
segment_is_modest(const uint8_t *segment, size_t length)
{
	size_t		i;

	for (i = 0; i < length; i += 4)
	{
		uint8_t		bytes[8] = {0};
		uint64_t	more;

		if (length - i >= 8)
			more = ledger_load_uint64(segment + i);
		else
		{
			memcpy(bytes, segment + i, length - i);
			more = ledger_load_uint64(bytes);
		}
		more = more >> 7 & UINT64_C(0x0101010101010101);
		if (more * UINT64_C(0x0101010101010101) >> 56 >= 5)
			return false;
	}
	return true;
}

/*
 * Adds the entries of a corridor of another value, all of which come after
 * those that are there.  Where no running total can pass 64 bits, that is:
 * with modest numbers, for there are fewer than 2^22 days, they are copied as
 * bytes.
 */
LedgerStatus
ledger_writer_append(LedgerWriter *writer, const LedgerCorridor *corridor)
{
	LedgerCorridor *open = &writer->open;
	size_t		length = corridor->segment_end - corridor->segment_start;
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;
	uint8_t    *end;
	uint64_t	gap = 0;

	if (corridor->segment == NULL || length < 2 || corridor->segment[0] > 1 ||
		(open->entries > 0 && corridor->first <= writer->previous))
		return LEDGER_DAMAGED;
	if (!LEDGER_COPIED_SEGMENTS ||
		(open->entries > 0 &&
		 (open->total > INT64_MAX / 2 || open->total < INT64_MIN / 2 ||
		  !segment_is_modest(corridor->segment, length))))
	{
		ledger_cursor_start(&cursor, corridor);
		while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
		{
			status = ledger_writer_entry(writer, entry.day, entry.people);
			if (status != LEDGER_OK)
				return status;
		}
		return status == LEDGER_DONE ? LEDGER_OK : status;
	}

	/* a gap takes one byte at the start of a segment, four at most after it */
	if (writer->max_segments - writer->segments_length <
		length + (open->entries > 0 ? 3 : 0))
		return LEDGER_TOO_LARGE;
	if (!ledger_checked_add(open->total, corridor->total, &open->total))
		return LEDGER_DAMAGED;
	if (open->entries == 0)
		open->first = corridor->first;
	else
		gap = (uint64_t) (corridor->first - writer->previous - 1);
	end = writer->segments + writer->segments_length;
	end = write_varint(end, gap << 1 | corridor->segment[0]);
	memcpy(end, corridor->segment + 1, length - 1);
	writer->segments_length = (size_t) (end - writer->segments) + length - 1;
	writer->previous = corridor->last;
	open->entries += corridor->entries;
	open->last = corridor->last;
	ledger_count_work(writer->checkpoint, &writer->work, corridor->entries);
	return LEDGER_OK;
}

/*
 * Takes a corridor with its segment over from another value, under the
 * parties' numbers here.
 */
LedgerStatus
ledger_writer_copy(LedgerWriter *writer, uint32_t origin, uint32_t destination,
				   const LedgerCorridor *corridor)
{
	LedgerStatus status = ledger_writer_corridor(writer, origin, destination);

	return status == LEDGER_OK ? ledger_writer_append(writer, corridor) : status;
}

/*
 * Numbers the parties that are in use, and has the directory refer to them so.
 */
static void
number_parties(LedgerWriter *writer)
{
	uint32_t	work = 0;
	uint32_t	i;

	for (i = 0; i < writer->n_parties; i++)
	{
		ledger_count_work(writer->checkpoint, &work, 1);
		if (writer->renumber[i] == 0)
		{
			writer->renumber[i] = UINT32_MAX;
			continue;
		}
		writer->renumber[i] = writer->used_parties++;
		writer->names_length += writer->parties[i].length;
	}
	if (writer->used_parties == writer->n_parties)
		return;
	for (i = 0; i < writer->n_corridors; i++)
	{
		uint8_t    *p = directory_entry(writer, i) + CORRIDOR_DESTINATION;

		store_uint32(p, writer->renumber[ledger_load_uint32(p)]);
		ledger_count_work(writer->checkpoint, &work, 1);
	}
}

/*
 * Closes the last corridor, leaves out the parties without one and gives the
 * length of the flat form; LEDGER_TOO_LARGE where that passes `limit`.
 */
LedgerStatus
ledger_writer_finish(LedgerWriter *writer, size_t limit, size_t *length)
{
	uint64_t	total;

	if (!writer->finished)
	{
		writer_close(writer);
		if (writer->n_corridors == 0)
			writer->first = writer->last = 0;
		number_parties(writer);
		writer->finished = true;
	}
	total = HEADER_LENGTH + (uint64_t) writer->used_parties * PARTY_LENGTH +
		writer->names_length +
		totals_length(writer->used_parties, writer->n_corridors) +
		(uint64_t) writer->n_corridors * CORRIDOR_LENGTH +
		writer->segments_length;
	if (writer->names_length > UINT32_MAX ||
		writer->segments_length > UINT32_MAX || total > limit)
		return LEDGER_TOO_LARGE;
	*length = (size_t) total;
	return LEDGER_OK;
}

/*
 * Copies a name.  Most are short, and a call of memcpy takes longer than they
 * do.
 */
static inline void
copy_name(uint8_t *to, LedgerParty party)
{
	const uint8_t *from = (const uint8_t *) party.name;

	if (party.length > 4)
	{
		memcpy(to, from, party.length);
		return;
	}
	to[0] = from[0];
	if (party.length > 1)
		to[1] = from[1];
	if (party.length > 2)
		to[2] = from[2];
	if (party.length > 3)
		to[3] = from[3];
}

/*
 * Writes the names and where they end; gives what comes after them.
 */
static uint8_t *
output_names(const LedgerWriter *writer, uint8_t *p)
{
	uint8_t    *name = p + (size_t) writer->used_parties * PARTY_LENGTH;
	uint32_t	end = 0;
	uint32_t	work = 0;
	uint32_t	i;

	for (i = 0; i < writer->n_parties; i++)
	{
		ledger_count_work(writer->checkpoint, &work, 1);
		if (writer->renumber[i] == UINT32_MAX)
			continue;
		copy_name(name, writer->parties[i]);
		name += writer->parties[i].length;
		end += writer->parties[i].length;
		store_uint32(p, end);
		p += 4;
	}
	return name;
}

/*
 * Writes where the rows end in the directory; that of a party without corridors
 * of its own ends where the one before it does.
 */
static void
output_rows(const LedgerWriter *writer, uint8_t *row_end)
{
	uint32_t	end = 0;
	uint32_t	work = 0;
	uint32_t	i;

	for (i = 0; i < writer->n_parties; i++)
	{
		ledger_count_work(writer->checkpoint, &work, 1);
		if (writer->renumber[i] == UINT32_MAX)
			continue;
		if (writer->row_end[i] > 0)
			end = writer->row_end[i];
		store_uint32(row_end, end);
		row_end += 4;
	}
}

/*
 * Copies bytes to where they are to be, if they are not there; they may have
 * been written after it.
 */
static void
move_bytes(const LedgerWriter *writer, uint8_t *to, const uint8_t *from,
		   size_t length)
{
	size_t		copied;
	size_t		part;

	for (copied = 0; to != from && copied < length; copied += part)
	{
		part = length - copied;
		if (part > COPY_PER_CHECKPOINT)
			part = COPY_PER_CHECKPOINT;
		memmove(to + copied, from + copied, part);
		if (writer->checkpoint != NULL)
			writer->checkpoint();
	}
}

/*
 * Adds to one of the totals of a party.
 */
static void
add_to_total(uint8_t *p, int64_t people)
{
	LedgerSum	sum = {(int64_t) ledger_load_uint64(p + 8), ledger_load_uint64(p)};

	ledger_sum_add(&sum, people);
	store_uint64(p, sum.low);
	store_uint64(p + 8, (uint64_t) sum.high);
}

/*
 * Writes the totals of a value of which all else has been written.
 */
static void
output_totals(const LedgerWriter *writer, const LedgerFlat *flat, uint8_t *totals)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	uint32_t	work = 0;

	memset(totals, 0, ledger_flat_totals_length(flat));
	ledger_walk_start(&walk, flat);
	while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
	{
		ledger_count_work(writer->checkpoint, &work, 1);
		if (corridor.origin == corridor.destination)
			continue;
		add_to_total(totals + (size_t) corridor.origin * TOTALS_LENGTH +
					 TOTALS_OUTFLOW, corridor.total);
		add_to_total(totals + (size_t) corridor.destination * TOTALS_LENGTH +
					 TOTALS_INFLOW, corridor.total);
	}
}

/*
 * Writes the flat form into `data`, which has the length that
 * ledger_writer_finish gave.
 */
void
ledger_writer_output(const LedgerWriter *writer, uint8_t *data)
{
	uint8_t    *const name_end = data + HEADER_LENGTH;
	const size_t totals = totals_length(writer->used_parties, writer->n_corridors);
	const size_t directory = (size_t) writer->n_corridors * CORRIDOR_LENGTH;
	LedgerFlat	flat;
	uint8_t    *p;

	memset(data, 0, HEADER_LENGTH);
	data[HEADER_VERSION] = LEDGER_FLAT_VERSION;
	data[HEADER_FORM] = LEDGER_FORM_CANONICAL;
	store_uint32(data + HEADER_PARTIES, writer->used_parties);
	store_uint32(data + HEADER_CORRIDORS, writer->n_corridors);
	store_uint32(data + HEADER_NAMES, (uint32_t) writer->names_length);
	store_uint32(data + HEADER_FIRST, (uint32_t) writer->first);
	store_uint32(data + HEADER_LAST, (uint32_t) writer->last);

	p = output_names(writer, name_end);
	LEDGER_ASSERT((size_t) (p - name_end) == writer->names_length +
				  (size_t) writer->used_parties * PARTY_LENGTH);
	output_rows(writer, name_end + (size_t) writer->used_parties * 4);
	LEDGER_ASSERT((size_t) (p - data) + totals + directory <=
				  ledger_writer_head_max(writer->parties, writer->n_parties,
										 writer->max_corridors));
	move_bytes(writer, p + totals, directory_entry(writer, 0), directory);
	move_bytes(writer, p + totals + directory, writer->segments,
			   writer->segments_length);
	if (totals > 0)
	{
		LedgerStatus status = ledger_flat_open(&flat, data, (size_t) (p - data) + totals +
											   directory + writer->segments_length);

		LEDGER_ASSERT(status == LEDGER_OK);
		(void) status;
		output_totals(writer, &flat, p);
	}
}

/*
 * The days that have people, the first one the lowest bit.  Written so that a
 * compiler takes many of them at once: bytes of 0 or 1 first, then each eight
 * bytes multiplied so that their lowest bits meet in the highest byte.
 */
FOR_EACH_WIDTH uint64_t
days_with_people(DayVector vector)
{
	uint8_t		any[LEDGER_DAY_VECTOR_DAYS];
	uint64_t	days = 0;
	int			i;

	for (i = 0; i < LEDGER_DAY_VECTOR_DAYS; i++)
		any[i] = ledger_day_vector_people(vector, i) != 0;
	for (i = 0; i < LEDGER_DAY_VECTOR_DAYS; i += 8)
		days |= (ledger_load_uint64(any + i) *
				 UINT64_C(0x0102040810204080) >> 56) << i;
	return days;
}

uint64_t
ledger_day_vector_days(DayVector vector)
{
	/* twice, each with the one way to read a count */
	if (vector.wide)
		return days_with_people(vector);
	return days_with_people(vector);
}

/*
 * Writes short entries for some days of a vector, at least one, up to the
 * first one that is not, to a corridor that has entries; gives the days that
 * are left.
 */
FOR_EACH_WIDTH uint64_t
write_short_entries(LedgerWriter *writer, DayVector vector, uint64_t days)
{
	LedgerCorridor *open = &writer->open;
	uint8_t    *start = writer->segments + writer->segments_length;
	uint8_t    *end = start;
	int64_t		previous = writer->previous - vector.first;
	int64_t		total = open->total;
	uint32_t	entries = open->entries;

	LEDGER_ASSERT(days != 0);

	/*
	 * The gap before the first day; those after it are within the vector.  A
	 * day that is not after the previous one has an immense gap.
	 */
	if ((uint64_t) (__builtin_ctzll(days) - previous - 1) > LEDGER_SHORT_GAP ||
		entries == 0 || total > TOTAL_FAR || total < -TOTAL_FAR ||
		vector.first > LEDGER_DAY_MAX - LEDGER_DAY_VECTOR_DAYS ||
		writer->max_segments - writer->segments_length <
		(size_t) LEDGER_SHORT_ENTRY_MAX * LEDGER_DAY_VECTOR_DAYS)
		return days;
	for (; days != 0; days &= days - 1)
	{
		const int	day = __builtin_ctzll(days);
		const int32_t people = ledger_day_vector_people(vector, day);

		if ((uint32_t) people > LEDGER_SHORT_PEOPLE)
			break;
		end[0] = (uint8_t) ((day - previous - 1) << 1);
		end[1] = (uint8_t) (people - 1);
		end += 2;
		if (people > 0x80)
		{
			end[-1] |= 0x80;
			*end++ = (uint8_t) ((people - 1) >> 7);
		}
		total += people;
		previous = day;
		entries++;
	}
	writer->segments_length += (size_t) (end - start);
	writer->previous = previous + vector.first;
	open->total = total;
	open->last = (LedgerDay) writer->previous;
	open->entries = entries;
	return days;
}

/*
 * ledger_writer_days, for a width that the compiler knows.
 */
FOR_EACH_WIDTH LedgerStatus
write_vector(LedgerWriter *writer, DayVector vector)
{
	uint64_t	days = LEDGER_DAYS_AS_BITS ? days_with_people(vector) : UINT64_MAX;
	LedgerStatus status = LEDGER_OK;

	while (days != 0 && status == LEDGER_OK)
	{
		int			day;

		if (LEDGER_DAYS_AS_BITS)
			days = write_short_entries(writer, vector, days);
		if (days == 0)
			break;
		day = __builtin_ctzll(days);
		status = ledger_writer_entry(writer, vector.first + day,
									 ledger_day_vector_people(vector, day));
		days &= days - 1;
	}
	ledger_count_work(writer->checkpoint, &writer->work, LEDGER_DAY_VECTOR_DAYS);
	return status;
}

LedgerStatus
ledger_writer_days(LedgerWriter *writer, DayVector vector)
{
	if (vector.wide)
		return write_vector(writer, vector);
	return write_vector(writer, vector);
}
