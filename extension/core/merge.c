/*
 * core/merge.c
 *		The sum of ledgers, each with its sign.
 *
 * A queue, which is a binary heap of parts by what comes next in them, gives
 * first the names and then the corridors of all parts in order.  All parts
 * that have the same one come together.
 *
 * Entries of one corridor meet in a window of days (core/day_sums.c).
 */
#include "core/merge.h"

#include "core/day_sums.h"

/* The next day of a part whose corridor has ended: it is in no window */
#define NO_DAY			(LEDGER_DAY_MAX + LEDGER_DAY_SUMS_DAYS + 1)

/* A gap takes one byte at the start of a segment and up to four after another */
#define GAP_GROWTH		3

/* Does the first of two parts come out of the queue before the second? */
typedef bool (*PartOrder) (const MergeInput *a, const MergeInput *b);

/*
 * Parties come in the order of their names.
 */
static inline bool
party_before(const MergeInput *a, const MergeInput *b)
{
	return ledger_party_compare(a->party, b->party) < 0;
}

/* Of one corridor, the earlier part; they stand in one array */
static inline bool
corridor_before(const MergeInput *a, const MergeInput *b)
{
	return a->position != b->position ? a->position < b->position : a < b;
}

/*
 * Lets the part at place `i` of a queue of n sink to its place.
 */
static inline void
queue_sink(const MergeInput *parts, uint32_t *queue, uint32_t n, uint32_t i,
		   PartOrder before)
{
	const uint32_t part = queue[i];

	for (;;)
	{
		uint32_t	child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n &&
			before(&parts[queue[child + 1]], &parts[queue[child]]))
			child++;
		if (!before(&parts[queue[child]], &parts[part]))
			break;
		queue[i] = queue[child];
		i = child;
	}
	queue[i] = part;
}

/*
 * Puts the first part of a queue of *n, which has been moved on with this
 * status, where it belongs: out of it where there is no more.
 */
static inline LedgerStatus
queue_moved(const MergeInput *parts, uint32_t *queue, uint32_t *n,
			LedgerStatus status, PartOrder before)
{
	if (status == LEDGER_DONE)
		queue[0] = queue[--*n];
	else if (status != LEDGER_OK)
		return status;
	if (*n > 0)
		queue_sink(parts, queue, *n, 0, before);
	return LEDGER_OK;
}

/*
 * Makes a queue of *n parts all of which may come first.
 */
static inline void
queue_order(const MergeInput *parts, uint32_t *queue, uint32_t n,
			PartOrder before)
{
	uint32_t	i;

	for (i = n / 2; i > 0; i--)
		queue_sink(parts, queue, n, i - 1, before);
}

/*
 * Moves a part on to its next party; LEDGER_DONE where it has no more.
 */
static LedgerStatus
next_party(MergeInput *part)
{
	if (part->next_party == part->flat.parties)
		return LEDGER_DONE;
	return ledger_flat_party(&part->flat, part->next_party++, &part->party);
}

LedgerStatus
ledger_merge_parties(MergeInput *parts, uint32_t n, uint32_t *queue,
					 LedgerParty *parties, uint32_t *n_parties,
					 LedgerCheckpoint checkpoint)
{
	uint32_t	in_queue = 0;
	uint32_t	work = 0;
	LedgerStatus status;
	uint32_t	i;

	*n_parties = 0;
	for (i = 0; i < n; i++)
	{
		parts[i].next_party = 0;
		status = next_party(&parts[i]);
		if (status == LEDGER_OK)
			queue[in_queue++] = i;
		else if (status != LEDGER_DONE)
			return status;
	}
	queue_order(parts, queue, in_queue, party_before);
	while (in_queue > 0)
	{
		MergeInput *part = &parts[queue[0]];

		ledger_count_work(checkpoint, &work, 1);
		if (*n_parties == 0 ||
			ledger_party_compare(parties[*n_parties - 1], part->party) != 0)
			parties[(*n_parties)++] = part->party;
		part->numbers[part->next_party - 1] = *n_parties - 1;
		status = queue_moved(parts, queue, &in_queue, next_party(part),
							 party_before);
		if (status != LEDGER_OK)
			return status;
	}
	return LEDGER_OK;
}

/*
 * A sum of counts takes no more bytes than they did, and a gap no more than
 * before, but for first days: they had no gap, and all but one may have one
 * now.  One entry more, since the writer always wants room for one.
 */
size_t
ledger_merge_room(const MergeInput *parts, uint32_t n)
{
	size_t		room = 0;
	uint32_t	i;

	for (i = 0; i < n; i++)
		room += parts[i].flat.segments_length +
			(size_t) parts[i].flat.corridors * GAP_GROWTH;
	return room + LEDGER_FLAT_ENTRY_MAX;
}

/*
 * Writes the days of a stretch one by one, as some sums have passed 32 bits.
 */
static LedgerStatus
write_passed(LedgerWriter *writer, const DaySums *window, int stretch)
{
	const uint32_t start = (uint32_t) stretch * LEDGER_DAY_VECTOR_DAYS;
	LedgerStatus status = LEDGER_OK;
	uint32_t	day;

	for (day = start; day < start + LEDGER_DAY_VECTOR_DAYS && status == LEDGER_OK; day++)
		status = ledger_writer_sum(writer, window->first + (LedgerDay) day,
								   ledger_day_sums_sum(window, day));
	return status;
}

