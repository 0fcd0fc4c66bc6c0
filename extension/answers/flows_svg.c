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

#include <stdio.h>

/* Hundredths */
#define UNIT_LINE		(32 * LEDGER_UNIT)	/* for the name of a measure, above a panel */

/* A bar is no wider, however few there are */
#define BAR_WIDTH_MAX	(64 * LEDGER_UNIT)

/* Circles on the line of the balance, as long as they stand apart */
#define CIRCLE_DISTANCE	(9 * LEDGER_UNIT)

/* Where things are */
typedef struct Layout
{
	LedgerPeriodAxis axis;
	LedgerScale flows;
	LedgerScale balance;		/* not where one measure is drawn */
	int32_t		bottom;			/* of the panels */
	bool		split;			/* a flow is negative: inflow and outflow of a
								 * period side by side, as they may overlap */
	bool		incomplete;		/* some row is not complete */
	uint32_t	highest_inflow; /* indexes of rows */
	uint32_t	highest_outflow;
	uint32_t	highest_balance;
	uint32_t	lowest_balance;
	uint32_t	highest;		/* of the measure */
	uint32_t	lowest;
} Layout;

static const LedgerPeriod *
row_period(const void *rows, uint32_t i)
{
	return &((const LedgerSeriesRow *) rows)[i].period;
}

static int
row_label(const void *rows, uint32_t i, char label[LEDGER_PICTURE_LABEL_MAX])
{
	return ledger_picture_label(&((const LedgerSeriesRow *) rows)[i], label);
}

/*
 * Is one measure drawn, rather than both flows and the balance?
 */
static bool
one_measure(const LedgerSvg *svg)
{
	return svg->measure < LEDGER_MEASURES;
}

/* How far the figures of all rows reach from zero */
typedef struct Reach
{
	uint64_t	flows_up;
	uint64_t	flows_down;
	uint64_t	balance_up;
	uint64_t	balance_down;
} Reach;

/*
 * Looks through the rows for how far they reach and which are the highest and
 * the lowest.
 */
static void
look_through(const LedgerSvg *svg, Layout *layout, Reach *reach)
{
	const LedgerSeriesRow *rows = svg->rows;
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		const LedgerSeriesRow *row = &rows[i];

		layout->incomplete |= !row->complete;
		if (one_measure(svg))
		{
			int64_t		figure = ledger_picture_figure(row, svg->measure);

			ledger_scale_reach(&reach->flows_up, figure, true);
			ledger_scale_reach(&reach->flows_down, figure, false);
			if (figure > ledger_picture_figure(&rows[layout->highest], svg->measure))
				layout->highest = i;
			if (figure < ledger_picture_figure(&rows[layout->lowest], svg->measure))
				layout->lowest = i;
			continue;
		}
		ledger_scale_reach(&reach->flows_up, row->inflow, true);
		ledger_scale_reach(&reach->flows_up, row->outflow, false);
		ledger_scale_reach(&reach->flows_down, row->outflow, true);
		ledger_scale_reach(&reach->flows_down, row->inflow, false);
		ledger_scale_reach(&reach->balance_up, row->balance, true);
		ledger_scale_reach(&reach->balance_down, row->balance, false);
		layout->split |= row->inflow < 0 || row->outflow < 0;
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
	int32_t		room;
	int			length;
	Reach		reach = {0};

	memset(layout, 0, sizeof(*layout));
	look_through(svg, layout, &reach);

	/* labels below the panels, the name of the measure above each */
	layout->bottom = ledger_frame_bottom(&svg->frame) - LEDGER_LINE -
		(layout->incomplete ? LEDGER_LINE : 0) - 4 * LEDGER_UNIT;
	if (one_measure(svg))
	{
		ledger_scale_start(&layout->flows, top + UNIT_LINE, layout->bottom,
						   reach.flows_up, reach.flows_down);
		length = ledger_scale_tick_length(&layout->flows, true);
	}
	else
	{
		top += 2 * LEDGER_LINE;
		room = layout->bottom - top - 2 * UNIT_LINE;
		ledger_scale_start(&layout->flows, top + UNIT_LINE,
						   top + UNIT_LINE + room * 3 / 5,
						   reach.flows_up, reach.flows_down);
		ledger_scale_start(&layout->balance, layout->flows.bottom + UNIT_LINE,
						   layout->bottom, reach.balance_up, reach.balance_down);
		length = ledger_scale_tick_length(&layout->flows, false);
		if (length < ledger_scale_tick_length(&layout->balance, true))
			length = ledger_scale_tick_length(&layout->balance, true);
	}
	layout->axis.period = row_period;
	layout->axis.label = row_label;
	layout->axis.rows = svg->rows;
	layout->axis.n = svg->n;
	layout->axis.left = LEDGER_MARGIN + (length + 1) * LEDGER_DIGIT;
	layout->axis.right = svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN;
	layout->axis.limit = svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN / 2;
}

/*
 * The left side of the place of row i, or the right side of the last.
 */
