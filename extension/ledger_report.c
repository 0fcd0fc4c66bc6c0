/*
 * ledger_report.c
 *		Balances, series, comparisons and matches out of the entries of a
 *		ledger, in order of day.  What is given and promised stands in
 *		ledger_report.h.
 */
#include "ledger_report.h"

/* Days of flows between two checkpoints */
#define FLOWS_PER_CHECKPOINT	4096

/*
 * A heap key: the day of the source's next entry above its index, so that one
 * comparison orders by day and, on the same day, by the order of adding.
 */
static inline int64_t
flow_key(LedgerDay day, uint32_t source)
{
	return (int64_t) ((uint64_t) (int64_t) day << 32 | source);
}

static inline LedgerDay
flow_key_day(int64_t key)
{
	return (LedgerDay) (key >> 32);
}

/*
 * Puts a key into the heap's root, which is free, and moves it down to where
 * it belongs.
 */
static inline void
flow_sift_down(LedgerFlowStream *stream, int64_t key)
{
	LedgerFlowSource *heap = stream->sources;
	uint32_t	live = stream->live;
	uint32_t	hole = 0;

	for (;;)
	{
		uint32_t	child = 2 * hole + 1;

		if (child >= live)
			break;
		if (child + 1 < live && heap[child + 1].heap < heap[child].heap)
			child++;
		if (key <= heap[child].heap)
			break;
		heap[hole].heap = heap[child].heap;
		hole = child;
	}
	heap[hole].heap = key;
}

/*
 * Starts a stream without corridors.  `sources` has room for as many as will
 * be added, and stays the caller's.
 */
void
ledger_flow_start(LedgerFlowStream *stream, LedgerFlowSource *sources,
				  LedgerCheckpoint checkpoint)
{
	stream->sources = sources;
	stream->n_sources = 0;
	stream->live = 0;
	stream->given = 0;
	stream->checkpoint = checkpoint;
}

/*
 * Adds a corridor, whose segment must have been read.
 */
LedgerStatus
ledger_flow_add(LedgerFlowStream *stream, const LedgerCorridor *corridor,
				bool inward)
{
	LedgerFlowSource *heap = stream->sources;
	LedgerFlowSource *source = &heap[stream->n_sources];
	LedgerStatus status;
	int64_t		key;
	uint32_t	hole;

	ledger_cursor_start(&source->cursor, corridor);
	source->inward = inward;
	status = ledger_cursor_next(&source->cursor, &source->entry);
	if (status != LEDGER_OK)
		return status == LEDGER_DONE ? LEDGER_OK : status;

	key = flow_key(source->entry.day, stream->n_sources++);
	for (hole = stream->live++; hole > 0; hole = (hole - 1) / 2)
	{
		if (heap[(hole - 1) / 2].heap <= key)
			break;
		heap[hole].heap = heap[(hole - 1) / 2].heap;
	}
	heap[hole].heap = key;
	return LEDGER_OK;
}

/*
 * Adds what the source at the root has to give to the flow of its day, and
 * moves that source on.
 */
static inline LedgerStatus
flow_take(LedgerFlowStream *stream, LedgerFlow *flow)
{
	uint32_t	index = (uint32_t) stream->sources[0].heap;
	LedgerFlowSource *source = &stream->sources[index];
	int64_t    *sum = source->inward ? &flow->inflow : &flow->outflow;
	LedgerStatus status;

	if (!ledger_add(*sum, source->entry.people, sum))
		return LEDGER_OUT_OF_RANGE;

	status = ledger_cursor_next(&source->cursor, &source->entry);
	if (status == LEDGER_OK)
		flow_sift_down(stream, flow_key(source->entry.day, index));
	else if (status == LEDGER_DONE)
	{
		if (--stream->live > 0)
			flow_sift_down(stream, stream->sources[stream->live].heap);
	}
	else
		return status;
	return LEDGER_OK;
}

/*
 * The flows of the next day on which there are any.  A day on which the
 * corridors of either direction cancel is passed over.
 */
LedgerStatus
ledger_flow_next(LedgerFlowStream *stream, LedgerFlow *flow)
{
	do
	{
		if (stream->live == 0)
			return LEDGER_DONE;

		flow->day = flow_key_day(stream->sources[0].heap);
		flow->inflow = 0;
		flow->outflow = 0;
		do
		{
			LedgerStatus status = flow_take(stream, flow);

			if (status != LEDGER_OK)
				return status;
		} while (stream->live > 0 &&
				 flow_key_day(stream->sources[0].heap) == flow->day);

		if (++stream->given % FLOWS_PER_CHECKPOINT == 0 &&
			stream->checkpoint != NULL)
			stream->checkpoint();
	} while (flow->inflow == 0 && flow->outflow == 0);
	return LEDGER_OK;
}
