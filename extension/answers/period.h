/*
 * answers/period.h
 *		Steps and anchors, shifts and labels.  Plain C, no PostgreSQL headers.
 *
 * A calendar cuts time into step periods, numbered from the anchor: number 0
 * starts on the anchor, number n starts n steps later, and every day lies in
 * exactly one.  With steps in months the start is always reckoned from the
 * anchor and never from the period before, with the day clipped to the month:
 * from 31 January by one month come 28 or 29 February, 31 March, 30 April.
 * All of it is arithmetic in constant time; nothing walks from period to
 * period.
 *
 * A day that is asked about lies in LEDGER_DAY_MIN .. LEDGER_DAY_MAX, and so
 * does an anchor.  The bounds of a period may lie outside, as far as
 * PostgreSQL's date can say; beyond that a function returns LEDGER_BAD_DAY,
 * rather than a clipped period of another length.
 */
#ifndef PERIOD_H
#define PERIOD_H

#include "core/civil.h"

/* The default anchor, 2001-01-01: a Monday that starts a month, quarter, year */
#define PERIOD_DEFAULT_ANCHOR	366

/* The bounds that PostgreSQL's date can say: 4714-11-24 BC to 5874897-12-31 */
#define PERIOD_BOUND_MIN		(-2451545)
#define PERIOD_BOUND_MAX		2145031948

/*
 * A length of whole days or of whole months; exactly one of the two is
 * positive in a valid step or rolling length.  A shift may have both, of any sign.
 */
typedef struct PeriodStep
{
	int32_t		months;
	int32_t		days;
} PeriodStep;

/*
 * A calendar: periods of length `step` from `anchor` in both directions.
 * Where `rolling` is longer than `step`, each step period has a window, the
 * period of that length that ends where the step period ends.
 */
typedef struct PeriodCalendar
{
	PeriodStep	step;
	LedgerDay	anchor;
	PeriodStep	rolling;		/* length of each window; the step, or longer */
} PeriodCalendar;

typedef enum PeriodAlign
{
	PERIOD_ALIGN_BOUNDS,		/* both half-open bounds move */
	PERIOD_ALIGN_LAST_DAY,		/* first and last day move, each clipped */
	PERIOD_ALIGN_SAME_DAYS		/* the first day moves, the length stays */
} PeriodAlign;

/* Bytes of a day and of a label, with the closing zero */
#define PERIOD_DAY_MAX			24
#define PERIOD_LABEL_MAX		64

/* day + months, clipped to the length of the month, then + days */
extern LedgerStatus period_day_plus(LedgerDay day, PeriodStep length, int sign,
									LedgerDay *result);

/*
 * The same day so many months and days earlier.  The last day of a month stays
 * that, unless align says otherwise: from 28 February comes 29 February.
 */
extern LedgerStatus period_same_day_earlier(LedgerDay day, PeriodStep back,
											PeriodAlign align,
											LedgerDay *earlier);

/* Steps and calendars */
static inline bool
period_step_equal(PeriodStep a, PeriodStep b)
{
	return a.months == b.months && a.days == b.days;
}

/* Does each step period have a window wider than itself? */
static inline bool
period_calendar_rolls(const PeriodCalendar *calendar)
{
	return !period_step_equal(calendar->step, calendar->rolling);
}

/*
 * LEDGER_BAD_STEP where step or rolling is not a length, or where the latter
 * could give a window shorter than its step period; LEDGER_BAD_DAY for the
 * anchor.  The other calendar functions trust that this was asked.
 */
extern LedgerStatus period_calendar_check(const PeriodCalendar *calendar);
/* Start of step period number n, which is the end of number n - 1 */
extern LedgerStatus period_calendar_start(const PeriodCalendar *calendar,
										  int64_t n, LedgerDay *start);
/* Number of the step period that holds a day */
extern LedgerStatus period_calendar_number(const PeriodCalendar *calendar,
										   LedgerDay day, int64_t *n);
/*
 * Numbers of the first and the last step period that overlap `within`, which
 * is bounded and not empty.
 */
extern LedgerStatus period_calendar_numbers(const PeriodCalendar *calendar,
											LedgerPeriod within,
											int64_t *first, int64_t *last);
/* Step period number n; and its window, the same period without a rolling length */
extern LedgerStatus period_calendar_step(const PeriodCalendar *calendar,
										 int64_t n, LedgerPeriod *period);
extern LedgerStatus period_calendar_window(const PeriodCalendar *calendar,
										   int64_t n, LedgerPeriod *window);
/*
 * Start of a window that ends before `end`, whatever the calendar's periods
 * are; not for months rolling on steps of months, which start on a bound of
 * the calendar.
 */
extern LedgerStatus period_window_ending(const PeriodCalendar *calendar,
										 LedgerDay end, LedgerDay *start);
/* period_calendar_number and period_calendar_step in one */
extern LedgerStatus period_calendar_step_of(const PeriodCalendar *calendar,
											LedgerDay day,
											LedgerPeriod *period);

/* Periods */
static inline bool
period_is_empty(LedgerPeriod period)
{
	return period.start >= period.end;
}

/*
 * Has a period both bounds?  An empty one has.
 */
static inline bool
period_is_bounded(LedgerPeriod period)
{
	return period.start != LEDGER_DAY_UNBOUNDED_START &&
		period.end != LEDGER_DAY_UNBOUNDED_END;
}

extern LedgerStatus period_shift_by(LedgerPeriod period, PeriodStep length,
									int sign, PeriodAlign align,
									LedgerPeriod *shifted);
/* The period just before a bounded one; LEDGER_BAD_DAY where it is unbounded */
extern LedgerStatus period_before(LedgerPeriod period, LedgerPeriod *before);
/* Jan to Dec */
extern const char *const period_month_names[MONTHS_PER_YEAR];
/* Writes a day as text, `2026-03-14`; returns its length. */
extern int	period_write_day(LedgerDay day, char text[PERIOD_DAY_MAX]);
/*
 * Write a label and its closing zero; return its length.  Quarters are those
 * of years that start with the anchor.  The rolling form is for windows, where
 * every twelve months are a "year ending".
 */
extern int	period_write_label_as(LedgerPeriod period, bool rolling,
								  LedgerDay anchor,
								  char label[PERIOD_LABEL_MAX]);

/* Of a period by itself */
static inline int
period_write_label(LedgerPeriod period, char label[PERIOD_LABEL_MAX])
{
	return period_write_label_as(period, false, PERIOD_DEFAULT_ANCHOR, label);
}

/* Of a period among those of a calendar */
static inline int
period_write_label_of(const PeriodCalendar *calendar, LedgerPeriod period,
					  char label[PERIOD_LABEL_MAX])
{
	return period_write_label_as(period, period_calendar_rolls(calendar),
								 calendar->anchor, label);
}

#endif							/* PERIOD_H */
