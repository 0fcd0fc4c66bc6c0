/*
 * ledger_append.c
 *		The sum of ledgers that follow one another in time.
 */
#include "ledger_append.h"

/* A gap takes one byte at the start of a segment and up to four after another */
#define GAP_GROWTH		3

size_t
ledger_append_room(const LedgerPart *parts, uint32_t n)
{
	size_t		room = 0;
	uint32_t	i;

	for (i = 0; i < n; i++)
		room += parts[i].flat.segments_length +
			(size_t) parts[i].flat.corridors * GAP_GROWTH;
	return room + LEDGER_FLAT_ENTRY_MAX;
}

/*
 * Moves a part on to its next corridor; LEDGER_DONE where it has no more.
 */
static LedgerStatus
part_next(LedgerPart *part)
{
	LedgerStatus status = ledger_walk_next(&part->walk, &part->corridor);

	if (status == LEDGER_OK)
		part->position =
			(uint64_t) part->numbers[part->corridor.origin] << 32 |
			part->numbers[part->corridor.destination];
	return status;
}

/* Does a come out of the queue before b?  Of one corridor, the earlier part. */
static inline bool
part_before(const LedgerPart *parts, uint32_t a, uint32_t b)
{
	return parts[a].position != parts[b].position ?
		parts[a].position < parts[b].position : a < b;
}

/*
 * Lets the part at place `i` of the queue, a binary heap of n, sink to its
 * place.
 */
static void
queue_sink(const LedgerPart *parts, uint32_t *queue, uint32_t n, uint32_t i)
{
	const uint32_t part = queue[i];

	for (;;)
	{
		uint32_t	child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && part_before(parts, queue[child + 1], queue[child]))
			child++;
		if (!part_before(parts, queue[child], part))
			break;
		queue[i] = queue[child];
		i = child;
	}
	queue[i] = part;
}

/*
 * Puts the first corridor of each part into the queue; gives how many there
 * are.
 */
static LedgerStatus
queue_fill(LedgerPart *parts, uint32_t n, uint32_t *queue, uint32_t *in_queue)
{
	const LedgerFlat *before = NULL;
	uint32_t	i;

	*in_queue = 0;
	for (i = 0; i < n; i++)
	{
		const LedgerFlat *flat = &parts[i].flat;
		LedgerStatus status;

		if (flat->corridors == 0)
			continue;
		if (before != NULL && flat->first <= before->last)
			return LEDGER_DAMAGED;
		before = flat;
		ledger_walk_start(&parts[i].walk, flat);
		status = part_next(&parts[i]);
		if (status != LEDGER_OK)
			return status;
		queue[(*in_queue)++] = i;
	}
	for (i = *in_queue / 2; i > 0; i--)
		queue_sink(parts, queue, *in_queue, i - 1);
	return LEDGER_OK;
}

LedgerStatus
ledger_append(LedgerPart *parts, uint32_t n, uint32_t *queue,
			  LedgerWriter *writer)
{
	uint64_t	open = UINT64_MAX;	/* position of the corridor being written */
	uint32_t	in_queue;
	LedgerStatus status;

	status = queue_fill(parts, n, queue, &in_queue);
	while (status == LEDGER_OK && in_queue > 0)
	{
		LedgerPart *part = &parts[queue[0]];

		if (part->position != open)
		{
			open = part->position;
			status = ledger_writer_corridor(writer, (uint32_t) (open >> 32),
											(uint32_t) open);
			if (status != LEDGER_OK)
				return status;
		}
		status = ledger_writer_append(writer, &part->corridor);
		if (status != LEDGER_OK)
			return status;
		status = part_next(part);
		if (status == LEDGER_DONE)
		{
			queue[0] = queue[--in_queue];
			status = LEDGER_OK;
		}
		if (in_queue > 0)
			queue_sink(parts, queue, in_queue, 0);
	}
	return status;
}
