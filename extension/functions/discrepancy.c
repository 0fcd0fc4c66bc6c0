/*
 * functions/discrepancy.c
 *		ledger_discrepancies: two ledgers of the same flows, cell by cell.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "answers/discrepancy.h"
#include "core/merge.h"
#include "functions/rows.h"

#define ARG_A			0
#define ARG_B			1
#define ARG_STEP		2
#define ARG_ANCHOR		3
#define ARG_WITHIN		4

PG_FUNCTION_INFO_V1(ledger_discrepancies);

/*
 * 2 |a - b| / (a + b), the gap between two figures as a share of their mean;
 * false where a + b is not above zero and there is none.  Numeric, since both
 * the sum and twice the gap may pass 64 bits.
 */
static bool
relative_difference(int64 a, int64 b, Datum *result)
{
	Datum		numeric_a = NumericGetDatum(int64_to_numeric(a));
	Datum		numeric_b = NumericGetDatum(int64_to_numeric(b));
	Datum		zero = NumericGetDatum(int64_to_numeric(0));
	Datum		sum = DirectFunctionCall2(numeric_add, numeric_a, numeric_b);
	Datum		gap;

	if (!DatumGetBool(DirectFunctionCall2(numeric_gt, sum, zero)))
		return false;
	gap = DirectFunctionCall1(numeric_abs,
							  DirectFunctionCall2(numeric_sub, numeric_a,
												  numeric_b));
	gap = DirectFunctionCall2(numeric_add, gap, gap);
	*result = DirectFunctionCall2(numeric_div, gap, sum);
	return true;
}

/*
 * Gives the row of one cell.  What it allocates is for the caller to free.
 */
static void
put_cell(FunctionCallInfo fcinfo, const LedgerParty *parties,
		 const PeriodCalendar *calendar, const LedgerDiscrepancy *cell)
{
	LedgerParty origin = parties[cell->origin];
	LedgerParty destination = parties[cell->destination];
	char		label[PERIOD_LABEL_MAX];
	int			label_length = period_write_label_of(calendar, cell->period, label);
	int64_t		difference;
	Datum		values[9];
	bool		nulls[9] = {false};

	if (!ledger_checked_subtract(cell->people_a, cell->people_b, &difference))
		ledger_raise(LEDGER_OUT_OF_RANGE);

	values[0] = PointerGetDatum(cstring_to_text_with_len(origin.name,
														 (int) origin.length));
	values[1] = PointerGetDatum(cstring_to_text_with_len(destination.name,
														 (int) destination.length));
	values[2] = RangeTypePGetDatum(period_to_range(cell->period));
	values[3] = PointerGetDatum(cstring_to_text_with_len(label, label_length));
	values[4] = Int64GetDatum(cell->people_a);
	values[5] = Int64GetDatum(cell->people_b);
	values[6] = Int64GetDatum(difference);
	nulls[7] = !relative_difference(cell->people_a, cell->people_b, &values[7]);
	values[8] = BoolGetDatum(cell->people_a == 0 || cell->people_b == 0);
	ledger_put_row(fcinfo, values, nulls);
}

/*
 * Gives the rows of all cells.
 */
static void
put_cells(FunctionCallInfo fcinfo, const LedgerParty *parties,
		  LedgerDiscrepancyStream *stream)
{
	MemoryContext caller = ledger_rows_start();
	LedgerDiscrepancy cell;
	LedgerStatus status;

	while ((status = ledger_discrepancy_next(stream, &cell)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		put_cell(fcinfo, parties, &stream->calendar, &cell);
		ledger_row_done();
	}
	ledger_check(status);
	ledger_rows_end(caller);
}

/*
 * ledger_discrepancies(a, b, step, anchor, within): the cells in which either
 * ledger has a flow.
 */
Datum
ledger_discrepancies(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, TEXTOID, DATERANGEOID, TEXTOID, INT8OID, INT8OID, INT8OID,
		NUMERICOID, BOOLOID, InvalidOid
	};
	LedgerDiscrepancyStream stream;
	PeriodCalendar calendar;
	LedgerPeriod within;
	MergeInput	sides[2];
	MergeInput *queue[2];
	LedgerParty *parties;
	uint32		n_parties;

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(ARG_A) || PG_ARGISNULL(ARG_B))
		return (Datum) 0;

	ledger_calendar_arguments(fcinfo, ARG_STEP, 12, ARG_ANCHOR, NO_ARGUMENT,
							  &calendar);
	within = within_argument(fcinfo, ARG_WITHIN);
	PG_GETARG_LEDGER(ARG_A, &sides[0].flat);
	PG_GETARG_LEDGER(ARG_B, &sides[1].flat);

	sides[0].numbers = palloc_many(uint32, sides[0].flat.parties);
	sides[1].numbers = palloc_many(uint32, sides[1].flat.parties);
	parties = palloc_many(LedgerParty, (Size) sides[0].flat.parties +
						  sides[1].flat.parties);
	ledger_check(ledger_merge_parties(sides, 2, queue, parties, &n_parties,
									  ledger_checkpoint));
	ledger_check(ledger_discrepancy_start(&stream,
										  &sides[0].flat, sides[0].numbers,
										  &sides[1].flat, sides[1].numbers,
										  &calendar, within,
										  ledger_checkpoint));
	put_cells(fcinfo, parties, &stream);
	return (Datum) 0;
}
