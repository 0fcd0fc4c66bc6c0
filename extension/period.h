/*
 * period.h
 *		Days and civil dates, steps and anchors, shifts and labels.  Plain C, no
 *		PostgreSQL headers.
 */
#ifndef PERIOD_H
#define PERIOD_H

#include "ledger_base.h"

/* The default anchor, 2001-01-01: a Monday that starts a month, quarter, year */
#define PERIOD_DEFAULT_ANCHOR	366

/*
 * A length of whole days or of whole months; exactly one of the two is
 * positive in a valid step or width.
 */
typedef struct PeriodStep
{
	int32_t		months;
	int32_t		days;
} PeriodStep;

/* A calendar: periods of length `step` from `anchor` in both directions. */
typedef struct PeriodCalendar
{
	PeriodStep	step;
	LedgerDay	anchor;
	PeriodStep	width;			/* of each period; equal to step, or wider */
} PeriodCalendar;

typedef enum PeriodAlign
{
	PERIOD_ALIGN_BOUNDS,		/* both half-open bounds move */
	PERIOD_ALIGN_LAST_DAY,		/* first and last day move, each clipped */
	PERIOD_ALIGN_SAME_DAYS		/* the first day moves, the length stays */
} PeriodAlign;

#define PERIOD_LABEL_MAX		64	/* bytes, with the closing zero */

/* Civil dates (proleptic Gregorian, years 1 to 10000 at least) */
extern LedgerDay period_day_from_civil(int32_t year, int32_t month, int32_t day);
extern void period_day_to_civil(LedgerDay day, int32_t *year, int32_t *month,
								int32_t *day_of_month);
extern bool period_civil_valid(int32_t year, int32_t month, int32_t day);
extern int	period_days_in_month(int32_t year, int32_t month);
/* day + months, clipped to the length of the month, then + days */
extern LedgerStatus period_day_plus(LedgerDay day, PeriodStep length, int sign,
									LedgerDay *result);

/* Steps and calendars */
extern LedgerStatus period_calendar_check(const PeriodCalendar *calendar);
/*
 * Start of the step period number n (0 starts at the anchor), and the number
 * of the step period that holds a day.  Bounds are clipped to what a date can
 * say; days outside the ledger's own range give LEDGER_BAD_DAY.
 */
extern LedgerStatus period_calendar_start(const PeriodCalendar *calendar,
										  int64_t n, LedgerDay *start);
extern LedgerStatus period_calendar_number(const PeriodCalendar *calendar,
										   LedgerDay day, int64_t *n);
/* The step period that holds a day; with width, the window that ends with it */
extern LedgerStatus period_calendar_step(const PeriodCalendar *calendar,
										 int64_t n, LedgerPeriod *period);
extern LedgerStatus period_calendar_window(const PeriodCalendar *calendar,
										   int64_t n, LedgerPeriod *window);

/* Periods */
extern LedgerStatus period_shift_by(LedgerPeriod period, PeriodStep length,
									int sign, PeriodAlign align,
									LedgerPeriod *shifted);
extern LedgerStatus period_before(LedgerPeriod period, LedgerPeriod *before);
/* Writes a label and its closing zero; returns its length. */
extern int	period_write_label(LedgerPeriod period,
							   char label[PERIOD_LABEL_MAX]);

#endif							/* PERIOD_H */
