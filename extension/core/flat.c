/*
 * core/flat.c
 *		Reading, checking and writing the flat form of a ledger.  The
 *		layout and its invariants stand in core/flat.h.
 */
#include "core/flat.h"

/* Where the fields of the header and of a directory entry stand */
#define HEADER_VERSION		0
#define HEADER_FORM			1
#define HEADER_ZERO			2
#define HEADER_PARTIES		4
#define HEADER_CORRIDORS	8
#define HEADER_NAMES		12
#define HEADER_FIRST		16
#define HEADER_LAST			20

#define CORRIDOR_DESTINATION	0
#define CORRIDOR_SEGMENT_END	4
#define CORRIDOR_ENTRIES		8
#define CORRIDOR_FIRST			12
#define CORRIDOR_LAST			16
#define CORRIDOR_TOTAL			20

/* Bytes of segments copied between two checkpoints */
#define COPY_PER_CHECKPOINT		((size_t) 1024 * 1024)

/* Parties whose use ledger_flat_validate follows in one pass */
#define PARTIES_PER_PASS	(64 * 1024 * 8)

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

/*
 * Reads one variable-length integer and moves *next past it; false where it
 * runs past `end` or 64 bits, or is longer than it needs to be.
 */
static inline bool
read_varint(const uint8_t **next, const uint8_t *end, uint64_t *value)
{
	const uint8_t *p = *next;
	uint64_t	result;
	int			shift;

	if (p >= end)
		return false;
	result = *p++;
	if (result >= 0x80)
	{
		result &= 0x7f;
		for (shift = 7;; shift += 7)
		{
			uint64_t	byte;

			if (p >= end || shift > 63)
				return false;
			byte = *p++;
			if (shift == 63 && byte > 1)
				return false;
			result |= (byte & 0x7f) << shift;
			if (byte < 0x80)
			{
				if (byte == 0)
					return false;
				break;
			}
		}
	}
	*next = p;
	*value = result;
	return true;
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
 * Length of header, ends and names together, from the header alone.
 */
LedgerStatus
ledger_flat_head_length(const uint8_t *header, size_t available, size_t *length)
{
	uint64_t	needed;

	if (available < 1)
		return LEDGER_DAMAGED;
	if (header[HEADER_VERSION] != LEDGER_FLAT_VERSION)
		return LEDGER_UNKNOWN_VERSION;
	if (available < LEDGER_FLAT_HEADER)
		return LEDGER_DAMAGED;
	if (header[HEADER_FORM] != LEDGER_FORM_CANONICAL ||
		header[HEADER_ZERO] != 0 || header[HEADER_ZERO + 1] != 0)
		return LEDGER_DAMAGED;

	needed = LEDGER_FLAT_HEADER +
		(uint64_t) ledger_load_uint32(header + HEADER_PARTIES) * LEDGER_FLAT_PARTY +
		ledger_load_uint32(header + HEADER_NAMES);
	if (needed > SIZE_MAX)
		return LEDGER_DAMAGED;
	*length = (size_t) needed;
	return LEDGER_OK;
}

/*
 * Opens the head alone, for reading a stored value by slices.
 */
LedgerStatus
ledger_flat_open_head(LedgerFlat *flat, const uint8_t *data, size_t available)
{
	LedgerStatus status;
	size_t		head;

	status = ledger_flat_head_length(data, available, &head);
	if (status != LEDGER_OK)
		return status;
	if (head > available)
		return LEDGER_DAMAGED;

	flat->data = data;
	flat->length = 0;
	flat->parties = ledger_load_uint32(data + HEADER_PARTIES);
	flat->corridors = ledger_load_uint32(data + HEADER_CORRIDORS);
	flat->names_length = ledger_load_uint32(data + HEADER_NAMES);
	flat->first = (LedgerDay) ledger_load_uint32(data + HEADER_FIRST);
	flat->last = (LedgerDay) ledger_load_uint32(data + HEADER_LAST);
	flat->name_end = data + LEDGER_FLAT_HEADER;
	flat->row_end = flat->name_end + (size_t) flat->parties * 4;
	flat->names = flat->row_end + (size_t) flat->parties * 4;
	flat->directory = NULL;
	flat->segments = NULL;
	flat->segments_length = 0;

	if (flat->corridors == 0)
		return flat->parties == 0 && flat->names_length == 0 &&
			flat->first == 0 && flat->last == 0 ? LEDGER_OK : LEDGER_DAMAGED;
	if (flat->parties == 0 ||
		flat->first > flat->last ||
		!ledger_day_valid(flat->first) || !ledger_day_valid(flat->last) ||
		ledger_load_uint32(flat->name_end + (size_t) (flat->parties - 1) * 4) !=
		flat->names_length ||
		ledger_load_uint32(flat->row_end + (size_t) (flat->parties - 1) * 4) !=
		flat->corridors)
		return LEDGER_DAMAGED;
	return LEDGER_OK;
}

/*
 * Opens a whole value.  Checks what keeps later reads inside the value; what
 * those reads find is checked as they go.
 */
LedgerStatus
ledger_flat_open(LedgerFlat *flat, const uint8_t *data, size_t length)
{
	LedgerStatus status;
	size_t		head;
	size_t		directory;

	status = ledger_flat_open_head(flat, data, length);
	if (status != LEDGER_OK)
		return status;

	flat->length = length;
	head = (size_t) (flat->names + flat->names_length - data);
	if ((uint64_t) flat->corridors * LEDGER_FLAT_CORRIDOR > length - head)
		return LEDGER_DAMAGED;
	directory = (size_t) flat->corridors * LEDGER_FLAT_CORRIDOR;
	flat->directory = data + head;
	flat->segments = flat->directory + directory;
	flat->segments_length = length - head - directory;

	if (flat->corridors == 0)
		return flat->segments_length == 0 ? LEDGER_OK : LEDGER_DAMAGED;
	return ledger_load_uint32(flat->segments - LEDGER_FLAT_CORRIDOR +
					   CORRIDOR_SEGMENT_END) == flat->segments_length ?
		LEDGER_OK : LEDGER_DAMAGED;
}

/*
 * The name of the party with this index; borrowed from the value.
 */
LedgerStatus
ledger_flat_party(const LedgerFlat *flat, uint32_t index, LedgerParty *party)
{
	uint32_t	start;
	uint32_t	end;

	if (index >= flat->parties)
		return LEDGER_DAMAGED;
	start = index > 0 ?
		ledger_load_uint32(flat->name_end + (size_t) (index - 1) * 4) : 0;
	end = ledger_load_uint32(flat->name_end + (size_t) index * 4);
	if (start >= end || end > flat->names_length ||
		end - start > LEDGER_PARTY_MAX)
		return LEDGER_DAMAGED;
	party->name = (const char *) flat->names + start;
	party->length = end - start;
	/* codes of parties (state/party_codes.h) count on that, and so does text */
	return memchr(party->name, 0, party->length) == NULL ? LEDGER_OK :
		LEDGER_DAMAGED;
}

/*
 * Looks a party up by name.
 */
LedgerStatus
ledger_flat_find_party(const LedgerFlat *flat, LedgerParty party,
					   uint32_t *index, bool *found)
{
	uint32_t	low = 0;
	uint32_t	high = flat->parties;

	*found = false;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		LedgerParty there;
		LedgerStatus status;
		int			order;

		status = ledger_flat_party(flat, middle, &there);
		if (status != LEDGER_OK)
			return status;
		order = ledger_party_compare(party, there);
		if (order == 0)
		{
			*index = middle;
			*found = true;
			return LEDGER_OK;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return LEDGER_OK;
}

/*
 * Positions [*start, *end) in the directory of the corridors from `origin`.
 */
LedgerStatus
ledger_flat_row(const LedgerFlat *flat, uint32_t origin,
				uint32_t *start, uint32_t *end)
{
	if (origin >= flat->parties)
		return LEDGER_DAMAGED;
	*start = origin > 0 ?
		ledger_load_uint32(flat->row_end + (size_t) (origin - 1) * 4) : 0;
	*end = ledger_load_uint32(flat->row_end + (size_t) origin * 4);
	return *start <= *end && *end <= flat->corridors ?
		LEDGER_OK : LEDGER_DAMAGED;
}

/*
 * Reads one directory entry, `entry`, which the entry before it, where there
 * is one, directly precedes in memory.
 */
static LedgerStatus
decode_corridor(const LedgerFlat *flat, const uint8_t *entry, bool has_previous,
				uint32_t origin, LedgerCorridor *corridor)
{
	corridor->origin = origin;
	corridor->destination = ledger_load_uint32(entry + CORRIDOR_DESTINATION);
	corridor->entries = ledger_load_uint32(entry + CORRIDOR_ENTRIES);
	corridor->first = (LedgerDay) ledger_load_uint32(entry + CORRIDOR_FIRST);
	corridor->last = (LedgerDay) ledger_load_uint32(entry + CORRIDOR_LAST);
	corridor->total = (int64_t) ledger_load_uint64(entry + CORRIDOR_TOTAL);
	corridor->segment_start = has_previous ?
		ledger_load_uint32(entry - LEDGER_FLAT_CORRIDOR + CORRIDOR_SEGMENT_END) : 0;
	corridor->segment_end = ledger_load_uint32(entry + CORRIDOR_SEGMENT_END);
	corridor->segment = NULL;

	/* an entry takes at least two bytes */
	if (corridor->destination >= flat->parties ||
		corridor->entries == 0 ||
		corridor->first > corridor->last ||
		corridor->first < flat->first || corridor->last > flat->last ||
		corridor->segment_start > corridor->segment_end ||
		(corridor->segment_end - corridor->segment_start) / 2 <
		corridor->entries)
		return LEDGER_DAMAGED;

	if (flat->segments != NULL)
	{
		if (corridor->segment_end > flat->segments_length)
			return LEDGER_DAMAGED;
		corridor->segment = flat->segments + corridor->segment_start;
	}
	return LEDGER_OK;
}

/*
 * Looks a destination up in the directory entries of one origin.  `row` holds
 * the entries from start - (start > 0), since a segment starts where the one
 * before it ends, to `end`.
 */
LedgerStatus
ledger_flat_find_in_row(const LedgerFlat *flat, const uint8_t *row,
						uint32_t start, uint32_t end, uint32_t origin,
						uint32_t destination, LedgerCorridor *corridor,
						bool *found)
{
	const uint8_t *entries = row + (start > 0 ? LEDGER_FLAT_CORRIDOR : 0);
	uint32_t	low = 0;
	uint32_t	high = end - start;

	*found = false;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		const uint8_t *entry = entries + (size_t) middle * LEDGER_FLAT_CORRIDOR;
		uint32_t	there = ledger_load_uint32(entry + CORRIDOR_DESTINATION);

		if (there == destination)
		{
			*found = true;
			return decode_corridor(flat, entry, start + middle > 0, origin,
								   corridor);
		}
		if (destination < there)
			high = middle;
		else
			low = middle + 1;
	}
	return LEDGER_OK;
}

/*
 * Looks a corridor up in a whole value.
 */
LedgerStatus
ledger_flat_find_corridor(const LedgerFlat *flat, uint32_t origin,
						  uint32_t destination, LedgerCorridor *corridor,
						  bool *found)
{
	LedgerStatus status;
	uint32_t	start;
	uint32_t	end;

	status = ledger_flat_row(flat, origin, &start, &end);
	if (status != LEDGER_OK)
		return status;
	return ledger_flat_find_in_row(flat,
								   flat->directory +
								   (size_t) (start - (start > 0)) *
								   LEDGER_FLAT_CORRIDOR,
								   start, end, origin, destination, corridor,
								   found);
}

/*
 * Starts a walk over all corridors of a whole value.
 */
void
ledger_walk_start(LedgerWalk *walk, const LedgerFlat *flat)
{
	walk->flat = flat;
	walk->position = 0;
	walk->origin = 0;
	walk->row_end = flat->parties > 0 ? ledger_load_uint32(flat->row_end) : 0;
}

/*
 * The next corridor in order of origin and destination; LEDGER_DONE after the
 * last.
 */
LedgerStatus
ledger_walk_next(LedgerWalk *walk, LedgerCorridor *corridor)
{
	const LedgerFlat *flat = walk->flat;
	const uint8_t *entry;

	if (walk->position >= flat->corridors)
		return LEDGER_DONE;
	while (walk->position >= walk->row_end)
	{
		LedgerStatus status;
		uint32_t	start;

		status = ledger_flat_row(flat, ++walk->origin, &start, &walk->row_end);
		if (status != LEDGER_OK)
			return status;
	}
	entry = flat->directory + (size_t) walk->position * LEDGER_FLAT_CORRIDOR;
	return decode_corridor(flat, entry, walk->position++ > 0, walk->origin,
						   corridor);
}

/*
 * Starts reading the entries of a corridor whose segment has been read.
 */
void
ledger_cursor_start(LedgerCursor *cursor, const LedgerCorridor *corridor)
{
	cursor->next = corridor->segment;
	cursor->end = corridor->segment +
		(corridor->segment_end - corridor->segment_start);
	cursor->day = (int64_t) corridor->first - 1;
	cursor->total = 0;
	cursor->left = corridor->entries;
	/* where there is a gap before the first entry, no day is early enough */
	cursor->last = cursor->next < cursor->end && *cursor->next > 1 ?
		corridor->first - 1 : corridor->last;
	cursor->expected = corridor->total;
}

/*
 * ledger_cursor_next, for an entry of any form and for the end.
 */
LedgerStatus
ledger_cursor_next_any(LedgerCursor *cursor, LedgerEntry *entry)
{
	uint64_t	gap;
	uint64_t	magnitude;
	int64_t		people;

	if (cursor->left == 0)
		return cursor->next == cursor->end && cursor->day == cursor->last &&
			cursor->total == cursor->expected ? LEDGER_DONE : LEDGER_DAMAGED;

	if (!read_varint(&cursor->next, cursor->end, &gap) ||
		!read_varint(&cursor->next, cursor->end, &magnitude) ||
		magnitude > INT64_MAX)
		return LEDGER_DAMAGED;

	/* -1 - magnitude reaches the smallest integer, magnitude + 1 must not pass */
	if (gap & 1)
		people = -1 - (int64_t) magnitude;
	else if (!ledger_checked_add((int64_t) magnitude, 1, &people))
		return LEDGER_DAMAGED;
	return ledger_cursor_take(cursor, gap >> 1, people, entry);
}

/*
 * Four entries of which LEDGER_NOT_FOUR_SHORT says that they are short: how
 * many days later the last one is than the entry before them, and their
 * people.
 */
static inline void
sum_of_four(uint64_t four, int64_t *days, int64_t *people)
{
	const uint64_t every_other = UINT64_C(0x00FF00FF00FF00FF);
	const uint64_t sum = UINT64_C(0x0001000100010001);

	/* the lowest bit of a gap's byte is its sign */
	*days = (int64_t) ((four & every_other) * sum >> 48) / 2 + 4;
	*people = (int64_t) ((four >> 8 & every_other) * sum >> 48) + 4;
}

/*
 * Passes short entries before `day`, four at a time where that goes.
 */
static void
pass_short_entries(LedgerCursor *cursor, LedgerDay day)
{
	const uint8_t *p = cursor->next;
	int64_t		last = cursor->day;
	int64_t		total = cursor->total;
	uint32_t	left = cursor->left;

	while (left > 0)
	{
		int32_t		gap;
		int32_t		count;
		int64_t		days;
		int64_t		people;
		int64_t		new_total;
		int			length;

		if (left >= 4 && cursor->end - p >= 8)
		{
			const uint64_t four = ledger_load_uint64(p);

			sum_of_four(four, &days, &people);
			if ((four & LEDGER_NOT_FOUR_SHORT) == 0 && last + days < day &&
				ledger_checked_add(total, people, &new_total))
			{
				last += days;
				total = new_total;
				p += 8;
				left -= 4;
				continue;
			}
		}
		length = ledger_read_short(p, cursor->end, &gap, &count);
		if (length == 0 || last + 1 + gap >= day ||
			!ledger_checked_add(total, count, &new_total))
			break;
		last += 1 + gap;
		total = new_total;
		p += length;
		left--;
	}
	cursor->next = p;
	cursor->day = last;
	cursor->total = total;
	cursor->left = left;
}

/*
 * Passes the entries before `day`: LEDGER_OK where the next one is not,
 * otherwise as ledger_cursor_next.
 */
LedgerStatus
ledger_cursor_pass(LedgerCursor *cursor, LedgerDay day)
{
	for (;;)
	{
		LedgerCursor ahead;
		LedgerEntry entry;
		LedgerStatus status;

		pass_short_entries(cursor, day);
		ahead = *cursor;
		status = ledger_cursor_next(&ahead, &entry);
		if (status != LEDGER_OK || entry.day >= day)
			return status;
		*cursor = ahead;
	}
}

/*
 * Passes all entries that are left, unless the last status of a cursor says
 * that there are none or something is wrong: LEDGER_OK where the whole
 * corridor is what the directory promised.
 */
LedgerStatus
ledger_cursor_finish(LedgerCursor *cursor, LedgerStatus status)
{
	if (status == LEDGER_OK)
		status = ledger_cursor_pass(cursor, LEDGER_DAY_UNBOUNDED_END);
	return status == LEDGER_DONE ? LEDGER_OK : status;
}

/*
 * Adds to `sum` the entries of a corridor whose days lie in `within`.  The
 * segment need not have been read where the directory alone can answer.
 */
LedgerStatus
ledger_corridor_sum(const LedgerCorridor *corridor, LedgerPeriod within,
					LedgerSum *sum)
{
	LedgerSum	before = {0, 0};
	LedgerSum	through = {0, 0};
	LedgerCursor cursor;
	LedgerStatus status;

	if (within.start >= within.end || corridor->last < within.start ||
		corridor->first >= within.end)
		return LEDGER_OK;
	if (ledger_period_contains(within, corridor->first) &&
		ledger_period_contains(within, corridor->last))
	{
		ledger_sum_add(sum, corridor->total);
		return LEDGER_OK;
	}

	ledger_cursor_start(&cursor, corridor);
	status = ledger_cursor_pass(&cursor, within.start);
	ledger_sum_add(&before, cursor.total);
	if (status == LEDGER_OK)
		status = ledger_cursor_pass(&cursor, within.end);
	ledger_sum_add(&through, cursor.total);
	*sum = ledger_sum_plus(*sum, ledger_sum_subtract(through, before));
	return ledger_cursor_finish(&cursor, status);
}

/*
 * Are the names of a value strictly ascending, each a valid party, and do
 * their rows follow one another?  A walk need not come by the rows of parties
 * that are destinations only.
 */
static LedgerStatus
validate_parties(const LedgerFlat *flat, LedgerCheckpoint checkpoint)
{
	LedgerParty previous = {NULL, 0};
	uint32_t	work = 0;
	uint32_t	i;

	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;
		LedgerStatus status;
		uint32_t	row_start;
		uint32_t	row_end;

		status = ledger_flat_party(flat, i, &party);
		if (status == LEDGER_OK)
			status = ledger_flat_row(flat, i, &row_start, &row_end);
		if (status != LEDGER_OK)
			return status;
		if (i > 0 && ledger_party_compare(previous, party) >= 0)
			return LEDGER_DAMAGED;
		previous = party;
		ledger_count_work(checkpoint, &work, 1);
	}
	return LEDGER_OK;
}

