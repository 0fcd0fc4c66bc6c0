/*
 * answers/match.c
 *		Reversals and first-in-first-out matching.  The rules stand in
 *		answers/match.h.
 */
#include "answers/match.h"

/*
 * Starts the search for reversals in flows of which none has been taken.
 */
void
ledger_reversal_start(LedgerReversalStream *stream, LedgerFlowStream *flows)
{
	stream->flows = flows;
	stream->balance = 0;
	stream->since = 0;
	stream->sign = 0;
}

/*
 * The next day on which the balance has the opposite of the last sign that was
 * not zero.  Days on which it is zero count for the sign before them.
 */
LedgerStatus
ledger_reversal_next(LedgerReversalStream *stream, LedgerReversal *reversal)
{
	LedgerFlow	flow;
	LedgerStatus status;

	while ((status = ledger_flow_next(stream->flows, &flow)) == LEDGER_OK)
	{
		int64_t		before = stream->balance;
		LedgerSum	balance = ledger_sum_subtract(flow.inflow, flow.outflow);
		LedgerDay	since = stream->since;
		int			earlier = stream->sign;
		int			sign;

		ledger_sum_add(&balance, before);
		if (!ledger_sum_value(balance, &stream->balance))
			return LEDGER_OUT_OF_RANGE;
		sign = (stream->balance > 0) - (stream->balance < 0);
		if (sign == 0 || sign == earlier)
			continue;

		stream->sign = sign;
		stream->since = flow.day;
		if (earlier == 0)
			continue;
		reversal->day = flow.day;
		reversal->since = since;
		reversal->before = before;
		reversal->after = stream->balance;
		return LEDGER_OK;
	}
	return status;
}

/*
 * Starts a matching without corridors.
 */
void
ledger_matching_start(LedgerMatching *matching, LedgerEntry *room,
					  LedgerLotRun *inflow_runs, LedgerLotRun *outflow_runs,
					  LedgerCheckpoint checkpoint)
{
	memset(matching, 0, sizeof(*matching));
	matching->room = room;
	matching->inflow.runs = inflow_runs;
	matching->outflow.runs = outflow_runs;
	matching->checkpoint = checkpoint;
}

/*
 * Takes a correction, `people` below zero, away from the last of `n` lots, and
 * from those before it as far as needed.  Returns how many lots are left, or
 * -1 where they are fewer people than the correction.
 */
static inline int64_t
correct_lots(LedgerEntry *lots, int64_t n, int64_t people)
{
	while (people < 0)
	{
		if (n == 0)
			return -1;
		people += lots[n - 1].people;
		if (people > 0)
			lots[n - 1].people = people;
		else
			n--;
	}
	return n;
}

/* Of a direction's runs, the one with the oldest lot comes first */
#define LEDGER_HEAP				lots_heap
#define LEDGER_HEAP_ELEMENT		LedgerLotRun
#define LEDGER_HEAP_BEFORE(a, b)	((a).next->day < (b).next->day)
#include "core/heap.h"

/*
 * Reads a corridor into lots, corrected, and adds them to those of its
 * direction.
 */
LedgerStatus
ledger_matching_add(LedgerMatching *matching, const LedgerCorridor *corridor,
					bool inward, LedgerDay as_of)
{
	LedgerEntry *lots = matching->room;
	int64_t		n = 0;
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK &&
		   entry.day <= as_of)
	{
		ledger_count_work(matching->checkpoint, &matching->work, 1);
		if (entry.people > 0)
		{
			lots[n++] = entry;
			continue;
		}
		n = correct_lots(lots, n, entry.people);
		if (n < 0)
		{
			matching->correction_day = entry.day;
			matching->correction_total = cursor.total;
			return LEDGER_UNMATCHED_CORRECTION;
		}
	}
	status = ledger_cursor_finish(&cursor, status);
	if (status != LEDGER_OK)
		return status;

	if (n > 0)
	{
		LedgerLots *direction = inward ? &matching->inflow : &matching->outflow;
		const LedgerLotRun run = {lots, lots + n};

		lots_heap_add(direction->runs, &direction->n_runs, run);
	}
	matching->room += n;
	return LEDGER_OK;
}

/*
 * Makes sure that the oldest lot is one with people in it: the next one, in
 * which the corridors that have people on its day are added up.  LEDGER_DONE
 * where there is none.
 */
static LedgerStatus
lots_fill(LedgerLots *lots)
{
	if (lots->oldest.people > 0)
		return LEDGER_OK;
	if (lots->n_runs == 0)
		return LEDGER_DONE;

	LEDGER_ASSERT(lots->oldest.people == 0);
	lots->oldest.day = lots->runs[0].next->day;
	while (lots->n_runs > 0 && lots->runs[0].next->day == lots->oldest.day)
	{
		LedgerLotRun first = lots->runs[0];

		if (!ledger_checked_add(lots->oldest.people, first.next->people,
								&lots->oldest.people))
			return LEDGER_OUT_OF_RANGE;
		if (++first.next < first.end)
			lots_heap_replace_first(lots->runs, lots->n_runs, first);
		else
			lots_heap_remove_first(lots->runs, &lots->n_runs);
	}
	return LEDGER_OK;
}

/*
 * The next match.
 */
LedgerStatus
ledger_matching_next(LedgerMatching *matching, LedgerMatch *match)
{
	LedgerEntry *inflow = &matching->inflow.oldest;
	LedgerEntry *outflow = &matching->outflow.oldest;
	LedgerStatus status;

	ledger_count_work(matching->checkpoint, &matching->work, 1);
	status = lots_fill(&matching->inflow);
	if (status == LEDGER_OK)
		status = lots_fill(&matching->outflow);
	if (status != LEDGER_OK)
		return status;

	match->inflow_day = inflow->day;
	match->outflow_day = outflow->day;
	match->people = inflow->people < outflow->people ?
		inflow->people : outflow->people;
	inflow->people -= match->people;
	outflow->people -= match->people;
	LEDGER_ASSERT(match->people > 0 && inflow->people >= 0 && outflow->people >= 0);
	return LEDGER_OK;
}

/*
 * The next lot that found no match; only once there are no more matches.
 */
LedgerStatus
ledger_matching_outstanding(LedgerMatching *matching, LedgerEntry *lot,
							bool *inward)
{
	LedgerLots *lots = &matching->inflow;
	LedgerStatus status;

	ledger_count_work(matching->checkpoint, &matching->work, 1);
	status = lots_fill(lots);
	if (status == LEDGER_DONE)
	{
		lots = &matching->outflow;
		status = lots_fill(lots);
	}
	if (status != LEDGER_OK)
		return status;

	*inward = lots == &matching->inflow;
	*lot = lots->oldest;
	lots->oldest.people = 0;
	return LEDGER_OK;
}
