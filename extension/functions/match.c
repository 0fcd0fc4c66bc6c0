/*
 * functions/match.c
 *		ledger_matches, ledger_outstanding and ledger_ageing.
 *
 * Each gives its rows at once, into a tuplestore: the answer is never larger
 * than the entries that it comes from, which are in memory already.  A row
 * holds nothing that would have to be freed.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "answers/match.h"
#include "functions/rows.h"

/* The arguments that the three functions have in common */
#define ARG_HOME		1
#define ARG_PARTNER		2
#define ARG_AS_OF		3
#define ARG_BUCKETS		4

/* Room for "2147483646-2147483647" and "2147483647+" */
#define BUCKET_LABEL_MAX	24

/* Those of one bucket, by whether they came in */
typedef int64_t BucketPeople[2];

PG_FUNCTION_INFO_V1(ledger_matches);
PG_FUNCTION_INFO_V1(ledger_outstanding);
PG_FUNCTION_INFO_V1(ledger_ageing);

/*
 * A correction takes away more people than had moved.
 */
pg_noreturn static void
raise_correction(const HomeCorridors *between, const LedgerCorridor *corridor,
				 const LedgerMatching *matching)
{
	char		day[PERIOD_DAY_MAX];

	period_write_day(matching->correction_day, day);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("correction of %s from \"%s\" to \"%s\" has nothing left to reduce",
					day,
					text_to_cstring(ledger_party_to_text(&between->flat,
														 corridor->origin)),
					text_to_cstring(ledger_party_to_text(&between->flat,
														 corridor->destination))),
			 errdetail("The people of this corridor up to this day sum to " INT64_FORMAT ".",
					   matching->correction_total),
			 errhint("A correction reduces earlier entries of its own corridor: date it on the day it corrects, or later.")));
}

/*
 * Reads the corridors, up to and with the day `as_of`, and corrects
 * them.
 */
static void
start_matching(const HomeCorridors *between, LedgerDay as_of,
			   LedgerMatching *matching)
{
	uint64		entries = 0;
	int			ways = between->both_ways ? 2 : 1;
	uint32		i;

	for (i = 0; i < between->n_corridors; i++)
		entries += between->corridors[i].entries;
	ledger_matching_start(matching,
						  palloc_many(LedgerEntry, ways * entries),
						  palloc_many(LedgerLotRun, between->n_corridors),
						  palloc_many(LedgerLotRun, between->n_corridors),
						  ledger_checkpoint);
	for (i = 0; i < between->n_corridors; i++)
	{
		const LedgerCorridor *corridor = &between->corridors[i];
		LedgerStatus status = ledger_matching_add(matching, corridor,
												  between->inward[i], as_of);

		if (status == LEDGER_OK && between->both_ways)
			status = ledger_matching_add(matching, corridor, false, as_of);
		if (status == LEDGER_UNMATCHED_CORRECTION)
			raise_correction(between, corridor, matching);
		ledger_check(status);
	}
}

/*
 * ledger_matches(ledger, home, partner, within): which inflow and which outflow
 * answer each other, by the day of the later one.
 */
Datum
ledger_matches(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		DATEOID, TEXTOID, DATEOID, INT8OID, INT4OID, InvalidOid
	};
	LedgerPeriod within;
	HomeCorridors between;
	LedgerMatching matching;
	LedgerMatch match;
	LedgerStatus status;
	Datum		inflow = CStringGetTextDatum("inflow");
	Datum		outflow = CStringGetTextDatum("outflow");

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;

	within = within_argument(fcinfo, 3);
	start_matching(&between, LEDGER_DAY_MAX, &matching);
	while ((status = ledger_matching_next(&matching, &match)) == LEDGER_OK)
	{
		LedgerDay	first = Min(match.inflow_day, match.outflow_day);
		LedgerDay	last = Max(match.inflow_day, match.outflow_day);
		Datum		values[5];
		bool		nulls[5] = {false};

		if (!ledger_period_contains(within, last))
			continue;
		values[0] = DateADTGetDatum(first);
		values[1] = first == match.inflow_day ? inflow : outflow;
		nulls[1] = first == last;
		values[2] = DateADTGetDatum(last);
		values[3] = Int64GetDatum(match.people);
		values[4] = Int32GetDatum(last - first);
		ledger_put_row(fcinfo, values, nulls);
	}
	ledger_check(status);
	return (Datum) 0;
}

/*
 * Matches everything up to the argument as_of, by default the last day of the
 * ledger, so that only what is outstanding is left.  Returns as_of.
 */
static LedgerDay
match_as_of(FunctionCallInfo fcinfo, const HomeCorridors *between,
			LedgerMatching *matching)
{
	LedgerDay	as_of;
	LedgerMatch match;
	LedgerStatus status;

	as_of = PG_ARGISNULL(ARG_AS_OF) ? between->flat.last :
		period_day_from_date(PG_GETARG_DATEADT(ARG_AS_OF), "as_of");

	start_matching(between, as_of, matching);
	while ((status = ledger_matching_next(matching, &match)) == LEDGER_OK)
		;
	ledger_check(status);
	return as_of;
}

/*
 * ledger_outstanding(ledger, home, partner, as_of, within): the lots of the days
 * within that have no answer at the end of as_of.  Who has received without having sent owes; that is the
 * partner where home has sent, and stays NULL for every other party.
 */