/*
 * Writes a window.
 */
static LedgerStatus
write_window(LedgerWriter *writer, const DaySums *window)
{
	LedgerStatus status = LEDGER_OK;
	int			i;

	for (i = 0; i < LEDGER_DAY_SUMS_VECTORS && status == LEDGER_OK; i++)
	{
		if (!window->used[i])
			continue;
		if (window->passed)
			status = write_passed(writer, window, i);
		else
			status = ledger_writer_days(writer, ledger_day_sums_vector(window, i));
	}
	return status;
}

/*
 * Writes the sum of the corridors that have been taken from n parts, entry by
 * entry.
 */
static LedgerStatus
merge_entries(MergeInput *parts, const uint32_t *taken, uint32_t n,
			  LedgerWriter *writer)
{
	DaySums window;
	LedgerDay	first;
	LedgerStatus status;
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		MergeInput *part = &parts[taken[i]];

		ledger_cursor_start(&part->cursor, &part->taken);
		status = ledger_cursor_next(&part->cursor, &part->entry);
		if (status != LEDGER_OK)
			return LEDGER_DAMAGED;
	}
	for (;;)
	{
		first = NO_DAY;
		for (i = 0; i < n; i++)
			if (parts[taken[i]].entry.day < first)
				first = parts[taken[i]].entry.day;
		if (first == NO_DAY)
			return LEDGER_OK;

		ledger_day_sums_start(&window, first);
		for (i = 0; i < n; i++)
		{
			MergeInput *part = &parts[taken[i]];

			if (part->entry.day - first >= LEDGER_DAY_SUMS_DAYS)
				continue;
			status = ledger_day_sums_add(&window, &part->cursor, &part->entry,
									   part->sign);
			if (status == LEDGER_DONE)
				part->entry.day = NO_DAY;
			else if (status != LEDGER_OK)
				return status;
		}
		ledger_count_work(writer->checkpoint, &writer->work, n * LEDGER_DAY_SUMS_VECTORS);
		status = write_window(writer, &window);
		if (status != LEDGER_OK)
			return status;
	}
}

/*
 * Does each corridor that has been taken end before the next one begins?
 */
static bool
follow_one_another(const MergeInput *parts, const uint32_t *taken, uint32_t n)
{
	uint32_t	i;

	for (i = 0; i < n; i++)
		if (parts[taken[i]].sign < 0 ||
			(i > 0 && parts[taken[i]].taken.first <=
			 parts[taken[i - 1]].taken.last))
			return false;
	return true;
}

/*
 * Writes the sum of the corridors that have been taken from n parts.
 */
static LedgerStatus
write_corridor(MergeInput *parts, const uint32_t *taken, uint32_t n,
			   uint64_t position, LedgerWriter *writer)
{
	LedgerStatus status;
	uint32_t	i;

	status = ledger_writer_corridor(writer, (uint32_t) (position >> 32),
									(uint32_t) position);
	if (status == LEDGER_OK && !follow_one_another(parts, taken, n))
		return merge_entries(parts, taken, n, writer);
	for (i = 0; i < n && status == LEDGER_OK; i++)
		status = ledger_writer_append(writer, &parts[taken[i]].taken);
	return status;
}

/*
 * Moves a part on to its next corridor; LEDGER_DONE where it has no more.  Its
 * position is UINT64_MAX before the first one.  A damaged value may have
 * corridors out of order, or two that are the same one in the sum.
 */
static LedgerStatus
next_corridor(MergeInput *part)
{
	LedgerStatus status = ledger_walk_next(&part->walk, &part->corridor);
	uint64_t	position;

	if (status != LEDGER_OK)
		return status;
	position = (uint64_t) part->numbers[part->corridor.origin] << 32 |
		part->numbers[part->corridor.destination];
	if (position < part->position + 1)
		return LEDGER_DAMAGED;
	part->position = position;
	return LEDGER_OK;
}

LedgerStatus
ledger_merge(MergeInput *parts, uint32_t n, uint32_t *queue, uint32_t *taken,
			 LedgerWriter *writer)
{
	uint32_t	in_queue = 0;
	LedgerStatus status;
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		ledger_walk_start(&parts[i].walk, &parts[i].flat);
		parts[i].position = UINT64_MAX;
		status = next_corridor(&parts[i]);
		if (status == LEDGER_OK)
			queue[in_queue++] = i;
		else if (status != LEDGER_DONE)
			return status;
	}
	queue_order(parts, queue, in_queue, corridor_before);
	while (in_queue > 0)
	{
		const uint64_t position = parts[queue[0]].position;
		uint32_t	n_taken = 0;

		while (in_queue > 0 && parts[queue[0]].position == position)
		{
			MergeInput *part = &parts[queue[0]];

			part->taken = part->corridor;
			taken[n_taken++] = queue[0];
			status = queue_moved(parts, queue, &in_queue, next_corridor(part),
								 corridor_before);
			if (status != LEDGER_OK)
				return status;
		}
		status = write_corridor(parts, taken, n_taken, position, writer);
		if (status != LEDGER_OK)
			return status;
	}
	return LEDGER_OK;
}
