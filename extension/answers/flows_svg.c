/*
 * answers/flows_svg.c
 *		The SVG of a series.  What is given and promised is in
 *		answers/flows_svg.h.
 *
 * From top to bottom: the title, what is up and what is down, the panel of the
 * flows, the panel of the balance, the labels of the periods, notes.  Flows
 * and balance have an axis each, since a balance grows to many times the flows
 * that it is made of; both count people and both contain zero.  The picture of
 * one measure has one panel.
 */
#include "answers/flows_svg.h"

/* Hundredths */
#define UNIT_LINE		(32 * LEDGER_UNIT)	/* for the name of a measure, above a panel */

/* Circles on the line of the balance, as long as they stand apart */
#define CIRCLE_DISTANCE	(9 * LEDGER_UNIT)

/* Where things are */
typedef struct Layout
{
	LedgerPanelUnit unit;
	LedgerPanel flows;			/* or the measure */
	LedgerScale balance;		/* not where one measure is drawn */
	int32_t		bottom;			/* of the panels */
	bool		incomplete;		/* some row is not complete */
	uint32_t	highest_inflow; /* indexes of rows */
	uint32_t	highest_outflow;
	uint32_t	highest_balance;
	uint32_t	lowest_balance;
	uint32_t	highest;		/* of the measure */
	uint32_t	lowest;
} Layout;

/*
 * Is one measure drawn, rather than both flows and the balance?
 */
static bool
one_measure(const LedgerSvg *svg)
{
	return svg->measure < LEDGER_MEASURES;
}

/*
 * Looks through the rows for those that are the highest and the lowest.
 */
static void
look_through(const LedgerSvg *svg, Layout *layout)
{
	const LedgerSeriesRow *rows = svg->rows;
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		const LedgerSeriesRow *row = &rows[i];

		if (one_measure(svg))
		{
			int64_t		figure = ledger_picture_figure(row, svg->measure);

			if (figure > ledger_picture_figure(&rows[layout->highest], svg->measure))
				layout->highest = i;
			if (figure < ledger_picture_figure(&rows[layout->lowest], svg->measure))
				layout->lowest = i;
			continue;
		}
		if (row->inflow > rows[layout->highest_inflow].inflow)
			layout->highest_inflow = i;
		if (row->outflow > rows[layout->highest_outflow].outflow)
			layout->highest_outflow = i;
		if (row->balance > rows[layout->highest_balance].balance)
			layout->highest_balance = i;
		if (row->balance < rows[layout->lowest_balance].balance)
			layout->lowest_balance = i;
	}
}

/*
 * Divides the picture.
 */
static void
lay_out(const LedgerSvg *svg, Layout *layout)
{
	int32_t		top = LEDGER_MARGIN +
		LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines;
	LedgerPanel *flows = &layout->flows;
	LedgerPanelReach reach = {0};
	LedgerPanelReach balance = {0};
	int32_t		room;
	int			length;

	memset(layout, 0, sizeof(*layout));
	look_through(svg, layout);
	ledger_panel_reach(&reach, svg->rows, svg->n, svg->measure);
	layout->incomplete = reach.incomplete;

	/* labels below the panels, the name of the measure above each */
	layout->bottom = ledger_frame_bottom(&svg->frame) - LEDGER_LINE -
		(layout->incomplete ? LEDGER_LINE : 0) - 4 * LEDGER_UNIT;
	top += ledger_panel_unit(&layout->unit, svg->measure, &svg->calendar, svg->coarser,
							 svg->frame.width) - LEDGER_LINE;
	if (one_measure(svg))
	{
		ledger_scale_start(&flows->scale, top + UNIT_LINE, layout->bottom,
						   reach.up, reach.down);
		length = ledger_scale_tick_length(&flows->scale, true);
	}
	else
	{
		ledger_panel_reach(&balance, svg->rows, svg->n, LEDGER_BALANCE);
		top += 2 * LEDGER_LINE;
		room = layout->bottom - top - 2 * UNIT_LINE;
		ledger_scale_start(&flows->scale, top + UNIT_LINE,
						   top + UNIT_LINE + room * 3 / 5, reach.up, reach.down);
		ledger_scale_start(&layout->balance, flows->scale.bottom + UNIT_LINE,
						   layout->bottom, balance.up, balance.down);
		length = ledger_scale_tick_length(&flows->scale, false);
		if (length < ledger_scale_tick_length(&layout->balance, true))
			length = ledger_scale_tick_length(&layout->balance, true);
	}
	flows->rows = svg->rows;
	flows->n = svg->n;
	flows->measure = svg->measure;
	flows->split = reach.split;
	flows->axis = ledger_panel_axis(svg->rows, svg->n);
	flows->axis.left = LEDGER_MARGIN + (length + 1) * LEDGER_DIGIT;
	flows->axis.right = svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN;
	flows->axis.limit = svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN / 2;
}

