/*
 * functions/milestones.c
 *		ledger_milestones: when a count was reached, over answers/comparison.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "answers/comparison.h"
#include "functions/rows.h"

PG_FUNCTION_INFO_V1(ledger_milestones);

/*
 * The elements of an array argument, none of them NULL; their number goes to
 * *n.
 */
static Datum *
array_argument(FunctionCallInfo fcinfo, int argument, const char *name,
			   Oid type, int16 length, bool by_value, char alignment, int *n)
{
	Datum	   *elements;
	bool	   *nulls;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), type, length, by_value,
					  alignment, &elements, &nulls, n);
	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not contain NULL", name)));
	}
	return elements;
}

/*
 * The days that milestones are counted from, by default the first day that is
 * asked about.
 */
static Datum *
start_arguments(FunctionCallInfo fcinfo, const LedgerScope *scope, int *n)
{
	Datum	   *start;

	if (!PG_ARGISNULL(3))
		return array_argument(fcinfo, 3, "starts", DATEOID, sizeof(DateADT),
							  true, TYPALIGN_INT, n);
	*n = period_is_empty(scope->within) ? 0 : 1;
	start = palloc(sizeof(Datum));
	*start = DateADTGetDatum(scope->within.start);
	return start;
}

/*
 * Sets the milestones: every target of the first start, then of the second.
 * People are counted from a start on, but not before `first`.
 */
static LedgerMilestone *
collect_milestones(const Datum *starts, int n_starts, const Datum *targets,
				   int n_targets, LedgerDay first)
{
	LedgerMilestone *milestones;
	LedgerMilestone *next;

	if ((int64) n_starts * n_targets > PERIOD_SERIES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many milestones: %lld",
						(long long) n_starts * n_targets),
				 errdetail("%d starts and %d targets are given, and at most %d milestones are sought.",
						   n_starts, n_targets, PERIOD_SERIES_MAX),
				 errhint("Ask for fewer starts or targets at a time.")));
	for (int t = 0; t < n_targets; t++)
	{
		if (DatumGetInt64(targets[t]) <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid target: %lld",
							(long long) DatumGetInt64(targets[t])),
					 errdetail("The total is 0 before the first day, and a target has to be more."),
					 errhint("For a net below zero, ask the same of ledger_transpose(ledger).")));
	}
	milestones = next = palloc_many(LedgerMilestone, (uint64) n_starts * n_targets);
	for (int s = 0; s < n_starts; s++)
	{
		LedgerDay	day = period_day_from_date(DatumGetDateADT(starts[s]), "start");

		for (int t = 0; t < n_targets; t++)
		{
			next->start = Max(day, first);
			next->target = DatumGetInt64(targets[t]);
			next++;
		}
	}
	return milestones;
}

/*
 * Gives one row of ledger_milestones.
 */
static void
put_milestone(FunctionCallInfo fcinfo, LedgerDay start,
			  const LedgerMilestone *milestone, bool known)
{
	Datum		values[4] = {0};
	bool		nulls[4] = {false};

	values[0] = DateADTGetDatum(start);
	values[1] = Int64GetDatum(milestone->target);
	nulls[2] = nulls[3] = !known;
	if (known)
	{
		values[2] = DateADTGetDatum(milestone->day);
		values[3] = Int32GetDatum(milestone->day - start + 1);
	}
	ledger_put_row(fcinfo, values, nulls);
}

/*
 * Whether the day that a milestone was reached on is known: no day before it,
 * on which more people could have moved, is not covered.
 */
static bool
milestone_known(const LedgerMilestone *milestone, const LedgerScope *scope)
{
	LedgerPeriod counted = {milestone->start, milestone->day + 1};

	return milestone->reached &&
		(!scope->coverage.given ||
		 ledger_coverage_days(&scope->coverage, counted) == counted.end - counted.start);
}

/*
 * The day on which the total of a measure from a start on reached a target.
 */
Datum
ledger_milestones(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		DATEOID, INT8OID, DATEOID, INT4OID, InvalidOid
	};
	LedgerMilestone *milestones;
	LedgerMeasure measure;
	LedgerScope scope;
	HomeCorridors between;
	Datum	   *starts;
	Datum	   *targets;
	int			n_starts;
	int			n_targets;
	int			n;

	if (!ledger_start_rows(fcinfo, columns, &between) || PG_ARGISNULL(4))
		return (Datum) 0;
	ledger_scope_arguments(fcinfo, 6, 7, &between.flat, &scope);
	starts = start_arguments(fcinfo, &scope, &n_starts);
	targets = array_argument(fcinfo, 4, "targets", INT8OID, sizeof(int64),
							 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &n_targets);
	measure = ledger_measure_argument(fcinfo, 5, LEDGER_FLOW_MEASURES);
	milestones = collect_milestones(starts, n_starts, targets, n_targets,
									within_argument(fcinfo, 6).start);
	n = n_starts * n_targets;
	ledger_check(ledger_milestones_find(milestones, (uint32) n, measure,
										within_argument(fcinfo, 6).end,
										&ledger_start_running(&between, NULL)->stream,
										palloc_many(uint64_t, n),
										palloc_many(uint64_t, n),
										palloc_many(LedgerMilestone *, n)));
	for (int i = 0; i < n; i++)
	{
		put_milestone(fcinfo, DatumGetDateADT(starts[i / n_targets]),
					  &milestones[i], milestone_known(&milestones[i], &scope));
		if (i % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return (Datum) 0;
}
