/*
 * functions/comparison.c
 *		The comparison tables of SQL, over answers/comparison.h.
 *
 * Every function here gives its rows in a tuplestore, and none for a NULL
 * ledger or home.  A NULL where there is a default is the default.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "answers/comparison.h"
#include "value/figures.h"
#include "functions/rows.h"

PG_FUNCTION_INFO_V1(ledger_comparison);
PG_FUNCTION_INFO_V1(ledger_comparison_series);
PG_FUNCTION_INFO_V1(ledger_to_date);
PG_FUNCTION_INFO_V1(ledger_milestones);

/* Columns that series and stretches to date have in common at their end */
#define COMPARED_COLUMNS	10

/* A label as answers/period.h writes it */
typedef struct ComparisonLabel
{
	char		text[PERIOD_LABEL_MAX];
	int			length;
} ComparisonLabel;

/* A comparison with what is said of its rows */
typedef struct ComparisonTable
{
	LedgerComparison comparison;
	LedgerMeasure measure;
	/* of the rows that something is known of, which stand side by side */
	uint32		first_known;
	int64_t    *values;
	uint32	   *rank;
	uint32	   *since;
	ComparisonLabel labels[2];	/* of the row being given, and of what it is
								 * compared with */
} ComparisonTable;

/*
 * Arguments
 */

/*
 * The length that a series is compared over, which leads back in time.
 */
static PeriodStep
versus_argument(FunctionCallInfo fcinfo, int n)
{
	const Interval *interval = PG_GETARG_INTERVAL_P(n);
	PeriodStep	versus = period_length_from_interval(interval, "versus");

	if (versus.months < 0 || versus.days < 0 ||
		(versus.months == 0 && versus.days == 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid versus: \"%s\"", period_interval_text(interval)),
				 versus.months == 0 && versus.days == 0 ?
				 errdetail("It is zero, and would compare every period with itself.") :
				 errdetail("It is negative, and has to say how much earlier the compared period is."),
				 errhint("Write \"1 year\" for the same period a year before, or NULL for the previous period.")));
	return versus;
}

/*
 * Begins running sums over the corridors of a view.
 */
static LedgerRunning *
start_running(const HomeCorridors *view)
{
	LedgerRunning *running = palloc(sizeof(LedgerRunning));

	ledger_running_start(running,
						 palloc_many(LedgerFlowSource, view->n_corridors),
						 ledger_checkpoint);
	for (uint32 i = 0; i < view->n_corridors; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flow_add(&running->stream, &view->corridors[i],
									 view->inward[i]));
	}
	return running;
}

/*
 * Two periods
 */

/*
 * The flows of home in a period.
 */
static void
view_flows(const HomeCorridors *view, LedgerPeriodFlows *flows)
{
	for (uint32 i = 0; i < view->n_corridors; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_sum(&view->corridors[i], flows->period,
										 view->inward[i] ?
										 &flows->inflow : &flows->outflow));
	}
}

/*
 * The days of the ledger that a daterange is about, with the ledger's own
 * first or last day where it has no bound.
 */
static void
start_flows(const LedgerFlat *flat, LedgerPeriod period,
			LedgerPeriodFlows *flows)
{
	LedgerCoverage coverage = {ledger_report_within(flat, period), {0, 0}};

	ledger_flows_start(flows, coverage.within, &coverage);
}

/*
 * Two periods of home compared, by measure.  Without a previous period it is
 * the one just before the current.
 */
