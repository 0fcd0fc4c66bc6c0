/*
 * functions/picture.c
 *		ledger_sparkline, ledger_bars and ledger_svg: the periods that
 *		ledger_series gives, drawn.
 *
 * The database's encoding decides which characters are drawn with, which it
 * keeps for life, so that the functions are immutable all the same.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "answers/svg.h"
#include "functions/rows.h"

/* The most periods of a picture: a line, a page of lines, a screen of bars */
#define SPARKLINE_PERIODS_MAX	1000
#define BARS_PERIODS_MAX		10000
#define SVG_PERIODS_MAX			1000

/* Widths of bars, in characters; the default leaves psql its two blanks */
#define BARS_WIDTH_MIN			20
#define BARS_WIDTH_MAX			1000
#define BARS_WIDTH_DEFAULT		78

#define SVG_WIDTH_DEFAULT		720
#define SVG_HEIGHT_DEFAULT		480

PG_FUNCTION_INFO_V1(ledger_sparkline);
PG_FUNCTION_INFO_V1(ledger_bars);
PG_FUNCTION_INFO_V1(ledger_svg);

/* All rows of a series, in the current memory context */
typedef struct PictureRows
{
	LedgerSeriesRow *rows;
	uint32		n;
	PeriodStep	step;
} PictureRows;

/*
 * Reads the series that the arguments ask for: ledger, home and partner are
 * the first three, and step, anchor, rolling and within follow each other from
 * number `step` on.  An error where it has more than `most` periods.
 */
static void
read_rows(FunctionCallInfo fcinfo, int step, int most, PictureRows *picture)
{
	PeriodCalendar calendar;
	LedgerPeriod period;
	HomeCorridors	view;
	LedgerSeries *series;
	LedgerStatus status = LEDGER_OK;
	int64		n;

	ledger_calendar_arguments(fcinfo, step, 1, step + 1, step + 2, &calendar);
	period = within_argument(fcinfo, step + 3);
	ledger_home_arguments(fcinfo, true, &view);
	series = ledger_start_series(&view, &calendar, period);
	n = series->last < series->next ? 0 : series->last - series->next + 1;
	if (n > most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many periods for a picture: %lld", (long long) n),
				 errdetail("At most %d are drawn.", most),
				 errhint("Take a longer step or a shorter range.")));

	picture->rows = palloc(((Size) n + 1) * sizeof(LedgerSeriesRow));
	picture->n = 0;
	picture->step = calendar.step;
	while (picture->n < n && status == LEDGER_OK)
		status = ledger_series_next(series, &picture->rows[picture->n++]);
	ledger_check(status);
}

/* Adds what is drawn to the StringInfo `target`. */
static void
put_to_string(void *target, const char *text, size_t length)
{
	CHECK_FOR_INTERRUPTS();
	appendBinaryStringInfo(target, text, (int) length);
}

/*
 * A canvas over a new string, with the characters that the database has.
 */
static LedgerCanvas
string_canvas(StringInfo string)
{
	LedgerCanvas canvas = {put_to_string, string,
	GetDatabaseEncoding() == PG_UTF8};

	initStringInfo(string);
	return canvas;
}

/*
 * A size among the arguments, in whole units.
 */
static int32
size_argument(FunctionCallInfo fcinfo, int n, const char *argument,
			  int32 by_default, int32 least, int32 most)
{
	int32		size = PG_ARGISNULL(n) ? by_default : PG_GETARG_INT32(n);

	if (size < least || size > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s: %d", argument, size),
				 errdetail("It has to be from %d to %d.", least, most)));
	return size;
}

/*
 * Adds text that users wrote, argument n, with a blank or a question mark for
 * characters that have no shape and would break a line.
 */