Datum
ledger_outstanding(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, TEXTOID, DATEOID, INT8OID, INT4OID, InvalidOid
	};
	LedgerPeriod within;
	HomeCorridors between;
	LedgerMatching matching;
	LedgerDay	as_of;
	LedgerEntry lot;
	LedgerStatus status;
	bool		inward;
	Datum		inflow = CStringGetTextDatum("inflow");
	Datum		outflow = CStringGetTextDatum("outflow");

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;

	within = within_argument(fcinfo, 4);
	as_of = match_as_of(fcinfo, &between, &matching);
	while ((status = ledger_matching_outstanding(&matching, &lot,
												 &inward)) == LEDGER_OK)
	{
		int			owing = inward ? ARG_HOME : ARG_PARTNER;
		Datum		values[5];
		bool		nulls[5] = {false};

		if (!ledger_period_contains(within, lot.day))
			continue;
		values[0] = PG_GETARG_DATUM(owing);
		nulls[0] = PG_ARGISNULL(owing);
		values[1] = inward ? inflow : outflow;
		values[2] = DateADTGetDatum(lot.day);
		values[3] = Int64GetDatum(lot.people);
		values[4] = Int32GetDatum(as_of - lot.day);
		ledger_put_row(fcinfo, values, nulls);
	}
	ledger_check(status);
	return (Datum) 0;
}

/*
 * The argument buckets: bounds in days, ascending, above zero.  Borrowed, from
 * what may be a copy in the current memory context.
 */
static const int32 *
fetch_buckets(FunctionCallInfo fcinfo, int *n_bounds)
{
	static const int32 by_default[] = {30, 60, 90};
	ArrayType  *array;
	const int32 *bounds;
	int			i;

	if (PG_ARGISNULL(ARG_BUCKETS))
	{
		*n_bounds = lengthof(by_default);
		return by_default;
	}
	array = PG_GETARG_ARRAYTYPE_P(ARG_BUCKETS);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("buckets must be an array of one dimension"),
				 errdetail("It has %d dimensions.", ARR_NDIM(array))));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("buckets must not contain NULL")));

	bounds = (const int32 *) ARR_DATA_PTR(array);
	*n_bounds = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	for (i = 0; i < *n_bounds; i++)
	{
		if (bounds[i] < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("bucket %d is not a positive number of days",
							bounds[i]),
					 errdetail("Each bucket is given by its smallest age in days. The bucket from 0 is always included.")));
		if (i > 0 && bounds[i] <= bounds[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("buckets must ascend, but %d follows %d",
							bounds[i], bounds[i - 1])));
	}
	return bounds;
}

/*
 * Gives the row of one bucket, from days `from` to before `until`; the last
 * bucket has no end.
 */
static void
put_bucket(FunctionCallInfo fcinfo, int32 from, int32 until, bool is_last,
		   const BucketPeople people)
{
	char		label[BUCKET_LABEL_MAX];
	Datum		values[5];
	bool		nulls[5] = {false};

	if (is_last)
		snprintf(label, sizeof(label), "%d+", from);
	else
		snprintf(label, sizeof(label), "%d-%d", from, until - 1);
	values[0] = CStringGetTextDatum(label);
	values[1] = Int32GetDatum(from);
	values[2] = Int32GetDatum(until - 1);
	nulls[2] = is_last;
	values[3] = Int64GetDatum(people[true]);
	values[4] = Int64GetDatum(people[false]);
	ledger_put_row(fcinfo, values, nulls);
	pfree(DatumGetPointer(values[0]));
}

/*
 * ledger_ageing(ledger, home, partner, as_of, buckets, within): the people
 * outstanding who moved on the days within, by the days they have been so.
 */
Datum
ledger_ageing(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, INT4OID, INT4OID, INT8OID, INT8OID, InvalidOid
	};
	LedgerPeriod within;
	HomeCorridors between;
	LedgerMatching matching;
	LedgerDay	as_of;
	LedgerEntry lot;
	LedgerStatus status;
	bool		inward;
	const int32 *bounds;
	int			n_bounds;
	int			bucket;
	BucketPeople *people;

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;

	bounds = fetch_buckets(fcinfo, &n_bounds);
	within = within_argument(fcinfo, 5);
	people = palloc_many(BucketPeople, n_bounds + 1);
	memset(people, 0, ((Size) n_bounds + 1) * sizeof(BucketPeople));

	as_of = match_as_of(fcinfo, &between, &matching);
	bucket = n_bounds;
	while ((status = ledger_matching_outstanding(&matching, &lot,
												 &inward)) == LEDGER_OK)
	{
		if (!ledger_period_contains(within, lot.day))
			continue;
		/* oldest first, so that the bucket only becomes younger */
		bucket = ledger_age_bucket(bounds, bucket, (int64) as_of - lot.day);
		if (!ledger_checked_add(people[bucket][inward], lot.people,
						&people[bucket][inward]))
			ledger_raise(LEDGER_OUT_OF_RANGE);
	}
	ledger_check(status);

	for (bucket = 0; bucket <= n_bounds; bucket++)
	{
		CHECK_FOR_INTERRUPTS();
		put_bucket(fcinfo, bucket > 0 ? bounds[bucket - 1] : 0,
				   bucket < n_bounds ? bounds[bucket] : 0, bucket == n_bounds,
				   people[bucket]);
	}
	return (Datum) 0;
}
