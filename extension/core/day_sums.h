/*
 * core/day_sums.h
 *		Sums of people by day: where entries of several corridors meet.  Plain
 *		C, no PostgreSQL headers.
 */
#ifndef LEDGER_DAY_SUMS_H
#define LEDGER_DAY_SUMS_H

#include "core/cursor.h"
#include "core/mechanisms.h"
#include "core/writer.h"

#define LEDGER_DAY_SUMS_DAYS	(LEDGER_DAY_SUMS_VECTORS * LEDGER_DAY_VECTOR_DAYS)

/* Sums leave 2^LEDGER_OVER_BITS people and more beside them */
#define LEDGER_OVER_BITS		31

/*
 * The sums of a day are people and, where `passed`, 2^LEDGER_OVER_BITS times
 * `over` besides.  Nothing but short entries takes people past half of that,
 * and they are looked at before there are so many that 32 bits could be
 * passed.
 */
typedef struct DaySums
{
	LedgerDay	first;
	bool		used[LEDGER_DAY_SUMS_VECTORS];	/* has entries */
	bool		passed;
	uint32_t	added;			/* corridors since people were looked at */
	int32_t		people[LEDGER_DAY_SUMS_DAYS];
	int64_t		over[LEDGER_DAY_SUMS_DAYS];
} DaySums;

/* Makes the sums zero, of LEDGER_DAY_SUMS_DAYS days from one on. */
extern void ledger_day_sums_start(DaySums *sums, LedgerDay first);

/*
 * Adds an entry of one of the days, and those that a cursor gives next, or
 * takes them away where sign is -1.  LEDGER_OK where `entry` now is the first
 * one after the days, otherwise as ledger_cursor_next.
 */
extern LedgerStatus ledger_day_sums_add(DaySums *sums, LedgerCursor *cursor,
										LedgerEntry *entry, int sign);

/* The days of a vector whose sums are not zero, the first one the lowest bit */
extern uint64_t ledger_day_sums_days(const DaySums *sums, int vector);

/* The sum of a day, by its number among them */
static inline LedgerSum
ledger_day_sums_sum(const DaySums *sums, uint32_t day)
{
	const int64_t over = sums->passed ? sums->over[day] : 0;
	LedgerSum	sum = {
		over >> (64 - LEDGER_OVER_BITS),
		(uint64_t) over << LEDGER_OVER_BITS
	};

	ledger_sum_add(&sum, sums->people[day]);
	return sum;
}

/*
 * The people of a part of the days.  Borrows.
 */
static inline DayVector
ledger_day_sums_vector(const DaySums *sums, int vector)
{
	const int	start = vector * LEDGER_DAY_VECTOR_DAYS;
	DayVector	result = {sums->first + start, true, &sums->people[start]};

	return result;
}

#endif							/* LEDGER_DAY_SUMS_H */