/*
 * Is every party the origin or the destination of some corridor?  The marks
 * of a block of parties at a time fit on the stack; more than one block is
 * needed only where there are more than half a million parties.
 */
static LedgerStatus
validate_parties_used(const LedgerFlat *flat, LedgerCheckpoint checkpoint)
{
	uint32_t	work = 0;
	uint32_t	block;

	/* a corridor brings at most two parties */
	if (flat->parties / 2 > flat->corridors)
		return LEDGER_DAMAGED;

	for (block = 0; block < flat->parties; block += PARTIES_PER_PASS)
	{
		uint8_t		used[PARTIES_PER_PASS / 8] = {0};
		uint32_t	in_block = flat->parties - block;
		LedgerWalk	walk;
		LedgerCorridor corridor;
		uint32_t	i;

		if (in_block > PARTIES_PER_PASS)
			in_block = PARTIES_PER_PASS;
		ledger_walk_start(&walk, flat);
		while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
		{
			uint32_t	origin = corridor.origin - block;
			uint32_t	destination = corridor.destination - block;

			/* a party before the block wraps round to a large number */
			if (origin < in_block)
				used[origin / 8] |= (uint8_t) (1 << origin % 8);
			if (destination < in_block)
				used[destination / 8] |= (uint8_t) (1 << destination % 8);
			ledger_count_work(checkpoint, &work, 1);
		}
		for (i = 0; i < in_block; i++)
			if ((used[i / 8] & (1 << i % 8)) == 0)
				return LEDGER_DAMAGED;
	}
	return LEDGER_OK;
}

