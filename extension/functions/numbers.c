/*
 * functions/numbers.c
 *		Questions about a ledger or two figures that have one answer.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "core/cursor.h"
#include "functions/rows.h"
#include "value/figures.h"

PG_FUNCTION_INFO_V1(ledger_total);
PG_FUNCTION_INFO_V1(ledger_flow);
PG_FUNCTION_INFO_V1(ledger_period);
PG_FUNCTION_INFO_V1(reciprocal_balance);
PG_FUNCTION_INFO_V1(balance_of_flows);
PG_FUNCTION_INFO_V1(period_comparison);

/*
 * All people of a ledger, those who moved inside a party included.
 */
Datum
ledger_total(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 1);
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	LedgerSum	total = {0, 0};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	ledger_fetch_corridors(PG_GETARG_DATUM(0), !PG_ARGISNULL(1), &flat);
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_sum(&corridor, within, &total));
	}
	ledger_check(status);
	PG_RETURN_INT64(ledger_sum_check(total));
}

/*
 * The people of one corridor; 0 where the ledger does not have it.
 */
Datum
ledger_flow(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 3);
	LedgerCorridor corridor;
	LedgerSum	sum = {0, 0};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (ledger_fetch_corridor(PG_GETARG_DATUM(0),
							  ledger_party_from_text(PG_GETARG_TEXT_PP(1)),
							  ledger_party_from_text(PG_GETARG_TEXT_PP(2)),
							  !PG_ARGISNULL(3), &corridor))
		ledger_check(ledger_corridor_sum(&corridor, within, &sum));
	PG_RETURN_INT64(ledger_sum_check(sum));
}

/*
 * From the first day of a ledger to its last; empty for {}.
 */
Datum
ledger_period(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerPeriod period = {0, 0};

	ledger_fetch_head(PG_GETARG_DATUM(0), &flat);
	if (flat.corridors > 0)
	{
		period.start = flat.first;
		period.end = flat.last + 1;
	}
	PG_RETURN_PERIOD(period);
}

/*
 * What came to one party from all others and what went, if a question asks for
 * that of all days and the ledger has it.
 */
static bool
read_totals(FunctionCallInfo fcinfo, LedgerSum *inflow, LedgerSum *outflow)
{
	const bool	turned = PG_ARGISNULL(1);
	LedgerPartyTotals totals;

	if (turned == PG_ARGISNULL(2) || !PG_ARGISNULL(3) ||
		!ledger_fetch_home_totals(PG_GETARG_DATUM(0),
								  PG_GETARG_TEXT_PP(turned ? 2 : 1), &totals))
		return false;
	*inflow = turned ? totals.outflow : totals.inflow;
	*outflow = turned ? totals.inflow : totals.outflow;
	return true;
}

/*
 * The balance of home with a partner, or with every other party.
 */
Datum
reciprocal_balance(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 3);
	HomeCorridors between;
	LedgerSum	inflow;
	LedgerSum	outflow;
	Datum		values[RECIPROCAL_BALANCE_COLUMNS];
	bool		nulls[RECIPROCAL_BALANCE_COLUMNS];

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!read_totals(fcinfo, &inflow, &outflow))
	{
		ledger_home_arguments(fcinfo, !PG_ARGISNULL(3), &between);
		ledger_sum_between(&between, within, &inflow, &outflow);
	}
	reciprocal_balance_values(ledger_sum_check(inflow),
							  ledger_sum_check(outflow), values, nulls);
	PG_RETURN_DATUM(reciprocal_balance_row(fcinfo, values, nulls));
}

/*
 * The balance of two given flows.
 */
Datum
balance_of_flows(PG_FUNCTION_ARGS)
{
	Datum		values[RECIPROCAL_BALANCE_COLUMNS];
	bool		nulls[RECIPROCAL_BALANCE_COLUMNS];

	reciprocal_balance_values(PG_GETARG_INT64(0), PG_GETARG_INT64(1), values,
							  nulls);
	PG_RETURN_DATUM(reciprocal_balance_row(fcinfo, values, nulls));
}

/*
 * The comparison of two given figures.
 */
Datum
period_comparison(PG_FUNCTION_ARGS)
{
	Datum		values[PERIOD_COMPARISON_COLUMNS];
	bool		nulls[PERIOD_COMPARISON_COLUMNS];
	int64		current = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT64(0);
	int64		previous = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT64(1);

	period_comparison_values(PG_ARGISNULL(0) ? NULL : &current,
							 PG_ARGISNULL(1) ? NULL : &previous,
							 values, nulls);
	PG_RETURN_DATUM(period_comparison_row(fcinfo, values, nulls));
}