static int32_t
place_left(const Layout *layout, uint32_t i)
{
	return layout->axis.left +
		(int32_t) ((int64_t) (layout->axis.right - layout->axis.left) * i /
				   layout->axis.n);
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
 * Draws what the panel of the flows measures, above it.
 */
static void
draw_flows_unit(const LedgerCanvas *canvas, const LedgerSvg *svg,
				const Layout *layout)
{
	static const char *const names[] = {"inflow, ", "outflow, ", "net, ", "gross, ", "balance, "};
	const PeriodStep length = svg->calendar.rolling;
	const char *named = length.months == 1 ? "month" :
		length.months == 3 ? "quarter" : length.months == 12 ? "year" :
		length.days == 1 ? "day" : length.days == 7 ? "week" : NULL;

	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%s", (int32_t) LEDGER_MARGIN,
				layout->flows.top - 12 * LEDGER_UNIT,
				one_measure(svg) ? names[svg->measure] : "");
	if (svg->measure == LEDGER_BALANCE)
		ledger_draw(canvas, "people, at the end of each ");
	else
		ledger_draw(canvas, "people per ");
	if (named != NULL)
		ledger_draw(canvas, "%s", named);
	else
		ledger_draw(canvas, "%n %s",
					(int64_t) (length.months > 0 ? length.months : length.days),
					length.months > 0 ? "months" : "days");
	ledger_draw(canvas, svg->coarser ? "; a shorter step does not fit</text>\n" : "</text>\n");
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
 * Draws one bar.  What is negative is an outline with a broken line, what is
 * not complete is paler.
 */
static void
draw_bar(const LedgerCanvas *canvas, const LedgerScale *scale, int32_t left,
		 int32_t right, int64_t value, bool downward, const char *colour,
		 bool outlined, bool complete)
{
	int32_t		y = ledger_scale_position(scale, value, downward);
	int32_t		top = y < scale->zero ? y : scale->zero;
	int32_t		bottom = y < scale->zero ? scale->zero : y;

	if (value == 0)
		return;
	if (right - left < LEDGER_UNIT)	/* a hair would hardly be seen */
		right = left + LEDGER_UNIT;
	ledger_draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"%c\" height=\"%c\"",
				left, top, right - left, bottom - top);
	if (outlined)
		ledger_draw(canvas, " fill=\"none\" stroke=\"%s\" stroke-dasharray=\"3 2\"/>",
					colour);
	else if (!complete)
		ledger_draw(canvas, " fill=\"%s\" fill-opacity=\"0.5\" stroke=\"%s\"/>",
					colour, colour);
	else
		ledger_draw(canvas, " fill=\"%s\"/>", colour);
}

/*
 * Draws the bars of one period, with its figures for a pointer at it.
 */
static void
draw_period(const LedgerCanvas *canvas, const LedgerSvg *svg,
			const Layout *layout, uint32_t i)
{
	const LedgerSeriesRow *row = &svg->rows[i];
	int32_t		left = place_left(layout, i);
	int32_t		right = place_left(layout, i + 1);
	int32_t		gap = right - left > BAR_WIDTH_MAX * 4 / 3 ?
		(right - left - BAR_WIDTH_MAX) / 2 : (right - left) / 8;
	int32_t		middle = (left + right) / 2;
	char		label[LEDGER_PICTURE_LABEL_MAX];

	if (!ledger_series_row_known(row))
		return;
	ledger_picture_label(row, label);
	if (one_measure(svg))
	{
		int64_t		figure = ledger_picture_figure(row, svg->measure);

		if (figure == 0)
			return;
		ledger_draw(canvas, "<g><title>%s: %n</title>", label, figure);
		draw_bar(canvas, &layout->flows, left + gap, right - gap, figure, false,
				 figure < 0 ? LEDGER_OUTFLOW_COLOUR : LEDGER_INFLOW_COLOUR,
				 false, row->complete);
		ledger_draw(canvas, "</g>\n");
		return;
	}
	if (row->inflow == 0 && row->outflow == 0)
		return;
	ledger_draw(canvas, "<g><title>%s: inflow %n, outflow %n, net %n, balance %n</title>",
				label, row->inflow, row->outflow, row->net, row->balance);
	draw_bar(canvas, &layout->flows, left + gap,
			 layout->split ? middle : right - gap, row->inflow, false,
			 LEDGER_INFLOW_COLOUR, row->inflow < 0, row->complete);
	draw_bar(canvas, &layout->flows, layout->split ? middle : left + gap,
			 right - gap, row->outflow, true, LEDGER_OUTFLOW_COLOUR,
			 row->outflow < 0, row->complete);
	ledger_draw(canvas, "</g>\n");
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
		ledger_draw(canvas, "%s%c,%c", between, ledger_axis_middle(&layout->axis, i),
					ledger_scale_position(&layout->balance, svg->rows[i].balance, false));
		between = " ";
	}
	ledger_draw(canvas, "\"/>\n");
	if (svg->n > 1 &&
		(layout->axis.right - layout->axis.left) / (int32_t) svg->n < CIRCLE_DISTANCE)
		return;
	for (i = 0; i < svg->n; i++)
	{
		char		label[LEDGER_PICTURE_LABEL_MAX];

		if (!ledger_series_row_known(&svg->rows[i]))
			continue;
		ledger_picture_label(&svg->rows[i], label);
		ledger_draw(canvas, "<circle cx=\"%c\" cy=\"%c\" r=\"3\">",
					ledger_axis_middle(&layout->axis, i),
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
	const LedgerPeriodAxis *axis = &layout->axis;
	uint32_t	i;

	draw_flows_unit(canvas, svg, layout);
	ledger_draw_grid(canvas, &layout->flows, axis->left, axis->right, one_measure(svg));
	for (i = 0; i < svg->n; i++)
		draw_period(canvas, svg, layout, i);
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
					(int32_t) LEDGER_MARGIN, layout.flows.top + LEDGER_LINE);
	else
		draw_panels(canvas, svg, &layout);
	ledger_draw_close(canvas, &svg->frame);
}