static void
append_printable(StringInfo string, FunctionCallInfo fcinfo, int n)
{
	const text *argument = PG_GETARG_TEXT_PP(n);
	const char *text = VARDATA_ANY(argument);
	const char *end = text + VARSIZE_ANY_EXHDR(argument);

	while (text < end)
	{
		int			bytes = pg_mblen(text);

		CHECK_FOR_INTERRUPTS();
		/* a name from a damaged ledger may end within a character */
		if (bytes > end - text)
		{
			appendStringInfoChar(string, '?');
			break;
		}
		if (pg_dsplen(text) >= 0)
			appendBinaryStringInfo(string, text, bytes);
		else
			appendStringInfoChar(string,
								 *text >= '\t' && *text <= '\r' ? ' ' : '?');
		text += bytes;
	}
}

/*
 * What a character needs of a line: columns of a terminal, or halves of a
 * small letter where letters are of different widths.
 */
static int
character_width(const char *text, bool proportional)
{
	if (!proportional)
		return pg_dsplen(text);
	if (strchr("MWmw@%", *text) != NULL)
		return 4;
	if (*text >= 'A' && *text <= 'Z')
		return 3;
	return 2 * pg_dsplen(text);
}

/*
 * Takes one line of at most `width` (see character_width) off the text, which
 * ends with a zero; up to a blank, if it is to hold whole words.  Returns what
 * is left of the text.
 */
static const char *
take_line(const char *text, int width, bool proportional, bool words,
		  LedgerSvgText *line)
{
	const char *next = text;
	const char *blank = NULL;
	int			taken = 0;

	while (*next != '\0')
	{
		taken += character_width(next, proportional);
		if (taken > width)
			break;
		if (words && *next == ' ')
			blank = next;
		next += pg_mblen(next);
	}
	line->text = text;
	if (*next != '\0' && blank != NULL && blank > text)
	{
		line->length = blank - text;
		return blank + 1;
	}
	line->length = next - text;
	return next;
}

/*
 * Breaks text into at most `most` lines of `width`; what does not fit is cut
 * with three points.  Returns the number of lines.
 */
static uint32
wrap_text(const char *text, int width, bool proportional, uint32 most,
		  LedgerSvgText *lines)
{
	uint32		n = 0;

	while (*text != '\0' && n < most)
	{
		const char *rest = take_line(text, width, proportional, true,
									 &lines[n++]);

		if (*rest != '\0' && n == most)
		{
			LedgerSvgText *last = &lines[n - 1];

			/* once more, for as much as leaves room for the points */
			take_line(text, Max(width - (proportional ? 6 : 3), 1),
					  proportional, false, last);
			last->text = psprintf("%.*s...", (int) last->length, last->text);
			last->length = strlen(last->text);
		}
		text = rest;
	}
	return n;
}

/*
 * Adds the party that argument n names, home or partner.
 */
static void
append_party(StringInfo string, FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n))
		appendStringInfoString(string, PG_ARGISNULL(1) && PG_ARGISNULL(2) ?
							   "any party" : "every other party");
	else
		append_printable(string, fcinfo, n);
}

/*
 * Whose flows these are: "GBR with FRA".  A new string.
 */
static char *
name_view(FunctionCallInfo fcinfo)
{
	StringInfoData name;

	initStringInfo(&name);
	append_party(&name, fcinfo, 1);
	appendStringInfoString(&name, " with ");
	append_party(&name, fcinfo, 2);
	return name.data;
}

/*
 * ledger_sparkline(ledger, home, partner, measure, step, anchor, rolling,
 * within): a character for each period.
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
	read_rows(fcinfo, 4, SPARKLINE_PERIODS_MAX, &picture);
	canvas = string_canvas(&line);
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
 * ledger_bars(ledger, home, partner, step, anchor, rolling, within, width): a
 * heading, a line for each period, and a note where one is needed.
 */
