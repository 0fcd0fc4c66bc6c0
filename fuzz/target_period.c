/*
 * target_period.c
 *		Days, steps and shifts, against naive counting.
 *
 * The first day of every month is found once by counting month lengths up from
 * a known day; everything else is looked up there.  The table ends long before
 * the last day that a bound can say, so beyond it only the promises are
 * checked and not the figures.
 *
 * Labels follow no arithmetic that could be held against them: it is checked
 * that they fit, and that two periods of a calendar never share one.
 */
#include <stdlib.h>
#include <string.h>

#include "period_input.h"

#define FIRST_YEAR	(-4800)
#define LAST_YEAR	25000
#define N_MONTHS	((LAST_YEAR - FIRST_YEAR + 1) * 12)

/* First day of each month from January of FIRST_YEAR on, and one past all */
static int64_t first_days[N_MONTHS + 1];

/* A day that the table knows, as a month there and the day in it. */
typedef struct Civil
{
	int64_t		month;
	int			day;
} Civil;

static int
naive_month_length(int64_t year, int month)
{
	bool		leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);

	switch (month)
	{
		case 2:
			return leap ? 29 : 28;
		case 4:
		case 6:
		case 9:
		case 11:
			return 30;
		default:
			return 31;
	}
}

/* Counts from FIRST_YEAR on, then puts day 0 on 2000-01-01. */
static void
count_months(void)
{
	int64_t		day = 0;
	int64_t		epoch = 0;
	int			i = 0;

	for (int64_t year = FIRST_YEAR; year <= LAST_YEAR; year++)
	{
		for (int month = 1; month <= 12; month++)
		{
			if (year == 2000 && month == 1)
				epoch = day;
			first_days[i++] = day;
			day += naive_month_length(year, month);
		}
	}
	first_days[i] = day;
	for (i = 0; i <= N_MONTHS; i++)
		first_days[i] -= epoch;
}

static bool
naive_known(int64_t day)
{
	return day >= first_days[0] && day < first_days[N_MONTHS];
}

static Civil
naive_civil(int64_t day)
{
	int64_t		low = 0;
	int64_t		high = N_MONTHS;
	Civil		civil;

	while (high - low > 1)
	{
		int64_t		middle = (low + high) / 2;

		if (first_days[middle] <= day)
			low = middle;
		else
			high = middle;
	}
	civil.month = low;
	civil.day = (int) (day - first_days[low]) + 1;
	return civil;
}

/* Stores the day of that number in a month, clipped; false where unknown. */
static bool
naive_clip(int64_t month, int day, int64_t *result)
{
	if (month < 0 || month >= N_MONTHS)
		return false;
	*result = first_days[month] + day - 1;
	if (*result >= first_days[month + 1])
		*result = first_days[month + 1] - 1;
	return true;
}

/* day + months + days; false where unknown. */
static bool
naive_plus(int64_t day, int64_t months, int64_t days, int64_t *result)
{
	Civil		civil;

	if (!naive_known(day))
		return false;
	civil = naive_civil(day);
	if (!naive_clip(civil.month + months, civil.day, result))
		return false;
	*result += days;
	return true;
}

/* Holds a bound against the one counted; it need not be one that a date says. */
static void
check_bound(LedgerStatus status, LedgerDay bound, int64_t expected)
{
	if (expected < PERIOD_BOUND_MIN || expected > PERIOD_BOUND_MAX)
		FUZZ_REQUIRE(status == LEDGER_BAD_DAY);
	else
	{
		FUZZ_REQUIRE(status == LEDGER_OK);
		FUZZ_REQUIRE(bound == expected);
	}
}

