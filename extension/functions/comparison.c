/*
 * functions/comparison.c
 *		The comparison tables of SQL, over answers/comparison.h.
 *
 * Every function here gives its rows in a tuplestore, and none for a NULL
 * ledger.  A NULL where there is a default is the default.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "answers/comparison.h"
#include "value/figures.h"
#include "functions/rows.h"

PG_FUNCTION_INFO_V1(ledger_comparison);
PG_FUNCTION_INFO_V1(ledger_comparison_series);
PG_FUNCTION_INFO_V1(ledger_to_date);

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
	/* of the rows that something is known of: which they are, and the rest */
	uint32		n_known;
	uint32	   *rows;
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
 * Two periods
 */

/*
 * Sums a few periods: each by itself where all of the ledger is known, since
 * much of it may then be passed over.
 */
static void
sum_periods(const HomeCorridors *between, const LedgerScope *scope,
			LedgerPeriodFlows *flows, uint32 n)
{
	if (scope->coverage.given)
	{
		ledger_check(ledger_flows_sum(flows, n,
									  ledger_start_running(between, &scope->coverage),
									  palloc_many(uint64_t, (uint64) 2 * n),
									  palloc_many(uint64_t, (uint64) 2 * n)));
		return;
	}
	for (uint32 i = 0; i < n; i++)
		ledger_sum_between(between, flows[i].counted, &flows[i].inflow,
						   &flows[i].outflow);
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
	values[COLUMN_DAYS] = Int32GetDatum(current->days);
	values[COLUMN_PREVIOUS_PERIOD] =
		RangeTypePGetDatum(period_to_range(previous->period));
	values[COLUMN_PREVIOUS_COMPLETE] = BoolGetDatum(ledger_flows_complete(previous));
	values[COLUMN_PREVIOUS_DAYS] = Int32GetDatum(previous->days);
}

/*
 * The measure of a period, kept in *value; NULL where nothing is known of it.
 */
static const int64 *
known_measure(const LedgerPeriodFlows *flows, LedgerMeasure measure,
			  int64 *value)
{
	int64_t		people;

	if (!ledger_flows_known(flows))
		return NULL;
	ledger_check(ledger_flows_measure(flows, measure, &people));
	*value = people;
	return value;
}

/*
 * The columns of two figures and of what became of the one.
 */
