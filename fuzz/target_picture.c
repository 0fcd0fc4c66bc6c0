/*
 * target_picture.c
 *		Pictures of any rows: lengths against 128-bit arithmetic, lines of one
 *		width, and SVG that is well-formed and stays inside its viewBox.
 *
 * The input is taken as sizes and rows, whose figures need not belong
 * together, and the rest as the text of a title.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "answers/cumulative_svg.h"
#include "answers/flows_svg.h"
#include "answers/matrix_svg.h"
#include "answers/multiples_svg.h"
#include "answers/partners_svg.h"

#define ROWS_MAX	12
#define LINES_MAX	6
#define POINTS_MAX	10

/* What was drawn; owned. */
typedef struct Drawn
{
	char	   *text;
	size_t		length;
	size_t		room;
} Drawn;

static void
put_drawn(void *target, const char *text, size_t length)
{
	Drawn	   *drawn = target;

	if (drawn->room - drawn->length < length + 1)
	{
		drawn->room = 2 * drawn->room + length + 1;
		drawn->text = realloc(drawn->text, drawn->room);
		FUZZ_REQUIRE(drawn->text != NULL);
	}
	memcpy(drawn->text + drawn->length, text, length);
	drawn->length += length;
	drawn->text[drawn->length] = '\0';
}

static int64_t
take_figure(FuzzReader *reader)
{
	static const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX,
	INT64_MAX - 1, 0, 0, 999999999, 1000000000};
	uint8_t		kind = (uint8_t) fuzz_take(reader, 1);

	if (kind < 40)
		return extremes[kind % 8];
	if (kind < 80)
		return (int64_t) fuzz_take(reader, 8);
	return (int64_t) fuzz_take(reader, 2) * (kind % 2 == 0 ? 1 : -1);
}

/* The calendar of all rows, which need not belong to it */
static PeriodCalendar calendar;

static uint32_t
take_rows(FuzzReader *reader, LedgerSeriesRow *rows)
{
	uint32_t	n = (uint32_t) fuzz_take(reader, 1) % (ROWS_MAX + 1);

	calendar.step.months = 1;
	calendar.rolling.months = 1 + (int32_t) fuzz_take(reader, 1) % 2;
	calendar.anchor = fuzz_take_day(reader);
	for (uint32_t i = 0; i < n; i++)
	{
		LedgerSeriesRow *row = &rows[i];

		row->calendar = &calendar;
		row->days = (int32_t) fuzz_take(reader, 1) % 4;
		row->period.start = fuzz_take_day(reader);
		row->period.end = row->period.start +
			(int32_t) (1 + fuzz_take(reader, 1));
		row->complete = fuzz_take(reader, 1) % 4 != 0;
		row->inflow = take_figure(reader);
		row->outflow = take_figure(reader);
		row->net = take_figure(reader);
		row->gross = take_figure(reader);
		row->balance = take_figure(reader);
	}
	return n;
}

/* Characters of UTF-8 */
static size_t
count_characters(const char *text, size_t length)
{
	size_t		n = 0;

	for (size_t i = 0; i < length; i++)
		n += ((unsigned char) text[i] & 0xc0) != 0x80;
	return n;
}

static void
check_scale(uint64_t part, uint64_t whole, uint32_t units)
{
	unsigned __int128 product;

	if (part > whole || whole == 0)
		return;
	product = (unsigned __int128) part * units;
	FUZZ_REQUIRE(ledger_picture_scale(part, whole, units, false) ==
				 (uint32_t) (product / whole));
	FUZZ_REQUIRE(ledger_picture_scale(part, whole, units, true) ==
				 (uint32_t) ((product + whole - 1) / whole));
}

static void
check_sparkline(const LedgerSeriesRow *rows, uint32_t n,
				LedgerMeasure measure)
{
	Drawn		drawn = {NULL, 0, 0};
	LedgerCanvas canvas = {put_drawn, &drawn, false};

	ledger_draw_sparkline(&canvas, rows, n, measure);
	FUZZ_REQUIRE(drawn.length == n);
	for (uint32_t i = 0; i < n; i++)
	{
		int64_t		value = ledger_picture_figure(&rows[i], measure);
		char		c = drawn.text[i];

		if (rows[i].days == 0)
		{
			FUZZ_REQUIRE(c == '.');
			continue;
		}
		FUZZ_REQUIRE(value == 0 ? c == '_' : value < 0 ?
					 c == '-' || c == '=' : c >= '1' && c <= '7');
		/* who is higher is drawn no lower */
		for (uint32_t j = 0; j < i && value > 0; j++)
		{
			int64_t		other = ledger_picture_figure(&rows[j], measure);

			FUZZ_REQUIRE(rows[j].days == 0 || other <= 0 || other == value ||
						 (other < value ? drawn.text[j] <= c :
						  drawn.text[j] >= c));
		}
	}
	free(drawn.text);
}