Datum
ledger_bars(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {TEXTOID, InvalidOid};
	StringInfoData line;
	LedgerCanvas canvas;
	LedgerSvgText title;
	LedgerBars	bars;
	PictureRows picture;
	int32		width;
	uint32		i;

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	width = size_argument(fcinfo, 7, "width", BARS_WIDTH_DEFAULT,
						  BARS_WIDTH_MIN, BARS_WIDTH_MAX);
	read_rows(fcinfo, 3, BARS_PERIODS_MAX, &picture);
	if (picture.n == 0)
		return (Datum) 0;

	canvas = string_canvas(&line);
	ledger_bars_measure(picture.rows, picture.n, width, &bars);
	wrap_text(psprintf("%s, people", name_view(fcinfo)), bars.width, false, 1,
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

/*
 * A text argument that may be left out, as a string; NULL where it is empty.
 */
static char *
note_argument(FunctionCallInfo fcinfo, int n)
{
	StringInfoData note;

	if (PG_ARGISNULL(n))
		return NULL;
	initStringInfo(&note);
	append_printable(&note, fcinfo, n);
	return note.len > 0 ? note.data : NULL;
}

/*
 * One of the two texts that say which way people went, whole and as a line.
 */
static void
name_direction(FunctionCallInfo fcinfo, bool inward, int width,
			   LedgerSvgText *whole, LedgerSvgText *line)
{
	StringInfoData name;

	initStringInfo(&name);
	appendStringInfoString(&name, inward ? "inflow, " : "outflow, ");
	append_party(&name, fcinfo, inward ? 2 : 1);
	appendStringInfoString(&name, " to ");
	append_party(&name, fcinfo, inward ? 1 : 2);
	whole->text = name.data;
	whole->length = name.len;
	wrap_text(name.data, width, true, 1, line);
}

/*
 * ledger_svg(ledger, home, partner, step, anchor, rolling, within, title,
 * source, width, height): an SVG of inflow, outflow and balance.
 */
Datum
ledger_svg(PG_FUNCTION_ARGS)
{
	StringInfoData text;
	LedgerCanvas canvas;
	LedgerSvg	svg = {0};
	PictureRows picture;
	char	   *title;
	char	   *source;
	int			room;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();

	svg.width = size_argument(fcinfo, 9, "width", SVG_WIDTH_DEFAULT,
							  LEDGER_SVG_WIDTH_MIN, LEDGER_SVG_SIZE_MAX);
	svg.height = size_argument(fcinfo, 10, "height", SVG_HEIGHT_DEFAULT,
							   LEDGER_SVG_HEIGHT_MIN, LEDGER_SVG_SIZE_MAX);
	read_rows(fcinfo, 3, SVG_PERIODS_MAX, &picture);
	svg.rows = picture.rows;
	svg.n = picture.n;
	svg.step = picture.step;

	room = svg.width * LEDGER_SVG_UNIT - 2 * LEDGER_SVG_MARGIN;
	title = note_argument(fcinfo, 7);
	if (title == NULL)
		title = psprintf("Inflow and outflow of %s", name_view(fcinfo));
	svg.title.text = title;
	svg.title.length = strlen(title);
	svg.n_title_lines = wrap_text(title, room / LEDGER_SVG_TITLE_HALF,
								  true, LEDGER_SVG_LINES, svg.title_lines);
	source = note_argument(fcinfo, 8);
	if (source != NULL)
		svg.n_source_lines = wrap_text(psprintf("Source: %s", source),
									   room / LEDGER_SVG_TEXT_HALF,
									   true, LEDGER_SVG_LINES, svg.source_lines);
	room = (room - LEDGER_SVG_SQUARE) / LEDGER_SVG_TEXT_HALF - LEDGER_SVG_DIRECTION;
	name_direction(fcinfo, true, room, &svg.inflow, &svg.inflow_line);
	name_direction(fcinfo, false, room, &svg.outflow, &svg.outflow_line);

	canvas = string_canvas(&text);
	ledger_draw_svg(&canvas, &svg);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text.data, text.len));
}