static void
check_civil(int64_t day)
{
	Civil		civil = naive_civil(day);
	int64_t		naive_year = FIRST_YEAR + civil.month / 12;
	int			naive_month = (int) (civil.month % 12) + 1;
	int32_t		year;
	int32_t		month;
	int32_t		day_of_month;

	ledger_day_to_civil((LedgerDay) day, &year, &month, &day_of_month);
	FUZZ_REQUIRE(year == naive_year);
	FUZZ_REQUIRE(month == naive_month);
	FUZZ_REQUIRE(day_of_month == civil.day);
	FUZZ_REQUIRE(ledger_day_from_civil(year, month, day_of_month) == day);
	FUZZ_REQUIRE(ledger_month_length(ledger_month_from_civil(year, month)) ==
				 naive_month_length(year, month));
	FUZZ_REQUIRE(ledger_civil_valid(year, month, day_of_month) == (year >= 1));
	FUZZ_REQUIRE(!ledger_civil_valid(year, month,
									 naive_month_length(year, month) + 1));
	FUZZ_REQUIRE(!ledger_civil_valid(year, month, 0));
	FUZZ_REQUIRE(!ledger_civil_valid(year, 13, 1));
	FUZZ_REQUIRE(!ledger_civil_valid(year, 0, 1));
}

/* Start of step period n; false where unknown. */
static bool
naive_start(const PeriodCalendar *calendar, int64_t n, int64_t *start)
{
	if (n < -10000000 || n > 10000000)
		return false;
	return naive_plus(calendar->anchor, n * calendar->step.months,
					  n * calendar->step.days, start);
}

/* Start of the window of step period n; false where unknown. */
static bool
naive_window_start(const PeriodCalendar *calendar, int64_t n, int64_t *start)
{
	int64_t		end;

	if (!naive_start(calendar, n + 1, &end))
		return false;
	if (calendar->rolling.months == 0)
		*start = end - calendar->rolling.days;
	else if (calendar->step.months > 0)
		return naive_plus(calendar->anchor, (n + 1) * calendar->step.months -
						  calendar->rolling.months, 0, start);
	else
	{
		if (!naive_plus(end - 1, -(int64_t) calendar->rolling.months, 0, start))
			return false;
		*start += 1;
	}
	return true;
}

static void
check_label(LedgerPeriod period, bool rolling, LedgerDay anchor,
			char label[PERIOD_LABEL_MAX])
{
	int			length;

	memset(label, 'x', PERIOD_LABEL_MAX);
	length = period_write_label_as(period, rolling, anchor, label);
	FUZZ_REQUIRE(length > 0 && length < PERIOD_LABEL_MAX);
	FUZZ_REQUIRE(label[length] == '\0');
	FUZZ_REQUIRE(strlen(label) == (size_t) length);
}

/* Step period and window number n, and how they lie to the next. */
static void
check_number(const PeriodCalendar *calendar, int64_t n)
{
	LedgerPeriod step;
	LedgerPeriod next;
	LedgerPeriod window;
	LedgerPeriod next_window;
	LedgerDay	start;
	int64_t		expected;
	char		label[PERIOD_LABEL_MAX];
	char		next_label[PERIOD_LABEL_MAX];
	LedgerStatus status = period_calendar_start(calendar, n, &start);

	if (naive_start(calendar, n, &expected))
		check_bound(status, start, expected);
	if (period_calendar_step(calendar, n, &step) != LEDGER_OK ||
		period_calendar_window(calendar, n, &window) != LEDGER_OK)
		return;
	FUZZ_REQUIRE(status == LEDGER_OK && step.start == start);
	FUZZ_REQUIRE(step.start < step.end);
	FUZZ_REQUIRE(window.end == step.end);
	FUZZ_REQUIRE(window.start <= step.start);
	if (naive_window_start(calendar, n, &expected))
		FUZZ_REQUIRE(window.start == expected);

	if (period_calendar_step(calendar, n + 1, &next) != LEDGER_OK ||
		period_calendar_window(calendar, n + 1, &next_window) != LEDGER_OK)
		return;
	FUZZ_REQUIRE(next.start == step.end);
	FUZZ_REQUIRE(next_window.start >= window.start);
	check_label(step, false, calendar->anchor, label);
	check_label(next, false, calendar->anchor, next_label);
	FUZZ_REQUIRE(strcmp(label, next_label) != 0);
	check_label(window, true, calendar->anchor, label);
	check_label(next_window, true, calendar->anchor, next_label);
	FUZZ_REQUIRE(strcmp(label, next_label) != 0);
}

