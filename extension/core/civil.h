/*
 * core/civil.h
 *		The calendar: days, months and civil dates (proleptic Gregorian).
 *		Plain C, no PostgreSQL headers.
 *
 * A month is a count of months from March of the year -4800.  A year that
 * starts in March has its leap day at its end, which makes the length of the
 * months before it regular, and one that starts so early makes every count
 * positive, so that C's division is the floor.  4800 is a multiple of 400,
 * after which the Gregorian calendar repeats.  Good for every day from
 * -4800-03-01 to the last that a LedgerDay can hold.
 */
#ifndef LEDGER_CIVIL_H
#define LEDGER_CIVIL_H

#include "core/base.h"

#ifndef MONTHS_PER_YEAR
#define MONTHS_PER_YEAR		12
#endif
#define DAYS_PER_400_YEARS	146097

/* Days from 1 March of the year -4800 to 2000-01-01 */
#define DAYS_TO_EPOCH		2483589

/* A day as a month and the day in it, 1 to 31 */
typedef struct LedgerMonthDay
{
	int64_t		month;
	int			day;
} LedgerMonthDay;

/* The month of a civil year, 0 being the year before year 1, and month. */
static inline int64_t
ledger_month_from_civil(int64_t year, int64_t month)
{
	return (year + 4800) * MONTHS_PER_YEAR + month - 3;
}

/*
 * First day of a month.  From March on, the months of five run 31, 30, 31, 30,
 * 31 days and repeat, 153 days, which is what (153 * m + 2) / 5 adds up.
 */
static inline int64_t
ledger_month_start(int64_t month)
{
	uint32_t	year = (uint32_t) month / MONTHS_PER_YEAR;
	uint32_t	m = (uint32_t) month % MONTHS_PER_YEAR;
	uint32_t	century = year / 100;

	LEDGER_ASSERT(month >= 0);
	return (int64_t) (year * 365 + year / 4 - century + century / 4 +
					  (153 * m + 2) / 5) - DAYS_TO_EPOCH;
}

/*
 * The days of a month, 28 to 31.
 */
static inline int
ledger_month_length(int64_t month)
{
	return (int) (ledger_month_start(month + 1) - ledger_month_start(month));
}

/*
 * The month of a day, and the day in it: the inverse of ledger_month_start.
 * Each division finds how many whole centuries, years and months fit, the
 * longer one of a group coming last.
 */
static inline LedgerMonthDay
ledger_split_day(int64_t day)
{
	uint64_t	n = (uint64_t) (day + DAYS_TO_EPOCH);
	uint64_t	century = (4 * n + 3) / DAYS_PER_400_YEARS;
	uint32_t	in_century = (uint32_t) (n - century * DAYS_PER_400_YEARS / 4);
	uint32_t	year = (4 * in_century + 3) / 1461;
	uint32_t	in_year = in_century - year * 1461 / 4;
	uint32_t	m = (5 * in_year + 2) / 153;
	LedgerMonthDay	split;

	LEDGER_ASSERT(day >= -DAYS_TO_EPOCH);
	split.month = ((uint32_t) century * 100 + year) * MONTHS_PER_YEAR + m;
	split.day = (int) (in_year - (153 * m + 2) / 5) + 1;
	return split;
}

/* The day of a civil date, which must exist. */
static inline LedgerDay
ledger_day_from_civil(int32_t year, int32_t month, int32_t day)
{
	return (LedgerDay) (ledger_month_start(ledger_month_from_civil(year, month)) +
						day - 1);
}

/* The civil date of a day; the year before year 1 is 0. */
static inline void
ledger_day_to_civil(LedgerDay day, int32_t *year, int32_t *month,
					int32_t *day_of_month)
{
	LedgerMonthDay split = ledger_split_day(day);
	int64_t		from_january = split.month + 2;

	*year = (int32_t) (from_january / MONTHS_PER_YEAR) - 4800;
	*month = (int32_t) (from_january % MONTHS_PER_YEAR) + 1;
	*day_of_month = split.day;
}

/* Whether the calendar has such a date, from year 1 on. */
static inline bool
ledger_civil_valid(int32_t year, int32_t month, int32_t day)
{
	return year >= 1 && month >= 1 && month <= MONTHS_PER_YEAR && day >= 1 &&
		day <= ledger_month_length(ledger_month_from_civil(year, month));
}

#endif							/* LEDGER_CIVIL_H */
