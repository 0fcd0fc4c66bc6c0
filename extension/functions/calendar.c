/*
 * functions/calendar.c
 *		The calendar functions of SQL, over answers/period.h.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "value/arguments.h"

PG_FUNCTION_INFO_V1(period_of);
PG_FUNCTION_INFO_V1(period_series);
PG_FUNCTION_INFO_V1(period_to_date);
PG_FUNCTION_INFO_V1(period_previous);
PG_FUNCTION_INFO_V1(period_shift);
PG_FUNCTION_INFO_V1(period_label);

/* The state of one call of period_series */
typedef struct PeriodSeries
{
	PeriodCalendar calendar;
	int64_t		next;			/* number of the step period to give */
	int64_t		last;
} PeriodSeries;

/*
 * period_of(day date, step interval, anchor date) returns daterange
 */
Datum
period_of(PG_FUNCTION_ARGS)
{
	LedgerDay	day = period_day_from_date(PG_GETARG_DATEADT(0), "day");
	PeriodCalendar calendar;
	LedgerPeriod period;

	period_calendar_from_arguments(&calendar, PG_GETARG_INTERVAL_P(1),
								   PG_GETARG_DATEADT(2), NULL);
	period_check(period_calendar_step_of(&calendar, day, &period));
	PG_RETURN_PERIOD(period);
}

/*
 * period_to_date(as_of date, step interval, anchor date) returns daterange:
 * the part of the step period up to and with as_of
 */
Datum
period_to_date(PG_FUNCTION_ARGS)
{
	LedgerDay	as_of = period_day_from_date(PG_GETARG_DATEADT(0), "as_of");
	PeriodCalendar calendar;
	LedgerPeriod period;

	period_calendar_from_arguments(&calendar, PG_GETARG_INTERVAL_P(1),
								   PG_GETARG_DATEADT(2), NULL);
	period_check(period_calendar_step_of(&calendar, as_of, &period));
	period.end = as_of + 1;
	PG_RETURN_PERIOD(period);
}

/*
 * Starts period_series; false where a NULL leaves nothing to give.  Only the
 * rolling length may be NULL.
 */
static bool
series_start(FunctionCallInfo fcinfo, PeriodSeries *series)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return false;
	period_calendar_from_arguments(&series->calendar, PG_GETARG_INTERVAL_P(1),
								   PG_GETARG_DATEADT(2),
								   PG_ARGISNULL(3) ? NULL :
								   PG_GETARG_INTERVAL_P(3));
	period_numbers_within(&series->calendar, PG_GETARG_PERIOD(0),
						  &series->next, &series->last);
	return true;
}

/*
 * period_series(within daterange, step interval, anchor date, rolling interval)
 * returns setof daterange: of every step period that overlaps within, the
 * window, one a call
 */
Datum
period_series(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	PeriodSeries *series;
	LedgerPeriod window;

	if (SRF_IS_FIRSTCALL())
	{
		context = SRF_FIRSTCALL_INIT();
		series = MemoryContextAllocZero(context->multi_call_memory_ctx,
										sizeof(PeriodSeries));
		context->user_fctx = series;
		if (!series_start(fcinfo, series))
			SRF_RETURN_DONE(context);
	}
	context = SRF_PERCALL_SETUP();
	series = context->user_fctx;
	if (series->next > series->last)
		SRF_RETURN_DONE(context);
	period_check(period_calendar_window(&series->calendar, series->next++,
										&window));
	SRF_RETURN_NEXT(context, RangeTypePGetDatum(period_to_range(window)));
}

/*
 * period_previous(period daterange) returns daterange
 */
Datum
period_previous(PG_FUNCTION_ARGS)
{
	LedgerPeriod period = PG_GETARG_PERIOD(0);
	LedgerPeriod before;
	char		label[PERIOD_LABEL_MAX];

	if (!period_is_bounded(period))
	{
		period_write_label(period, label);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("period has to have both bounds, not \"%s\"", label),
				 errdetail("It has no length to step back by.")));
	}
	period_check(period_before(period, &before));
	PG_RETURN_PERIOD(before);
}

/*
 * period_shift(period daterange, by interval, align text) returns daterange
 */
Datum
period_shift(PG_FUNCTION_ARGS)
{
	LedgerPeriod period = PG_GETARG_PERIOD(0);
	PeriodStep	by = period_length_from_interval(PG_GETARG_INTERVAL_P(1),
												 "interval to shift by");
	PeriodAlign align = period_align_argument(fcinfo, 2);
	LedgerPeriod shifted;

	period_check(period_shift_by(period, by, 1, align, &shifted));
	PG_RETURN_PERIOD(shifted);
}

/*
 * period_label(period daterange, anchor date, rolling boolean) returns text
 */
Datum
period_label(PG_FUNCTION_ARGS)
{
	LedgerPeriod period = PG_GETARG_PERIOD(0);
	char		label[PERIOD_LABEL_MAX];
	int			length;

	length = period_write_label_as(period, PG_GETARG_BOOL(2),
								   period_day_from_date(PG_GETARG_DATEADT(1),
														"anchor"),
								   label);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(label, length));
}
