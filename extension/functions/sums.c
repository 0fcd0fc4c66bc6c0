/*
 * functions/sums.c
 *		reciprocal_balance_agg and period_comparison_agg.
 *
 * The state is two sums, in an array as for PostgreSQL's own avg(bigint); the
 * parameters reach the transition function only, which is all that a
 * distributed engine promises.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/date.h"

#include "functions/aggregate.h"
#include "functions/fetch.h"
#include "value/arguments.h"
#include "value/figures.h"

PG_FUNCTION_INFO_V1(reciprocal_balance_agg_transition);
PG_FUNCTION_INFO_V1(reciprocal_balance_agg_inverse);
PG_FUNCTION_INFO_V1(reciprocal_balance_agg_final);
PG_FUNCTION_INFO_V1(period_comparison_agg_transition);
PG_FUNCTION_INFO_V1(period_comparison_agg_inverse);
PG_FUNCTION_INFO_V1(period_comparison_agg_final);
PG_FUNCTION_INFO_V1(ledger_sums_combine);

/*
 * The state of an aggregate that is two sums, in `sums`; modified in place.
 */
static ArrayType *
get_sums(FunctionCallInfo fcinfo, int argument, int64_t **sums)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(argument);

	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT8OID || ARR_DIMS(array)[0] != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state of the aggregate must be an array of two bigint values")));
	*sums = (int64_t *) ARR_DATA_PTR(array);
	return array;
}

/*
 * Adds people to a sum, or takes them away where sign is -1.
 */
static inline void
apply_people(int64_t *sum, int64 people, int sign)
{
	if (!(sign > 0 ? ledger_checked_add(*sum, people, sum) :
		  ledger_checked_subtract(*sum, people, sum)))
		ledger_raise(LEDGER_OUT_OF_RANGE);
}

/*
 * The error for a parameter of an aggregate that has to be given.
 */
pg_noreturn static void
raise_null_parameter(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s must not be NULL", name)));
}

/*
 * Are two parties the same one?
 */
static inline bool
party_equal(LedgerParty a, LedgerParty b)
{
	/* most parties that differ do so at either end */
	return a.length == b.length && a.name[0] == b.name[0] &&
		a.name[a.length - 1] == b.name[b.length - 1] &&
		memcmp(a.name, b.name, a.length) == 0;
}

/*
 * Which ways a row of a call (state, origin, destination, people, home,
 * partner) counts, as reciprocal_balance has them; neither may be set.
 */
static inline void
find_directions(FunctionCallInfo fcinfo, bool *inward, bool *outward)
{
	LedgerParty origin = ledger_party_argument(fcinfo, 1);
	LedgerParty destination = ledger_party_argument(fcinfo, 2);
	LedgerParty home;

	if (PG_ARGISNULL(4))
	{
		*inward = *outward = !party_equal(origin, destination);
		if (*inward && !PG_ARGISNULL(5))
		{
			LedgerParty partner = ledger_party_argument(fcinfo, 5);

			*inward = party_equal(origin, partner);
			*outward = party_equal(destination, partner);
		}
		return;
	}
	home = ledger_party_argument(fcinfo, 4);
	*outward = party_equal(origin, home);
	*inward = party_equal(destination, home);
	if (*inward == *outward ||
		(!PG_ARGISNULL(5) &&
		 !party_equal(*outward ? destination : origin,
					  ledger_party_argument(fcinfo, 5))))
		*inward = *outward = false;
}

/*
 * Adds or takes away the row of a call (state, origin, destination, people,
 * home, partner).
 */
static inline Datum
apply_balance_row(FunctionCallInfo fcinfo, int sign)
{
	ArrayType  *state;
	int64_t    *sums;
	bool		inward;
	bool		outward;

	ledger_check_aggregate(fcinfo);
	if (unlikely(PG_ARGISNULL(0)))
		raise_null_parameter("state of the aggregate");
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));

	find_directions(fcinfo, &inward, &outward);
	if (!inward && !outward)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	state = get_sums(fcinfo, 0, &sums);
	if (inward)
		apply_people(&sums[0], PG_GETARG_INT64(3), sign);
	if (outward)
		apply_people(&sums[1], PG_GETARG_INT64(3), sign);
	PG_RETURN_ARRAYTYPE_P(state);
}

