/*
 * core/corridor_sum.c
 *		Several corridors added up into one.
 *
 * Entries meet in sums by day (core/day_sums.c).  A heap of corridors, by the
 * day of what comes next in them, says which have something among those days,
 * so that a corridor costs nothing where it has no entry.
 */
#include "core/corridor_sum.h"

#include "core/day_sums.h"

/* Corridors come in the order of their next entries. */
#define LEDGER_HEAP				entry_queue
#define LEDGER_HEAP_ELEMENT		SummedCorridor *
#define LEDGER_HEAP_BEFORE(a, b)	((a)->entry.day < (b)->entry.day)
#include "core/heap.h"

/*
 * Reads the first entry of each corridor, and puts all of them into the queue.
 */
static LedgerStatus
queue_start(SummedCorridor *corridors, uint32_t n, SummedCorridor **queue)
{
	uint32_t	in_queue = 0;
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		SummedCorridor *summed = &corridors[i];

		ledger_cursor_start(&summed->cursor, &summed->corridor);
		if (ledger_cursor_next(&summed->cursor, &summed->entry) != LEDGER_OK)
			return LEDGER_DAMAGED;
		entry_queue_add(queue, &in_queue, summed);
	}
	return LEDGER_OK;
}

/*
 * Adds up all that the corridors have on the days of one set of sums, which
 * begins with the first entry of the queue.
 */
static LedgerStatus
add_days(DaySums *sums, SummedCorridor **queue, uint32_t *in_queue,
		 LedgerWriter *writer)
{
	const LedgerDay first = queue[0]->entry.day;

	ledger_day_sums_start(sums, first);
	while (*in_queue > 0 && queue[0]->entry.day - first < LEDGER_DAY_SUMS_DAYS)
	{
		SummedCorridor *summed = queue[0];
		LedgerStatus status = ledger_day_sums_add(sums, &summed->cursor,
												  &summed->entry, summed->sign);

		if (status == LEDGER_OK)
			entry_queue_replace_first(queue, *in_queue, summed);
		else if (status == LEDGER_DONE)
			entry_queue_remove_first(queue, in_queue);
		else
			return status;
		ledger_count_work(writer->checkpoint, &writer->work,
						  LEDGER_DAY_SUMS_VECTORS);
	}
	return LEDGER_OK;
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

bool
ledger_corridors_follow(const SummedCorridor *corridors, uint32_t n)
{
	uint32_t	i;

	for (i = 0; i < n; i++)
		if (corridors[i].sign < 0 ||
			(i > 0 && corridors[i].corridor.first <= corridors[i - 1].corridor.last))
			return false;
	return true;
}

LedgerStatus
ledger_write_corridor_sum(LedgerWriter *writer, uint32_t origin,
						  uint32_t destination, SummedCorridor *corridors,
						  uint32_t n, SummedCorridor **queue)
{
	LedgerStatus status = ledger_writer_corridor(writer, origin, destination);
	uint32_t	in_queue = n;
	DaySums		sums;
	uint32_t	i;

	if (status != LEDGER_OK)
		return status;
	if (ledger_corridors_follow(corridors, n))
	{
		for (i = 0; i < n && status == LEDGER_OK; i++)
			status = ledger_writer_append(writer, &corridors[i].corridor);
		return status;
	}
	status = queue_start(corridors, n, queue);
	while (status == LEDGER_OK && in_queue > 0)
	{
		status = add_days(&sums, queue, &in_queue, writer);
		if (status == LEDGER_OK)
			status = write_sums(writer, &sums);
	}
	return status;
}
