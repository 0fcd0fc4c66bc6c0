/*
 * value/figures.c
 *		Balances and comparisons: their figures as columns.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "core/base.h"
#include "value/figures.h"
#include "value/result.h"

/*
 * numerator / denominator as numeric, exactly as SQL divides
 */
static Datum
divide(Numeric numerator, int64 denominator)
{
	return DirectFunctionCall2(numeric_div, NumericGetDatum(numerator),
							   NumericGetDatum(int64_to_numeric(denominator)));
}

/*
 * a * b, whatever they are
 */
static Numeric
multiply(int64 a, int64 b)
{
	int64		product;

	/* mostly it fits */
	if (!__builtin_mul_overflow(a, b, &product))
		return int64_to_numeric(product);
	return DatumGetNumeric(DirectFunctionCall2(numeric_mul,
											   NumericGetDatum(int64_to_numeric(a)),
											   NumericGetDatum(int64_to_numeric(b))));
}

Numeric
ledger_sum_to_numeric(LedgerSum sum)
{
	int64_t		value;
	Datum		result;

	if (ledger_sum_value(sum, &value))
		return int64_to_numeric(value);
	/* high * 2^64 + low, which is 2^32 times a number and another, both small */
	result = DirectFunctionCall2(numeric_mul,
								 NumericGetDatum(multiply(sum.high, INT64CONST(1) << 32)),
								 NumericGetDatum(int64_to_numeric(INT64CONST(1) << 32)));
	result = DirectFunctionCall2(numeric_add, result,
								 NumericGetDatum(multiply((int64) (sum.low >> 32),
														  INT64CONST(1) << 32)));
	result = DirectFunctionCall2(numeric_add, result,
								 NumericGetDatum(int64_to_numeric((int64) (sum.low & PG_UINT32_MAX))));
	return DatumGetNumeric(result);
}

Datum
ledger_share(int64 part, LedgerSum whole, bool *isnull)
{
	*isnull = whole.high < 0 || (whole.high == 0 && whole.low == 0);
	if (*isnull)
		return (Datum) 0;
	return DirectFunctionCall2(numeric_div,
							   NumericGetDatum(int64_to_numeric(part)),
							   NumericGetDatum(ledger_sum_to_numeric(whole)));
}

/*
 * effectiveness = 100 * net / gross, the migration effectiveness ratio
 * (Shryock, Siegel and others 1976); reciprocity = 2 * min(inflow, outflow) /
 * gross, the weighted reciprocity of a pair (Squartini and others 2013).
 */
void
reciprocal_balance_values(int64 inflow, int64 outflow, Datum *values,
						  bool *nulls)
{
	int64_t		net;
	int64_t		gross;

	if (!ledger_checked_subtract(inflow, outflow, &net) ||
		!ledger_checked_add(inflow, outflow, &gross))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("net or gross is out of range for type bigint"),
				 errdetail("The inflow is %lld, the outflow %lld.",
						   (long long) inflow, (long long) outflow)));
	memset(nulls, false, RECIPROCAL_BALANCE_COLUMNS * sizeof(bool));
	values[0] = Int64GetDatum(inflow);
	values[1] = Int64GetDatum(outflow);
	values[2] = Int64GetDatum(net);
	values[3] = Int64GetDatum(gross);
	values[4] = values[5] = (Datum) 0;
	nulls[4] = gross <= 0;
	nulls[5] = gross <= 0 || inflow < 0 || outflow < 0;
	if (!nulls[4])
		values[4] = divide(multiply(100, net), gross);
	if (!nulls[5])
		values[5] = divide(multiply(2, Min(inflow, outflow)), gross);
}

/*
 * What became of a figure, in a word.
 */
static const char *
comparison_status(int64 current, int64 previous)
{
	if (previous == 0)
		return current == 0 ? "nil" : "new";
	if ((current > 0 && previous < 0) || (current < 0 && previous > 0))
		return "reversal";
	if (current == previous)
		return "unchanged";
	return current > previous ? "rise" : "fall";
}

/*
 * percent_change = 100 * (current - previous) / previous, of a positive
 * previous only: never an infinity, never a percentage of a negative base.
 */
void
period_comparison_values(const int64 *current, const int64 *previous,
						 Datum *values, bool *nulls)
{
	int64_t		change;

	memset(values, 0, PERIOD_COMPARISON_COLUMNS * sizeof(Datum));
	memset(nulls, false, PERIOD_COMPARISON_COLUMNS * sizeof(bool));
	nulls[0] = current == NULL;
	nulls[1] = previous == NULL;
	if (!nulls[0])
		values[0] = Int64GetDatum(*current);
	if (!nulls[1])
		values[1] = Int64GetDatum(*previous);
	if (nulls[0] || nulls[1])
	{
		nulls[2] = nulls[3] = true;
		values[4] = CStringGetTextDatum("unknown");
		return;
	}
	if (!ledger_checked_subtract(*current, *previous, &change))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("change is out of range for type bigint"),
				 errdetail("The current figure is %lld, the previous one %lld.",
						   (long long) *current, (long long) *previous)));
	values[2] = Int64GetDatum(change);
	nulls[3] = *previous <= 0;
	if (!nulls[3])
		values[3] = divide(multiply(100, change), *previous);
	values[4] = CStringGetTextDatum(comparison_status(*current, *previous));
}

Datum
reciprocal_balance_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	static const Oid columns[] = {RECIPROCAL_BALANCE_TYPES, InvalidOid};
	static const char *const names[RECIPROCAL_BALANCE_COLUMNS] = {
		"inflow", "outflow", "net", "gross", "effectiveness", "reciprocity"
	};

	return ledger_row(fcinfo, columns, names, values, nulls);
}

Datum
period_comparison_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	static const Oid columns[] = {PERIOD_COMPARISON_TYPES, InvalidOid};
	static const char *const names[PERIOD_COMPARISON_COLUMNS] = {
		"current", "previous", "change", "percent_change", "status"
	};

	return ledger_row(fcinfo, columns, names, values, nulls);
}
