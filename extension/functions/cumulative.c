/*
 * functions/cumulative.c
 *		ledger_cumulative and ledger_cumulative_svg: what has come together
 *		since the first day of each period, day by day, as rows and drawn.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "answers/cumulative_svg.h"
#include "functions/captions.h"
#include "functions/rows.h"

/* The arguments that both functions have in common, after home and partner */
#define ARG_MEASURE		3
#define ARG_STEP		4
#define ARG_ANCHOR		5
#define ARG_WITHIN		6
#define ARG_COVERED		7
#define ARG_TITLE		8

PG_FUNCTION_INFO_V1(ledger_cumulative);
PG_FUNCTION_INFO_V1(ledger_cumulative_svg);

/* Goes from day to day, and from period to period. */
typedef struct CumulativeDays
{
	PeriodCalendar calendar;
	LedgerScope scope;
	LedgerCoverageCursor covered;
	LedgerMeasure measure;
	LedgerFlowStream stream;
	LedgerFlow	flow;			/* the next that is not added, where status is OK */
	LedgerStatus status;
	LedgerPeriod period;		/* of the day */
	LedgerDay	day;			/* the one given last */
	LedgerSum	sum;			/* of the period so far */
	bool		known;			/* and all its days so far are covered */
} CumulativeDays;

/*
 * Adds the flow of the day to the sum.
 */
static void
add_flow(CumulativeDays *days)
{
	const LedgerFlow *flow = &days->flow;

	switch (days->measure)
	{
		case LEDGER_INFLOW:
			days->sum = ledger_sum_plus(days->sum, flow->inflow);
			break;
		case LEDGER_OUTFLOW:
			days->sum = ledger_sum_plus(days->sum, flow->outflow);
			break;
		case LEDGER_GROSS:
			days->sum = ledger_sum_plus(days->sum, ledger_sum_plus(flow->inflow, flow->outflow));
			break;
		default:
			days->sum = ledger_sum_plus(days->sum, ledger_sum_subtract(flow->inflow, flow->outflow));
			break;
	}
}

/*
 * Goes on to the next day; false where there is none, and all that has been
 * read has been looked at.
 */
static bool
next_day(CumulativeDays *days)
{
	if (++days->day >= days->scope.within.end)
	{
		ledger_check(ledger_flow_finish(&days->stream));
		return false;
	}
	if (days->day >= days->period.end)
	{
		period_check(period_calendar_step_of(&days->calendar, days->day, &days->period));
		days->sum = (LedgerSum) {0, 0};
		days->known = true;
	}
	days->known &= ledger_coverage_has(&days->covered, days->day);
	if (days->status == LEDGER_OK && days->flow.day == days->day)
	{
		add_flow(days);
		days->status = ledger_flow_next(&days->stream, &days->flow);
		ledger_check(days->status);
	}
	return true;
}

/*
 * Begins before the first day; false where there is none.
 */
static bool
start_days(FunctionCallInfo fcinfo, const HomeCorridors *between, CumulativeDays *days)
{
	int64_t		first;
	int64_t		last;

	ledger_calendar_arguments(fcinfo, ARG_STEP, 12, ARG_ANCHOR, NO_ARGUMENT,
							  &days->calendar);
	days->measure = ledger_measure_argument(fcinfo, ARG_MEASURE, LEDGER_BALANCE);
	ledger_scope_arguments(fcinfo, ARG_WITHIN, ARG_COVERED, &between->flat, &days->scope);
	days->covered = (LedgerCoverageCursor) {days->scope.coverage.given ? &days->scope.coverage : NULL, 0};
	period_numbers_within(&days->calendar, days->scope.within, &first, &last);
	if (last < first)
		return false;
	ledger_flow_start(&days->stream, palloc_many(LedgerFlowSource, between->n_corridors),
					  ledger_checkpoint);
	ledger_flows_between(between, &days->stream);
	/* a sum begins with its period, also where only later days are listed */
	period_check(period_calendar_step(&days->calendar, first, &days->period));
	days->day = days->period.start - 1;
	days->sum = (LedgerSum) {0, 0};
	days->known = true;
	do
		days->status = ledger_flow_next(&days->stream, &days->flow);
	while (days->status == LEDGER_OK && days->flow.day < days->period.start);
	ledger_check(days->status);
	while (days->day < days->scope.within.start - 1)
		(void) next_day(days);
	return true;
}

/*
 * ledger_cumulative(ledger, home, partner, measure, step, anchor, within,
 * covered): a row for each day.  A sum is not known from the first day of its
 * period on that is not covered.
 */