static void
check_bars(const LedgerSeriesRow *rows, uint32_t n, uint32_t width)
{
	LedgerBars	bars;

	/* few bars are as good as many, and cost less */
	if (n > 4)
		n = 4;
	if (n == 0)
		return;
	ledger_bars_measure(rows, n, width, &bars);
	FUZZ_REQUIRE(bars.width <= width || bars.bar == LEDGER_BARS_LEAST);
	for (uint32_t i = 0; i <= n; i++)
	{
		Drawn		drawn = {NULL, 0, 0};
		LedgerCanvas canvas = {put_drawn, &drawn, i % 2 == 0};

		if (i == n)
			ledger_draw_bars_heading(&canvas, &bars);
		else
			ledger_draw_bars_row(&canvas, &bars, &rows[i]);
		FUZZ_REQUIRE(count_characters(drawn.text, drawn.length) == bars.width);
		free(drawn.text);
	}
}

/* Every tag closes what was opened last, and text has no stray character. */
static void
check_tags(const char *text)
{
	const char *opened[8];
	int			depth = 0;

	while (*text != '\0')
	{
		FUZZ_REQUIRE((unsigned char) *text >= ' ' || *text == '\n');
		FUZZ_REQUIRE(*text != '>');
		if (*text == '&')
			FUZZ_REQUIRE(strncmp(text, "&amp;", 5) == 0 ||
						 strncmp(text, "&lt;", 4) == 0 ||
						 strncmp(text, "&gt;", 4) == 0 ||
						 strncmp(text, "&quot;", 6) == 0 ||
						 strncmp(text, "&#39;", 5) == 0);
		if (*text == '<')
		{
			const char *end = strchr(text, '>');

			FUZZ_REQUIRE(end != NULL);
			if (text[1] == '/')
			{
				FUZZ_REQUIRE(depth > 0);
				depth--;
				FUZZ_REQUIRE(strncmp(opened[depth], text + 2,
									 (size_t) (end - text - 2)) == 0);
			}
			else if (end[-1] != '/')
			{
				FUZZ_REQUIRE(depth < 8);
				opened[depth++] = text + 1;
			}
			text = end;
		}
		text++;
	}
	FUZZ_REQUIRE(depth == 0);
}

/* Every place and size lies inside the picture. */
static void
check_inside(const char *text, int32_t width, int32_t height)
{
	while ((text = strstr(text, "=\"")) != NULL)
	{
		char		last = text[-1];
		int32_t		limit;

		/* x, x1, x2, cx, width and their like; no font-size, no r */
		if (last == '1' || last == '2')
			last = text[-2];
		if (last == 'x' || (last == 'h' && text[-2] == 't' && text[-3] == 'd'))
			limit = width;
		else if (last == 'y' || (last == 't' && text[-2] == 'h'))
			limit = height;
		else
			limit = -1;
		text += 2;
		if (limit >= 0 && (*text == '-' || (*text >= '0' && *text <= '9')))
		{
			char	   *end;
			long		value = strtol(text, &end, 10);

			FUZZ_REQUIRE(*text != '-' && end != text);
			FUZZ_REQUIRE(value < limit || (value == limit && *end != '.'));
		}
	}
}

/* What was drawn with the pen of a picture, well-formed and inside it */
static void
check_drawn(Drawn *drawn, const LedgerFrame *frame)
{
	FUZZ_REQUIRE(strlen(drawn->text) == drawn->length);
	check_tags(drawn->text);
	check_inside(drawn->text, frame->width, frame->height);
	free(drawn->text);
}

static void
check_svg(const LedgerSvg *svg, bool blocks)
{
	Drawn		drawn = {NULL, 0, 0};
	LedgerCanvas canvas = {put_drawn, &drawn, blocks};

	ledger_draw_svg(&canvas, svg);
	check_drawn(&drawn, &svg->frame);
}