/*
 * Adds a row to the sums of home's inflow and outflow.
 */
Datum
reciprocal_balance_agg_transition(PG_FUNCTION_ARGS)
{
	return apply_balance_row(fcinfo, 1);
}

/*
 * Takes a row away from them, for moving windows.
 */
Datum
reciprocal_balance_agg_inverse(PG_FUNCTION_ARGS)
{
	return apply_balance_row(fcinfo, -1);
}

/*
 * Adds or takes away the row of a call (state, day, people, current,
 * previous).  A day may lie in both periods.
 */
static inline Datum
apply_comparison_row(FunctionCallInfo fcinfo, int sign)
{
	LedgerDay	day;
	int64		people;
	ArrayType  *state;
	int64_t    *sums;
	int			i;

	ledger_check_aggregate(fcinfo);
	if (unlikely(PG_ARGISNULL(0)))
		raise_null_parameter("state of the aggregate");
	if (unlikely(PG_ARGISNULL(3)))
		raise_null_parameter("current");
	if (unlikely(PG_ARGISNULL(4)))
		raise_null_parameter("previous");
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));

	day = PG_GETARG_DATEADT(1);
	people = PG_GETARG_INT64(2);
	ledger_check_day(day);
	state = get_sums(fcinfo, 0, &sums);
	for (i = 0; i < 2; i++)
		if (ledger_period_contains(period_from_range(PG_GETARG_RANGE_P(3 + i)),
								   day))
			apply_people(&sums[i], people, sign);
	PG_RETURN_ARRAYTYPE_P(state);
}

/*
 * Adds a row to the sums of the current and the previous period.
 */
Datum
period_comparison_agg_transition(PG_FUNCTION_ARGS)
{
	return apply_comparison_row(fcinfo, 1);
}

/*
 * Takes a row away from them, for moving windows.
 */
Datum
period_comparison_agg_inverse(PG_FUNCTION_ARGS)
{
	return apply_comparison_row(fcinfo, -1);
}

/*
 * Adds the sums of one state to those of another.
 */
Datum
ledger_sums_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *state;
	int64_t    *sums;
	int64_t    *other;

	ledger_check_aggregate(fcinfo);
	state = get_sums(fcinfo, 0, &sums);
	(void) get_sums(fcinfo, 1, &other);
	apply_people(&sums[0], other[0], 1);
	apply_people(&sums[1], other[1], 1);
	PG_RETURN_ARRAYTYPE_P(state);
}

/*
 * The balance of the two sums; an error where net or gross passes bigint.
 */
Datum
reciprocal_balance_agg_final(PG_FUNCTION_ARGS)
{
	int64_t    *sums;
	Datum		values[RECIPROCAL_BALANCE_COLUMNS];
	bool		nulls[RECIPROCAL_BALANCE_COLUMNS];

	(void) get_sums(fcinfo, 0, &sums);
	reciprocal_balance_values(sums[0], sums[1], values, nulls);
	PG_RETURN_DATUM(reciprocal_balance_row(fcinfo, values, nulls));
}

/*
 * The comparison of the two sums; an error where the change passes bigint.
 */
Datum
period_comparison_agg_final(PG_FUNCTION_ARGS)
{
	int64_t    *sums;
	Datum		values[PERIOD_COMPARISON_COLUMNS];
	bool		nulls[PERIOD_COMPARISON_COLUMNS];

	(void) get_sums(fcinfo, 0, &sums);
	period_comparison_values(&sums[0], &sums[1], values, nulls);
	PG_RETURN_DATUM(period_comparison_row(fcinfo, values, nulls));
}
