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
ledger_sum_between(const HomeCorridors *between, LedgerPeriod within,
				   LedgerSum *inflow, LedgerSum *outflow)
{
	const LedgerSum zero = {0, 0};
	uint32		i;

	*inflow = *outflow = zero;
	for (i = 0; i < between->n_corridors; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_sum(&between->corridors[i], within,
										 between->inward[i] ? inflow : outflow));
	}
	if (between->both_ways)
		*outflow = *inflow;
}

void
ledger_flows_between(const HomeCorridors *between, LedgerFlowStream *stream)
{
	uint32		i;

	stream->both_ways = between->both_ways;
	for (i = 0; i < between->n_corridors; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flow_add(stream, &between->corridors[i],
									 between->inward[i]));
	}
}

LedgerRunning *
ledger_start_running(const HomeCorridors *between, const LedgerCoverage *coverage)
{
	LedgerRunning *running = palloc(sizeof(LedgerRunning));

	ledger_running_start(running, coverage,
						 palloc_many(LedgerFlowSource, between->n_corridors),
						 ledger_checkpoint);
	ledger_flows_between(between, &running->stream);
	return running;
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
				  HomeCorridors *between)
{
	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return false;
	ledger_home_arguments(fcinfo, true, between);
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
 * What is known where nothing is said of it: all days from the first of the
 * ledger or of what is asked about to the last.
 */
static void
cover_hull(const LedgerFlat *flat, LedgerScope *scope)
{
	LedgerPeriod *hull = palloc(sizeof(LedgerPeriod));

	*hull = scope->within;
	if (flat->corridors > 0)
	{
		bool		asked = !period_is_empty(scope->within);

		hull->start = asked ? Min(hull->start, flat->first) : flat->first;
		hull->end = asked ? Max(hull->end, flat->last + 1) : flat->last + 1;
	}
	scope->coverage.ranges = hull;
	scope->coverage.n = period_is_empty(*hull) ? 0 : 1;
	scope->coverage.given = false;
}

void
ledger_scope_arguments(FunctionCallInfo fcinfo, int within, int covered,
					   const LedgerFlat *flat, LedgerScope *scope)
{
	LedgerCoverage *coverage = &scope->coverage;
	LedgerPeriod *ranges = NULL;
	int64	   *before;

	scope->within = within_argument(fcinfo, within);
	if (covered != NO_ARGUMENT && !PG_ARGISNULL(covered))
	{
		ranges = period_ranges_from_multirange(PG_GETARG_DATUM(covered),
											   &coverage->n);
		if (coverage->n > 0)
		{
			LedgerPeriod *last = &ranges[coverage->n - 1];

			if (scope->within.start == LEDGER_DAY_UNBOUNDED_START &&
				ranges->start > PERIOD_BOUND_MIN)
				scope->within.start = ranges->start;
			if (scope->within.end == LEDGER_DAY_UNBOUNDED_END &&
				last->end < PERIOD_BOUND_MAX)
				scope->within.end = last->end;
		}
	}
	scope->within = ledger_report_within(flat, scope->within);
	if (ranges == NULL)
		cover_hull(flat, scope);
	else
	{
		coverage->ranges = ranges;
		coverage->given = true;
	}
	before = palloc_many(int64, coverage->n);
	ledger_coverage_count(coverage->ranges, coverage->n, before);
	coverage->before = before;
}

/*
 * Starts a series over corridors, in the current memory context.
 */
LedgerSeries *
ledger_start_series(const HomeCorridors *between, const PeriodCalendar *calendar,
					const LedgerScope *scope)
{
	LedgerSeries *series = palloc(sizeof(LedgerSeries));
	LedgerFlowSource *ends;
	LedgerFlowSource *starts = NULL;
	int64_t		first;
	int64_t		last;

	period_numbers_within(calendar, scope->within, &first, &last);
	ends = palloc_many(LedgerFlowSource, between->n_corridors);
	if (period_calendar_rolls(calendar))
		starts = palloc_many(LedgerFlowSource, between->n_corridors);
	ledger_series_start(series, calendar, scope->within, &scope->coverage,
						first, last, ends, starts, ledger_checkpoint);
	ledger_flows_between(between, &series->ends.stream);
	if (series->rolls)
		ledger_flows_between(between, &series->starts.stream);
	return series;
}
