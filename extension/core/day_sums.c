/*
 * core/day_sums.c
 *		Sums of people by day.
 *
 * Each corridor in turn adds all that it has in the window.  Corridors have
 * their days in short turns, and to compare them entry by entry would be a
 * branch that no processor foresees.  The window is as long as that, since
 * with 64 days starting and ending the turns took nearly half of the time.
 */
#include "core/day_sums.h"

/* Corridors whose short entries of a day take it from one half to 32 bits */
#define ADDED_MAX	((1 << (LEDGER_OVER_BITS - 1)) / LEDGER_SHORT_PEOPLE)

void
ledger_day_sums_start(DaySums *window, LedgerDay first)
{
	window->first = first;
	window->passed = false;
	window->added = 0;
	memset(window->used, 0, sizeof(window->used));
	memset(window->people, 0, sizeof(window->people));
}

/*
 * Adds people to a day, or takes them away where sign is -1, and leaves at
 * most half of what goes beside them.
 */
static void
add_to_day(DaySums *window, uint32_t day, int64_t people, int sign)
{
	const int64_t one_over = INT64_C(1) << LEDGER_OVER_BITS;
	const int64_t high = people >> LEDGER_OVER_BITS;
	const int64_t sum = window->people[day] + sign * (people - high * one_over);
	const int64_t more = (sum + one_over / 2) >> LEDGER_OVER_BITS;
	const int64_t over = sign * high + more;

	window->people[day] = (int32_t) (sum - more * one_over);
	LEDGER_ASSERT(window->people[day] >= -one_over / 2 &&
				  window->people[day] < one_over / 2);
	if (over == 0)
		return;
	if (!window->passed)
		memset(window->over, 0, sizeof(window->over));
	window->passed = true;
	window->over[day] += over;
}

/*
 * Makes room for the short entries of ADDED_MAX corridors.
 */
static void
make_room(DaySums *window)
{
	uint32_t	day;

	for (day = 0; day < LEDGER_DAY_SUMS_DAYS; day++)
		add_to_day(window, day, 0, 1);
	window->added = 0;
}

LedgerStatus
ledger_day_sums_add(DaySums *window, LedgerCursor *cursor, LedgerEntry *entry,
				  int sign)
{
	/* copies, which the compiler can keep in registers */
	LedgerCursor reading = *cursor;
	LedgerEntry next = *entry;
	LedgerStatus status;

	if (++window->added == ADDED_MAX)
		make_room(window);
	do
	{
		uint32_t	day = (uint32_t) (next.day - window->first);
		uint32_t	stretch;

		LEDGER_ASSERT(next.day >= window->first && day < LEDGER_DAY_SUMS_DAYS);
		add_to_day(window, day, next.people, sign);
		ledger_cursor_add_days(&reading, window->first, window->people,
							   LEDGER_DAY_SUMS_DAYS, sign);
		for (stretch = day / LEDGER_DAY_VECTOR_DAYS;
			 stretch <= (uint32_t) (reading.day - window->first) / LEDGER_DAY_VECTOR_DAYS;
			 stretch++)
			window->used[stretch] = true;
		status = ledger_cursor_next(&reading, &next);
	} while (status == LEDGER_OK && next.day - window->first < LEDGER_DAY_SUMS_DAYS);
	*cursor = reading;
	*entry = next;
	return status;
}

uint64_t
ledger_day_sums_days(const DaySums *window, int stretch)
{
	uint64_t	days;
	int			i;

	if (!window->used[stretch])
		return 0;
	days = ledger_day_vector_days(ledger_day_sums_vector(window, stretch));
	for (i = 0; window->passed && i < LEDGER_DAY_VECTOR_DAYS; i++)
		days |= (uint64_t) (window->over[stretch * LEDGER_DAY_VECTOR_DAYS + i] != 0) << i;
	return days;
}
