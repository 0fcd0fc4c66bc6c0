/*
 * answers/findings.c
 *		What an editor would want to know of a corridor.
 */
#include "answers/findings.h"

/* Months are counted from March of a year */
#define QUARTER_STARTS(month)	((month) % 3 == 1)
#define QUARTER_ENDS(month)		((month) % 3 == 0)
#define JANUARY		10
#define DECEMBER	9

#define ALL_BITS	0x7F

/* An entry is a spike from so many times any other one, and so many more */
#define SPIKE_FACTOR	5
#define SPIKE_PEOPLE	50
#define SPIKE_ENTRIES	10

/* A step without anybody is not likely where entries are so large */
#define MISSED_MEAN		20
#define MISSED_LEAST	5

/*
 * The bits of one day.
 */
static uint32_t
day_bits(LedgerDay day, int *month)
{
	const LedgerMonthDay split = ledger_split_day(day);

	*month = (int) (split.month % MONTHS_PER_YEAR);
	if (split.day == 1)
		return LEDGER_ONE_DAY_OF_YEAR | LEDGER_FIRST_OF_MONTH |
			(QUARTER_STARTS(*month) ? LEDGER_FIRST_OF_QUARTER : 0) |
			(*month == JANUARY ? LEDGER_FIRST_OF_YEAR : 0);
	if (split.day >= 28 && split.day == ledger_month_length(split.month))
		return LEDGER_ONE_DAY_OF_YEAR | LEDGER_LAST_OF_MONTH |
			(QUARTER_ENDS(*month) ? LEDGER_LAST_OF_QUARTER : 0) |
			(*month == DECEMBER ? LEDGER_LAST_OF_YEAR : 0);
	return 0;
}

void
ledger_pattern_start(LedgerDayPattern *pattern)
{
	pattern->bits = ALL_BITS;
	pattern->month = 0;
	pattern->n = 0;
}

/*
 * Counts a day, unless enough have been counted.
 */
static void
count_day(LedgerDayPattern *pattern, LedgerDay day)
{
	uint32_t	i;

	for (i = 0; i < pattern->n; i++)
		if (pattern->days[i] == day)
			return;
	if (pattern->n < LEDGER_DAYS_COUNTED)
		pattern->days[pattern->n++] = day;
}

/*
 * Leaves of a pattern what is true of these bits too.
 */
static void
narrow(LedgerDayPattern *pattern, uint32_t bits, int month)
{
	if (pattern->n == 0)
		pattern->month = month;
	pattern->bits &= bits;
	if (pattern->month != month ||
		(pattern->bits & (LEDGER_FIRST_OF_MONTH | LEDGER_LAST_OF_MONTH)) == 0)
		pattern->bits &= ~(uint32_t) LEDGER_ONE_DAY_OF_YEAR;
}

void
ledger_pattern_join(LedgerDayPattern *pattern, const LedgerDayPattern *other)
{
	uint32_t	i;

	if (other->n == 0)
		return;
	narrow(pattern, other->bits, other->month);
	for (i = 0; i < other->n; i++)
		count_day(pattern, other->days[i]);
}

