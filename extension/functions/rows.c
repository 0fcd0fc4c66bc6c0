/*
 * functions/rows.c
 *		What the functions that give rows share: their arguments and rows.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "functions/rows.h"
#include "value/result.h"

const char *const ledger_measure_names[LEDGER_MEASURES] = {
	[LEDGER_INFLOW] = "inflow",
	[LEDGER_OUTFLOW] = "outflow",
	[LEDGER_NET] = "net",
	[LEDGER_GROSS] = "gross",
	[LEDGER_BALANCE] = "balance"
};

LedgerMeasure
ledger_measure_argument(FunctionCallInfo fcinfo, int n, int n_measures)
{
	return (LedgerMeasure) period_choice_argument(fcinfo, n, "measure",
												  ledger_measure_names,
												  n_measures, LEDGER_NET);
}

void
ledger_view_flows(const HomeCorridors *view, LedgerFlowStream *stream)
{
	uint32		i;

	stream->both_ways = view->both_ways;
	for (i = 0; i < view->n_corridors; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flow_add(stream, &view->corridors[i],
									 view->inward[i]));
	}
}

void
ledger_begin_rows(FunctionCallInfo fcinfo, const Oid *columns)
{
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	ledger_check_columns(fcinfo, ((ReturnSetInfo *) fcinfo->resultinfo)->setDesc,
						 columns, NULL);
}

bool
ledger_start_rows(FunctionCallInfo fcinfo, const Oid *columns,
				  HomeCorridors *view)
{
	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return false;
	ledger_home_arguments(fcinfo, true, view);
	return true;
}

void
ledger_calendar_arguments(FunctionCallInfo fcinfo, int step, int default_months,
						  int anchor, int rolling, PeriodCalendar *calendar)
{
	const Interval by_default = {.month = default_months};

	period_calendar_from_arguments(calendar,
								   PG_ARGISNULL(step) ? &by_default :
								   PG_GETARG_INTERVAL_P(step),
								   PG_ARGISNULL(anchor) ? PERIOD_DEFAULT_ANCHOR :
								   PG_GETARG_DATEADT(anchor),
								   rolling == NO_ARGUMENT || PG_ARGISNULL(rolling) ?
								   NULL :
								   PG_GETARG_INTERVAL_P(rolling));
}

/*
 * Starts a series over the corridors of a view, in the current memory context.
 */
LedgerSeries *
ledger_start_series(const HomeCorridors *view, const PeriodCalendar *calendar,
					LedgerPeriod within)
{
	LedgerSeries *series = palloc(sizeof(LedgerSeries));
	LedgerFlowSource *ends;
	LedgerFlowSource *starts = NULL;
	int64_t		first;
	int64_t		last;

	within = ledger_report_within(&view->flat, within);
	period_numbers_within(calendar, within, &first, &last);
	ends = palloc_many(LedgerFlowSource, view->n_corridors);
	if (period_calendar_rolls(calendar))
		starts = palloc_many(LedgerFlowSource, view->n_corridors);
	ledger_series_start(series, calendar, within, first, last, ends, starts,
						ledger_checkpoint);
	ledger_view_flows(view, &series->ends.stream);
	if (series->rolls)
		ledger_view_flows(view, &series->starts.stream);
	return series;
}
