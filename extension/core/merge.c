/*
 * core/merge.c
 *		The sum of ledgers, each with its sign.
 *
 * A heap of inputs, by what comes next in them, gives first the names and then
 * the corridors of all inputs in order.  All inputs that have the same one come
 * together, and are added up there (core/corridor_sum.c).
 */
#include "core/merge.h"

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
			(size_t) inputs[i].flat.corridors * LEDGER_GAP_GROWTH;
	return room + LEDGER_FLAT_ENTRY_MAX;
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

/*
 * Starts at the first corridor of every input.
 */
static LedgerStatus
start_corridors(MergeInput *inputs, uint32_t n, MergeInput **queue,
				uint32_t *in_queue)
{
	uint32_t	i;

	*in_queue = 0;
	for (i = 0; i < n; i++)
	{
		LedgerStatus status;

		ledger_walk_start(&inputs[i].walk, &inputs[i].flat);
		inputs[i].position = UINT64_MAX;
		status = next_corridor(&inputs[i]);
		if (status == LEDGER_OK)
			corridor_queue_add(queue, in_queue, &inputs[i]);
		else if (status != LEDGER_DONE)
			return status;
	}
	return LEDGER_OK;
}

/*
 * Takes all corridors of the next position from the queue, which has one.
 */
static LedgerStatus
take_corridors(MergeInput **queue, uint32_t *in_queue, SummedCorridor *taken,
			   uint32_t *n_taken, uint64_t *position)
{
	*position = queue[0]->position;
	*n_taken = 0;
	while (*in_queue > 0 && queue[0]->position == *position)
	{
		MergeInput *input = queue[0];
		LedgerStatus status;

		taken[*n_taken].corridor = input->corridor;
		taken[(*n_taken)++].sign = input->sign;
		status = next_corridor(input);
		if (status == LEDGER_OK)
			corridor_queue_replace_first(queue, *in_queue, input);
		else if (status == LEDGER_DONE)
			corridor_queue_remove_first(queue, in_queue);
		else
			return status;
	}
	return LEDGER_OK;
}

/*
 * Entries that meet may sum to nothing, and so may all of their corridor.  Those
 * of one input, or of some that follow one another, stay, and with them the
 * names of their parties.
 */
LedgerStatus
ledger_merge_least(MergeInput *inputs, uint32_t n, MergeInput **queue,
				   SummedCorridor *taken, const LedgerParty *parties,
				   bool *used, size_t *least, LedgerCheckpoint checkpoint)
{
	uint32_t	in_queue;
	uint32_t	n_taken;
	uint32_t	work = 0;
	uint64_t	position;
	LedgerStatus status = start_corridors(inputs, n, queue, &in_queue);

	*least = 0;
	while (status == LEDGER_OK && in_queue > 0)
	{
		uint32_t	numbers[2];
		uint32_t	i;

		ledger_count_work(checkpoint, &work, 1);
		status = take_corridors(queue, &in_queue, taken, &n_taken, &position);
		if (status != LEDGER_OK ||
			(n_taken > 1 && !ledger_corridors_follow(taken, n_taken)))
			continue;
		*least += ledger_flat_corridor_min(0);
		for (i = 0; i < n_taken; i++)
			*least += taken[i].corridor.segment_end - taken[i].corridor.segment_start;
		numbers[0] = (uint32_t) (position >> 32);
		numbers[1] = (uint32_t) position;
		for (i = 0; i < 2; i++)
			if (!used[numbers[i]])
			{
				used[numbers[i]] = true;
				*least += parties[numbers[i]].length;
			}
	}
	return status;
}

LedgerStatus
ledger_merge(MergeInput *inputs, uint32_t n, MergeInput **queue,
			 SummedCorridor *taken, SummedCorridor **taken_queue,
			 LedgerWriter *writer)
{
	uint32_t	in_queue;
	uint32_t	n_taken;
	uint64_t	position;
	LedgerStatus status = start_corridors(inputs, n, queue, &in_queue);

	while (status == LEDGER_OK && in_queue > 0)
	{
		status = take_corridors(queue, &in_queue, taken, &n_taken, &position);
		if (status == LEDGER_OK)
			status = ledger_write_corridor_sum(writer,
											   (uint32_t) (position >> 32),
											   (uint32_t) position, taken,
											   n_taken, taken_queue);
	}
	return status;
}
