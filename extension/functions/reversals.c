/*
 * functions/reversals.c
 *		ledger_reversals.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "answers/match.h"
#include "functions/rows.h"

PG_FUNCTION_INFO_V1(ledger_reversals);

/*
 * ledger_reversals(ledger, home, partner, within): the days on which the balance
 * since the ledger's first entry changed its sign.
 */
Datum
ledger_reversals(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		DATEOID, INT8OID, INT8OID, DATEOID, INT4OID, InvalidOid
	};
	LedgerPeriod within;
	HomeCorridors between;
	LedgerFlowStream flows;
	LedgerReversalStream stream;
	LedgerReversal reversal;
	LedgerStatus status;

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;

	within = within_argument(fcinfo, 3);
	ledger_flow_start(&flows,
					  palloc_many(LedgerFlowSource, between.n_corridors),
					  ledger_checkpoint);
	ledger_flows_between(&between, &flows);

	ledger_reversal_start(&stream, &flows);
	while ((status = ledger_reversal_next(&stream, &reversal)) == LEDGER_OK)
	{
		Datum		values[5];
		bool		nulls[5] = {false};

		if (!ledger_period_contains(within, reversal.day))
			continue;
		values[0] = DateADTGetDatum(reversal.day);
		values[1] = Int64GetDatum(reversal.before);
		values[2] = Int64GetDatum(reversal.after);
		values[3] = DateADTGetDatum(reversal.since);
		values[4] = Int32GetDatum(reversal.day - reversal.since);
		ledger_put_row(fcinfo, values, nulls);
	}
	ledger_check(status);
	return (Datum) 0;
}
