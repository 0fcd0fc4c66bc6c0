/*
 * core/merge.c
 *		The sum of ledgers, each with its sign.
 *
 * A heap of inputs, by what comes next in them, gives first the names and then
 * the corridors of all inputs in order.  All inputs that have the same one come
 * together.
 *
 * Entries of one corridor meet in sums by day (core/day_sums.c).
 */
#include "core/day_sums.h"
#include "core/merge.h"

/* The next day of an input whose corridor has ended */
#define NO_DAY			(LEDGER_DAY_MAX + LEDGER_DAY_SUMS_DAYS + 1)

/* A gap takes one byte at the start of a segment and up to four after another */
#define GAP_GROWTH		3

/* Parties come in the order of their names. */
#define LEDGER_HEAP				party_queue
#define LEDGER_HEAP_ELEMENT		MergeInput *
#define LEDGER_HEAP_BEFORE(a, b)	(ledger_party_compare((a)->party, (b)->party) < 0)
#include "core/heap.h"

/* Of one corridor, the earlier input comes first; they are in one array. */
#define LEDGER_HEAP				corridor_queue
#define LEDGER_HEAP_ELEMENT		MergeInput *
#define LEDGER_HEAP_BEFORE(a, b) \
	((a)->position != (b)->position ? (a)->position < (b)->position : (a) < (b))
#include "core/heap.h"

/*
 * Moves an input on to its next party; LEDGER_DONE where it has no more.
 */
static LedgerStatus
next_party(MergeInput *input)
{
	if (input->next_party == input->flat.parties)
		return LEDGER_DONE;
	return ledger_flat_party(&input->flat, input->next_party++, &input->party);
}

LedgerStatus
ledger_merge_parties(MergeInput *inputs, uint32_t n, MergeInput **queue,
					 LedgerParty *parties, uint32_t *n_parties,
					 LedgerCheckpoint checkpoint)
{
	uint32_t	in_queue = 0;
	uint32_t	work = 0;
	uint32_t	i;

	*n_parties = 0;
	for (i = 0; i < n; i++)
	{
		LedgerStatus status;

		inputs[i].next_party = 0;
		status = next_party(&inputs[i]);
		if (status == LEDGER_OK)
			party_queue_add(queue, &in_queue, &inputs[i]);
		else if (status != LEDGER_DONE)
			return status;
	}
	while (in_queue > 0)
	{
		MergeInput *input = queue[0];
		LedgerStatus status;
		int			order = -1;

		ledger_count_work(checkpoint, &work, 1);
		if (*n_parties > 0)
			order = ledger_party_compare(parties[*n_parties - 1], input->party);
		if (order > 0)
			return LEDGER_DAMAGED;
		if (order < 0)
			parties[(*n_parties)++] = input->party;
		input->numbers[input->next_party - 1] = *n_parties - 1;
		status = next_party(input);
		if (status == LEDGER_OK)
			party_queue_replace_first(queue, in_queue, input);
		else if (status == LEDGER_DONE)
			party_queue_remove_first(queue, &in_queue);
		else
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
ledger_merge_room(const MergeInput *inputs, uint32_t n)
{
	size_t		room = 0;
	uint32_t	i;

	for (i = 0; i < n; i++)
		room += inputs[i].flat.segments_length +
			(size_t) inputs[i].flat.corridors * GAP_GROWTH;
	return room + LEDGER_FLAT_ENTRY_MAX;
}

/*
 * Writes the days of a vector one by one, as some sums have passed 32 bits.
 */
static LedgerStatus
write_passed(LedgerWriter *writer, const DaySums *sums, int vector)
{
	const uint32_t start = (uint32_t) vector * LEDGER_DAY_VECTOR_DAYS;
	LedgerStatus status = LEDGER_OK;
	uint32_t	day;

	for (day = start; day < start + LEDGER_DAY_VECTOR_DAYS && status == LEDGER_OK; day++)
		status = ledger_writer_sum(writer, sums->first + (LedgerDay) day,
								   ledger_day_sums_sum(sums, day));
	return status;
}

/*
 * Writes the sums of all days that have entries.
 */
static LedgerStatus
write_sums(LedgerWriter *writer, const DaySums *sums)
{
	LedgerStatus status = LEDGER_OK;
	int			i;

	for (i = 0; i < LEDGER_DAY_SUMS_VECTORS && status == LEDGER_OK; i++)
	{
		if (!sums->used[i])
			continue;
		if (sums->passed)
			status = write_passed(writer, sums, i);
		else
			status = ledger_writer_days(writer, ledger_day_sums_vector(sums, i));
	}
	return status;
}

/*
 * Writes the sum of the corridors that have been taken from n inputs, entry by
 * entry.
 */
static LedgerStatus
merge_entries(MergeInput *const *taken, uint32_t n, LedgerWriter *writer)
{
	DaySums		sums;
	LedgerDay	first;
	LedgerStatus status;
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		ledger_cursor_start(&taken[i]->cursor, &taken[i]->taken);
		status = ledger_cursor_next(&taken[i]->cursor, &taken[i]->entry);
		if (status != LEDGER_OK)
			return LEDGER_DAMAGED;
	}
	for (;;)
	{
		first = NO_DAY;
		for (i = 0; i < n; i++)
			if (taken[i]->entry.day < first)
				first = taken[i]->entry.day;
		if (first == NO_DAY)
			return LEDGER_OK;

		ledger_day_sums_start(&sums, first);
		for (i = 0; i < n; i++)
		{
			MergeInput *input = taken[i];

			if (input->entry.day - first >= LEDGER_DAY_SUMS_DAYS)
				continue;
			status = ledger_day_sums_add(&sums, &input->cursor, &input->entry,
										 input->sign);
			if (status == LEDGER_DONE)
				input->entry.day = NO_DAY;
			else if (status != LEDGER_OK)
				return status;
		}
		ledger_count_work(writer->checkpoint, &writer->work, n * LEDGER_DAY_SUMS_VECTORS);
		status = write_sums(writer, &sums);
		if (status != LEDGER_OK)
			return status;
	}
}

/*
 * Does each corridor that has been taken end before the next one begins?
 */
static bool
follow_one_another(MergeInput *const *taken, uint32_t n)
{
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		LEDGER_ASSERT(i == 0 || taken[i - 1] < taken[i]);
		if (taken[i]->sign < 0 ||
			(i > 0 && taken[i]->taken.first <= taken[i - 1]->taken.last))
			return false;
	}
	return true;
}