/*
 * Draws the sentence that stands for the picture where it is not seen.
 */
static void
draw_description(const LedgerCanvas *canvas, const LedgerSvg *svg,
				 const Layout *layout)
{
	const LedgerSeriesRow *rows = svg->rows;
	char		first[LEDGER_PICTURE_LABEL_MAX];
	char		last[LEDGER_PICTURE_LABEL_MAX];

	ledger_draw(canvas, "<desc>");
	if (svg->n == 0)
	{
		ledger_draw(canvas, "There is no period to show.</desc>\n");
		return;
	}
	ledger_picture_label(&rows[0], first);
	ledger_picture_label(&rows[svg->n - 1], last);
	ledger_draw(canvas, "Bars by period, %n of them, from %s to %s. ",
				(int64_t) svg->n, first, last);
	if (one_measure(svg))
	{
		ledger_picture_label(&rows[layout->lowest], first);
		ledger_picture_label(&rows[layout->highest], last);
		ledger_draw(canvas, "Lowest %n in %s, highest %n in %s, the last %n.</desc>\n",
					ledger_picture_figure(&rows[layout->lowest], svg->measure), first,
					ledger_picture_figure(&rows[layout->highest], svg->measure), last,
					ledger_picture_figure(&rows[svg->n - 1], svg->measure));
		return;
	}
	ledger_draw(canvas, "Up: %t. Down: %t. Below, a line: the balance. ",
				&svg->inflow, &svg->outflow);
	ledger_picture_label(&rows[layout->highest_inflow], first);
	ledger_picture_label(&rows[layout->highest_outflow], last);
	ledger_draw(canvas, "Highest inflow %n in %s, highest outflow %n in %s. ",
				rows[layout->highest_inflow].inflow, first,
				rows[layout->highest_outflow].outflow, last);
	ledger_picture_label(&rows[layout->lowest_balance], first);
	ledger_picture_label(&rows[layout->highest_balance], last);
	ledger_draw(canvas, "Balance at its lowest %n at the end of %s, at its highest %n at the end of %s, at last %n.</desc>\n",
				rows[layout->lowest_balance].balance, first,
				rows[layout->highest_balance].balance, last,
				rows[svg->n - 1].balance);
}

/*
 * Draws the meaning of one direction, with its colour.
 */
static void
draw_direction(const LedgerCanvas *canvas, int32_t y, const char *colour,
			   const char *direction, const LedgerText *line)
{
	ledger_draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"10\" height=\"10\" fill=\"%s\"/>",
				(int32_t) LEDGER_MARGIN, y - 9 * LEDGER_UNIT, colour);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%s: %t</text>\n",
				(int32_t) LEDGER_MARGIN + LEDGER_SVG_SQUARE, y, direction, line);
}

/*
 * Draws the heading of the balance, with the last one.  The period is on a
 * line of its own where both are too long for one.
 */
