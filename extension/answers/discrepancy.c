/*
 * answers/discrepancy.c
 *		Two ledgers compared cell by cell.  What is given and promised stands
 *		in answers/discrepancy.h.
 */
#include "answers/discrepancy.h"

/*
 * Moves a side on to its next corridor.
 */
static LedgerStatus
side_next_corridor(LedgerDiscrepancySide *side)
{
	LedgerStatus status = ledger_walk_next(&side->walk, &side->corridor);

	if (status == LEDGER_DONE)
	{
		side->key = UINT64_MAX;
		return LEDGER_OK;
	}
	if (status == LEDGER_OK)
		side->key = (uint64_t) side->renumber[side->corridor.origin] << 32 |
			side->renumber[side->corridor.destination];
	return status;
}

/*
 * Moves a side on to its next entry within the corridor and the period asked
 * about.
 */
static LedgerStatus
side_next_entry(LedgerDiscrepancyStream *stream, LedgerDiscrepancySide *side)
{
	LedgerStatus status;

	do
	{
		ledger_count_work(stream->checkpoint, &stream->work, 1);
		status = ledger_cursor_next(&side->cursor, &side->entry);
	} while (status == LEDGER_OK && side->entry.day < stream->within.start);

	side->has_entry = status == LEDGER_OK &&
		side->entry.day < stream->within.end;
	return side->has_entry ? LEDGER_OK :
		ledger_cursor_finish(&side->cursor, status);
}

/*
 * Begins the corridor `key` on a side that may or may not have it.
 */
static LedgerStatus
side_begin_corridor(LedgerDiscrepancyStream *stream,
					LedgerDiscrepancySide *side, uint64_t key)
{
	LedgerStatus status;

	side->has_entry = false;
	if (side->key != key)
		return LEDGER_OK;
	ledger_cursor_start(&side->cursor, &side->corridor);
	status = side_next_entry(stream, side);
	if (status != LEDGER_OK)
		return status;
	return side_next_corridor(side);
}

/*
 * Adds up what a side has before the day `end`.
 */
static LedgerStatus
side_sum(LedgerDiscrepancyStream *stream, LedgerDiscrepancySide *side,
		 LedgerDay end, int64_t *sum)
{
	*sum = 0;
	while (side->has_entry && side->entry.day < end)
	{
		LedgerStatus status;

		if (!ledger_checked_add(*sum, side->entry.people, sum))
			return LEDGER_OUT_OF_RANGE;
		status = side_next_entry(stream, side);
		if (status != LEDGER_OK)
			return status;
	}
	return LEDGER_OK;
}

/*
 * Starts a comparison.
 */
LedgerStatus
ledger_discrepancy_start(LedgerDiscrepancyStream *stream,
						 const LedgerFlat *a, const uint32_t *from_a,
						 const LedgerFlat *b, const uint32_t *from_b,
						 const PeriodCalendar *calendar, LedgerPeriod within,
						 LedgerCheckpoint checkpoint)
{
	LedgerStatus status;

	memset(stream, 0, sizeof(*stream));
	stream->calendar = *calendar;
	stream->within = within;
	stream->checkpoint = checkpoint;
	stream->a.renumber = from_a;
	stream->b.renumber = from_b;
	ledger_walk_start(&stream->a.walk, a);
	ledger_walk_start(&stream->b.walk, b);
	status = side_next_corridor(&stream->a);
	if (status != LEDGER_OK)
		return status;
	return side_next_corridor(&stream->b);
}

/*
 * Finds the period of the earliest entry not yet added up, beginning corridors
 * until there is such an entry; LEDGER_DONE after the last.
 */
static LedgerStatus
next_period(LedgerDiscrepancyStream *stream, LedgerPeriod *period)
{
	LedgerDiscrepancySide *a = &stream->a;
	LedgerDiscrepancySide *b = &stream->b;
	LedgerStatus status;
	LedgerDay	day;

	while (!a->has_entry && !b->has_entry)
	{
		stream->key = a->key < b->key ? a->key : b->key;
		if (stream->key == UINT64_MAX)
			return LEDGER_DONE;
		status = side_begin_corridor(stream, a, stream->key);
		if (status == LEDGER_OK)
			status = side_begin_corridor(stream, b, stream->key);
		if (status != LEDGER_OK)
			return status;
	}

	if (a->has_entry && (!b->has_entry || a->entry.day < b->entry.day))
		day = a->entry.day;
	else
		day = b->entry.day;
	return period_calendar_step_of(&stream->calendar, day, period);
}

/*
 * The next cell in which either ledger has a flow.
 */
LedgerStatus
ledger_discrepancy_next(LedgerDiscrepancyStream *stream,
						LedgerDiscrepancy *cell)
{
	LedgerStatus status;

	do
	{
		status = next_period(stream, &cell->period);
		if (status == LEDGER_OK)
			status = side_sum(stream, &stream->a, cell->period.end,
							  &cell->people_a);
		if (status == LEDGER_OK)
			status = side_sum(stream, &stream->b, cell->period.end,
							  &cell->people_b);
		if (status != LEDGER_OK)
			return status;
	} while (cell->people_a == 0 && cell->people_b == 0);

	cell->origin = (uint32_t) (stream->key >> 32);
	cell->destination = (uint32_t) stream->key;
	return LEDGER_OK;
}