static void
change_values(const int64 *current, const int64 *previous, Datum *values,
			  bool *nulls)
{
	Datum		figures[PERIOD_COMPARISON_COLUMNS];
	bool		figure_nulls[PERIOD_COMPARISON_COLUMNS];

	period_comparison_values(current, previous, figures, figure_nulls);
	values[COLUMN_CURRENT] = figures[0];
	nulls[COLUMN_CURRENT] = figure_nulls[0];
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
	HomeCorridors between;
	LedgerScope scope;
	LedgerPeriodFlows flows[2]; /* current, previous */
	Datum		values[1 + COMPARISON_COLUMNS];
	bool		nulls[1 + COMPARISON_COLUMNS] = {false};
	LedgerPeriod before;

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;
	ledger_scope_arguments(fcinfo, 3, 5, &between.flat, &scope);
	if (PG_ARGISNULL(4))
		ledger_check(period_before(scope.within, &before));
	else
		before = ledger_report_within(&between.flat, PG_GETARG_PERIOD(4));
	ledger_flows_start(&flows[0], scope.within, scope.within, &scope.coverage);
	ledger_flows_start(&flows[1], before, before, &scope.coverage);
	sum_periods(&between, &scope, flows, 2);

	period_values(&flows[0], &flows[1], values + 1);
	values[1 + COLUMN_LABEL] = period_label_datum(flows[0].period);
	values[1 + COLUMN_PREVIOUS_LABEL] = period_label_datum(flows[1].period);
	for (int i = 0; i < LEDGER_FLOW_MEASURES; i++)
	{
		int64		now;
		int64		then;

		values[0] = CStringGetTextDatum(ledger_measure_names[i]);
		change_values(known_measure(&flows[0], (LedgerMeasure) i, &now),
					  known_measure(&flows[1], (LedgerMeasure) i, &then),
					  values + 1, nulls + 1);
		ledger_put_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

/*
 * Series and stretches to date
 */

/*
 * Numbers the step periods of a comparison that overlap `listed`, and makes
 * room for them; false where there is none.
 */
static bool
start_table(ComparisonTable *table, const LedgerScope *scope,
			LedgerPeriod listed)
{
	LedgerComparison *comparison = &table->comparison;
	int64_t		last;

	comparison->within = scope->within;
	comparison->coverage = scope->coverage;
	comparison->checkpoint = ledger_checkpoint;
	period_numbers_within(&comparison->calendar, listed, &comparison->first,
						  &last);
	if (last < comparison->first)
		return false;
	comparison->n = (uint32) (last - comparison->first + 1);
	comparison->flows = palloc_many(LedgerPeriodFlows,
									ledger_comparison_room(comparison->n,
														   comparison->by_versus));
	return true;
}

/*
 * Ranks, highs and lows of the rows that something is known of.
 */
static void
rank_table(ComparisonTable *table)
{
	const LedgerComparison *comparison = &table->comparison;
	uint32		known = 0;

	table->rows = palloc_many(uint32, comparison->n);
	table->values = palloc_many(int64_t, comparison->n);
	for (uint32 i = 0; i < comparison->n; i++)
	{
		if (!ledger_flows_known(&comparison->flows[i]))
			continue;
		table->rows[known] = i;
		ledger_check(ledger_flows_measure(&comparison->flows[i],
										  table->measure,
										  &table->values[known++]));
	}
	table->n_known = known;
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
sum_table(ComparisonTable *table, const HomeCorridors *between)
{
	LedgerComparison *comparison = &table->comparison;
	Size		room = ledger_comparison_room(comparison->n,
											  comparison->by_versus);
	uint64_t   *bounds = palloc_many(uint64_t, 2 * room);
	uint64_t   *scratch = palloc_many(uint64_t, 2 * room);

	ledger_check(ledger_flows_sum(comparison->flows, (uint32) room,
								  ledger_start_running(between,
												comparison->coverage.given ?
												&comparison->coverage : NULL),
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

	label->length = period_write_label_of(&table->comparison.calendar, period,
										  label->text);
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
 * Writes the label of a row's whole step period, of which a stretch is a part;
 * earlier by `versus` where it is the label of what the row is compared with.
 */
static void
write_step_label(ComparisonTable *table, int64 row, bool compared)
{
	const LedgerComparison *comparison = &table->comparison;
	LedgerPeriod whole;
	LedgerStatus status;

	if (compared && !comparison->by_versus)
		row--;
	status = period_calendar_step(&comparison->calendar,
								  comparison->first + row, &whole);
	if (status == LEDGER_OK && compared && comparison->by_versus)
		status = period_shift_by(whole, comparison->versus, -1,
								 comparison->calendar.step.days > 0 ?
								 PERIOD_ALIGN_SAME_DAYS :
								 PERIOD_ALIGN_BOUNDS, &whole);
	ledger_check(status);
	write_label(table, compared && comparison->by_versus ? row - 1 : row, whole);
}

/*
 * The period of a row `since`, one of those that something is known of; NULL
 * where there is none.
 */
static void
since_value(const ComparisonTable *table, uint32 since, Datum *value,
			bool *null)
{
	const LedgerPeriodFlows *flows = table->comparison.flows;

	*null = since == LEDGER_NO_ROW;
	if (!*null)
		*value = RangeTypePGetDatum(period_to_range(flows[table->rows[since]].period));
}

/*
 * Gives row i of a table, whose labels have been written; `known` is how many
 * of the rows before are known.
 */
static void
put_row(FunctionCallInfo fcinfo, const ComparisonTable *table, uint32 i,
		uint32 known)
{
	const LedgerPeriodFlows *flows = &table->comparison.flows[i];
	const LedgerPeriodFlows *compared = ledger_compared(&table->comparison, i);
	Datum		values[SERIES_COLUMNS] = {0};
	bool		nulls[SERIES_COLUMNS] = {false};
	int64		current;
	int64		previous;

	period_values(flows, compared, values);
	values[COLUMN_LABEL] = label_datum(table, i);
	if (!period_is_empty(compared->period))
		values[COLUMN_PREVIOUS_LABEL] = label_datum(table, (int64) i - 1);
	else
		memset(nulls + COLUMN_PREVIOUS_PERIOD, true,
			   (COLUMN_PREVIOUS - COLUMN_PREVIOUS_PERIOD) * sizeof(bool));
	change_values(known_measure(flows, table->measure, &current),
				  known_measure(compared, table->measure, &previous),
				  values, nulls);
	if (ledger_flows_known(flows))
	{
		values[COLUMN_RANK] = Int64GetDatum((int64) table->rank[known]);
		since_value(table, table->highest_since[known],
					&values[COLUMN_HIGHEST_SINCE], &nulls[COLUMN_HIGHEST_SINCE]);
		since_value(table, table->lowest_since[known],
					&values[COLUMN_LOWEST_SINCE], &nulls[COLUMN_LOWEST_SINCE]);
	}
	else
		memset(nulls + COLUMN_RANK, true,
			   (SERIES_COLUMNS - COLUMN_RANK) * sizeof(bool));
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
	uint32		known = 0;

	for (uint32 i = 0; i < comparison->n; i++)
	{
		LedgerPeriod compared = ledger_compared(comparison, i)->period;

		if ((i == 0 || comparison->by_versus) && !period_is_empty(compared))
		{
			if (to_date)
				write_step_label(table, i, true);
			else
				write_label(table, (int64) i - 1, compared);
		}
		if (to_date)
			write_step_label(table, i, false);
		else
			write_label(table, i, comparison->flows[i].period);
		put_row(fcinfo, table, i, known);
		known += ledger_flows_known(&comparison->flows[i]);
		ledger_row_done();
		if (i % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	ledger_rows_end(caller);
}

/*
 * What a series is compared with, out of two arguments.
 */
static void
compare_arguments(FunctionCallInfo fcinfo, int versus, int align,
				  LedgerComparison *comparison)
{
	comparison->by_versus = !PG_ARGISNULL(versus);
	if (comparison->by_versus)
		comparison->versus = versus_argument(fcinfo, versus);
	comparison->align = period_align_argument(fcinfo, align);
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
	LedgerScope scope;
	HomeCorridors between;

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;
	table.measure = ledger_measure_argument(fcinfo, 3, LEDGER_FLOW_MEASURES);
	ledger_calendar_arguments(fcinfo, 4, 1, 6, 7, &table.comparison.calendar);
	compare_arguments(fcinfo, 5, 10, &table.comparison);
	ledger_scope_arguments(fcinfo, 8, 9, &between.flat, &scope);
	if (!start_table(&table, &scope, scope.within))
		return (Datum) 0;
	ledger_check(ledger_comparison_series_periods(&table.comparison));
	sum_table(&table, &between);
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
	LedgerScope scope;
	LedgerPeriod listed;
	HomeCorridors between;
	LedgerDay	as_of = 0;

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;
	if (!PG_ARGISNULL(3))
		as_of = period_day_from_date(PG_GETARG_DATEADT(3), "as_of");
	table.measure = ledger_measure_argument(fcinfo, 4, LEDGER_FLOW_MEASURES);
	ledger_calendar_arguments(fcinfo, 5, 12, 7, NO_ARGUMENT,
							  &table.comparison.calendar);
	compare_arguments(fcinfo, 6, 10, &table.comparison);
	ledger_scope_arguments(fcinfo, 8, 9, &between.flat, &scope);
	listed = scope.within;
	if (!PG_ARGISNULL(3) && !period_is_empty(listed))
		listed.end = as_of + 1;
	if (!start_table(&table, &scope, listed))
		return (Datum) 0;
	/* as_of is asked about, whatever within ends with */
	table.comparison.within.end = Max(scope.within.end, listed.end);
	ledger_check(ledger_to_date_periods(&table.comparison, listed.end - 1));
	sum_table(&table, &between);
	put_table(fcinfo, &table, true);
	return (Datum) 0;
}