static void
draw_balance_unit(const LedgerCanvas *canvas, const LedgerSvg *svg,
				  const Layout *layout)
{
	const LedgerSeriesRow *last = &svg->rows[svg->n - 1];
	const int32_t y = layout->balance.top - 12 * LEDGER_UNIT;
	char		label[LEDGER_PICTURE_LABEL_MAX];
	char		figure[LEDGER_NUMBER_MAX];
	int			length = ledger_picture_label(last, label) +
		ledger_write_figure(figure, last->balance);

	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">balance, people", (int32_t) LEDGER_MARGIN, y);
	if ((length + (int) sizeof("balance, people;  at the end of ")) * 2 * LEDGER_TEXT_HALF <=
		svg->frame.width * LEDGER_UNIT - 2 * LEDGER_MARGIN)
		ledger_draw(canvas, "; %s at the end of %s", figure, label);
	ledger_draw(canvas, "</text>\n");
}

/*
 * Draws the line of the balance, with a circle for each period as long as they
 * stand apart.  It passes over periods of which nothing is known.
 */
static void
draw_balance(const LedgerCanvas *canvas, const LedgerSvg *svg,
			 const Layout *layout)
{
	const char *between = "";
	uint32_t	i;

	ledger_draw(canvas, "<polyline fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" points=\"");
	for (i = 0; i < svg->n; i++)
	{
		if (!ledger_series_row_known(&svg->rows[i]))
			continue;
		ledger_draw(canvas, "%s%c,%c", between, ledger_axis_middle(&layout->flows.axis, i),
					ledger_scale_position(&layout->balance, svg->rows[i].balance, false));
		between = " ";
	}
	ledger_draw(canvas, "\"/>\n");
	if (svg->n > 1 &&
		(layout->flows.axis.right - layout->flows.axis.left) / (int32_t) svg->n < CIRCLE_DISTANCE)
		return;
	for (i = 0; i < svg->n; i++)
	{
		char		label[LEDGER_PICTURE_LABEL_MAX];

		if (!ledger_series_row_known(&svg->rows[i]))
			continue;
		ledger_picture_label(&svg->rows[i], label);
		ledger_draw(canvas, "<circle cx=\"%c\" cy=\"%c\" r=\"3\">",
					ledger_axis_middle(&layout->flows.axis, i),
					ledger_scale_position(&layout->balance, svg->rows[i].balance, false));
		ledger_draw(canvas, "<title>%s: balance %n</title></circle>\n", label,
					svg->rows[i].balance);
	}
}

/*
 * Draws the panels and the labels below them.
 */
static void
draw_panels(const LedgerCanvas *canvas, const LedgerSvg *svg,
			const Layout *layout)
{
	const LedgerPeriodAxis *axis = &layout->flows.axis;

	ledger_draw_panel_unit(canvas, &layout->unit, layout->flows.scale.top - 12 * LEDGER_UNIT);
	ledger_draw_grid(canvas, &layout->flows.scale, axis->left, axis->right, one_measure(svg));
	ledger_draw_panel_bars(canvas, &layout->flows);
	if (!one_measure(svg))
	{
		draw_balance_unit(canvas, svg, layout);
		ledger_draw_grid(canvas, &layout->balance, axis->left, axis->right, true);
		draw_balance(canvas, svg, layout);
	}
	ledger_draw_period_axis(canvas, axis, layout->bottom);
	if (layout->incomplete)
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">* not complete</text>\n",
					(int32_t) LEDGER_MARGIN, layout->bottom + 2 * LEDGER_LINE);
}

void
ledger_draw_svg(const LedgerCanvas *canvas, const LedgerSvg *svg)
{
	Layout		layout;
	int32_t		y;

	lay_out(svg, &layout);
	ledger_draw_open(canvas, &svg->frame);
	draw_description(canvas, svg, &layout);
	y = ledger_draw_title(canvas, &svg->frame);
	if (!one_measure(svg))
	{
		y += LEDGER_LINE + LEDGER_LINE / 6;
		draw_direction(canvas, y, LEDGER_INFLOW_COLOUR, "up", &svg->inflow_line);
		draw_direction(canvas, y + LEDGER_LINE, LEDGER_OUTFLOW_COLOUR, "down",
					   &svg->outflow_line);
	}
	if (svg->n == 0)
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">There is no period to show.</text>\n",
					(int32_t) LEDGER_MARGIN, layout.flows.scale.top + LEDGER_LINE);
	else
		draw_panels(canvas, svg, &layout);
	ledger_draw_close(canvas, &svg->frame);
}
