/*
 * core/cursor.h
 *		The entries of one corridor read in order of day.
 */
#ifndef LEDGER_CURSOR_H
#define LEDGER_CURSOR_H

#include "core/flat.h"

/*
 * Nearly all entries are short: one byte for gap and sign, one or two for
 * people.  Up to so many days are left out before one, and so many people are
 * in it.
 */
#define LEDGER_SHORT_ENTRY_MAX	3
#define LEDGER_SHORT_GAP		63
#define LEDGER_SHORT_PEOPLE		(1 << 14)

/* Reads the entries of one corridor in order of day. */
typedef struct LedgerCursor
{
	const uint8_t *next;
	const uint8_t *end;
	int64_t		day;			/* of the entry given last; first - 1 before */
	int64_t		total;			/* of the entries given so far */
	uint32_t	left;			/* entries not yet given */
	LedgerDay	last;			/* what the directory promises */
	int64_t		expected;		/* the total it promises */
} LedgerCursor;

extern void ledger_cursor_start(LedgerCursor *cursor,
								const LedgerCorridor *corridor);
extern LedgerStatus ledger_cursor_next_any(LedgerCursor *cursor,
										   LedgerEntry *entry);

/*
 * Reads a short entry with the days left out before it; its length, or 0 where
 * it is another one or could reach past `end`.
 */
static inline int
ledger_read_short(const uint8_t *p, const uint8_t *end, int32_t *gap,
				  int32_t *people)
{
	int32_t		magnitude;
	int			length = 2;

	if (end - p < LEDGER_SHORT_ENTRY_MAX || p[0] >= 0x80)
		return 0;
	magnitude = p[1];
	if (magnitude >= 0x80)
	{
		/* a second byte of zero would be needless */
		if (p[2] == 0 || p[2] >= 0x80)
			return 0;
		magnitude = (magnitude & 0x7F) | p[2] << 7;
		length = 3;
	}
	*gap = p[0] >> 1;
	*people = p[0] & 1 ? -1 - magnitude : magnitude + 1;
	return length;
}

/*
 * Moves a cursor on to the entry that it has just read, unless that is not
 * what the directory promised.  `gap` is the number of days left out before
 * it.
 */
static inline LedgerStatus
ledger_cursor_take(LedgerCursor *cursor, uint64_t gap, int64_t people,
				   LedgerEntry *entry)
{
	LEDGER_ASSERT(cursor->left > 0 && people != 0);
	if (gap > (uint64_t) (LEDGER_DAY_MAX - LEDGER_DAY_MIN))
		return LEDGER_DAMAGED;
	cursor->day += 1 + (int64_t) gap;
	if (cursor->day > cursor->last ||
		!ledger_checked_add(cursor->total, people, &cursor->total))
		return LEDGER_DAMAGED;
	cursor->left--;
	entry->day = (LedgerDay) cursor->day;
	entry->people = people;
	return LEDGER_OK;
}

/*
 * The next entry in order of day.  After the last one LEDGER_DONE, provided
 * that what was read is what the directory promised.  Inline for short
 * entries; copies go to the function, so that a loop over a cursor of its own
 * can keep that in registers.
 */
static inline LedgerStatus
ledger_cursor_next(LedgerCursor *cursor, LedgerEntry *entry)
{
	int32_t		gap;
	int32_t		people;
	int			length;

	if (cursor->left == 0 ||
		(length = ledger_read_short(cursor->next, cursor->end, &gap,
									&people)) == 0)
	{
		LedgerCursor copy = *cursor;
		LedgerEntry read = {0, 0};
		LedgerStatus status = ledger_cursor_next_any(&copy, &read);

		*cursor = copy;
		*entry = read;
		return status;
	}
	cursor->next += length;
	return ledger_cursor_take(cursor, (uint64_t) gap, people, entry);
}

extern LedgerStatus ledger_cursor_pass(LedgerCursor *cursor, LedgerDay day);
extern LedgerStatus ledger_cursor_finish(LedgerCursor *cursor,
										 LedgerStatus status);

/*
 * Adds to `sum` the entries of a corridor whose days lie in `within`.
 * Answered from the directory where the corridor lies wholly inside or
 * outside.
 */
extern LedgerStatus ledger_corridor_sum(const LedgerCorridor *corridor,
										LedgerPeriod within, LedgerSum *sum);

/*
 * Adds the next entries, or takes them away where sign is -1, to the people of
 * n days from `first` on, which is no later than they are: up to the first one
 * that is not short, after those days, or at which the total passes 64 bits.
 * The caller has seen to it that LEDGER_SHORT_PEOPLE more or less than there
 * are on a day still fit.  A day past the last one that was promised shows at
 * the end.
 */
extern void ledger_cursor_add_days(LedgerCursor *cursor, LedgerDay first,
								   int32_t *people, uint32_t n, int sign);

#endif							/* LEDGER_CURSOR_H */