/*
 * Writes the sum of the corridors that have been taken from n inputs.
 */
static LedgerStatus
write_corridor(MergeInput *const *taken, uint32_t n, uint64_t position,
			   LedgerWriter *writer)
{
	LedgerStatus status;
	uint32_t	i;

	status = ledger_writer_corridor(writer, (uint32_t) (position >> 32),
									(uint32_t) position);
	if (status == LEDGER_OK && !follow_one_another(taken, n))
		return merge_entries(taken, n, writer);
	for (i = 0; i < n && status == LEDGER_OK; i++)
		status = ledger_writer_append(writer, &taken[i]->taken);
	return status;
}

/*
 * Moves an input on to its next corridor; LEDGER_DONE where it has no more.
 * Its position is UINT64_MAX before the first one.  A damaged value may have
 * corridors out of order, or two that are the same one in the sum.
 */
static LedgerStatus
next_corridor(MergeInput *input)
{
	LedgerStatus status = ledger_walk_next(&input->walk, &input->corridor);
	uint64_t	position;

	if (status != LEDGER_OK)
		return status;
	position = (uint64_t) input->numbers[input->corridor.origin] << 32 |
		input->numbers[input->corridor.destination];
	if (position < input->position + 1)
		return LEDGER_DAMAGED;
	input->position = position;
	return LEDGER_OK;
}

LedgerStatus
ledger_merge(MergeInput *inputs, uint32_t n, MergeInput **queue,
			 MergeInput **taken, LedgerWriter *writer)
{
	uint32_t	in_queue = 0;
	LedgerStatus status;
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		ledger_walk_start(&inputs[i].walk, &inputs[i].flat);
		inputs[i].position = UINT64_MAX;
		status = next_corridor(&inputs[i]);
		if (status == LEDGER_OK)
			corridor_queue_add(queue, &in_queue, &inputs[i]);
		else if (status != LEDGER_DONE)
			return status;
	}
	while (in_queue > 0)
	{
		const uint64_t position = queue[0]->position;
		uint32_t	n_taken = 0;

		while (in_queue > 0 && queue[0]->position == position)
		{
			MergeInput *input = queue[0];

			input->taken = input->corridor;
			taken[n_taken++] = input;
			status = next_corridor(input);
			if (status == LEDGER_OK)
				corridor_queue_replace_first(queue, in_queue, input);
			else if (status == LEDGER_DONE)
				corridor_queue_remove_first(queue, &in_queue);
			else
				return status;
		}
		status = write_corridor(taken, n_taken, position, writer);
		if (status != LEDGER_OK)
			return status;
	}
	return LEDGER_OK;
}