/* The step period that holds a day. */
static void
check_day(const PeriodCalendar *calendar, LedgerDay day)
{
	LedgerPeriod step;
	LedgerPeriod within = {day, day + 40};
	LedgerStatus status;
	int64_t		n;
	int64_t		first;
	int64_t		last;
	int64_t		start;
	int64_t		end;

	FUZZ_REQUIRE(period_calendar_number(calendar, day, &n) == LEDGER_OK);
	if (naive_start(calendar, n, &start))
		FUZZ_REQUIRE(start <= day);
	if (naive_start(calendar, n + 1, &end))
		FUZZ_REQUIRE(day < end);
	check_number(calendar, n);
	check_number(calendar, n - 1);

	status = period_calendar_step_of(calendar, day, &step);
	if (naive_start(calendar, n, &start) && naive_start(calendar, n + 1, &end))
	{
		if (start < PERIOD_BOUND_MIN || end > PERIOD_BOUND_MAX)
			FUZZ_REQUIRE(status == LEDGER_BAD_DAY);
		else
			FUZZ_REQUIRE(status == LEDGER_OK &&
						 step.start == start && step.end == end);
	}
	if (day + 40 > LEDGER_DAY_MAX)
		return;
	FUZZ_REQUIRE(period_calendar_numbers(calendar, within, &first,
										 &last) == LEDGER_OK);
	FUZZ_REQUIRE(first == n && last >= first);
	FUZZ_REQUIRE(period_calendar_number(calendar, day + 39, &n) == LEDGER_OK);
	FUZZ_REQUIRE(last == n);
}

/* What a check of the calendar has to say where that is plain to see. */
static bool
check_calendar(const PeriodCalendar *calendar)
{
	PeriodStep	step = calendar->step;
	PeriodStep	rolling = calendar->rolling;
	LedgerStatus status = period_calendar_check(calendar);

	if ((step.months > 0) + (step.days > 0) != 1 ||
		step.months < 0 || step.days < 0 ||
		(rolling.months > 0) + (rolling.days > 0) != 1 ||
		rolling.months < 0 || rolling.days < 0)
		FUZZ_REQUIRE(status == LEDGER_BAD_STEP);
	else if (step.months > 0 && rolling.months > 0)
		FUZZ_REQUIRE(status == (rolling.months >= step.months ?
								LEDGER_OK : LEDGER_BAD_STEP));
	else if (step.days > 0 && rolling.days > 0)
		FUZZ_REQUIRE(status == (rolling.days >= step.days ?
								LEDGER_OK : LEDGER_BAD_STEP));
	else if (step.months > 0)
	{
		FUZZ_REQUIRE(status == LEDGER_OK ||
					 rolling.days < INT64_C(31) * step.months);
		FUZZ_REQUIRE(status == LEDGER_BAD_STEP ||
					 rolling.days >= INT64_C(30) * step.months);
	}
	else
	{
		FUZZ_REQUIRE(status == LEDGER_OK ||
					 rolling.months * INT64_C(28) < step.days);
		FUZZ_REQUIRE(status == LEDGER_BAD_STEP ||
					 rolling.months * INT64_C(31) >= step.days);
	}
	return status == LEDGER_OK;
}

/*
 * A period moved by the rules of answers/period.h; false where unknown.  An end that is
 * not there is not moved.
 */
static bool
naive_shift(LedgerPeriod period, PeriodStep length, int sign, PeriodAlign align,
			int64_t *start, int64_t *end)
{
	int64_t		months = (int64_t) sign * length.months;
	int64_t		days = (int64_t) sign * length.days;
	bool		from = period.start != LEDGER_DAY_UNBOUNDED_START;
	bool		to = period.end != LEDGER_DAY_UNBOUNDED_END;
	int			inclusive = align == PERIOD_ALIGN_LAST_DAY;

	*start = period.start;
	*end = period.end;
	if (from && !naive_plus(period.start, months, days, start))
		return false;
	if (to && align == PERIOD_ALIGN_SAME_DAYS && from)
	{
		*end = *start + period.end - period.start;
		return true;
	}
	if (to && !naive_plus(period.end - inclusive, months, days, end))
		return false;
	*end += to ? inclusive : 0;
	if (*start < *end || align != PERIOD_ALIGN_BOUNDS)
		return true;
	return naive_shift(period, length, sign, PERIOD_ALIGN_LAST_DAY, start, end);
}