/*
 * Reads all entries of a corridor.
 */
static LedgerStatus
validate_segment(const LedgerCorridor *corridor)
{
	LedgerCursor cursor;

	ledger_cursor_start(&cursor, corridor);
	return ledger_cursor_finish(&cursor, LEDGER_OK);
}

/*
 * Checks every invariant of the flat form.
 */
LedgerStatus
ledger_flat_validate(const uint8_t *data, size_t length,
					 LedgerCheckpoint checkpoint)
{
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerCorridor previous = {0};
	LedgerDay	first = LEDGER_DAY_MAX;
	LedgerDay	last = LEDGER_DAY_MIN;
	LedgerStatus status;
	uint32_t	work = 0;

	status = ledger_flat_open(&flat, data, length);
	if (status != LEDGER_OK || flat.corridors == 0)
		return status;
	status = validate_parties(&flat, checkpoint);
	if (status != LEDGER_OK)
		return status;

	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		if (walk.position > 1 && corridor.origin == previous.origin &&
			corridor.destination <= previous.destination)
			return LEDGER_DAMAGED;
		status = validate_segment(&corridor);
		if (status != LEDGER_OK)
			return status;
		if (corridor.first < first)
			first = corridor.first;
		if (corridor.last > last)
			last = corridor.last;
		previous = corridor;
		ledger_count_work(checkpoint, &work, 1 + corridor.entries);
	}
	if (status != LEDGER_DONE)
		return status;
	if (first != flat.first || last != flat.last)
		return LEDGER_DAMAGED;
	return validate_parties_used(&flat, checkpoint);
}

