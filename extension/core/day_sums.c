/*
 * core/day_sums.c
 *		Sums of people by day.
 *
 * Each corridor in turn adds all that it has on these days.  Corridors have
 * their days in short turns, and to compare them entry by entry would be a
 * branch that no processor foresees.  There are as many days as that, since
 * with 64 starting and ending the turns took nearly half of the time.
 */
#include "core/day_sums.h"

/* Corridors whose short entries of a day take it from one half to 32 bits */
#define ADDED_MAX	((1 << (LEDGER_OVER_BITS - 1)) / LEDGER_SHORT_PEOPLE)

void
ledger_day_sums_start(DaySums *sums, LedgerDay first)
{
	sums->first = first;
	sums->passed = false;
	sums->added = 0;
	memset(sums->used, 0, sizeof(sums->used));
	memset(sums->people, 0, sizeof(sums->people));
}

/*
 * Adds people to a day, or takes them away where sign is -1, and leaves at
 * most half of what goes beside them.
 */
static void
add_to_day(DaySums *sums, uint32_t day, int64_t people, int sign)
{
	const int64_t one_over = INT64_C(1) << LEDGER_OVER_BITS;
	const int64_t high = people >> LEDGER_OVER_BITS;
	const int64_t sum = sums->people[day] + sign * (people - high * one_over);
	const int64_t more = (sum + one_over / 2) >> LEDGER_OVER_BITS;
	const int64_t over = sign * high + more;

	sums->people[day] = (int32_t) (sum - more * one_over);
	LEDGER_ASSERT(sums->people[day] >= -one_over / 2 &&
				  sums->people[day] < one_over / 2);
	if (over == 0)
		return;
	if (!sums->passed)
		memset(sums->over, 0, sizeof(sums->over));
	sums->passed = true;
	sums->over[day] += over;
}

/*
 * Makes room for the short entries of ADDED_MAX corridors.
 */
static void
make_room(DaySums *sums)
{
	uint32_t	day;

	for (day = 0; day < LEDGER_DAY_SUMS_DAYS; day++)
		add_to_day(sums, day, 0, 1);
	sums->added = 0;
}

LedgerStatus
ledger_day_sums_add(DaySums *sums, LedgerCursor *cursor, LedgerEntry *entry,
					int sign)
{
	/* copies, which the compiler can keep in registers */
	LedgerCursor reading = *cursor;
	LedgerEntry next = *entry;
	LedgerStatus status;

	if (++sums->added == ADDED_MAX)
		make_room(sums);
	do
	{
		uint32_t	day = (uint32_t) (next.day - sums->first);
		uint32_t	vector;

		LEDGER_ASSERT(next.day >= sums->first && day < LEDGER_DAY_SUMS_DAYS);
		add_to_day(sums, day, next.people, sign);
		ledger_cursor_add_days(&reading, sums->first, sums->people,
							   LEDGER_DAY_SUMS_DAYS, sign);
		for (vector = day / LEDGER_DAY_VECTOR_DAYS;
			 vector <= (uint32_t) (reading.day - sums->first) / LEDGER_DAY_VECTOR_DAYS;
			 vector++)
			sums->used[vector] = true;
		status = ledger_cursor_next(&reading, &next);
	} while (status == LEDGER_OK && next.day - sums->first < LEDGER_DAY_SUMS_DAYS);
	*cursor = reading;
	*entry = next;
	return status;
}

uint64_t
ledger_day_sums_days(const DaySums *sums, int vector)
{
	uint64_t	days;
	int			i;

	if (!sums->used[vector])
		return 0;
	days = ledger_day_vector_days(ledger_day_sums_vector(sums, vector));
	for (i = 0; sums->passed && i < LEDGER_DAY_VECTOR_DAYS; i++)
		days |= (uint64_t) (sums->over[vector * LEDGER_DAY_VECTOR_DAYS + i] != 0) << i;
	return days;
}
