/*
 * answers/period.c
 *		Steps and anchors, shifts and labels.
 *
 * Months are counted as in core/civil.h.
 */
#include "answers/period.h"

#include <stdio.h>

/* Months of the bounds, with room for an anchor's day beyond either */
#define MONTH_MIN			0
#define MONTH_MAX			70560000

/* The most calendar years that are named by the first and the last */
#define LABEL_YEARS_MAX		100

const char *const period_month_names[MONTHS_PER_YEAR] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

/*
 * a / b rounded down, for b > 0.  Of 32 bits, which is room enough for the
 * days and months between two valid days, and half the cost of a wider one.
 */
static inline int32_t
floor_divide(int32_t a, int32_t b)
{
	return a / b - (a % b < 0);
}

/* The day of that number in a month, or the month's last where it is shorter. */
static inline int64_t
month_day(int64_t month, int day)
{
	if (day > 28)
	{
		int			length = ledger_month_length(month);

		if (day > length)
			day = length;
	}
	return ledger_month_start(month) + day - 1;
}

/* Stores a day that may be the bound of a period. */
static inline LedgerStatus
store_bound(int64_t day, LedgerDay *bound)
{
	if (day < PERIOD_BOUND_MIN || day > PERIOD_BOUND_MAX)
		return LEDGER_BAD_DAY;
	*bound = (LedgerDay) day;
	return LEDGER_OK;
}

/* Stores the given day of a month, clipped to the month. */
static inline LedgerStatus
store_month_day(int64_t month, int day, LedgerDay *bound)
{
	if (month < MONTH_MIN || month > MONTH_MAX)
		return LEDGER_BAD_DAY;
	return store_bound(month_day(month, day), bound);
}

/*
 * day + sign * length: first the months, with the day clipped to the month it
 * comes to, then the days, as PostgreSQL adds an interval to a date.
 */
LedgerStatus
period_day_plus(LedgerDay day, PeriodStep length, int sign, LedgerDay *result)
{
	int64_t		moved = day;

	if (length.months != 0)
	{
		LedgerMonthDay	split = ledger_split_day(day);
		int64_t		month = split.month + (int64_t) sign * length.months;

		if (month < MONTH_MIN || month > MONTH_MAX)
			return LEDGER_BAD_DAY;
		moved = month_day(month, split.day);
	}
	return store_bound(moved + (int64_t) sign * length.days, result);
}

LedgerStatus
period_same_day_earlier(LedgerDay day, PeriodStep back, PeriodAlign align,
						LedgerDay *earlier)
{
	LedgerStatus status;

	if (align != PERIOD_ALIGN_BOUNDS || ledger_split_day(day + 1).day != 1)
		return period_day_plus(day, back, -1, earlier);
	/* the first of the month after stays the first of a month */
	status = period_day_plus(day + 1, back, -1, earlier);
	if (status == LEDGER_OK)
		*earlier -= 1;
	return status;
}

/*
 * Steps and calendars
 */

/*
 * Is it whole days or whole months, more than none?
 */
static bool
step_valid(PeriodStep step)
{
	return (step.months > 0 && step.days == 0) ||
		(step.days > 0 && step.months == 0);
}

/*
 * The fewest and the most days that so many months in a row can have, wherever
 * they start.  The tables are for months on top of whole years: the fewest
 * have an ordinary February, the most have none.  Leap days are four years
 * apart, so in y years there are at most y / 4 of them, rounded up, and across
 * a year such as 1900 none in eight.
 */
static int64_t
fewest_days(int32_t months)
{
	static const int extra[MONTHS_PER_YEAR] = {
		0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334
	};
	int64_t		years = months / MONTHS_PER_YEAR;

	return years * 365 + extra[months % MONTHS_PER_YEAR];
}

static int64_t
most_days(int32_t months)
{
	static const int extra[MONTHS_PER_YEAR] = {
		0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337
	};
	int64_t		years = months / MONTHS_PER_YEAR;

	return years * 365 + (years + 3) / 4 + extra[months % MONTHS_PER_YEAR];
}

/*
 * No window may be shorter than its step period, or days would fall between
 * windows and be counted in none.  Where one is in days and the other in
 * months, that is asked of the worst case.
 */