/*
 * Starts a writer.  The parties must ascend strictly; those that no corridor
 * uses are left out in the end.
 */
void
ledger_writer_start(LedgerWriter *writer, const LedgerParty *parties,
					uint32_t n_parties, uint32_t *renumber,
					LedgerCorridor *corridors, uint32_t max_corridors,
					uint8_t *segments, size_t max_segments)
{
	memset(writer, 0, sizeof(*writer));
	writer->parties = parties;
	writer->n_parties = n_parties;
	writer->renumber = renumber;
	writer->corridors = corridors;
	writer->max_corridors = max_corridors;
	writer->segments = segments;
	writer->max_segments = max_segments;
}

/*
 * Puts the corridor being written into the directory, unless it has stayed
 * without entries.
 */
static void
writer_close(LedgerWriter *writer)
{
	if (!writer->is_open || writer->open->entries == 0)
		return;
	writer->open->segment_end = writer->segments_length;
	writer->n_corridors++;
	writer->is_open = false;
}

/*
 * Begins a corridor; it must come after the one before in order.
 */
LedgerStatus
ledger_writer_corridor(LedgerWriter *writer, uint32_t origin,
					   uint32_t destination)
{
	const LedgerCorridor *last;
	LedgerCorridor *open;

	writer_close(writer);
	if (writer->n_corridors >= writer->max_corridors)
		return LEDGER_TOO_LARGE;
	if (origin >= writer->n_parties || destination >= writer->n_parties)
		return LEDGER_DAMAGED;
	if (writer->n_corridors > 0)
	{
		/* one comparison: no processor foresees whether the origin is another */
		last = &writer->corridors[writer->n_corridors - 1];
		if (((uint64_t) origin << 32 | destination) <=
			((uint64_t) last->origin << 32 | last->destination))
			return LEDGER_DAMAGED;
	}

	open = &writer->corridors[writer->n_corridors];
	*open = (LedgerCorridor) {
		.origin = origin,
		.destination = destination,
		.segment_start = writer->segments_length
	};
	writer->open = open;
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
	LedgerCorridor *open = writer->open;
	uint8_t    *end;
	uint64_t	gap;

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
	LedgerCorridor *open = writer->open;
	size_t		length = corridor->segment_end - corridor->segment_start;
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;
	uint8_t    *end;
	uint64_t	gap = 0;

	if (corridor->segment == NULL || length < 2 || corridor->segment[0] > 1 ||
		(open->entries > 0 && corridor->first <= writer->previous))
		return LEDGER_DAMAGED;
	if (open->entries > 0 &&
		(open->total > INT64_MAX / 2 || open->total < INT64_MIN / 2 ||
		 !segment_is_modest(corridor->segment, length)))
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
 * Closes the last corridor, leaves out the parties without one and gives the
 * length of the flat form; LEDGER_TOO_LARGE where that passes `limit`.
 */
LedgerStatus
ledger_writer_finish(LedgerWriter *writer, size_t limit, size_t *length)
{
	LedgerDay	first = LEDGER_DAY_MAX;
	LedgerDay	last = LEDGER_DAY_MIN;
	uint64_t	total;
	uint32_t	work = 0;
	uint32_t	i;

	writer_close(writer);

	/* mark the parties in use, then number them */
	memset(writer->renumber, 0, (size_t) writer->n_parties * sizeof(uint32_t));
	for (i = 0; i < writer->n_corridors; i++)
	{
		const LedgerCorridor *corridor = &writer->corridors[i];

		writer->renumber[corridor->origin] = 1;
		writer->renumber[corridor->destination] = 1;
		first = corridor->first < first ? corridor->first : first;
		last = corridor->last > last ? corridor->last : last;
		ledger_count_work(writer->checkpoint, &work, 1);
	}
	if (writer->n_corridors > 0)
	{
		writer->first = first;
		writer->last = last;
	}
	total = 0;
	writer->used_parties = 0;
	for (i = 0; i < writer->n_parties; i++)
	{
		ledger_count_work(writer->checkpoint, &work, 1);
		if (writer->renumber[i] == 0)
		{
			writer->renumber[i] = UINT32_MAX;
			continue;
		}
		writer->renumber[i] = writer->used_parties++;
		total += writer->parties[i].length;
	}
	if (total > UINT32_MAX || writer->segments_length > UINT32_MAX)
		return LEDGER_TOO_LARGE;
	writer->names_length = (uint32_t) total;

	total += LEDGER_FLAT_HEADER + (uint64_t) writer->used_parties * LEDGER_FLAT_PARTY +
		(uint64_t) writer->n_corridors * LEDGER_FLAT_CORRIDOR +
		writer->segments_length;
	if (total > limit)
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
	switch (party.length)
	{
		case 4:
			to[3] = from[3];
			/* FALLTHROUGH */
		case 3:
			to[2] = from[2];
			/* FALLTHROUGH */
		case 2:
			to[1] = from[1];
			/* FALLTHROUGH */
		default:
			to[0] = from[0];
	}
}

/*
 * Writes the names and where they end; gives what comes after them.
 */
static uint8_t *
output_names(const LedgerWriter *writer, uint8_t *p)
{
	uint8_t    *name = p + (size_t) writer->used_parties * LEDGER_FLAT_PARTY;
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
 * Writes the directory to `p` and where the rows end in it; gives what comes
 * after it.
 */
static uint8_t *
output_directory(const LedgerWriter *writer, uint8_t *row_end, uint8_t *p)
{
	uint32_t	end = 0;
	uint32_t	work = 0;
	uint32_t	i;

	memset(row_end, 0, (size_t) writer->used_parties * 4);
	for (i = 0; i < writer->n_corridors; i++)
	{
		const LedgerCorridor *corridor = &writer->corridors[i];

		store_uint32(row_end + (size_t) writer->renumber[corridor->origin] * 4,
					 i + 1);
		store_uint32(p + CORRIDOR_DESTINATION,
					 writer->renumber[corridor->destination]);
		store_uint32(p + CORRIDOR_SEGMENT_END, (uint32_t) corridor->segment_end);
		store_uint32(p + CORRIDOR_ENTRIES, corridor->entries);
		store_uint32(p + CORRIDOR_FIRST, (uint32_t) corridor->first);
		store_uint32(p + CORRIDOR_LAST, (uint32_t) corridor->last);
		store_uint64(p + CORRIDOR_TOTAL, (uint64_t) corridor->total);
		p += LEDGER_FLAT_CORRIDOR;
		ledger_count_work(writer->checkpoint, &work, 1);
	}
	/* a party without corridors of its own ends where the one before it does */
	for (i = 0; i < writer->used_parties; i++)
	{
		uint32_t	own = ledger_load_uint32(row_end);

		end = own > end ? own : end;
		store_uint32(row_end, end);
		row_end += 4;
		ledger_count_work(writer->checkpoint, &work, 1);
	}
	return p;
}

/*
 * Writes the flat form into `data`, which has the length that
 * ledger_writer_finish gave.
 */
void
ledger_writer_output(const LedgerWriter *writer, uint8_t *data)
{
	uint8_t    *const name_end = data + LEDGER_FLAT_HEADER;
	uint8_t    *p;
	size_t		copied;

	memset(data, 0, LEDGER_FLAT_HEADER);
	data[HEADER_VERSION] = LEDGER_FLAT_VERSION;
	data[HEADER_FORM] = LEDGER_FORM_CANONICAL;
	store_uint32(data + HEADER_PARTIES, writer->used_parties);
	store_uint32(data + HEADER_CORRIDORS, writer->n_corridors);
	store_uint32(data + HEADER_NAMES, writer->names_length);
	store_uint32(data + HEADER_FIRST, (uint32_t) writer->first);
	store_uint32(data + HEADER_LAST, (uint32_t) writer->last);

	p = output_names(writer, name_end);
	p = output_directory(writer, name_end + (size_t) writer->used_parties * 4, p);
	/* the segments may have been written where they are to be, or after it */
	for (copied = 0; p != writer->segments && copied < writer->segments_length;)
	{
		size_t		length = writer->segments_length - copied;

		if (length > COPY_PER_CHECKPOINT)
			length = COPY_PER_CHECKPOINT;
		memmove(p + copied, writer->segments + copied, length);
		copied += length;
		if (writer->checkpoint != NULL)
			writer->checkpoint();
	}
}
