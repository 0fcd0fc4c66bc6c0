/*
 * functions/party_balances.c
 *		ledger_party_balances: every party at once.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "answers/party_sums.h"
#include "functions/rows.h"
#include "value/figures.h"

#define COLUMNS		9

PG_FUNCTION_INFO_V1(ledger_party_balances);

/*
 * Gives the row of one party.
 */
static void
put_party(FunctionCallInfo fcinfo, const LedgerFlat *flat, uint32 party,
		  const LedgerPartySums *sums, LedgerSum all)
{
	Datum		balance[RECIPROCAL_BALANCE_COLUMNS];
	bool		unknown[RECIPROCAL_BALANCE_COLUMNS];
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};

	reciprocal_balance_values(ledger_sum_check(sums->inflow),
							  ledger_sum_check(sums->outflow), balance, unknown);
	values[0] = PointerGetDatum(ledger_party_to_text(flat, party));
	values[1] = balance[0];
	values[2] = balance[1];
	values[3] = Int64GetDatum(ledger_sum_check(sums->inside));
	values[4] = balance[2];
	values[5] = balance[3];
	values[6] = balance[4];
	nulls[6] = unknown[4];
	values[7] = ledger_share(DatumGetInt64(balance[3]), all, &nulls[7]);
	values[8] = Int64GetDatum((int64) sums->partners);
	ledger_put_row(fcinfo, values, nulls);
}

/*
 * ledger_party_balances(ledger, within): the balance of each party with all
 * others, in byte order of the parties.
 */
Datum
ledger_party_balances(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, INT8OID, INT8OID, INT8OID, INT8OID, INT8OID, NUMERICOID,
		NUMERICOID, INT8OID, InvalidOid
	};
	LedgerPeriod within;
	LedgerFlat	flat;
	LedgerPartySums *sums;
	LedgerSum	all = {0, 0};
	MemoryContext caller;
	uint32		i;

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	within = within_argument(fcinfo, 1);
	ledger_fetch_within(PG_GETARG_DATUM(0), within, &flat);
	sums = palloc_many(LedgerPartySums, flat.parties);
	ledger_check(ledger_party_sums(&flat, within, sums,
								   palloc_many(uint32, flat.parties),
								   palloc_many(bool, flat.corridors),
								   ledger_checkpoint));
	for (i = 0; i < flat.parties; i++)
		all = ledger_sum_plus(all, ledger_sum_plus(sums[i].inflow, sums[i].outflow));

	caller = ledger_rows_start();
	for (i = 0; i < flat.parties; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_party(fcinfo, &flat, i, &sums[i], all);
		ledger_row_done();
	}
	ledger_rows_end(caller);
	return (Datum) 0;
}