LedgerStatus
period_calendar_check(const PeriodCalendar *calendar)
{
	PeriodStep	step = calendar->step;
	PeriodStep	rolling = calendar->rolling;
	bool		covers;

	if (!step_valid(step) || !step_valid(rolling))
		return LEDGER_BAD_STEP;
	if (step.months > 0)
		covers = rolling.months > 0 ?
			rolling.months >= step.months :
			rolling.days >= most_days(step.months);
	else
		covers = rolling.months > 0 ?
			fewest_days(rolling.months) >= step.days :
			rolling.days >= step.days;
	if (!covers)
		return LEDGER_BAD_STEP;
	return ledger_day_valid(calendar->anchor) ? LEDGER_OK : LEDGER_BAD_DAY;
}

/* Start of step period number n: the anchor plus n steps, clipped once. */
LedgerStatus
period_calendar_start(const PeriodCalendar *calendar, int64_t n,
					  LedgerDay *start)
{
	int64_t		offset;
	int64_t		length = calendar->step.months > 0 ?
		calendar->step.months : calendar->step.days;

	/* nothing that a date can say is further away than this */
	if (__builtin_mul_overflow(n, length, &offset) ||
		offset > INT64_C(1) << 33 || offset < -(INT64_C(1) << 33))
		return LEDGER_BAD_DAY;
	if (calendar->step.months > 0)
	{
		LedgerMonthDay	anchor = ledger_split_day(calendar->anchor);

		return store_month_day(anchor.month + offset, anchor.day, start);
	}
	return store_bound(calendar->anchor + offset, start);
}

/*
 * Months from the anchor to the month step period, of one month, that holds a
 * day.  It begins in the day's own month, unless that month's beginning,
 * the anchor's day of the month clipped, is still to come.
 */
static inline int32_t
months_from_anchor(LedgerMonthDay anchor, LedgerDay day)
{
	LedgerMonthDay	split = ledger_split_day(day);
	int64_t		month = split.month;

	if (split.day < anchor.day && day < month_day(month, anchor.day))
		month--;
	return (int32_t) (month - anchor.month);
}

/* Number of the step period that holds a day. */
LedgerStatus
period_calendar_number(const PeriodCalendar *calendar, LedgerDay day,
					   int64_t *n)
{
	if (!ledger_day_valid(day))
		return LEDGER_BAD_DAY;
	if (calendar->step.months > 0)
		*n = floor_divide(months_from_anchor(ledger_split_day(calendar->anchor), day),
						  calendar->step.months);
	else
		*n = floor_divide(day - calendar->anchor, calendar->step.days);
	return LEDGER_OK;
}

/* Numbers of the step periods that hold the first and the last day of within. */
LedgerStatus
period_calendar_numbers(const PeriodCalendar *calendar, LedgerPeriod within,
						int64_t *first, int64_t *last)
{
	LedgerStatus status;

	if (period_is_empty(within) || !period_is_bounded(within))
		return LEDGER_BAD_DAY;
	status = period_calendar_number(calendar, within.start, first);
	if (status != LEDGER_OK)
		return status;
	return period_calendar_number(calendar, within.end - 1, last);
}

/* Step period number n. */
LedgerStatus
period_calendar_step(const PeriodCalendar *calendar, int64_t n,
					 LedgerPeriod *period)
{
	LedgerStatus status;

	if (n == INT64_MAX)
		return LEDGER_BAD_DAY;
	status = period_calendar_start(calendar, n, &period->start);
	if (status != LEDGER_OK)
		return status;
	return period_calendar_start(calendar, n + 1, &period->end);
}

/*
 * The window of step period number n, which ends where that ends.
 *
 * Months rolling on a step in months starts on the calendar's own
 * boundary, reckoned from the anchor, so that the rolling year at February
 * 2025 starts on 1 March 2024.  Months rolling on a step in days reaches
 * from the same date so many months ago, exclusive, to the last day, so that
 * the rolling year at 14 March 2026 starts on 15 March 2025.
 */
LedgerStatus
period_calendar_window(const PeriodCalendar *calendar, int64_t n,
					   LedgerPeriod *window)
{
	PeriodStep	rolling = calendar->rolling;
	LedgerStatus status = period_calendar_step(calendar, n, window);

	if (status != LEDGER_OK || !period_calendar_rolls(calendar))
		return status;
	if (rolling.months > 0 && calendar->step.months > 0)
	{
		LedgerMonthDay	anchor = ledger_split_day(calendar->anchor);
		int64_t		months = (n + 1) * calendar->step.months - rolling.months;

		return store_month_day(anchor.month + months, anchor.day,
							   &window->start);
	}
	return period_window_ending(calendar, window->end, &window->start);
}