Datum
ledger_comparison(PG_FUNCTION_ARGS)
{
	HomeCorridors	view;
	LedgerPeriodFlows current;
	LedgerPeriodFlows previous;
	Datum		values[5 + PERIOD_COMPARISON_COLUMNS];
	bool		nulls[5 + PERIOD_COMPARISON_COLUMNS] = {false};
	LedgerPeriod before;

	if (!ledger_start_rows(fcinfo, &view) || PG_ARGISNULL(3))
		return (Datum) 0;
	start_flows(&view.flat, PG_GETARG_PERIOD(3), &current);
	if (PG_ARGISNULL(4))
		ledger_check(period_before(current.period, &before));
	else
		before = PG_GETARG_PERIOD(4);
	start_flows(&view.flat, before, &previous);
	view_flows(&view, &current);
	view_flows(&view, &previous);

	values[1] = RangeTypePGetDatum(period_to_range(current.period));
	values[2] = Int32GetDatum(ledger_flows_days(&current));
	values[3] = RangeTypePGetDatum(period_to_range(previous.period));
	values[4] = Int32GetDatum(ledger_flows_days(&previous));
	for (int i = 0; i < LEDGER_FLOW_MEASURES; i++)
	{
		int64_t		now;
		int64_t		then;

		ledger_check(ledger_flows_measure(&current, (LedgerMeasure) i, &now));
		ledger_check(ledger_flows_measure(&previous, (LedgerMeasure) i, &then));
		values[0] = CStringGetTextDatum(ledger_measure_names[i]);
		period_comparison_values(now, then, values + 5, nulls + 5);
		ledger_put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

/*
 * Series and stretches to date
 */

/*
 * Room for a comparison of the step periods from `first` to `last`, of which
 * there is one or more.
 */
static void
start_table(ComparisonTable *table, int64 first, int64 last, bool by_versus)
{
	LedgerComparison *comparison = &table->comparison;
	uint32		n = (uint32) (last - first + 1);

	comparison->first = first;
	comparison->n = n;
	comparison->by_versus = by_versus;
	comparison->flows = palloc_many(LedgerPeriodFlows,
									ledger_comparison_room(n, by_versus));
	comparison->checkpoint = ledger_checkpoint;
}

/*
 * Ranks and highs of the rows that something is known of.  They stand side by
 * side, since what is covered has no gap.
 */
static void
rank_table(ComparisonTable *table)
{
	const LedgerComparison *comparison = &table->comparison;
	uint32		n = comparison->n;
	uint32		known = 0;

	table->first_known = n;
	table->values = palloc_many(int64_t, n);
	for (uint32 i = 0; i < n; i++)
	{
		if (!ledger_flows_known(&comparison->flows[i]))
			continue;
		if (known == 0)
			table->first_known = i;
		ledger_check(ledger_flows_measure(&comparison->flows[i],
										  table->measure,
										  &table->values[known++]));
	}
	table->rank = palloc_many(uint32, known);
	table->since = palloc_many(uint32, known);
	ledger_rank(table->values, known, table->rank, palloc_many(uint32, known),
				palloc_many(uint32, known), ledger_checkpoint);
	ledger_highest_since(table->values, known, table->since);
}

/*
 * Sums the periods of a table, which have been filled, and ranks its rows.
 */
static void
sum_table(ComparisonTable *table, const HomeCorridors *view)
{
	LedgerComparison *comparison = &table->comparison;
	Size		room = ledger_comparison_room(comparison->n,
											  comparison->by_versus);
	uint64_t   *bounds = palloc_many(uint64_t, 2 * room);
	uint64_t   *scratch = palloc_many(uint64_t, 2 * room);

	ledger_check(ledger_flows_sum(comparison->flows, (uint32) room,
								  start_running(view),
								  bounds, scratch));
	pfree(bounds);
	pfree(scratch);
	rank_table(table);
}

/*
 * Writes the label of a period among those of a calendar, into the room for
 * labels of rows with even numbers or for those with odd ones, so that the
 * label of a row is still there when the next is compared with it.
 */
static void
write_label(ComparisonTable *table, int64 row, LedgerPeriod period)
{
	ComparisonLabel *label = &table->labels[row & 1];

	label->length = period_calendar_rolls(&table->comparison.calendar) ?
		period_write_rolling_label(period, label->text) :
		period_write_label(period, label->text);
}

/*
 * The label written last for rows with such a number.
 */
static Datum
label_datum(const ComparisonTable *table, int64 row)
{
	const ComparisonLabel *label = &table->labels[row & 1];

	return PointerGetDatum(cstring_to_text_with_len(label->text,
													label->length));
}

/*
 * Writes the label of a row's whole step period, of which a stretch is a part.
 */
static void
write_step_label(ComparisonTable *table, int64 row)
{
	LedgerPeriod whole;

	ledger_check(period_calendar_step(&table->comparison.calendar,
									  table->comparison.first + row, &whole));
	write_label(table, row, whole);
}

/*
 * The columns of what row i is compared with, whose label has been written,
 * and what comes of it.
 */
static void
compared_values(const ComparisonTable *table, uint32 i, Datum *values,
				bool *nulls)
{
	const LedgerPeriodFlows *flows = &table->comparison.flows[i];
	const LedgerPeriodFlows *compared = ledger_compared(&table->comparison, i);
	Datum		figures[PERIOD_COMPARISON_COLUMNS];
	bool		figure_nulls[PERIOD_COMPARISON_COLUMNS];
	int64_t		previous = 0;
	bool		exists = !period_is_empty(compared->period);
	bool		known = ledger_flows_known(flows);
	uint32		k = i - table->first_known;

	memset(nulls, true, COMPARED_COLUMNS * sizeof(bool));
	if (exists)
	{
		values[0] = RangeTypePGetDatum(period_to_range(compared->period));
		values[1] = label_datum(table, (int64) i - 1);
		values[2] = BoolGetDatum(ledger_flows_complete(compared));
		values[3] = Int32GetDatum(ledger_flows_days(compared));
		memset(nulls, false, 4 * sizeof(bool));
	}
	if (exists && ledger_flows_known(compared))
	{
		ledger_check(ledger_flows_measure(compared, table->measure, &previous));
		values[4] = Int64GetDatum(previous);
		nulls[4] = false;
	}
	if (known && !nulls[4])
	{
		period_comparison_values(table->values[k], previous, figures,
								 figure_nulls);
		/* change, percent_change, status; the figures themselves are there */
		memcpy(values + 5, figures + 2, 3 * sizeof(Datum));
		memcpy(nulls + 5, figure_nulls + 2, 3 * sizeof(bool));
	}
	if (known)
	{
		values[8] = Int64GetDatum((int64) table->rank[k]);
		nulls[8] = false;
		nulls[9] = table->since[k] == LEDGER_NO_ROW;
		if (!nulls[9])
		{
			const LedgerPeriodFlows *high;

			high = &table->comparison.flows[table->first_known +
											table->since[k]];
			values[9] = RangeTypePGetDatum(period_to_range(high->period));
		}
	}
}

/*
 * Gives row i of ledger_comparison_series.
 */
static void
put_series_row(FunctionCallInfo fcinfo, ComparisonTable *table, uint32 i)
{
	const LedgerComparison *comparison = &table->comparison;
	const LedgerPeriodFlows *flows = &comparison->flows[i];
	Datum		values[5 + COMPARED_COLUMNS];
	bool		nulls[5 + COMPARED_COLUMNS] = {false};

	if (i == 0 || comparison->by_versus)
		write_label(table, (int64) i - 1,
					ledger_compared(comparison, i)->period);
	write_label(table, i, flows->period);
	values[0] = RangeTypePGetDatum(period_to_range(flows->period));
	values[1] = label_datum(table, i);
	values[2] = BoolGetDatum(ledger_flows_complete(flows));
	values[3] = Int32GetDatum(ledger_flows_days(flows));
	/* a listed period has a day that is covered */
	values[4] = Int64GetDatum(table->values[i]);
	compared_values(table, i, values + 5, nulls + 5);
	ledger_put_row(fcinfo, values, nulls);
}

/*
 * Gives row i of ledger_to_date.
 */
static void
put_to_date_row(FunctionCallInfo fcinfo, ComparisonTable *table, uint32 i)
{
	const LedgerComparison *comparison = &table->comparison;
	const LedgerPeriodFlows *flows = &comparison->flows[i];
	Datum		values[4 + LEDGER_FLOW_MEASURES + COMPARED_COLUMNS];
	bool		nulls[4 + LEDGER_FLOW_MEASURES + COMPARED_COLUMNS] = {false};

	if (i == 0 && !period_is_empty(ledger_compared(comparison, i)->period))
		write_step_label(table, -1);
	write_step_label(table, i);
	values[0] = RangeTypePGetDatum(period_to_range(flows->period));
	values[1] = label_datum(table, i);
	values[2] = BoolGetDatum(ledger_flows_complete(flows));
	values[3] = Int32GetDatum(ledger_flows_days(flows));
	for (int m = 0; m < LEDGER_FLOW_MEASURES; m++)
	{
		int64_t		people = 0;

		nulls[4 + m] = !ledger_flows_known(flows);
		if (!nulls[4 + m])
			ledger_check(ledger_flows_measure(flows, (LedgerMeasure) m,
											  &people));
		values[4 + m] = Int64GetDatum(people);
	}
	compared_values(table, i, values + 4 + LEDGER_FLOW_MEASURES,
					nulls + 4 + LEDGER_FLOW_MEASURES);
	ledger_put_row(fcinfo, values, nulls);
}

typedef void (*PutRow) (FunctionCallInfo fcinfo, ComparisonTable *table,
						uint32 i);

/*
 * Gives all rows; what one takes is given back before the next.
 */
static void
put_table(FunctionCallInfo fcinfo, ComparisonTable *table, PutRow put)
{
	MemoryContext caller = ledger_rows_start();

	for (uint32 i = 0; i < table->comparison.n; i++)
	{
		put(fcinfo, table, i);
		ledger_row_done();
		if (i % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	ledger_rows_end(caller);
}

/*
 * A measure of home by the periods of a calendar, each compared with an
 * earlier one.
 */
Datum
ledger_comparison_series(PG_FUNCTION_ARGS)
{
	ComparisonTable table;
	PeriodAlign align;
	PeriodStep	versus = {0, 0};
	LedgerPeriod within;
	LedgerCoverage coverage;
	HomeCorridors	view;
	int64_t		first;
	int64_t		last;

	if (!ledger_start_rows(fcinfo, &view))
		return (Datum) 0;
	table.measure = ledger_measure_argument(fcinfo, 3, LEDGER_FLOW_MEASURES);
	ledger_calendar_arguments(fcinfo, 4, 1, 6, 7, &table.comparison.calendar);
	if (!PG_ARGISNULL(5))
		versus = versus_argument(fcinfo, 5);
	align = period_align_argument(fcinfo, 9);

	within = ledger_report_within(&view.flat, within_argument(fcinfo, 8));
	period_numbers_within(&table.comparison.calendar, within, &first, &last);
	if (last < first)
		return (Datum) 0;
	coverage = ledger_coverage(&view.flat, within);
	start_table(&table, first, last, !PG_ARGISNULL(5));
	ledger_check(ledger_comparison_series_periods(&table.comparison,
												  PG_ARGISNULL(5) ? NULL : &versus,
												  align, &coverage));
	sum_table(&table, &view);
	put_table(fcinfo, &table, put_series_row);
	return (Datum) 0;
}

/*
 * The flows of home in every step period on record up to the same point.
 */
Datum
ledger_to_date(PG_FUNCTION_ARGS)
{
	ComparisonTable table;
	LedgerPeriod within;
	LedgerPeriod listed;
	LedgerCoverage coverage;
	HomeCorridors	view;
	LedgerDay	as_of;
	int64_t		first;
	int64_t		last;

	if (!ledger_start_rows(fcinfo, &view))
		return (Datum) 0;
	as_of = PG_ARGISNULL(3) ? 0 :
		period_day_from_date(PG_GETARG_DATEADT(3), "as_of");
	ledger_calendar_arguments(fcinfo, 4, 12, 5, NO_ARGUMENT,
							  &table.comparison.calendar);
	table.measure = ledger_measure_argument(fcinfo, 6, LEDGER_FLOW_MEASURES);

	within = ledger_report_within(&view.flat, within_argument(fcinfo, 7));
	listed = within;
	if (!PG_ARGISNULL(3) && !period_is_empty(within))
		listed.end = as_of + 1;
	period_numbers_within(&table.comparison.calendar, listed, &first, &last);
	if (last < first)
		return (Datum) 0;
	coverage = ledger_coverage(&view.flat, within);
	start_table(&table, first, last, false);
	ledger_check(ledger_to_date_periods(&table.comparison, listed.end - 1,
										&coverage));
	sum_table(&table, &view);
	put_table(fcinfo, &table, put_to_date_row);
	return (Datum) 0;
}

/*
 * Milestones
 */

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
 * Sets the milestones: every target of the first start, then of the second.
 */
static LedgerMilestone *
collect_milestones(const Datum *since, int n_since, const Datum *targets,
				   int n_targets)
{
	LedgerMilestone *milestones;
	LedgerMilestone *next;

	if ((int64) n_since * n_targets > PERIOD_SERIES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many milestones: %lld",
						(long long) n_since * n_targets),
				 errdetail("%d starts and %d targets are given, and at most %d milestones are sought.",
						   n_since, n_targets, PERIOD_SERIES_MAX),
				 errhint("Ask for fewer starts or targets at a time.")));
	for (int t = 0; t < n_targets; t++)
	{
		if (DatumGetInt64(targets[t]) <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid target: %lld",
							(long long) DatumGetInt64(targets[t])),
					 errdetail("The total is 0 before the first day, and a target has to be more."),
					 errhint("For a net below zero, exchange home and partner.")));
	}
	milestones = next = palloc_many(LedgerMilestone, (uint64) n_since * n_targets);
	for (int s = 0; s < n_since; s++)
	{
		LedgerDay	day = period_day_from_date(DatumGetDateADT(since[s]), "since");

		for (int t = 0; t < n_targets; t++)
		{
			next->since = day;
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
put_milestone(FunctionCallInfo fcinfo, const LedgerMilestone *milestone)
{
	Datum		values[4] = {0};
	bool		nulls[4] = {false};

	values[0] = DateADTGetDatum(milestone->since);
	values[1] = Int64GetDatum(milestone->target);
	nulls[2] = nulls[3] = !milestone->reached;
	if (milestone->reached)
	{
		values[2] = DateADTGetDatum(milestone->day);
		values[3] = Int32GetDatum(milestone->day - milestone->since + 1);
	}
	ledger_put_row(fcinfo, values, nulls);
}

/*
 * The day on which the total of a measure since a day reached a target.
 */
Datum
ledger_milestones(PG_FUNCTION_ARGS)
{
	LedgerMilestone *milestones;
	LedgerMeasure measure;
	HomeCorridors	view;
	Datum	   *since;
	Datum	   *targets;
	int			n_since;
	int			n_targets;
	int			n;

	if (!ledger_start_rows(fcinfo, &view) || PG_ARGISNULL(4) ||
		PG_ARGISNULL(5))
		return (Datum) 0;
	measure = ledger_measure_argument(fcinfo, 3, LEDGER_FLOW_MEASURES);
	since = array_argument(fcinfo, 4, "since", DATEOID, sizeof(DateADT), true,
						   TYPALIGN_INT, &n_since);
	targets = array_argument(fcinfo, 5, "targets", INT8OID, sizeof(int64),
							 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &n_targets);
	milestones = collect_milestones(since, n_since, targets, n_targets);
	n = n_since * n_targets;
	ledger_check(ledger_milestones_find(milestones, (uint32) n, measure,
										&start_running(&view)->stream,
										palloc_many(uint64_t, n),
										palloc_many(uint64_t, n),
										palloc_many(LedgerMilestone *, n)));
	for (int i = 0; i < n; i++)
	{
		put_milestone(fcinfo, &milestones[i]);
		if (i % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return (Datum) 0;
}
