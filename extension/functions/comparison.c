/*
 * functions/comparison.c
 *		The comparison tables of SQL, over answers/comparison.h.
 *
 * Every function here gives its rows in a tuplestore, and none for a NULL
 * ledger.  A NULL where there is a default is the default.
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

/* The columns of a period, of the one before it, and of what came of it */
enum
{
	COLUMN_PERIOD,
	COLUMN_LABEL,
	COLUMN_COMPLETE,
	COLUMN_DAYS,
	COLUMN_CURRENT,
	COLUMN_PREVIOUS_PERIOD,
	COLUMN_PREVIOUS_LABEL,
	COLUMN_PREVIOUS_COMPLETE,
	COLUMN_PREVIOUS_DAYS,
	COLUMN_PREVIOUS,
	COLUMN_CHANGE,
	COLUMN_PERCENT_CHANGE,
	COLUMN_STATUS,
	COMPARISON_COLUMNS,

	/* those that only rows of a series have */
	COLUMN_RANK = COMPARISON_COLUMNS,
	COLUMN_HIGHEST_SINCE,
	COLUMN_LOWEST_SINCE,
	SERIES_COLUMNS
};

#define COMPARISON_TYPES \
	DATERANGEOID, TEXTOID, BOOLOID, INT4OID, INT8OID, \
	DATERANGEOID, TEXTOID, BOOLOID, INT4OID, INT8OID, \
	INT8OID, NUMERICOID, TEXTOID
#define SERIES_TYPES \
	COMPARISON_TYPES, INT8OID, DATERANGEOID, DATERANGEOID

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
	uint32	   *highest_since;
	uint32	   *lowest_since;
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
	ledger_view_flows(view, &running->stream);
	return running;
}

/*
 * Two periods
 */

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
 * The columns of a period and of the one that it is compared with, but for
 * their labels and what follows from a measure.
 */
static void
period_values(const LedgerPeriodFlows *current,
			  const LedgerPeriodFlows *previous, Datum *values)
{
	values[COLUMN_PERIOD] = RangeTypePGetDatum(period_to_range(current->period));
	values[COLUMN_COMPLETE] = BoolGetDatum(ledger_flows_complete(current));
	values[COLUMN_DAYS] = Int32GetDatum(ledger_flows_days(current));
	values[COLUMN_PREVIOUS_PERIOD] =
		RangeTypePGetDatum(period_to_range(previous->period));
	values[COLUMN_PREVIOUS_COMPLETE] = BoolGetDatum(ledger_flows_complete(previous));
	values[COLUMN_PREVIOUS_DAYS] = Int32GetDatum(ledger_flows_days(previous));
}

/*
 * The columns of two figures and of what came of them.
 */
static void
change_values(int64 current, int64 previous, Datum *values, bool *nulls)
{
	Datum		figures[PERIOD_COMPARISON_COLUMNS];
	bool		figure_nulls[PERIOD_COMPARISON_COLUMNS];

	period_comparison_values(current, previous, figures, figure_nulls);
	values[COLUMN_CURRENT] = figures[0];
	nulls[COLUMN_CURRENT] = false;
	memcpy(values + COLUMN_PREVIOUS, figures + 1,
		   (PERIOD_COMPARISON_COLUMNS - 1) * sizeof(Datum));
	memcpy(nulls + COLUMN_PREVIOUS, figure_nulls + 1,
		   (PERIOD_COMPARISON_COLUMNS - 1) * sizeof(bool));
}

/*
 * The label of a period by itself
 */
static Datum
period_label_datum(LedgerPeriod period)
{
	char		label[PERIOD_LABEL_MAX];

	return PointerGetDatum(cstring_to_text_with_len(label,
													period_write_label(period, label)));
}

/*
 * Two periods of home compared, by measure.  The current one is all days
 * unless it is given, and the previous one the one just before.
 */