static void
check_shift(LedgerPeriod period, PeriodStep length, int sign,
			PeriodAlign align)
{
	LedgerPeriod shifted;
	LedgerStatus status;
	int64_t		start;
	int64_t		end;

	status = period_shift_by(period, length, sign, align, &shifted);
	if (period.start >= period.end)
	{
		FUZZ_REQUIRE(status == LEDGER_OK);
		FUZZ_REQUIRE(shifted.start >= shifted.end);
		return;
	}
	if (status == LEDGER_OK)
		FUZZ_REQUIRE(shifted.start < shifted.end);
	if (!naive_shift(period, length, sign, align, &start, &end))
		return;
	if ((period.start != LEDGER_DAY_UNBOUNDED_START &&
		 (start < PERIOD_BOUND_MIN || start > PERIOD_BOUND_MAX)) ||
		(period.end != LEDGER_DAY_UNBOUNDED_END &&
		 (end < PERIOD_BOUND_MIN || end > PERIOD_BOUND_MAX)))
		FUZZ_REQUIRE(status == LEDGER_BAD_DAY);
	else
		FUZZ_REQUIRE(status == LEDGER_OK && shifted.start == start &&
					 shifted.end == end);
}

/* The start of the period just before a bounded one; false where unknown. */
static bool
naive_before(LedgerPeriod period, int64_t *start)
{
	Civil		from;
	Civil		to;

	if (!naive_known(period.start) || !naive_known(period.end))
		return false;
	from = naive_civil(period.start);
	to = naive_civil(period.end);
	for (int day = 1; day <= 31 && to.month > from.month; day++)
	{
		int64_t		a;
		int64_t		b;

		if (naive_clip(from.month, day, &a) && a == period.start &&
			naive_clip(to.month, day, &b) && b == period.end)
			return naive_clip(2 * from.month - to.month, day, start);
	}
	*start = 2 * (int64_t) period.start - period.end;
	return true;
}

static void
check_before(LedgerPeriod period)
{
	LedgerPeriod before;
	LedgerStatus status = period_before(period, &before);
	int64_t		start;

	if (period.start >= period.end)
		FUZZ_REQUIRE(status == LEDGER_OK && before.start >= before.end);
	else if (period.start == LEDGER_DAY_UNBOUNDED_START ||
			 period.end == LEDGER_DAY_UNBOUNDED_END)
		FUZZ_REQUIRE(status == LEDGER_BAD_DAY);
	else
	{
		if (status == LEDGER_OK)
			FUZZ_REQUIRE(before.end == period.start &&
						 before.start < before.end);
		if (naive_before(period, &start))
			check_bound(status, before.start, start);
	}
}

static void
try_period(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	PeriodCalendar calendar;
	LedgerPeriod period;
	PeriodStep	length;
	char		label[PERIOD_LABEL_MAX];

	if (first_days[0] == 0)
		count_months();

	calendar.step = fuzz_take_length(&reader);
	calendar.rolling = fuzz_take(&reader, 1) % 2 == 0 ? calendar.step :
		fuzz_take_length(&reader);
	calendar.anchor = fuzz_take_day(&reader);
	if (check_calendar(&calendar))
	{
		check_day(&calendar, fuzz_take_day(&reader));
		check_day(&calendar, calendar.anchor);
		check_number(&calendar, (int64_t) fuzz_take(&reader, 1) - 128);
		check_number(&calendar, (int64_t) fuzz_take(&reader, 8));
		fuzz_accepted++;
	}

	period = fuzz_take_period(&reader);
	length = fuzz_take_length(&reader);
	for (int i = 0; i < 6; i++)
	{
		static const PeriodAlign aligns[] = {
			PERIOD_ALIGN_BOUNDS, PERIOD_ALIGN_LAST_DAY, PERIOD_ALIGN_SAME_DAYS
		};

		check_shift(period, length, i < 3 ? 1 : -1, aligns[i % 3]);
	}
	check_before(period);
	check_label(period, false, calendar.anchor, label);
	check_label(period, true, calendar.anchor, label);
	check_civil(fuzz_take_day(&reader));
	/* from March of the first year, where the count of months begins */
	check_civil(first_days[2] + (int64_t) (fuzz_take(&reader, 4) %
										   (uint64_t) (first_days[N_MONTHS] -
													   first_days[2])));
}

const FuzzTarget fuzz_period = {"period", try_period, NULL};
