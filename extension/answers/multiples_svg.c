/*
 * answers/multiples_svg.c
 *		The SVG of small charts side by side.
 */
#include "answers/multiples_svg.h"

/* Hundredths: of a chart at least, between two, of its bars at least */
#define CHART_MIN		(150 * LEDGER_UNIT)
#define GAP				(16 * LEDGER_UNIT)
#define BARS_MIN		(72 * LEDGER_UNIT)
#define NAME			(26 * LEDGER_UNIT)	/* above the bars */
#define LABELS			(LEDGER_LINE + 4 * LEDGER_UNIT) /* below them */
#define NUMBERS			(6 * LEDGER_DIGIT)	/* at the grid, most often */

/* Where things are */
typedef struct Layout
{
	LedgerPanelReach reach;
	LedgerPanelUnit unit;
	uint32_t	columns;
	uint32_t	rows;
	int32_t		left;			/* of the first chart */
	int32_t		top;
	int32_t		width;			/* of a chart */
	int32_t		height;			/* of its bars */
} Layout;

/*
 * As many columns as fit, so that each row has about as many charts.
 */
static uint32_t
columns_of(int32_t width, uint32_t n)
{
	uint32_t	columns = (uint32_t) ((width * LEDGER_UNIT - 2 * LEDGER_MARGIN - NUMBERS + GAP) /
									  (CHART_MIN + GAP));
	uint32_t	rows;

	if (columns < 1)
		columns = 1;
	if (n == 0)
		return 1;
	rows = (n + columns - 1) / columns;
	return (n + rows - 1) / rows;
}

/*
 * What `room` leaves for each of the columns.
 */
static int32_t
column_width(int32_t room, uint32_t columns)
{
	return (room - GAP * ((int32_t) columns - 1)) / (int32_t) columns;
}

int32_t
ledger_multiples_room(int32_t width, uint32_t n)
{
	return column_width(width * LEDGER_UNIT - 2 * LEDGER_MARGIN - NUMBERS,
						columns_of(width, n));
}

/*
 * The height of all but the rows of charts.
 */
static int32_t
fixed_height(const LedgerMultiplesSvg *svg, const Layout *layout)
{
	return layout->top + LABELS + (layout->reach.incomplete ? LEDGER_LINE : 0) +
		LEDGER_LINE * (int32_t) svg->frame.n_source_lines + LEDGER_MARGIN;
}

static void
lay_out(const LedgerMultiplesSvg *svg, Layout *layout)
{
	LedgerScale scale;
	uint32_t	i;
	int32_t		room;

	memset(layout, 0, sizeof(*layout));
	for (i = 0; i < svg->n; i++)
		ledger_panel_reach(&layout->reach, svg->charts[i].rows, svg->n_rows, svg->measure);
	layout->columns = columns_of(svg->frame.width, svg->n);
	layout->rows = (svg->n + layout->columns - 1) / layout->columns;
	layout->top = LEDGER_MARGIN + LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines +
		ledger_panel_unit(&layout->unit, svg->measure, &svg->calendar, svg->coarser,
						  svg->frame.width) +
		(svg->measure < LEDGER_MEASURES ? 0 : LEDGER_LINE);
	layout->height = BARS_MIN;
	room = svg->frame.height * LEDGER_UNIT - fixed_height(svg, layout);
	if (layout->rows > 0 && room / (int32_t) layout->rows > BARS_MIN + NAME)
		layout->height = room / (int32_t) layout->rows - NAME;
	ledger_scale_start(&scale, 0, layout->height, layout->reach.up, layout->reach.down);
	layout->left = LEDGER_MARGIN + LEDGER_DIGIT +
		ledger_scale_tick_length(&scale, svg->measure < LEDGER_MEASURES) * LEDGER_DIGIT;
	layout->width = column_width(svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN - layout->left,
								 layout->columns);
}

int32_t
ledger_multiples_width(const LedgerMultiplesSvg *svg)
{
	Layout		layout;

	lay_out(svg, &layout);
	return layout.width;
}

int32_t
ledger_multiples_height(const LedgerMultiplesSvg *svg)
{
	Layout		layout;

	lay_out(svg, &layout);
	return (fixed_height(svg, &layout) + (NAME + BARS_MIN) * (int32_t) layout.rows) /
		LEDGER_UNIT + 1;
}

/*
 * Draws the colours of the two directions, side by side.
 */