Datum
ledger_comparison(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {TEXTOID, COMPARISON_TYPES, InvalidOid};
	HomeCorridors	view;
	LedgerPeriodFlows current;
	LedgerPeriodFlows previous;
	Datum		values[1 + COMPARISON_COLUMNS];
	bool		nulls[1 + COMPARISON_COLUMNS] = {false};
	LedgerPeriod before;

	if (!ledger_start_rows(fcinfo, columns, &view))
		return (Datum) 0;
	start_flows(&view.flat, within_argument(fcinfo, 3), &current);
	if (PG_ARGISNULL(4))
		ledger_check(period_before(current.period, &before));
	else
		before = PG_GETARG_PERIOD(4);
	start_flows(&view.flat, before, &previous);
	ledger_view_sum(&view, current.period, &current.inflow, &current.outflow);
	ledger_view_sum(&view, previous.period, &previous.inflow, &previous.outflow);

	period_values(&current, &previous, values + 1);
	values[1 + COLUMN_LABEL] = period_label_datum(current.period);
	values[1 + COLUMN_PREVIOUS_LABEL] = period_label_datum(previous.period);
	for (int i = 0; i < LEDGER_FLOW_MEASURES; i++)
	{
		int64_t		now;
		int64_t		then;

		ledger_check(ledger_flows_measure(&current, (LedgerMeasure) i, &now));
		ledger_check(ledger_flows_measure(&previous, (LedgerMeasure) i, &then));
		values[0] = CStringGetTextDatum(ledger_measure_names[i]);
		change_values(now, then, values + 1, nulls + 1);
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
	table->highest_since = palloc_many(uint32, known);
	table->lowest_since = palloc_many(uint32, known);
	ledger_rank(table->values, known, table->rank, palloc_many(uint32, known),
				palloc_many(uint32, known), ledger_checkpoint);
	ledger_highest_since(table->values, known, table->highest_since);
	ledger_lowest_since(table->values, known, table->lowest_since);
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
 * The period of a row `since`, one of those that something is known of; NULL
 * where there is none.
 */
static void
since_value(const ComparisonTable *table, uint32 since, Datum *value,
			bool *null)
{
	*null = since == LEDGER_NO_ROW;
	if (!*null)
		*value = RangeTypePGetDatum(period_to_range(table->comparison.flows[table->first_known +
																			 since].period));
}

/*
 * Gives row i of a table, whose labels have been written.
 */
static void
put_row(FunctionCallInfo fcinfo, const ComparisonTable *table, uint32 i)
{
	const LedgerPeriodFlows *flows = &table->comparison.flows[i];
	const LedgerPeriodFlows *compared = ledger_compared(&table->comparison, i);
	Datum		values[SERIES_COLUMNS] = {0};
	bool		nulls[SERIES_COLUMNS];
	int64_t		previous = 0;
	bool		known = ledger_flows_known(flows);
	uint32		k = i - table->first_known;

	memset(nulls, true, sizeof(nulls));
	period_values(flows, compared, values);
	values[COLUMN_LABEL] = label_datum(table, i);
	memset(nulls + COLUMN_PERIOD, false, COLUMN_CURRENT * sizeof(bool));
	if (!period_is_empty(compared->period))
	{
		values[COLUMN_PREVIOUS_LABEL] = label_datum(table, (int64) i - 1);
		memset(nulls + COLUMN_PREVIOUS_PERIOD, false,
			   (COLUMN_PREVIOUS - COLUMN_PREVIOUS_PERIOD) * sizeof(bool));
	}
	if (ledger_flows_known(compared))
	{
		ledger_check(ledger_flows_measure(compared, table->measure, &previous));
		values[COLUMN_PREVIOUS] = Int64GetDatum(previous);
		nulls[COLUMN_PREVIOUS] = false;
	}
	if (known && !nulls[COLUMN_PREVIOUS])
		change_values(table->values[k], previous, values, nulls);
	if (known)
	{
		values[COLUMN_CURRENT] = Int64GetDatum(table->values[k]);
		values[COLUMN_RANK] = Int64GetDatum((int64) table->rank[k]);
		nulls[COLUMN_CURRENT] = nulls[COLUMN_RANK] = false;
		since_value(table, table->highest_since[k],
					&values[COLUMN_HIGHEST_SINCE], &nulls[COLUMN_HIGHEST_SINCE]);
		since_value(table, table->lowest_since[k],
					&values[COLUMN_LOWEST_SINCE], &nulls[COLUMN_LOWEST_SINCE]);
	}
	ledger_put_row(fcinfo, values, nulls);
}

/*
 * Gives all rows, each with the label of its whole step period where it is a
 * part of one; what a row takes is given back before the next.
 */
static void
put_table(FunctionCallInfo fcinfo, ComparisonTable *table, bool to_date)
{
	const LedgerComparison *comparison = &table->comparison;
	MemoryContext caller = ledger_rows_start();

	for (uint32 i = 0; i < comparison->n; i++)
	{
		LedgerPeriod compared = ledger_compared(comparison, i)->period;

		if (!to_date && (i == 0 || comparison->by_versus))
			write_label(table, (int64) i - 1, compared);
		else if (i == 0 && !period_is_empty(compared))
			write_step_label(table, -1);
		if (to_date)
			write_step_label(table, i);
		else
			write_label(table, i, comparison->flows[i].period);
		put_row(fcinfo, table, i);
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
	static const Oid columns[] = {SERIES_TYPES, InvalidOid};
	ComparisonTable table;
	PeriodAlign align;
	PeriodStep	versus = {0, 0};
	LedgerPeriod within;
	LedgerCoverage coverage;
	HomeCorridors	view;
	int64_t		first;
	int64_t		last;

	if (!ledger_start_rows(fcinfo, columns, &view))
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
	put_table(fcinfo, &table, false);
	return (Datum) 0;
}

/*
 * A measure of home in every step period on record up to the same point.
 */
Datum
ledger_to_date(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {SERIES_TYPES, InvalidOid};
	ComparisonTable table;
	LedgerPeriod within;
	LedgerPeriod listed;
	LedgerCoverage coverage;
	HomeCorridors	view;
	LedgerDay	as_of;
	int64_t		first;
	int64_t		last;

	if (!ledger_start_rows(fcinfo, columns, &view))
		return (Datum) 0;
	as_of = PG_ARGISNULL(3) ? 0 :
		period_day_from_date(PG_GETARG_DATEADT(3), "as_of");
	table.measure = ledger_measure_argument(fcinfo, 4, LEDGER_FLOW_MEASURES);
	ledger_calendar_arguments(fcinfo, 5, 12, 6, NO_ARGUMENT,
							  &table.comparison.calendar);

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
	put_table(fcinfo, &table, true);
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
 * The days that milestones are counted from, by default the first day of the
 * ledger.
 */
static Datum *
start_arguments(FunctionCallInfo fcinfo, const LedgerFlat *flat, int *n)
{
	Datum	   *start;

	if (!PG_ARGISNULL(3))
		return array_argument(fcinfo, 3, "starts", DATEOID, sizeof(DateADT),
							  true, TYPALIGN_INT, n);
	*n = flat->corridors > 0 ? 1 : 0;
	start = palloc(sizeof(Datum));
	*start = DateADTGetDatum(flat->first);
	return start;
}

/*
 * Sets the milestones: every target of the first start, then of the second.
 */
static LedgerMilestone *
collect_milestones(const Datum *starts, int n_starts, const Datum *targets,
				   int n_targets)
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
			next->start = day;
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

	values[0] = DateADTGetDatum(milestone->start);
	values[1] = Int64GetDatum(milestone->target);
	nulls[2] = nulls[3] = !milestone->reached;
	if (milestone->reached)
	{
		values[2] = DateADTGetDatum(milestone->day);
		values[3] = Int32GetDatum(milestone->day - milestone->start + 1);
	}
	ledger_put_row(fcinfo, values, nulls);
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
	HomeCorridors	view;
	Datum	   *starts;
	Datum	   *targets;
	int			n_starts;
	int			n_targets;
	int			n;

	if (!ledger_start_rows(fcinfo, columns, &view) || PG_ARGISNULL(4))
		return (Datum) 0;
	starts = start_arguments(fcinfo, &view.flat, &n_starts);
	targets = array_argument(fcinfo, 4, "targets", INT8OID, sizeof(int64),
							 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &n_targets);
	measure = ledger_measure_argument(fcinfo, 5, LEDGER_FLOW_MEASURES);
	milestones = collect_milestones(starts, n_starts, targets, n_targets);
	n = n_starts * n_targets;
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
