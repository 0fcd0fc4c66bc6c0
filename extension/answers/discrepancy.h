/*
 * answers/discrepancy.h
 *		Two ledgers of the same flows, as each side reported them, compared
 *		corridor by corridor and period by period.  Plain C, no PostgreSQL
 *		headers; the caller supplies every buffer.
 */
#ifndef LEDGER_DISCREPANCY_H
#define LEDGER_DISCREPANCY_H

#include "core/cursor.h"
#include "answers/period.h"

/*
 * A cell, which is one corridor in one period, in which at least one of the
 * two ledgers has a flow: people_a and people_b are not both zero.
 */
typedef struct LedgerDiscrepancy
{
	uint32_t	origin;			/* index among the parties of both ledgers */
	uint32_t	destination;
	LedgerPeriod period;
	int64_t		people_a;
	int64_t		people_b;
} LedgerDiscrepancy;

/* What one of the two ledgers has still to give. */
typedef struct LedgerDiscrepancySide
{
	LedgerWalk	walk;
	const uint32_t *renumber;	/* its parties' index among those of both */
	LedgerCorridor corridor;	/* the corridor not yet begun */
	uint64_t	key;			/* its place in order; UINT64_MAX after the last */
	LedgerCursor cursor;
	LedgerEntry entry;			/* the entry not yet added up */
	bool		has_entry;		/* within the corridor being compared */
} LedgerDiscrepancySide;

/*
 * Compares in one pass over both: corridors in order of origin and
 * destination, periods in order of time.
 */
typedef struct LedgerDiscrepancyStream
{
	LedgerDiscrepancySide a;
	LedgerDiscrepancySide b;
	PeriodCalendar calendar;
	LedgerPeriod within;
	uint64_t	key;			/* the corridor being compared */
	uint32_t	work;			/* since the last checkpoint */
	LedgerCheckpoint checkpoint;
} LedgerDiscrepancyStream;

/*
 * Both ledgers must have been opened whole, the calendar checked; from_a and
 * from_b are what ledger_merge_parties gave.  All is borrowed.
 */
extern LedgerStatus ledger_discrepancy_start(LedgerDiscrepancyStream *stream,
											 const LedgerFlat *a,
											 const uint32_t *from_a,
											 const LedgerFlat *b,
											 const uint32_t *from_b,
											 const PeriodCalendar *calendar,
											 LedgerPeriod within,
											 LedgerCheckpoint checkpoint);
/*
 * LEDGER_DONE after the last cell, LEDGER_BAD_DAY where a date cannot say the
 * bounds of its period
 */
extern LedgerStatus ledger_discrepancy_next(LedgerDiscrepancyStream *stream,
											LedgerDiscrepancy *cell);

#endif							/* LEDGER_DISCREPANCY_H */
