/*
 * core/flat.c
 *		Opening a flat ledger, and finding parties and corridors in it.
 */
#include "core/flat.h"
#include "core/layout.h"

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
	if (available < HEADER_LENGTH)
		return LEDGER_DAMAGED;
	if (header[HEADER_FORM] != LEDGER_FORM_CANONICAL ||
		header[HEADER_ZERO] != 0 || header[HEADER_ZERO + 1] != 0)
		return LEDGER_DAMAGED;

	needed = HEADER_LENGTH +
		(uint64_t) ledger_load_uint32(header + HEADER_PARTIES) * PARTY_LENGTH +
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
	flat->name_end = data + HEADER_LENGTH;
	flat->row_end = flat->name_end + (size_t) flat->parties * 4;
	flat->names = flat->row_end + (size_t) flat->parties * 4;
	flat->totals = NULL;
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
	size_t		totals;
	size_t		directory;

	status = ledger_flat_open_head(flat, data, length);
	if (status != LEDGER_OK)
		return status;

	flat->length = length;
	head = (size_t) (flat->names + flat->names_length - data);
	totals = ledger_flat_totals_length(flat);
	if (totals > length - head ||
		(uint64_t) flat->corridors * CORRIDOR_LENGTH > length - head - totals)
		return LEDGER_DAMAGED;
	if (totals > 0)
		flat->totals = data + head;
	head += totals;
	directory = ledger_flat_directory_length(flat);
	flat->directory = data + head;
	flat->segments = flat->directory + directory;
	flat->segments_length = length - head - directory;

	if (flat->corridors == 0)
		return flat->segments_length == 0 ? LEDGER_OK : LEDGER_DAMAGED;
	return ledger_load_uint32(flat->segments - CORRIDOR_LENGTH +
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

size_t
ledger_flat_totals_length(const LedgerFlat *flat)
{
	return totals_length(flat->parties, flat->corridors);
}

void
ledger_flat_totals_slice(uint32_t party, size_t *offset, size_t *length)
{
	*offset = (size_t) party * TOTALS_LENGTH;
	*length = TOTALS_LENGTH;
}

/* An integer of 128 bits */
static LedgerSum
load_sum(const uint8_t *p)
{
	LedgerSum	sum = {(int64_t) ledger_load_uint64(p + 8), ledger_load_uint64(p)};

	return sum;
}

LedgerPartyTotals
ledger_flat_totals_read(const uint8_t *slice)
{
	LedgerPartyTotals totals = {
		load_sum(slice + TOTALS_INFLOW),
		load_sum(slice + TOTALS_OUTFLOW)
	};

	return totals;
}

size_t
ledger_flat_directory_length(const LedgerFlat *flat)
{
	return (size_t) flat->corridors * CORRIDOR_LENGTH;
}

size_t
ledger_flat_corridor_min(size_t entries)
{
	return CORRIDOR_LENGTH + entries * ENTRY_MIN;
}

void
ledger_flat_row_slice(uint32_t start, uint32_t end, size_t *offset,
					  size_t *length)
{
	const uint32_t from = start - (start > 0);

	*offset = (size_t) from * CORRIDOR_LENGTH;
	*length = (size_t) (end - from) * CORRIDOR_LENGTH;
}

uint32_t
ledger_flat_destination(const LedgerFlat *flat, uint32_t place)
{
	LEDGER_ASSERT(place < flat->corridors);
	return ledger_load_uint32(flat->directory +
							  (size_t) place * CORRIDOR_LENGTH +
							  CORRIDOR_DESTINATION);
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
		ledger_load_uint32(entry - CORRIDOR_LENGTH + CORRIDOR_SEGMENT_END) : 0;
	corridor->segment_end = ledger_load_uint32(entry + CORRIDOR_SEGMENT_END);
	corridor->segment = NULL;

	if (corridor->destination >= flat->parties ||
		corridor->entries == 0 ||
		corridor->first > corridor->last ||
		corridor->first < flat->first || corridor->last > flat->last ||
		corridor->segment_start > corridor->segment_end ||
		(corridor->segment_end - corridor->segment_start) / ENTRY_MIN <
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
 * Looks a destination up in the directory entries of one origin.
 */
LedgerStatus
ledger_flat_find_in_row(const LedgerFlat *flat, const uint8_t *row,
						uint32_t start, uint32_t end, uint32_t origin,
						uint32_t destination, LedgerCorridor *corridor,
						bool *found)
{
	const uint8_t *entries = row + (start > 0 ? CORRIDOR_LENGTH : 0);
	uint32_t	low = 0;
	uint32_t	high = end - start;

	*found = false;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		const uint8_t *entry = entries + (size_t) middle * CORRIDOR_LENGTH;
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
 * The destinations of the first and the last of the entries [start, end) of a
 * row, read as for ledger_flat_find_in_row.
 */
void
ledger_flat_row_ends(const uint8_t *row, uint32_t start, uint32_t end,
					 uint32_t *first, uint32_t *last)
{
	const uint8_t *entries = row + (start > 0 ? CORRIDOR_LENGTH : 0);

	*first = ledger_load_uint32(entries + CORRIDOR_DESTINATION);
	*last = ledger_load_uint32(entries + (size_t) (end - start - 1) * CORRIDOR_LENGTH +
							   CORRIDOR_DESTINATION);
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
	size_t		offset;
	size_t		length;

	status = ledger_flat_row(flat, origin, &start, &end);
	if (status != LEDGER_OK)
		return status;
	ledger_flat_row_slice(start, end, &offset, &length);
	return ledger_flat_find_in_row(flat, flat->directory + offset, start, end,
								   origin, destination, corridor, found);
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
	entry = flat->directory + (size_t) walk->position * CORRIDOR_LENGTH;
	return decode_corridor(flat, entry, walk->position++ > 0, walk->origin,
						   corridor);
}
