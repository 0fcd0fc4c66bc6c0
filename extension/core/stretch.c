/*
 * core/stretch.c
 *		Consecutive days with the people of each, as an array.
 *
 * Where some days have people and others have not, a branch for each of them
 * is one that no processor foresees.  So the days that have people are first
 * made a set of bits, which is a few steps for all of them together; going
 * from bit to bit then takes as long as there are entries, not days.
 */
#include "core/stretch.h"

/* Up to here a total does not pass 64 bits by short entries of one stretch */
#define TOTAL_FAR		(INT64_MAX / 2)

/* What is inlined for each width of a count */
#define FOR_EACH_WIDTH	static inline __attribute__((always_inline))

/*
 * The days that have people, the first one the lowest bit.  Written so that a
 * compiler takes many of them at once: bytes of 0 or 1 first, then each eight
 * bytes multiplied so that their lowest bits meet in the highest byte.
 */
FOR_EACH_WIDTH uint64_t
days_with_people(LedgerStretch stretch)
{
	uint8_t		any[LEDGER_STRETCH_DAYS];
	uint64_t	days = 0;
	int			i;

	for (i = 0; i < LEDGER_STRETCH_DAYS; i++)
		any[i] = ledger_stretch_people(stretch, i) != 0;
	for (i = 0; i < LEDGER_STRETCH_DAYS; i += 8)
		days |= (ledger_load_uint64(any + i) *
				 UINT64_C(0x0102040810204080) >> 56) << i;
	return days;
}

uint64_t
ledger_stretch_days(LedgerStretch stretch)
{
	/* twice, each with the one way to read a count */
	if (stretch.wide)
		return days_with_people(stretch);
	return days_with_people(stretch);
}

/*
 * Writes short entries for some days of a stretch, at least one, up to the
 * first one that is not, to a corridor that has entries; gives the days that
 * are left.
 */
FOR_EACH_WIDTH uint64_t
write_short_entries(LedgerWriter *writer, LedgerStretch stretch, uint64_t days)
{
	LedgerCorridor *open = writer->open;
	uint8_t    *start = writer->segments + writer->segments_length;
	uint8_t    *end = start;
	int64_t		previous = writer->previous - stretch.first;
	int64_t		total = open->total;
	uint32_t	entries = open->entries;

	/*
	 * The gap before the first day; those after it are within the stretch.  A
	 * day that is not after the previous one has an immense gap.
	 */
	if ((uint64_t) (__builtin_ctzll(days) - previous - 1) > LEDGER_SHORT_GAP ||
		entries == 0 || total > TOTAL_FAR || total < -TOTAL_FAR ||
		stretch.first > LEDGER_DAY_MAX - LEDGER_STRETCH_DAYS ||
		writer->max_segments - writer->segments_length <
		(size_t) LEDGER_SHORT_ENTRY_MAX * LEDGER_STRETCH_DAYS)
		return days;
	for (; days != 0; days &= days - 1)
	{
		const int	day = __builtin_ctzll(days);
		const int32_t people = ledger_stretch_people(stretch, day);

		if ((uint32_t) people > LEDGER_SHORT_PEOPLE)
			break;
		end[0] = (uint8_t) ((day - previous - 1) << 1);
		end[1] = (uint8_t) (people - 1);
		end += 2;
		if (people > 0x80)
		{
			end[-1] |= 0x80;
			*end++ = (uint8_t) ((people - 1) >> 7);
		}
		total += people;
		previous = day;
		entries++;
	}
	writer->segments_length += (size_t) (end - start);
	writer->previous = previous + stretch.first;
	open->total = total;
	open->last = (LedgerDay) writer->previous;
	open->entries = entries;
	return days;
}

/*
 * ledger_writer_stretch, for a width that the compiler knows.
 */
FOR_EACH_WIDTH LedgerStatus
write_stretch(LedgerWriter *writer, LedgerStretch stretch)
{
	uint64_t	days = days_with_people(stretch);
	LedgerStatus status = LEDGER_OK;

	while (days != 0 && status == LEDGER_OK)
	{
		int			day;

		days = write_short_entries(writer, stretch, days);
		if (days == 0)
			break;
		day = __builtin_ctzll(days);
		status = ledger_writer_entry(writer, stretch.first + day,
									 ledger_stretch_people(stretch, day));
		days &= days - 1;
	}
	ledger_count_work(writer->checkpoint, &writer->work, LEDGER_STRETCH_DAYS);
	return status;
}

LedgerStatus
ledger_writer_stretch(LedgerWriter *writer, LedgerStretch stretch)
{
	if (stretch.wide)
		return write_stretch(writer, stretch);
	return write_stretch(writer, stretch);
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

	if ((ledger_load_uint64(p) & LEDGER_NOT_FOUR_SHORT) != 0 || fourth >= n ||
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

	while (left > 0)
	{
		int32_t		gap;
		int32_t		count;
		int64_t		new_total;
		int			length;

		if (left >= 4 && cursor->end - p >= 8 &&
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
