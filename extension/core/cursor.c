/*
 * core/cursor.c
 *		The entries of one corridor read in order of day.
 */
#include "core/cursor.h"
#include "core/mechanisms.h"

/*
 * Bits of four entries in a row, as ledger_load_uint64 gives them, that are
 * zero where each takes two bytes and has people who came, not such as are
 * taken away.
 */
#define NOT_FOUR_SHORT	UINT64_C(0x8081808180818081)

/*
 * Reads one variable-length integer and moves *next past it; false where it
 * runs past `end` or 64 bits, or is longer than it needs to be.
 */
static inline bool
read_varint(const uint8_t **next, const uint8_t *end, uint64_t *value)
{
	const uint8_t *p = *next;
	uint64_t	result;
	int			shift;

	if (p >= end)
		return false;
	result = *p++;
	if (result >= 0x80)
	{
		result &= 0x7f;
		for (shift = 7;; shift += 7)
		{
			uint64_t	byte;

			if (p >= end || shift > 63)
				return false;
			byte = *p++;
			if (shift == 63 && byte > 1)
				return false;
			result |= (byte & 0x7f) << shift;
			if (byte < 0x80)
			{
				if (byte == 0)
					return false;
				break;
			}
		}
	}
	*next = p;
	*value = result;
	return true;
}

/*
 * Starts reading the entries of a corridor whose segment has been read.
 */
void
ledger_cursor_start(LedgerCursor *cursor, const LedgerCorridor *corridor)
{
	LEDGER_ASSERT(corridor->segment != NULL && corridor->entries > 0);
	cursor->next = corridor->segment;
	cursor->end = corridor->segment +
		(corridor->segment_end - corridor->segment_start);
	cursor->day = (int64_t) corridor->first - 1;
	cursor->total = 0;
	cursor->left = corridor->entries;
	/* where there is a gap before the first entry, no day is early enough */
	cursor->last = cursor->next < cursor->end && *cursor->next > 1 ?
		corridor->first - 1 : corridor->last;
	cursor->expected = corridor->total;
}

/*
 * ledger_cursor_next, for an entry of any form and for the end.
 */
LedgerStatus
ledger_cursor_next_any(LedgerCursor *cursor, LedgerEntry *entry)
{
	uint64_t	gap;
	uint64_t	magnitude;
	int64_t		people;

	if (cursor->left == 0)
		return cursor->next == cursor->end && cursor->day == cursor->last &&
			cursor->total == cursor->expected ? LEDGER_DONE : LEDGER_DAMAGED;

	if (!read_varint(&cursor->next, cursor->end, &gap) ||
		!read_varint(&cursor->next, cursor->end, &magnitude) ||
		magnitude > INT64_MAX)
		return LEDGER_DAMAGED;

	/* -1 - magnitude reaches the smallest integer, magnitude + 1 must not pass */
	if (gap & 1)
		people = -1 - (int64_t) magnitude;
	else if (!ledger_checked_add((int64_t) magnitude, 1, &people))
		return LEDGER_DAMAGED;
	return ledger_cursor_take(cursor, gap >> 1, people, entry);
}

/*
 * Four entries of which NOT_FOUR_SHORT says that they are short: how
 * many days later the last one is than the entry before them, and their
 * people.
 */
static inline void
sum_of_four(uint64_t four, int64_t *days, int64_t *people)
{
	const uint64_t every_other = UINT64_C(0x00FF00FF00FF00FF);
	const uint64_t sum = UINT64_C(0x0001000100010001);

	/* the lowest bit of a gap's byte is its sign */
	*days = (int64_t) ((four & every_other) * sum >> 48) / 2 + 4;
	*people = (int64_t) ((four >> 8 & every_other) * sum >> 48) + 4;
}

/*
 * Passes short entries before `day`, four at a time where that goes.
 */
static void
pass_short_entries(LedgerCursor *cursor, LedgerDay day)
{
	const uint8_t *p = cursor->next;
	int64_t		last = cursor->day;
	int64_t		total = cursor->total;
	uint32_t	left = cursor->left;

	while (left > 0)
	{
		int32_t		gap;
		int32_t		count;
		int64_t		days;
		int64_t		people;
		int64_t		new_total;
		int			length;

		if (LEDGER_FOUR_AT_A_TIME && left >= 4 && cursor->end - p >= 8)
		{
			const uint64_t four = ledger_load_uint64(p);

			sum_of_four(four, &days, &people);
			if ((four & NOT_FOUR_SHORT) == 0 && last + days < day &&
				ledger_checked_add(total, people, &new_total))
			{
				last += days;
				total = new_total;
				p += 8;
				left -= 4;
				continue;
			}
		}
		length = ledger_read_short(p, cursor->end, &gap, &count);
		if (length == 0 || last + 1 + gap >= day ||
			!ledger_checked_add(total, count, &new_total))
			break;
		last += 1 + gap;
		total = new_total;
		p += length;
		left--;
	}
	cursor->next = p;
	cursor->day = last;
	cursor->total = total;
	cursor->left = left;
}