/* Lines whose points are days in order, the last of them found again */
static void
check_cumulative(FuzzReader *reader, const LedgerFrame *frame, PeriodStep step)
{
	Drawn		drawn = {NULL, 0, 0};
	LedgerCanvas canvas = {put_drawn, &drawn, true};
	LedgerPoint points[LINES_MAX][POINTS_MAX];
	LedgerLine	lines[LINES_MAX];
	LedgerCumulativeSvg svg = {.frame = *frame, .unit = frame->title, .lines = lines, .step = step};

	svg.n = (uint32_t) fuzz_take(reader, 1) % (LINES_MAX + 1);
	for (uint32_t i = 0; i < svg.n; i++)
	{
		LedgerLine *line = &lines[i];
		int32_t		day = 0;
		int64_t		found;

		line->period.start = fuzz_take_day(reader) / 2;
		line->period.end = line->period.start + 1 + (int32_t) fuzz_take(reader, 2) % 800;
		period_write_label(line->period, line->label);
		period_write_day(line->period.start, line->start);
		line->points = points[i];
		line->n = 1;
		for (;; line->n++)
		{
			day += 1 + (int32_t) fuzz_take(reader, 1) % 8;
			if (day > line->period.end - line->period.start)
				day = line->period.end - line->period.start;
			points[i][line->n - 1].day_number = day;
			points[i][line->n - 1].cumulative = take_figure(reader);
			FUZZ_REQUIRE(ledger_line_at(line, day, &found) &&
						 found == points[i][line->n - 1].cumulative);
			FUZZ_REQUIRE(!ledger_line_at(line, day + 1, &found));
			FUZZ_REQUIRE(!ledger_line_at(line, points[i][0].day_number - 1, &found));
			if (line->n == POINTS_MAX || day == line->period.end - line->period.start)
				break;
		}
	}
	ledger_draw_cumulative(&canvas, &svg);
	check_drawn(&drawn, &svg.frame);
}

static void
check_partners(FuzzReader *reader, const LedgerFrame *frame)
{
	Drawn		drawn = {NULL, 0, 0};
	LedgerCanvas canvas = {put_drawn, &drawn, true};
	LedgerPartnerRow rows[LINES_MAX];
	LedgerPartnersSvg svg = {.frame = *frame, .rows = rows};

	svg.n = (uint32_t) fuzz_take(reader, 1) % (LINES_MAX + 1);
	svg.names = (int32_t) fuzz_take(reader, 2) % (frame->width * LEDGER_UNIT * 2 / 5 + 1);
	for (uint32_t i = 0; i < svg.n; i++)
	{
		rows[i].name = rows[i].name_line = frame->title;
		rows[i].inflow = take_figure(reader);
		rows[i].outflow = take_figure(reader);
		rows[i].net = take_figure(reader);
	}
	svg.frame.height = ledger_partners_height(&svg);
	ledger_draw_partners(&canvas, &svg);
	check_drawn(&drawn, &svg.frame);
}

/* Small charts of the same rows, from one after the other on */
static void
check_multiples(const LedgerSvg *of_rows)
{
	Drawn		drawn = {NULL, 0, 0};
	LedgerCanvas canvas = {put_drawn, &drawn, true};
	LedgerMultiple charts[LINES_MAX];
	LedgerMultiplesSvg svg = {.frame = of_rows->frame, .charts = charts,
		.measure = of_rows->measure, .calendar = of_rows->calendar, .coarser = of_rows->coarser};
	int32_t		least;

	svg.n = of_rows->n < LINES_MAX ? of_rows->n : LINES_MAX;
	svg.n_rows = of_rows->n - svg.n + (svg.n > 0);
	for (uint32_t i = 0; i < svg.n; i++)
	{
		charts[i].name = charts[i].name_line = svg.frame.title;
		charts[i].rows = of_rows->rows + i;
	}
	FUZZ_REQUIRE(svg.n == 0 || ledger_multiples_room(svg.frame.width, svg.n) > 0);
	FUZZ_REQUIRE(ledger_multiples_width(&svg) > 0);
	least = ledger_multiples_height(&svg);
	if (svg.frame.height < least || svg.frame.height % 2 == 0)
		svg.frame.height = least;
	ledger_draw_multiples(&canvas, &svg);
	check_drawn(&drawn, &svg.frame);
}

