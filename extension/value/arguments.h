/*
 * value/arguments.h
 *		Between Datums and answers/period.h: steps, days, calendars and periods as
 *		arguments, and periods as results.  Whatever is wrong with an argument
 *		is an error that names it.
 *
 * Nothing here needs fn_extra or any other memory between calls.
 */
#ifndef PERIOD_SQL_H
#define PERIOD_SQL_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/date.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"

#include "value/compat.h"
#include "answers/coverage.h"
#include "answers/period.h"

/* The most periods that one call gives */
#define PERIOD_SERIES_MAX		1000000

/*
 * A step or a rolling length: whole days or whole months, more than none.  `argument`
 * is its name in the error.
 */
extern PeriodStep period_step_from_interval(const Interval *interval,
											const char *argument);
/* A length to shift by: months, then days, of any sign, without hours */
extern PeriodStep period_length_from_interval(const Interval *interval,
											  const char *argument);
/* Any date, infinity included, as ISO 8601 has it whatever DateStyle says */
extern void period_write_date(DateADT date, char text[PERIOD_DAY_MAX]);
/* A day in the years 1 to 9999 */
extern LedgerDay period_day_from_date(DateADT date, const char *argument);
/* A calendar, checked; without a rolling length (NULL) windows are step periods */
extern void period_calendar_from_arguments(PeriodCalendar *calendar,
										   const Interval *step,
										   DateADT anchor,
										   const Interval *rolling);
/*
 * The index of a name, argument n, among `names`; by_default where it is NULL.
 * An error that lists the names where it is none of them.
 */
extern int	period_choice_argument(FunctionCallInfo fcinfo, int n,
								   const char *argument,
								   const char *const *names, int n_names,
								   int by_default);
/* The same for an alignment: bounds (by default), last_day, same_days */
extern PeriodAlign period_align_argument(FunctionCallInfo fcinfo, int n);
/*
 * The text of an interval for an error, the same whatever IntervalStyle says;
 * palloc'd.
 */
extern char *period_interval_text(const Interval *interval);

/*
 * A daterange as a period.  The infinite dates, which are no days, are no
 * bounds either: [-infinity,) is the same as (,).
 */
extern LedgerPeriod period_from_range(const RangeType *range);
/* A period as a daterange, in the current memory context */
extern RangeType *period_to_range(LedgerPeriod period);

#define PG_GETARG_PERIOD(n)		period_from_range(PG_GETARG_RANGE_P(n))
#define PG_RETURN_PERIOD(p)		PG_RETURN_RANGE_P(period_to_range(p))

/* The period of argument n; everything where that is NULL. */
static inline LedgerPeriod
within_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? ledger_period_everything() : PG_GETARG_PERIOD(n);
}

/*
 * The ranges of a datemultirange that have days, cut to what dates can say, in
 * the current memory context; their number goes to *n.
 */
extern LedgerPeriod *period_ranges_from_multirange(Datum multirange, uint32 *n);

/*
 * Numbers of the step periods that overlap `within`, from *first to *last;
 * none (*last < *first) where it is empty.  An error where it has no bound,
 * leaves the years 1 to 9999 or overlaps more than PERIOD_SERIES_MAX.
 */
extern void period_numbers_within(const PeriodCalendar *calendar,
								  LedgerPeriod within,
								  int64_t *first, int64_t *last);

/* The error for a period that a date cannot say the bounds of */
pg_noreturn extern void period_raise_out_of_range(void);

/*
 * An error where a function of answers/period.h did not find the period among dates.
 */
static inline void
period_check(LedgerStatus status)
{
	if (unlikely(status != LEDGER_OK))
		period_raise_out_of_range();
}

#endif							/* PERIOD_SQL_H */