Datum
ledger_cumulative(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {DATERANGEOID, TEXTOID, DATEOID, INT4OID, INT8OID, InvalidOid};
	HomeCorridors between;
	CumulativeDays days;
	MemoryContext caller;
	LedgerDay	start = LEDGER_DAY_UNBOUNDED_START;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (!ledger_start_rows(fcinfo, columns, &between) || !start_days(fcinfo, &between, &days))
		return (Datum) 0;
	caller = ledger_rows_start();
	while (next_day(&days))
	{
		char		label[PERIOD_LABEL_MAX];

		if (start != days.period.start)
		{
			start = days.period.start;
			ledger_row_done();
			values[0] = PointerGetDatum(period_to_range(days.period));
			values[1] = PointerGetDatum(cstring_to_text_with_len(label,
																 period_write_label_of(&days.calendar,
																					   days.period, label)));
		}
		values[2] = DateADTGetDatum(days.day);
		values[3] = Int32GetDatum(days.day - days.period.start + 1);
		nulls[4] = !days.known;
		values[4] = days.known ? Int64GetDatum(ledger_sum_check(days.sum)) : (Datum) 0;
		ledger_put_row(fcinfo, values, nulls);
		if (days.day % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	ledger_rows_end(caller);
	return (Datum) 0;
}

/* The lines of a picture while they are made */
typedef struct CumulativeLines
{
	LedgerLine *lines;
	uint32		n;
	uint32		dropped;		/* earlier lines, of which there are too many */
	LedgerPoint *points;		/* of the line being made */
	uint32		n_points;
} CumulativeLines;

/*
 * Ends the line that is being made.
 */
static void
end_line(CumulativeLines *made)
{
	LedgerLine *line = &made->lines[made->n - 1];

	line->n = made->n_points;
	line->points = made->points;
}

/*
 * Begins the line of a period; of too many, the earliest is dropped.
 */
static void
begin_line(CumulativeLines *made, const PeriodCalendar *calendar, LedgerPeriod period)
{
	LedgerLine *line;

	if (made->n > 0)
		end_line(made);
	if (made->n == LEDGER_LINES_MAX)
	{
		pfree(unconstify(LedgerPoint *, made->lines[0].points));
		memmove(made->lines, made->lines + 1, (made->n - 1) * sizeof(LedgerLine));
		made->n--;
		made->dropped++;
	}
	line = &made->lines[made->n++];
	line->period = period;
	period_write_label_of(calendar, period, line->label);
	period_write_day(period.start, line->start);
	made->points = palloc_many(LedgerPoint, period.end - period.start);
	made->n_points = 0;
}

/*
 * The lines of all periods, the last LEDGER_LINES_MAX of them.
 */
static void
make_lines(CumulativeDays *days, CumulativeLines *made)
{
	LedgerDay	start = LEDGER_DAY_UNBOUNDED_START;

	made->lines = palloc_many(LedgerLine, LEDGER_LINES_MAX);
	made->n = 0;
	while (next_day(days))
	{
		LedgerPoint *point;

		if (!days->known)
			continue;
		if (start != days->period.start)
		{
			CHECK_FOR_INTERRUPTS();
			start = days->period.start;
			begin_line(made, &days->calendar, days->period);
		}
		point = &made->points[made->n_points++];
		point->day_number = days->day - start + 1;
		point->cumulative = ledger_sum_check(days->sum);
	}
	if (made->n > 0)
		end_line(made);
}

/*
 * ledger_cumulative_svg(ledger, home, partner, measure, step, anchor, within,
 * covered, title, source, width, height): the last period against the earlier
 * ones.
 */
Datum
ledger_cumulative_svg(PG_FUNCTION_ARGS)
{
	StringInfoData text;
	LedgerCanvas canvas;
	LedgerCumulativeSvg svg = {0};
	CumulativeLines made = {0};
	HomeCorridors between;
	CumulativeDays days;
	const char *measure;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	ledger_home_arguments(fcinfo, true, &between);
	if (start_days(fcinfo, &between, &days))
		make_lines(&days, &made);
	measure = ledger_measure_names[days.measure];
	ledger_frame_arguments(fcinfo, ARG_TITLE,
						   psprintf("%s: %s, added up",
									ledger_name_sides(fcinfo), measure),
						   SVG_HEIGHT_DEFAULT, &svg.frame);
	svg.unit = ledger_whole_text(made.dropped == 0 ? psprintf("%s, people", measure) :
								 psprintf("%s, people; the latest %u of %u", measure,
										  made.n, made.n + made.dropped));
	svg.lines = made.lines;
	svg.n = made.n;
	svg.step = days.calendar.step;
	canvas = ledger_string_canvas(&text);
	ledger_draw_cumulative(&canvas, &svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}