LedgerStatus
period_window_ending(const PeriodCalendar *calendar, LedgerDay end,
					 LedgerDay *start)
{
	PeriodStep	rolling = calendar->rolling;
	LedgerDay	before;
	LedgerStatus status;

	if (rolling.months == 0)
		return store_bound((int64_t) end - rolling.days, start);
	status = period_day_plus(end - 1, rolling, -1, &before);
	if (status == LEDGER_OK)
		*start = before + 1;
	return status;
}

/* The step period that holds a day; the anchor is taken apart but once. */
LedgerStatus
period_calendar_step_of(const PeriodCalendar *calendar, LedgerDay day,
						LedgerPeriod *period)
{
	int32_t		length = calendar->step.months;
	LedgerMonthDay	anchor;
	int64_t		month;
	LedgerStatus status;

	if (length == 0)
	{
		int64_t		n;

		status = period_calendar_number(calendar, day, &n);
		return status == LEDGER_OK ?
			period_calendar_step(calendar, n, period) : status;
	}
	if (!ledger_day_valid(day))
		return LEDGER_BAD_DAY;
	anchor = ledger_split_day(calendar->anchor);
	month = anchor.month + (int64_t) length *
		floor_divide(months_from_anchor(anchor, day), length);
	status = store_month_day(month, anchor.day, &period->start);
	if (status != LEDGER_OK)
		return status;
	return store_month_day(month + length, anchor.day, &period->end);
}

/*
 * Periods
 */

/*
 * Moves the first and the last day of a period, each clipped to its month.
 * Clipping never reverses two days, so the result is never empty.
 */
static LedgerStatus
shift_last_day(LedgerPeriod period, PeriodStep length, int sign,
			   LedgerPeriod *shifted)
{
	LedgerStatus status = LEDGER_OK;

	if (period.start != LEDGER_DAY_UNBOUNDED_START)
		status = period_day_plus(period.start, length, sign, &shifted->start);
	if (status == LEDGER_OK && period.end != LEDGER_DAY_UNBOUNDED_END)
	{
		status = period_day_plus(period.end - 1, length, sign, &shifted->end);
		if (status == LEDGER_OK)
			status = store_bound((int64_t) shifted->end + 1, &shifted->end);
	}
	return status;
}

/*
 * Moves both half-open bounds.  Where both are clipped to one and the same
 * day, so that nothing would be left ([30 March, 31 March) a month back, both
 * 29 February), the days move instead: the result is that last day of the
 * month.
 */
static LedgerStatus
shift_bounds(LedgerPeriod period, PeriodStep length, int sign,
			 LedgerPeriod *shifted)
{
	LedgerStatus status = LEDGER_OK;

	if (period.start != LEDGER_DAY_UNBOUNDED_START)
		status = period_day_plus(period.start, length, sign, &shifted->start);
	if (status == LEDGER_OK && period.end != LEDGER_DAY_UNBOUNDED_END)
		status = period_day_plus(period.end, length, sign, &shifted->end);
	if (status == LEDGER_OK && period_is_empty(*shifted))
		status = shift_last_day(period, length, sign, shifted);
	return status;
}

/*
 * Moves the first day and keeps the length.  Without a first day there is no
 * length to keep, and the end moves as a bound.
 */
static LedgerStatus
shift_same_days(LedgerPeriod period, PeriodStep length, int sign,
				LedgerPeriod *shifted)
{
	LedgerStatus status;

	if (period.start == LEDGER_DAY_UNBOUNDED_START)
		return shift_bounds(period, length, sign, shifted);
	status = period_day_plus(period.start, length, sign, &shifted->start);
	if (status == LEDGER_OK && period.end != LEDGER_DAY_UNBOUNDED_END)
		status = store_bound((int64_t) shifted->start + period.end -
							 period.start, &shifted->end);
	return status;
}

/*
 * The period moved by sign * length.  A bound that is not there stays away and
 * an empty period stays as it is; no other result is empty.
 */
LedgerStatus
period_shift_by(LedgerPeriod period, PeriodStep length, int sign,
				PeriodAlign align, LedgerPeriod *shifted)
{
	*shifted = period;
	if (period_is_empty(period))
		return LEDGER_OK;
	switch (align)
	{
		case PERIOD_ALIGN_BOUNDS:
			return shift_bounds(period, length, sign, shifted);
		case PERIOD_ALIGN_LAST_DAY:
			return shift_last_day(period, length, sign, shifted);
		case PERIOD_ALIGN_SAME_DAYS:
			return shift_same_days(period, length, sign, shifted);
	}
	return LEDGER_BAD_STEP;
}