/* Both pictures of a matrix; ribbons of people who did move */
static void
check_matrix(FuzzReader *reader, const LedgerFrame *frame)
{
	Drawn		drawn = {NULL, 0, 0};
	LedgerCanvas canvas = {put_drawn, &drawn, true};
	LedgerText	names[LINES_MAX];
	int64_t		people[LINES_MAX * LINES_MAX];
	int64_t		totals[LINES_MAX + 1];
	LedgerMatrixSvg svg = {.frame = *frame, .names = names, .lines = names,
	.people = people, .out = totals, .in = totals};

	svg.n = (uint32_t) fuzz_take(reader, 1) % (LINES_MAX + 1);
	svg.rest = svg.n % 2 == 0;
	svg.names_width = (int32_t) fuzz_take(reader, 2) % (frame->width * LEDGER_UNIT / 4 + 1);
	for (uint32_t i = 0; i < svg.n * svg.n; i++)
		people[i] = take_figure(reader);
	for (uint32_t i = 0; i <= svg.n; i++)
		totals[i] = take_figure(reader);
	for (uint32_t i = 0; i < svg.n; i++)
		names[i] = frame->title;
	svg.frame.height = ledger_matrix_height(&svg);
	ledger_draw_matrix(&canvas, &svg);
	check_drawn(&drawn, &svg.frame);

	drawn = (Drawn) {NULL, 0, 0};
	svg.frame.height = frame->height > ledger_flows_height(&svg) ? frame->height :
		ledger_flows_height(&svg);
	for (uint32_t i = 0; i < svg.n * svg.n; i++)
		people[i] = (int64_t) (ledger_magnitude(people[i]) >> 8);
	ledger_draw_flows(&canvas, &svg);
	check_drawn(&drawn, &svg.frame);
}

/* A frame with this text for its title and source */
static void
take_frame(FuzzReader *reader, LedgerFrame *frame)
{
	frame->width = LEDGER_SVG_WIDTH_MIN + (int32_t) fuzz_take(reader, 2) %
		(LEDGER_SVG_SIZE_MAX - LEDGER_SVG_WIDTH_MIN + 1);
	frame->height = LEDGER_SVG_HEIGHT_MIN + (int32_t) fuzz_take(reader, 2) %
		(LEDGER_SVG_SIZE_MAX - LEDGER_SVG_HEIGHT_MIN + 1);
	frame->n_title_lines = frame->width % (LEDGER_FRAME_LINES + 1);
	frame->n_source_lines = frame->height % (LEDGER_FRAME_LINES + 1);
}

/* What is left of the input as text; a zero byte never comes from the server */
static LedgerText
rest_as_text(const FuzzReader *reader)
{
	LedgerText	text = {.text = fuzz_copy(reader->next, (size_t) (reader->end - reader->next)),
	.length = (size_t) (reader->end - reader->next)};

	for (size_t i = 0; i < text.length; i++)
		if (text.text[i] == '\0')
			text.length = i;
	return text;
}

static void
try_picture(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	LedgerSeriesRow *rows = fuzz_allocate(ROWS_MAX * sizeof(LedgerSeriesRow));
	LedgerSvg	svg = {0};
	bool		blocks = fuzz_take(&reader, 1) % 2 == 0;
	uint32_t	width = 20 + (uint32_t) fuzz_take(&reader, 2) % 181;
	uint64_t	part = fuzz_take(&reader, 8) >> fuzz_take(&reader, 1) % 64;
	uint64_t	whole = fuzz_take(&reader, 8) >> fuzz_take(&reader, 1) % 64;
	LedgerFrame *frame = &svg.frame;
	FuzzReader	again;

	check_scale(part, whole, width * 500);
	check_scale(whole, part, width * 500);
	take_frame(&reader, frame);
	svg.measure = (LedgerMeasure) (fuzz_take(&reader, 1) % (LEDGER_MEASURES + 1));
	svg.calendar.step.months = (int32_t) fuzz_take(&reader, 1) % 14;
	svg.calendar.step.days = svg.calendar.step.months == 0 ? 1 + (int32_t) fuzz_take(&reader, 1) : 0;
	svg.calendar.rolling = svg.calendar.step;
	svg.coarser = width % 3 == 0;
	again = reader;
	svg.rows = rows;
	svg.n = take_rows(&reader, rows);

	for (int measure = 0; measure < LEDGER_MEASURES; measure++)
		check_sparkline(rows, svg.n, (LedgerMeasure) measure);
	if (width % 16 == 1)
		check_bars(rows, svg.n, width);

	frame->title = rest_as_text(&reader);
	frame->title_lines[0] = frame->title_lines[1] = frame->title;
	frame->source_lines[0] = frame->source_lines[1] = frame->title;
	svg.inflow = svg.inflow_line = svg.outflow = svg.outflow_line = frame->title;
	if (width % 16 == 0)
		check_svg(&svg, blocks);
	else if (width % 16 == 2)
		check_cumulative(&again, frame, svg.calendar.step);
	else if (width % 16 == 3)
		check_partners(&again, frame);
	else if (width % 16 == 4)
		check_matrix(&again, frame);
	else if (width % 16 == 5)
		check_multiples(&svg);
	fuzz_accepted++;

	free((void *) frame->title.text);
	free(rows);
}

const FuzzTarget fuzz_picture = {"picture", try_picture, NULL};