static uint32_t
greatest_divisor(uint32_t a, uint32_t b)
{
	while (b != 0)
	{
		uint32_t	rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * Takes the day of an entry into the rhythm and the pattern.
 */
static void
scan_day(LedgerCorridorScan *scan, LedgerDay previous, LedgerDay day, bool first)
{
	if (!first && scan->gap_days != 1)
		scan->gap_days = greatest_divisor((uint32_t) (day - previous), scan->gap_days);
	if (scan->pattern.bits != 0)
	{
		int			month;
		uint32_t	bits = day_bits(day, &month);

		narrow(&scan->pattern, bits, month);
		if (!first && scan->pattern.bits != 0)
			scan->gap_months = greatest_divisor((uint32_t) (ledger_split_day(day).month -
															ledger_split_day(previous).month),
												scan->gap_months);
	}
	if (scan->pattern.n < LEDGER_DAYS_COUNTED)
		count_day(&scan->pattern, day);
}

/*
 * Takes the people of an entry into the extremes; `total` is the running one.
 */
static void
scan_people(LedgerCorridorScan *scan, const LedgerEntry *entry, int64_t total)
{
	if (entry->people < scan->least)
		scan->least = entry->people;
	if (entry->people > scan->largest)
	{
		scan->second = scan->largest;
		scan->largest = entry->people;
		scan->largest_day = entry->day;
	}
	else if (entry->people > scan->second)
		scan->second = entry->people;
	if (total >= 0)
		return;
	if (scan->lowest >= 0)
		scan->below_first = entry->day;
	scan->below_last = entry->day;
	if (total < scan->lowest)
	{
		scan->lowest = total;
		scan->lowest_day = entry->day;
	}
}

LedgerStatus
ledger_corridor_scan(const LedgerCorridor *corridor, LedgerCorridorScan *scan,
					 LedgerCheckpoint checkpoint)
{
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;
	LedgerDay	previous = 0;
	int64_t		total = 0;
	uint32_t	work = 0;
	bool		first = true;

	memset(scan, 0, sizeof(*scan));
	ledger_pattern_start(&scan->pattern);
	scan->least = INT64_MAX;
	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		bool		was_below = total < 0;

		ledger_count_work(checkpoint, &work, 1);
		total = cursor.total;
		scan_day(scan, previous, entry.day, first);
		scan_people(scan, &entry, total);
		/* the days up to the one on which it is no longer below */
		if (was_below && total >= 0)
			scan->below_last = entry.day - 1;
		previous = entry.day;
		first = false;
	}
	if (total < 0)
		scan->below_last = corridor->last;
	return status == LEDGER_DONE ? LEDGER_OK : status;
}

/*
 * How many steps lie between two days, at one step from each other where
 * nothing is missing.
 */
static uint32_t
steps_between(const LedgerMissedSteps *missed, LedgerDay from, LedgerDay to)
{
	if (missed->months == 0)
		return (uint32_t) (to - from) / (uint32_t) missed->days;
	return (uint32_t) (ledger_split_day(to).month - ledger_split_day(from).month) /
		(uint32_t) missed->months;
}

/* The fewest entries, and what part of the steps must be there */
typedef struct Rhythm
{
	uint32_t	entries;
	uint32_t	percent;
} Rhythm;

/*
 * Long steps are rare by themselves; many short ones in a row are not.
 */
static Rhythm
rhythm_of(const LedgerMissedSteps *missed)
{
	static const Rhythm yearly = {3, 75};
	static const Rhythm quarterly = {4, 75};
	static const Rhythm monthly = {6, 75};
	static const Rhythm weekly = {10, 80};
	static const Rhythm daily = {20, 90};

	if (missed->months >= 12)
		return yearly;
	if (missed->months >= 3)
		return quarterly;
	if (missed->months > 0)
		return monthly;
	return missed->days >= 7 ? weekly : daily;
}

bool
ledger_missed_start(LedgerMissedSteps *missed, const LedgerCorridor *corridor,
					const LedgerCorridorScan *scan)
{
	const uint32_t at_end = LEDGER_LAST_OF_MONTH;
	Rhythm		rhythm;
	uint64_t	steps;

	if (scan->least < MISSED_LEAST || corridor->entries < 3 ||
		corridor->total / corridor->entries < MISSED_MEAN)
		return false;
	missed->at_end = (scan->pattern.bits & at_end) != 0;
	missed->months = scan->pattern.bits != 0 ? (int32_t) scan->gap_months : 0;
	missed->days = (int32_t) scan->gap_days;
	rhythm = rhythm_of(missed);
	steps = (uint64_t) steps_between(missed, corridor->first, corridor->last) + 1;
	if (corridor->entries < rhythm.entries || steps == corridor->entries ||
		corridor->entries * UINT64_C(100) < steps * rhythm.percent)
		return false;
	ledger_cursor_start(&missed->cursor, corridor);
	missed->previous = corridor->first;
	return true;
}

/*
 * The days of the steps between two entries.
 */
static LedgerPeriod
missing_days(const LedgerMissedSteps *missed, LedgerDay from, LedgerDay to)
{
	LedgerPeriod days;

	if (missed->months == 0)
	{
		days.start = from + missed->days;
		days.end = to - missed->days + 1;
	}
	else if (missed->at_end)
	{
		days.start = from + 1;
		days.end = (LedgerDay) ledger_month_start(ledger_split_day(to).month -
												  missed->months + 1);
	}
	else
	{
		days.start = (LedgerDay) ledger_month_start(ledger_split_day(from).month +
													missed->months);
		days.end = to;
	}
	return days;
}

LedgerStatus
ledger_missed_next(LedgerMissedSteps *missed, LedgerPeriod *days,
				   uint32_t *steps)
{
	LedgerEntry entry;
	LedgerStatus status;

	while ((status = ledger_cursor_next(&missed->cursor, &entry)) == LEDGER_OK)
	{
		const LedgerDay previous = missed->previous;

		missed->previous = entry.day;
		*steps = steps_between(missed, previous, entry.day);
		if (*steps > 1)
		{
			*days = missing_days(missed, previous, entry.day);
			--*steps;
			return LEDGER_OK;
		}
	}
	return status;
}

bool
ledger_is_spike(const LedgerCorridor *corridor, const LedgerCorridorScan *scan)
{
	return corridor->entries >= SPIKE_ENTRIES && scan->second > 0 &&
		scan->largest / SPIKE_FACTOR >= scan->second &&
		scan->largest - scan->second >= SPIKE_PEOPLE;
}

static bool
has_digit(const uint32_t *letters, uint32_t length)
{
	uint32_t	i;

	for (i = 0; i < length; i++)
		if (letters[i] >= '0' && letters[i] <= '9')
			return true;
	return false;
}

bool
ledger_one_letter_apart(const uint32_t *a, uint32_t length_a,
						const uint32_t *b, uint32_t length_b)
{
	uint32_t	i = 0;

	if (length_a > length_b)
		return ledger_one_letter_apart(b, length_b, a, length_a);
	if (length_b - length_a > 1 || has_digit(a, length_a) || has_digit(b, length_b))
		return false;
	while (i < length_a && a[i] == b[i])
		i++;
	if (i == length_b)
		return false;
	return memcmp(a + i + (length_a == length_b), b + i + 1,
				  (length_b - i - 1) * sizeof(uint32_t)) == 0;
}

LedgerStatus
ledger_share_day(const LedgerCorridor *a, const LedgerCorridor *b, bool *share,
				 LedgerCheckpoint checkpoint)
{
	LedgerCursor cursors[2];
	LedgerEntry entries[2];
	LedgerStatus status;
	uint32_t	work = 0;

	*share = false;
	ledger_cursor_start(&cursors[0], a);
	ledger_cursor_start(&cursors[1], b);
	status = ledger_cursor_next(&cursors[0], &entries[0]);
	if (status == LEDGER_OK)
		status = ledger_cursor_next(&cursors[1], &entries[1]);
	while (status == LEDGER_OK && !*share)
	{
		int			behind = entries[0].day > entries[1].day;

		ledger_count_work(checkpoint, &work, 1);
		*share = entries[0].day == entries[1].day;
		if (!*share)
			status = ledger_cursor_next(&cursors[behind], &entries[behind]);
	}
	return status == LEDGER_DONE ? LEDGER_OK : status;
}