static void
draw_directions(const LedgerCanvas *canvas, int32_t y)
{
	const int32_t second = LEDGER_MARGIN + 100 * LEDGER_UNIT;

	ledger_draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"10\" height=\"10\" fill=\"" LEDGER_INFLOW_COLOUR "\"/>",
				(int32_t) LEDGER_MARGIN, y - 9 * LEDGER_UNIT);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">up: inflow</text>",
				LEDGER_MARGIN + 16 * LEDGER_UNIT, y);
	ledger_draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"10\" height=\"10\" fill=\"" LEDGER_OUTFLOW_COLOUR "\"/>",
				second, y - 9 * LEDGER_UNIT);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">down: outflow</text>\n",
				second + 16 * LEDGER_UNIT, y);
}

/*
 * Draws one chart: its name, and its bars on the grid, which has numbers in
 * the first column.  A chart with none below it has the periods.
 */
static void
draw_chart(const LedgerCanvas *canvas, const LedgerMultiplesSvg *svg,
		   const Layout *layout, uint32_t i)
{
	const LedgerMultiple *chart = &svg->charts[i];
	const int32_t column = (int32_t) (i % layout->columns);
	const int32_t left = layout->left + column * (layout->width + GAP);
	const int32_t y = layout->top +
		(int32_t) (i / layout->columns) * (NAME + layout->height);
	const bool	sign = svg->measure < LEDGER_MEASURES;
	LedgerPanel panel = {.rows = chart->rows, .n = svg->n_rows,
		.measure = svg->measure, .split = layout->reach.split};

	ledger_scale_start(&panel.scale, y + NAME, y + NAME + layout->height,
					   layout->reach.up, layout->reach.down);
	panel.axis = ledger_panel_axis(chart->rows, svg->n_rows);
	panel.axis.left = panel.axis.start = left;
	panel.axis.right = panel.axis.limit = left + layout->width;
	ledger_draw(canvas, "<g><title>%t</title><text x=\"%c\" y=\"%c\" font-weight=\"bold\">%t</text>\n",
				&chart->name, left, y + NAME - 7 * LEDGER_UNIT, &chart->name_line);
	if (column == 0)
		ledger_draw_grid(canvas, &panel.scale, left, panel.axis.right, sign);
	else
		ledger_draw_grid_lines(canvas, &panel.scale, left, panel.axis.right);
	ledger_draw_panel_bars(canvas, &panel);
	if (i + layout->columns >= svg->n)
		ledger_draw_period_axis(canvas, &panel.axis, panel.scale.bottom);
	ledger_draw(canvas, "</g>\n");
}

/*
 * Draws the sentence that stands for the picture where it is not seen.
 */
static void
draw_description(const LedgerCanvas *canvas, const LedgerMultiplesSvg *svg)
{
	char		first[LEDGER_PICTURE_LABEL_MAX];
	char		last[LEDGER_PICTURE_LABEL_MAX];
	uint32_t	i;

	ledger_draw(canvas, "<desc>Small charts on one scale, %n of them, with bars of %n periods",
				(int64_t) svg->n, (int64_t) svg->n_rows);
	if (svg->n > 0 && svg->n_rows > 0)
	{
		ledger_picture_label(&svg->charts->rows[0], first);
		ledger_picture_label(&svg->charts->rows[svg->n_rows - 1], last);
		ledger_draw(canvas, " from %s to %s", first, last);
	}
	ledger_draw(canvas, svg->n > 0 ? ": " : ".");
	for (i = 0; i < svg->n; i++)
		ledger_draw(canvas, i < svg->n - 1 ? "%t, " : "%t.", &svg->charts[i].name);
	ledger_draw(canvas, "</desc>\n");
}

void
ledger_draw_multiples(const LedgerCanvas *canvas, const LedgerMultiplesSvg *svg)
{
	Layout		layout;
	int32_t		y;
	uint32_t	i;

	lay_out(svg, &layout);
	ledger_draw_open(canvas, &svg->frame);
	draw_description(canvas, svg);
	y = ledger_draw_title(canvas, &svg->frame) + LEDGER_LINE;
	if (svg->n == 0 || svg->n_rows == 0)
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">There is no period to show.</text>\n",
					(int32_t) LEDGER_MARGIN, y);
	else
	{
		if (svg->measure >= LEDGER_MEASURES)
			draw_directions(canvas, y);
		ledger_draw_panel_unit(canvas, &layout.unit, layout.top - LEDGER_MARGIN / 2);
		for (i = 0; i < svg->n; i++)
			draw_chart(canvas, svg, &layout, i);
		if (layout.reach.incomplete)
			ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">* not complete</text>\n",
						(int32_t) LEDGER_MARGIN,
						ledger_frame_bottom(&svg->frame) - 6 * LEDGER_UNIT);
	}
	ledger_draw_close(canvas, &svg->frame);
}
