/*
 * functions/rows_support.c
 *		How many rows the planner expects of a call that gives one for each
 *		period: as many as fit into `within`, where that and the step are known.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"

#include "value/arguments.h"

/* On average, in the calendar that repeats after 400 years */
#define DAYS_A_MONTH	(365.2425 / 12)

PG_FUNCTION_INFO_V1(period_rows_support);

/*
 * The value of the first argument of a type; false where it is not known, or
 * NULL.
 */
static bool
known_argument(PlannerInfo *root, List *arguments, Oid type, Datum *value)
{
	ListCell   *cell;

	foreach(cell, arguments)
	{
		Node	   *argument = lfirst(cell);

		if (exprType(argument) != type)
			continue;
		argument = estimate_expression_value(root, argument);
		if (!IsA(argument, Const) || ((Const *) argument)->constisnull)
			return false;
		*value = ((Const *) argument)->constvalue;
		return true;
	}
	return false;
}

/*
 * The periods of the call: each function of this kind has one daterange, what
 * is to be listed, and the step before any other interval.
 */
static bool
expected_periods(PlannerInfo *root, List *arguments, double *periods)
{
	Datum		value;
	LedgerPeriod within;
	const Interval *step;
	double		days;

	if (!known_argument(root, arguments, DATERANGEOID, &value))
		return false;
	within = period_from_range(DatumGetRangeTypeP(value));
	if (!period_is_bounded(within) ||
		!known_argument(root, arguments, INTERVALOID, &value))
		return false;
	step = DatumGetIntervalP(value);
	days = step->month * DAYS_A_MONTH + step->day;
	if (days < 1)
		return false;
	*periods = period_is_empty(within) ? 1 :
		ceil(((double) within.end - within.start) / days);
	*periods = Min(*periods, PERIOD_SERIES_MAX);
	return true;
}

/*
 * The planner's support function
 */
Datum
period_rows_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	SupportRequestRows *rows = (SupportRequestRows *) request;

	if (!IsA(request, SupportRequestRows) || !is_funcclause(rows->node) ||
		!expected_periods(rows->root, ((FuncExpr *) rows->node)->args,
						  &rows->rows))
		rows = NULL;
	PG_RETURN_POINTER(rows);
}