/*
 * Whole months from start to end, 0 where it is not a whole number: both on
 * the same day of the month, or one on the last day of a month too short for
 * the other's.  *day becomes the day of the month they stand for.
 */
static int64_t
whole_months(LedgerPeriod period, int *day)
{
	LedgerMonthDay	start = ledger_split_day(period.start);
	LedgerMonthDay	end = ledger_split_day(period.end);

	*day = start.day > end.day ? start.day : end.day;
	if (month_day(start.month, *day) != period.start ||
		month_day(end.month, *day) != period.end)
		return 0;
	return end.month - start.month;
}

/*
 * The period just before, of the same calendar length: so many months where
 * the period is a whole number of months, otherwise so many days.
 */
LedgerStatus
period_before(LedgerPeriod period, LedgerPeriod *before)
{
	int			day;
	int64_t		months;

	*before = period;
	if (period_is_empty(period))
		return LEDGER_OK;
	if (!period_is_bounded(period))
		return LEDGER_BAD_DAY;
	before->end = period.start;
	months = whole_months(period, &day);
	if (months > 0)
		return store_month_day(ledger_split_day(period.start).month - months, day,
							   &before->start);
	return store_bound(2 * (int64_t) period.start - period.end,
					   &before->start);
}

/*
 * Labels
 */

/*
 * Writes a day as ISO 8601 has it, with BC where the year asks for it, and a
 * closing zero; returns its length.
 */
int
period_write_day(LedgerDay day, char text[PERIOD_DAY_MAX])
{
	int32_t		year;
	int32_t		month;
	int32_t		day_of_month;

	ledger_day_to_civil(day, &year, &month, &day_of_month);
	return snprintf(text, PERIOD_DAY_MAX, "%04d-%02d-%02d%s",
					year > 0 ? year : 1 - year, month, day_of_month,
					year > 0 ? "" : " BC");
}

/* Writes what fits every period: its first and last day. */
static int
write_plain(LedgerPeriod period, char *label)
{
	bool		from = period.start != LEDGER_DAY_UNBOUNDED_START;
	bool		to = period.end != LEDGER_DAY_UNBOUNDED_END;
	char		first[PERIOD_DAY_MAX];
	char		last[PERIOD_DAY_MAX];

	if (period_is_empty(period))
		return snprintf(label, PERIOD_LABEL_MAX, "empty");
	if (from)
		period_write_day(period.start, first);
	if (to)
		period_write_day(period.end - 1, last);
	if (from && to)
		return snprintf(label, PERIOD_LABEL_MAX, "%s to %s", first, last);
	if (from)
		return snprintf(label, PERIOD_LABEL_MAX, "from %s", first);
	if (to)
		return snprintf(label, PERIOD_LABEL_MAX, "to %s", last);
	return snprintf(label, PERIOD_LABEL_MAX, "all days");
}

/*
 * Writes the ISO week that starts on a Monday.  It belongs to the year that
 * its Thursday is in, and is the first week where that is the year's first.
 * Seven days from another day on are named by that.
 */
static int
write_week(LedgerDay first, char *label)
{
	LedgerDay	thursday = first + 3;
	int32_t		year;
	int32_t		month;
	int32_t		day;

	if ((first - PERIOD_DEFAULT_ANCHOR) % 7 != 0)
	{
		char		text[PERIOD_DAY_MAX];

		period_write_day(first, text);
		return snprintf(label, PERIOD_LABEL_MAX, "week from %s", text);
	}

	ledger_day_to_civil(thursday, &year, &month, &day);
	return snprintf(label, PERIOD_LABEL_MAX, "%04d-W%02d", year,
					(thursday - ledger_day_from_civil(year, 1, 1)) / 7 + 1);
}

/*
 * Is it twelve months?  Either by its bounds, as calendars step, or by its
 * last day, as windows with a step in days are made; they differ about 29
 * February.
 */
static bool
twelve_months(LedgerPeriod period)
{
	PeriodStep	year = {MONTHS_PER_YEAR, 0};
	LedgerDay	before;
	int			day;

	if (whole_months(period, &day) == MONTHS_PER_YEAR)
		return true;
	return period_day_plus(period.end - 1, year, -1, &before) == LEDGER_OK &&
		before + 1 == period.start;
}

/*
 * Writes twelve months by the day they end on, with the day left out where
 * they start on the first of a month.
 */
