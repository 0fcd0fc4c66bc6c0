/*
 * functions/picture.c
 *		ledger_sparkline and ledger_bars: the periods that ledger_series gives,
 *		drawn with characters.
 *
 * The database's encoding decides which characters are drawn with, which it
 * keeps for life, so that the functions are immutable all the same.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "functions/captions.h"
#include "functions/picture.h"

/* The most periods of a picture: a line, a page of lines */
#define SPARKLINE_PERIODS_MAX	1000
#define BARS_PERIODS_MAX		10000

/* Widths of bars, in characters; the default leaves psql its two blanks */
#define BARS_WIDTH_MIN			20
#define BARS_WIDTH_MAX			1000
#define BARS_WIDTH_DEFAULT		78

PG_FUNCTION_INFO_V1(ledger_sparkline);
PG_FUNCTION_INFO_V1(ledger_bars);

/* Steps that a picture takes where a finer one has too many periods */
static const PeriodStep coarser_steps[] = {
	{0, 7}, {1, 0}, {3, 0}, {12, 0}, {120, 0}
};

/*
 * Days of a step, about
 */
static int64
step_days(PeriodStep step)
{
	return step.days + (int64) step.months * 30;
}

/*
 * Is a step certainly shorter than a window?
 */
static bool
fits_window(PeriodStep step, PeriodStep window)
{
	if (step.months > 0 && window.months > 0)
		return step.months < window.months;
	return step.days + (int64) step.months * 31 < window.days + (int64) window.months * 28;
}

/*
 * Takes the next longer step for a calendar, the same from the default anchor
 * on; false where there is none, or none that is shorter than a window that
 * rolls.
 */
static bool
take_coarser_step(PeriodCalendar *calendar)
{
	const bool	rolls = period_calendar_rolls(calendar);
	int			i;

	for (i = 0; i < (int) lengthof(coarser_steps); i++)
		if (step_days(coarser_steps[i]) > step_days(calendar->step))
		{
			if (rolls && !fits_window(coarser_steps[i], calendar->rolling))
				return false;
			calendar->step = coarser_steps[i];
			if (!rolls)
				calendar->rolling = coarser_steps[i];
			calendar->anchor = PERIOD_DEFAULT_ANCHOR;
			return true;
		}
	return false;
}

pg_noreturn static void
too_many_periods(int64 n, int most)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many periods for a picture: %lld", (long long) n),
			 errdetail("At most %d are drawn.", most),
			 errhint("Take a longer step or a shorter range.")));
}

void
ledger_fit_calendar(PeriodCalendar *calendar, LedgerPeriod within, int most)
{
	int64_t		first;
	int64_t		last;

	for (;;)
	{
		period_numbers_within(calendar, within, &first, &last);
		if (last - first < most)
			return;
		if (!take_coarser_step(calendar))
			too_many_periods(last - first + 1, most);
	}
}

void
ledger_read_rows(const HomeCorridors *between, const LedgerScope *scope, int most,
				 PictureRows *picture)
{
	LedgerSeries *series = ledger_start_series(between, &picture->calendar, scope);
	int64		n = series->last < series->next ? 0 : series->last - series->next + 1;
	LedgerStatus status;

	if (n > most)
		too_many_periods(n, most);
	picture->rows = palloc(((Size) n + 1) * sizeof(LedgerSeriesRow));
	picture->n = 0;
	while ((status = ledger_series_next(series,
										&picture->rows[picture->n])) == LEDGER_OK)
		picture->n++;
	ledger_check(status);
}

void
ledger_read_picture(FunctionCallInfo fcinfo, int step, int most, bool coarser,
					PictureRows *picture)
{
	LedgerScope scope;
	HomeCorridors between;

	ledger_calendar_arguments(fcinfo, step, 1, step + 1, step + 2,
							  &picture->calendar);
	ledger_home_arguments(fcinfo, true, &between);
	ledger_scope_arguments(fcinfo, step + 3, step + 4, &between.flat, &scope);
	picture->asked = picture->calendar.step;
	if (coarser)
		ledger_fit_calendar(&picture->calendar, scope.within, most);
	ledger_read_rows(&between, &scope, most, picture);
}

/*
 * ledger_sparkline(ledger, home, partner, measure, step, anchor, rolling,
 * within, covered): a character for each period.
 */
Datum
ledger_sparkline(PG_FUNCTION_ARGS)
{
	StringInfoData line;
	LedgerCanvas canvas;
	LedgerMeasure measure;
	PictureRows picture;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();

	measure = ledger_measure_argument(fcinfo, 3, LEDGER_MEASURES);
	ledger_read_picture(fcinfo, 4, SPARKLINE_PERIODS_MAX, false, &picture);
	canvas = ledger_string_canvas(&line);
	ledger_draw_sparkline(&canvas, picture.rows, picture.n, measure);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(line.data, line.len));
}

/*
 * Gives a line of text as a row, and begins the next.
 */
static void
put_line(FunctionCallInfo fcinfo, StringInfo line)
{
	Datum		value;
	bool		null = false;

	value = PointerGetDatum(cstring_to_text_with_len(line->data, line->len));
	ledger_put_row(fcinfo, &value, &null);
	pfree(DatumGetPointer(value));
	resetStringInfo(line);
}

/*
 * ledger_bars(ledger, home, partner, step, anchor, rolling, within, covered,
 * width): a heading, a line for each period, and a note where one is needed.
 */
Datum
ledger_bars(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {TEXTOID, InvalidOid};
	StringInfoData line;
	LedgerCanvas canvas;
	LedgerText title;
	LedgerBars	bars;
	PictureRows picture;
	int32		width;
	uint32		i;

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	width = ledger_size_argument(fcinfo, 8, "width", BARS_WIDTH_DEFAULT,
						  BARS_WIDTH_MIN, BARS_WIDTH_MAX);
	ledger_read_picture(fcinfo, 3, BARS_PERIODS_MAX, false, &picture);
	if (picture.n == 0)
		return (Datum) 0;

	canvas = ledger_string_canvas(&line);
	ledger_bars_measure(picture.rows, picture.n, width, &bars);
	ledger_wrap_text(psprintf("%s, people", ledger_name_sides(fcinfo)), bars.width, false, 1,
			  &title);
	appendBinaryStringInfo(&line, title.text, title.length);
	put_line(fcinfo, &line);
	ledger_draw_bars_heading(&canvas, &bars);
	put_line(fcinfo, &line);
	for (i = 0; i < picture.n; i++)
	{
		ledger_draw_bars_row(&canvas, &bars, &picture.rows[i]);
		put_line(fcinfo, &line);
		if (i % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	if (bars.incomplete)
	{
		appendStringInfoString(&line, "* not complete");
		put_line(fcinfo, &line);
	}
	return (Datum) 0;
}