/*
 * Passes the entries before `day`: LEDGER_OK where the next one is not,
 * otherwise as ledger_cursor_next.
 */
LedgerStatus
ledger_cursor_pass(LedgerCursor *cursor, LedgerDay day)
{
	for (;;)
	{
		LedgerCursor ahead;
		LedgerEntry entry;
		LedgerStatus status;

		pass_short_entries(cursor, day);
		ahead = *cursor;
		status = ledger_cursor_next(&ahead, &entry);
		if (status != LEDGER_OK || entry.day >= day)
			return status;
		*cursor = ahead;
	}
}

/*
 * Passes all entries that are left, unless the last status of a cursor says
 * that there are none or something is wrong: LEDGER_OK where the whole
 * corridor is what the directory promised.
 */
LedgerStatus
ledger_cursor_finish(LedgerCursor *cursor, LedgerStatus status)
{
	if (status == LEDGER_OK)
		status = ledger_cursor_pass(cursor, LEDGER_DAY_UNBOUNDED_END);
	return status == LEDGER_DONE ? LEDGER_OK : status;
}

/*
 * Adds to `sum` the entries of a corridor whose days lie in `within`.  The
 * segment need not have been read where the directory alone can answer.
 */
LedgerStatus
ledger_corridor_sum(const LedgerCorridor *corridor, LedgerPeriod within,
					LedgerSum *sum)
{
	LedgerSum	before = {0, 0};
	LedgerSum	through = {0, 0};
	LedgerCursor cursor;
	LedgerStatus status;

	if (within.start >= within.end || corridor->last < within.start ||
		corridor->first >= within.end)
		return LEDGER_OK;
	if (ledger_period_contains(within, corridor->first) &&
		ledger_period_contains(within, corridor->last))
	{
		ledger_sum_add(sum, corridor->total);
		return LEDGER_OK;
	}

	ledger_cursor_start(&cursor, corridor);
	status = ledger_cursor_pass(&cursor, within.start);
	ledger_sum_add(&before, cursor.total);
	if (status == LEDGER_OK)
		status = ledger_cursor_pass(&cursor, within.end);
	ledger_sum_add(&through, cursor.total);
	*sum = ledger_sum_plus(*sum, ledger_sum_subtract(through, before));
	return ledger_cursor_finish(&cursor, status);
}

/*
 * Adds the next four entries, p, whose days are in order after `day`, to the
 * people of n days; false, and nothing is done, unless all are short, of
 * people who came.
 */
static inline bool
add_four(const uint8_t *p, int64_t *day, int64_t *total, int32_t *people,
		 uint32_t n, int sign)
{
	const int64_t first = *day + 1 + (p[0] >> 1);
	const int64_t second = first + 1 + (p[2] >> 1);
	const int64_t third = second + 1 + (p[4] >> 1);
	const int64_t fourth = third + 1 + (p[6] >> 1);
	int64_t		new_total;

	if ((ledger_load_uint64(p) & NOT_FOUR_SHORT) != 0 || fourth >= n ||
		!ledger_checked_add(*total, p[1] + p[3] + p[5] + p[7] + 4, &new_total))
		return false;
	people[first] += sign * (p[1] + 1);
	people[second] += sign * (p[3] + 1);
	people[third] += sign * (p[5] + 1);
	people[fourth] += sign * (p[7] + 1);
	*day = fourth;
	*total = new_total;
	return true;
}

void
ledger_cursor_add_days(LedgerCursor *cursor, LedgerDay first, int32_t *people,
					   uint32_t n, int sign)
{
	const uint8_t *p = cursor->next;
	int64_t		day = cursor->day - first;
	int64_t		total = cursor->total;
	uint32_t	left = cursor->left;

	LEDGER_ASSERT(day >= -1);
	while (left > 0)
	{
		int32_t		gap;
		int32_t		count;
		int64_t		new_total;
		int			length;

		if (LEDGER_FOUR_AT_A_TIME && left >= 4 && cursor->end - p >= 8 &&
			add_four(p, &day, &total, people, n, sign))
		{
			p += 8;
			left -= 4;
			continue;
		}
		length = ledger_read_short(p, cursor->end, &gap, &count);
		if (length == 0 || day + 1 + gap >= n ||
			!ledger_checked_add(total, count, &new_total))
			break;
		day += 1 + gap;
		people[day] += sign * count;
		total = new_total;
		p += length;
		left--;
	}
	cursor->left = left;
	cursor->next = p;
	cursor->day = day + first;
	cursor->total = total;
}