static int
write_year_ending(LedgerPeriod period, char *label)
{
	int32_t		year;
	int32_t		month;
	int32_t		day;

	ledger_day_to_civil(period.end - 1, &year, &month, &day);
	if (ledger_split_day(period.start).day == 1 && ledger_split_day(period.end).day == 1)
		return snprintf(label, PERIOD_LABEL_MAX, "year ending %s %04d",
						period_month_names[month - 1], year);
	return snprintf(label, PERIOD_LABEL_MAX, "year ending %d %s %04d",
					day, period_month_names[month - 1], year);
}

/*
 * Writes twelve months that are no window: the calendar year; the years that
 * people write with two years, which are the government year from 1 April,
 * the tax year from 6 April and the school year from 1 September; and any
 * other by its end.
 */
static int
write_year(LedgerPeriod period, char *label)
{
	int32_t		year;
	int32_t		month;
	int32_t		day;

	ledger_day_to_civil(period.start, &year, &month, &day);
	if (month == 1 && day == 1)
		return snprintf(label, PERIOD_LABEL_MAX, "%04d", year);
	if ((month == 4 && (day == 1 || day == 6)) || (month == 9 && day == 1))
		return snprintf(label, PERIOD_LABEL_MAX, "%04d/%02d",
						year, (year + 1) % 100);
	return write_year_ending(period, label);
}

/*
 * Writes a quarter of the years that start with the anchor; 0 where the period
 * is none.  Years that are not those of the calendar are written with two.
 */
static int
write_quarter(LedgerPeriod period, LedgerDay anchor, char *label)
{
	LedgerMonthDay first = ledger_split_day(anchor);
	LedgerMonthDay start = ledger_split_day(period.start);
	int64_t		months = start.month - first.month;
	int64_t		year_start;
	int32_t		quarter;
	int32_t		year;
	int32_t		month;
	int32_t		day;

	if (months % 3 != 0 || month_day(start.month, first.day) != period.start ||
		month_day(start.month + 3, first.day) != period.end)
		return 0;
	quarter = (int32_t) ((months % MONTHS_PER_YEAR + MONTHS_PER_YEAR) %
						 MONTHS_PER_YEAR / 3);
	year_start = month_day(start.month - (int64_t) 3 * quarter, first.day);
	ledger_day_to_civil((LedgerDay) year_start, &year, &month, &day);
	if (month == 1 && day == 1)
		return snprintf(label, PERIOD_LABEL_MAX, "%04d Q%d", year, quarter + 1);
	return snprintf(label, PERIOD_LABEL_MAX, "%04d/%02d Q%d",
					year, (year + 1) % 100, quarter + 1);
}

/*
 * Writes whole months that have a name; 0 where they have none: one from its
 * first day, a quarter, some calendar years that are no window.
 */
static int
write_months(LedgerPeriod period, bool rolling, LedgerDay anchor, char *label)
{
	int			of_month;
	int64_t		months = whole_months(period, &of_month);
	int32_t		year;
	int32_t		month;
	int32_t		day;

	ledger_day_to_civil(period.start, &year, &month, &day);
	if (of_month == 1 && months == 1)
		return snprintf(label, PERIOD_LABEL_MAX, "%s %04d",
						period_month_names[month - 1], year);
	if (months == 3)
		return write_quarter(period, anchor, label);
	if (!rolling && of_month == 1 && month == 1 &&
		months <= (int64_t) LABEL_YEARS_MAX * MONTHS_PER_YEAR &&
		months % MONTHS_PER_YEAR == 0)
		return snprintf(label, PERIOD_LABEL_MAX, "%04d-%04d", year,
						year + (int32_t) (months / MONTHS_PER_YEAR) - 1);
	return 0;
}

/*
 * Writes the name that people have for a period, and its first and last day
 * where they have none.  Only days of the years 1 to 9999 have names.
 */
int
period_write_label_as(LedgerPeriod period, bool rolling, LedgerDay anchor,
					  char label[PERIOD_LABEL_MAX])
{
	int			length;

	if (period_is_empty(period) || !period_is_bounded(period) ||
		!ledger_day_valid(period.start) || !ledger_day_valid(period.end - 1))
		return write_plain(period, label);
	if (period.end - period.start == 1)
		return period_write_day(period.start, label);
	if (period.end - period.start == 7 && !rolling)
		return write_week(period.start, label);
	if (twelve_months(period))
		return rolling ? write_year_ending(period, label) :
			write_year(period, label);
	length = write_months(period, rolling, anchor, label);
	return length > 0 ? length : write_plain(period, label);
}
