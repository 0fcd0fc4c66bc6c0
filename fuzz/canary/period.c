/*
 * canary/period.c
 *		answers/period.c with a planted bug, which the fuzzer must find: the number of a
 *		step period in days is rounded towards zero and not down.
 */
#define period_calendar_number period_calendar_number_as_it_is
#include <answers/period.c>
#undef period_calendar_number

extern LedgerStatus period_calendar_number(const PeriodCalendar *calendar,
										   LedgerDay day, int64_t *n);

LedgerStatus
period_calendar_number(const PeriodCalendar *calendar, LedgerDay day,
					   int64_t *n)
{
	if (calendar->step.days > 0 && ledger_day_valid(day))
	{
		*n = ((int64_t) day - calendar->anchor) / calendar->step.days;
		return LEDGER_OK;
	}
	return period_calendar_number_as_it_is(calendar, day, n);
}
