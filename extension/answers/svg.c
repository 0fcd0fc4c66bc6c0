/*
 * answers/svg.c
 *		The SVG of a series.  What is given and promised stands in
 *		answers/svg.h.
 *
 * From top to bottom: the title, what is up and what is down, the panel of the
 * flows, the panel of the balance, the labels of the periods, notes.  Flows
 * and balance have an axis each, since a balance grows to many times the flows
 * that it is made of; both count people and both contain zero.
 */
#include "answers/svg.h"

#include <stdarg.h>
#include <stdio.h>

/* Dark enough on white: contrast 7.6, 4.9 and 15.9 to 1 */
#define INFLOW_COLOUR	"#0b5394"
#define OUTFLOW_COLOUR	"#b45f06"
#define TEXT_COLOUR		"#222222"
#define GRID_COLOUR		"#d9d9d9"

/* Hundredths of a unit */
#define UNIT			LEDGER_SVG_UNIT
#define MARGIN			LEDGER_SVG_MARGIN
#define LINE			(18 * UNIT)	/* from one line of text to the next */
#define TITLE_LINE		(21 * UNIT)
#define UNIT_LINE		(32 * UNIT)	/* for the name of a measure, above a panel */
#define TICK_DISTANCE	(26 * UNIT)	/* the least between two lines of a grid */

/* A bar is no wider, however few there are */
#define BAR_WIDTH_MAX	(64 * UNIT)

/* Circles on the line of the balance, as long as they stand apart */
#define CIRCLE_DISTANCE	(9 * UNIT)

/* A number with separators: 19 digits, 6 commas, a sign, a closing zero */
#define NUMBER_MAX		32

/* Above this a line of the grid says 5e9 and not 5,000,000,000. */
#define LONGEST_TICK	UINT64_C(999999999)

/* A panel: a strip of the picture with an axis of its own */
typedef struct Panel
{
	int32_t		top;
	int32_t		bottom;
	int32_t		zero;			/* where 0 is */
	uint32_t	ticks_up;		/* lines of the grid above zero, and below */
	uint32_t	ticks_down;
	uint64_t	tick;			/* people from one to the next */
	bool		powers;			/* numbers too long to write out */
} Panel;

/* Where things are */
typedef struct Layout
{
	int32_t		left;			/* of the panels */
	int32_t		right;
	Panel		flows;
	Panel		balance;
	bool		split;			/* a flow is negative: inflow and outflow of a
								 * period side by side, as they may overlap */
	bool		incomplete;		/* some row is not complete */
	uint32_t	highest_inflow; /* indexes of rows */
	uint32_t	highest_outflow;
	uint32_t	highest_balance;
	uint32_t	lowest_balance;
} Layout;

/*
 * Writes text of the caller's so that it is text in XML, and in an attribute
 * too: what XML 1.0 has no character for becomes a question mark.
 */
static void
put_escaped(const LedgerCanvas *canvas, const char *text, size_t length)
{
	size_t		done = 0;
	size_t		i;

	for (i = 0; i < length; i++)
	{
		const char *instead = NULL;
		unsigned char c = (unsigned char) text[i];
		size_t		taken = 1;

		if (c == '&')
			instead = "&amp;";
		else if (c == '<')
			instead = "&lt;";
		else if (c == '>')
			instead = "&gt;";
		else if (c == '"')
			instead = "&quot;";
		else if (c == '\'')
			instead = "&#39;";
		else if (c == '\t' || c == '\n' || c == '\r')
			instead = " ";
		else if (c < 0x20 || c == 0x7f)
			instead = "?";
		else if (canvas->blocks && c == 0xef && length - i >= 3 &&
				 (unsigned char) text[i + 1] == 0xbf &&
				 (unsigned char) text[i + 2] >= 0xbe)
		{
			instead = "?";		/* U+FFFE and U+FFFF are no characters */
			taken = 3;
		}
		if (instead == NULL)
			continue;
		canvas->put(canvas->target, text + done, i - done);
		canvas->put(canvas->target, instead, strlen(instead));
		i += taken - 1;
		done = i + 1;
	}
	canvas->put(canvas->target, text + done, length - done);
}

/*
 * Writes a number with a comma between thousands; returns its length.
 */
static int
write_number(char text[NUMBER_MAX], bool negative, uint64_t magnitude)
{
	char		digits[NUMBER_MAX];
	int			n;
	int			length = 0;
	int			i;

	n = snprintf(digits, sizeof(digits), "%llu",
				 (unsigned long long) magnitude);
	if (negative)
		text[length++] = '-';
	for (i = 0; i < n; i++)
	{
		if (i > 0 && (n - i) % 3 == 0)
			text[length++] = ',';
		text[length++] = digits[i];
	}
	text[length] = '\0';
	return length;
}

/*
 * Writes a number of people, with its sign; gives its length.
 */
static int
write_figure(char text[NUMBER_MAX], int64_t value)
{
	return write_number(text, value < 0, ledger_magnitude(value));
}

/* Writes a coordinate of hundredths, without zeros at its end. */
static void
put_coordinate(const LedgerCanvas *canvas, int32_t value)
{
	char		text[NUMBER_MAX];
	int32_t		size = value < 0 ? -value : value;
	int			length;

	length = snprintf(text, sizeof(text), "%s%d", value < 0 ? "-" : "",
					  size / UNIT);
	if (size % UNIT != 0)
		length += snprintf(text + length, sizeof(text) - length,
						   size % 10 == 0 ? ".%d" : ".%02d",
						   size % 10 == 0 ? size % UNIT / 10 : size % UNIT);
	canvas->put(canvas->target, text, (size_t) length);
}

/*
 * Writes `format`, in which stand
 *		%c	a coordinate, int32_t in hundredths
 *		%n	a number, int64_t
 *		%s	text that is XML already, const char *
 *		%t	text to escape, const LedgerSvgText *
 */
static void
draw(const LedgerCanvas *canvas, const char *format,...)
{
	va_list		arguments;
	const char *next;

	va_start(arguments, format);
	while ((next = strchr(format, '%')) != NULL)
	{
		char		number[NUMBER_MAX];
		const char *text = NULL;

		canvas->put(canvas->target, format, (size_t) (next - format));
		switch (next[1])
		{
			case 'c':
				put_coordinate(canvas, va_arg(arguments, int32_t));
				break;
			case 'n':
				write_figure(number, va_arg(arguments, int64_t));
				text = number;
				break;
			case 's':
				text = va_arg(arguments, const char *);
				break;
			case 't':
				{
					const LedgerSvgText *caller =
						va_arg(arguments, const LedgerSvgText *);

					put_escaped(canvas, caller->text, caller->length);
					break;
				}
		}
		if (text != NULL)
			canvas->put(canvas->target, text, strlen(text));
		format = next + 2;
	}
	va_end(arguments);
	canvas->put(canvas->target, format, strlen(format));
}

/*
 * Chooses the distance of the grid's lines, 1, 2 or 5 times a power of ten,
 * and places zero.  The panel reaches from `down` below zero to `up` above.
 */
static void
scale_panel(Panel *panel, uint64_t up, uint64_t down)
{
	static const uint64_t firsts[] = {1, 2, 5};
	uint32_t	most = (uint32_t) ((panel->bottom - panel->top) / TICK_DISTANCE);
	uint64_t	power = 1;
	int			first = 0;

	if (most < 2)
		most = 2;
	if (up == 0 && down == 0)
		up = 1;
	for (;;)
	{
		uint64_t	tick = firsts[first] * power;
		uint64_t	above = up / tick + (up % tick != 0);
		uint64_t	below = down / tick + (down % tick != 0);

		/* 10^19 needs one line at most on either side */
		if ((above <= most && below <= most && above + below <= most) ||
			tick == UINT64_C(10000000000000000000))
		{
			panel->tick = tick;
			panel->ticks_up = (uint32_t) above;
			panel->ticks_down = (uint32_t) below;
			panel->powers = tick * above > LONGEST_TICK ||
				tick * below > LONGEST_TICK;
			break;
		}
		if (++first == 3)
		{
			first = 0;
			power *= 10;
		}
	}
	panel->zero = panel->top +
		(int32_t) ((int64_t) (panel->bottom - panel->top) * panel->ticks_up /
				   (panel->ticks_up + panel->ticks_down));
}

/*
 * Where a figure stands.  `downward` figures, outflows, grow to the bottom.
 */
static int32_t
figure_position(const Panel *panel, int64_t value, bool downward)
{
	uint64_t	magnitude = ledger_magnitude(value);

	if ((value < 0) != downward)
		return panel->zero +
			(int32_t) ledger_picture_scale(magnitude,
										   panel->tick * panel->ticks_down,
										   (uint32_t) (panel->bottom - panel->zero),
										   false);
	return panel->zero -
		(int32_t) ledger_picture_scale(magnitude,
									   panel->tick * panel->ticks_up,
									   (uint32_t) (panel->zero - panel->top),
									   false);
}

/* Writes what a line of the grid stands for, a number that is round. */
static int
write_tick(const Panel *panel, uint64_t value, bool negative,
		   char text[NUMBER_MAX])
{
	int			zeros = 0;

	if (!panel->powers || value == 0)
		return write_number(text, negative, value);
	while (value % 10 == 0)
	{
		value /= 10;
		zeros++;
	}
	return snprintf(text, NUMBER_MAX, "%s%llue%d", negative ? "-" : "",
					(unsigned long long) value, zeros);
}

/* Room for the numbers at the grid's lines, in characters */
static int
tick_length(const Panel *panel, bool sign)
{
	char		text[NUMBER_MAX];
	int			longest = 0;
	uint32_t	i;

	for (i = 0; i <= panel->ticks_up; i++)
	{
		int			length = write_tick(panel, panel->tick * i, false, text);

		if (longest < length)
			longest = length;
	}
	for (i = 1; i <= panel->ticks_down; i++)
	{
		int			length = write_tick(panel, panel->tick * i, sign, text);

		if (longest < length)
			longest = length;
	}
	return longest;
}

/* Takes the larger of *limit and the value, where that is positive. */
static inline void
reach(uint64_t *limit, int64_t value, bool positive)
{
	if ((positive ? value > 0 : value < 0) && *limit < ledger_magnitude(value))
		*limit = ledger_magnitude(value);
}

/*
 * Looks through the rows, and divides the picture.
 */
static void
lay_out(const LedgerSvg *svg, Layout *layout)
{
	int32_t		top = MARGIN + TITLE_LINE * (int32_t) svg->n_title_lines +
		2 * LINE;
	int32_t		bottom = svg->height * UNIT - MARGIN / 2 -
		LINE * (int32_t) svg->n_source_lines;
	uint64_t	flows_up = 0;
	uint64_t	flows_down = 0;
	uint64_t	balance_up = 0;
	uint64_t	balance_down = 0;
	int32_t		room;
	int			length;
	uint32_t	i;

	memset(layout, 0, sizeof(*layout));
	for (i = 0; i < svg->n; i++)
	{
		const LedgerSeriesRow *row = &svg->rows[i];

		reach(&flows_up, row->inflow, true);
		reach(&flows_up, row->outflow, false);
		reach(&flows_down, row->outflow, true);
		reach(&flows_down, row->inflow, false);
		reach(&balance_up, row->balance, true);
		reach(&balance_down, row->balance, false);
		layout->split |= row->inflow < 0 || row->outflow < 0;
		layout->incomplete |= !row->complete;
		if (row->inflow > svg->rows[layout->highest_inflow].inflow)
			layout->highest_inflow = i;
		if (row->outflow > svg->rows[layout->highest_outflow].outflow)
			layout->highest_outflow = i;
		if (row->balance > svg->rows[layout->highest_balance].balance)
			layout->highest_balance = i;
		if (row->balance < svg->rows[layout->lowest_balance].balance)
			layout->lowest_balance = i;
	}

	/* labels below the panels, the name of the measure above each */
	if (layout->incomplete)
		bottom -= LINE;
	bottom -= LINE;
	room = bottom - top - 2 * UNIT_LINE;
	layout->flows.top = top + UNIT_LINE;
	layout->flows.bottom = layout->flows.top + room * 3 / 5;
	layout->balance.top = layout->flows.bottom + UNIT_LINE;
	layout->balance.bottom = bottom;
	scale_panel(&layout->flows, flows_up, flows_down);
	scale_panel(&layout->balance, balance_up, balance_down);

	length = tick_length(&layout->flows, false);
	if (length < tick_length(&layout->balance, true))
		length = tick_length(&layout->balance, true);
	layout->left = MARGIN + (length + 1) * LEDGER_SVG_DIGIT;
	layout->right = svg->width * UNIT - MARGIN;
}

/*
 * The left side of the slot of row i, or the right side of the last.
 */
static int32_t
slot_position(const LedgerSvg *svg, const Layout *layout, uint32_t i)
{
	return layout->left +
		(int32_t) ((int64_t) (layout->right - layout->left) * i / svg->n);
}

/*
 * The middle of the place that row i has, in hundredths from the left.
 */
static int32_t
slot_middle(const LedgerSvg *svg, const Layout *layout, uint32_t i)
{
	return (slot_position(svg, layout, i) +
			slot_position(svg, layout, i + 1)) / 2;
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

	draw(canvas, "<desc>");
	if (svg->n == 0)
	{
		draw(canvas, "There is no period to show.</desc>\n");
		return;
	}
	period_write_label(rows[0].period, first);
	period_write_label(rows[svg->n - 1].period, last);
	draw(canvas, "Bars by period, %n of them, from %s to %s. ",
		 (int64_t) svg->n, first, last);
	draw(canvas, "Up: %t. Down: %t. Below, a line: the balance. ",
		 &svg->inflow, &svg->outflow);
	period_write_label(rows[layout->highest_inflow].period, first);
	period_write_label(rows[layout->highest_outflow].period, last);
	draw(canvas, "Highest inflow %n in %s, highest outflow %n in %s. ",
		 rows[layout->highest_inflow].inflow, first,
		 rows[layout->highest_outflow].outflow, last);
	period_write_label(rows[layout->lowest_balance].period, first);
	period_write_label(rows[layout->highest_balance].period, last);
	draw(canvas, "Balance at its lowest %n at the end of %s, at its highest %n at the end of %s, at last %n.</desc>\n",
		 rows[layout->lowest_balance].balance, first,
		 rows[layout->highest_balance].balance, last,
		 rows[svg->n - 1].balance);
}

/*
 * Draws the title and the meaning of up and down.
 */
static void
draw_heading(const LedgerCanvas *canvas, const LedgerSvg *svg)
{
	int32_t		y = MARGIN / 2;
	uint32_t	i;

	for (i = 0; i < svg->n_title_lines; i++)
	{
		y += TITLE_LINE;
		draw(canvas, "<text x=\"%c\" y=\"%c\" font-size=\"16\" font-weight=\"bold\">%t</text>\n",
			 (int32_t) MARGIN, y, &svg->title_lines[i]);
	}
	y += LINE + LINE / 6;
	draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"10\" height=\"10\" fill=\"" INFLOW_COLOUR "\"/>",
		 (int32_t) MARGIN, y - 9 * UNIT);
	draw(canvas, "<text x=\"%c\" y=\"%c\">up: %t</text>\n",
		 (int32_t) MARGIN + LEDGER_SVG_SQUARE, y, &svg->inflow_line);
	y += LINE;
	draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"10\" height=\"10\" fill=\"" OUTFLOW_COLOUR "\"/>",
		 (int32_t) MARGIN, y - 9 * UNIT);
	draw(canvas, "<text x=\"%c\" y=\"%c\">down: %t</text>\n",
		 (int32_t) MARGIN + LEDGER_SVG_SQUARE, y, &svg->outflow_line);
}

/*
 * Draws one line of a grid and what it stands for.
 */
static void
draw_grid_line(const LedgerCanvas *canvas, const Layout *layout,
			   const Panel *panel, int32_t y, uint64_t value, bool negative)
{
	char		text[NUMBER_MAX];

	write_tick(panel, value, negative, text);
	draw(canvas, "<line x1=\"%c\" y1=\"%c\" x2=\"%c\" y2=\"%c\" stroke=\"%s\"/>",
		 layout->left, y, layout->right, y,
		 value == 0 ? TEXT_COLOUR : GRID_COLOUR);
	draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\">%s</text>\n",
		 layout->left - 6 * UNIT, y + 4 * UNIT, text);
}

/*
 * Draws the grid of a panel; `sign` where what is below zero is negative, and
 * not people who went the other way.
 */
static void
draw_grid(const LedgerCanvas *canvas, const Layout *layout, const Panel *panel,
		  bool sign)
{
	uint32_t	i;

	for (i = panel->ticks_up; i > 0; i--)
	{
		int64_t		above = (int64_t) (panel->zero - panel->top) * i;

		draw_grid_line(canvas, layout, panel,
					   panel->zero - (int32_t) (above / panel->ticks_up),
					   panel->tick * i, false);
	}
	draw_grid_line(canvas, layout, panel, panel->zero, 0, false);
	for (i = 1; i <= panel->ticks_down; i++)
	{
		int64_t		below = (int64_t) (panel->bottom - panel->zero) * i;

		draw_grid_line(canvas, layout, panel,
					   panel->zero + (int32_t) (below / panel->ticks_down),
					   panel->tick * i, sign);
	}
}

/*
 * Draws what a panel measures, above it.
 */
static void
draw_flows_unit(const LedgerCanvas *canvas, const LedgerSvg *svg,
				const Layout *layout)
{
	int32_t		months = svg->step.months;
	int32_t		days = svg->step.days;
	const char *named = months == 1 ? "month" : months == 3 ? "quarter" :
		months == 12 ? "year" : days == 1 ? "day" : days == 7 ? "week" : NULL;

	draw(canvas, "<text x=\"%c\" y=\"%c\">people per ", (int32_t) MARGIN,
		 layout->flows.top - 12 * UNIT);
	if (named != NULL)
		draw(canvas, "%s</text>\n", named);
	else
		draw(canvas, "%n %s</text>\n", (int64_t) (months > 0 ? months : days),
			 months > 0 ? "months" : "days");
}

/*
 * Draws the heading of the balance, with the last one.
 */
static void
draw_balance_unit(const LedgerCanvas *canvas, const LedgerSvg *svg,
				  const Layout *layout)
{
	const LedgerSeriesRow *last = &svg->rows[svg->n - 1];
	char		label[LEDGER_PICTURE_LABEL_MAX];

	ledger_picture_label(last, label);
	draw(canvas, "<text x=\"%c\" y=\"%c\">balance, people; %n at the end of %s</text>\n",
		 (int32_t) MARGIN, layout->balance.top - 12 * UNIT, last->balance,
		 label);
}

/*
 * Draws one bar.  What is negative is an outline with a broken line, what is
 * not complete is paler.
 */
static void
draw_bar(const LedgerCanvas *canvas, const Panel *panel, int32_t left,
		 int32_t right, int64_t value, bool downward, bool complete)
{
	int32_t		y = figure_position(panel, value, downward);
	int32_t		top = y < panel->zero ? y : panel->zero;
	int32_t		bottom = y < panel->zero ? panel->zero : y;
	const char *colour = downward ? OUTFLOW_COLOUR : INFLOW_COLOUR;

	if (value == 0)
		return;
	if (right - left < UNIT)	/* a hair would hardly be seen */
		right = left + UNIT;
	draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"%c\" height=\"%c\"",
		 left, top, right - left, bottom - top);
	if (value < 0)
		draw(canvas, " fill=\"#ffffff\" stroke=\"%s\" stroke-dasharray=\"3 2\"/>",
			 colour);
	else if (!complete)
		draw(canvas, " fill=\"%s\" fill-opacity=\"0.5\" stroke=\"%s\"/>",
			 colour, colour);
	else
		draw(canvas, " fill=\"%s\"/>", colour);
}

/*
 * Draws the bars of all periods, each with its figures for who points at it.
 */
static void
draw_flows(const LedgerCanvas *canvas, const LedgerSvg *svg,
		   const Layout *layout)
{
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		const LedgerSeriesRow *row = &svg->rows[i];
		int32_t		left = slot_position(svg, layout, i);
		int32_t		right = slot_position(svg, layout, i + 1);
		int32_t		gap = right - left > BAR_WIDTH_MAX * 4 / 3 ?
			(right - left - BAR_WIDTH_MAX) / 2 : (right - left) / 8;
		int32_t		middle = (left + right) / 2;
		char		label[LEDGER_PICTURE_LABEL_MAX];

		if (row->inflow == 0 && row->outflow == 0)
			continue;
		ledger_picture_label(row, label);
		draw(canvas, "<g><title>%s: inflow %n, outflow %n, net %n, balance %n</title>",
			 label, row->inflow, row->outflow, row->net, row->balance);
		draw_bar(canvas, &layout->flows, left + gap,
				 layout->split ? middle : right - gap, row->inflow, false,
				 row->complete);
		draw_bar(canvas, &layout->flows, layout->split ? middle : left + gap,
				 right - gap, row->outflow, true, row->complete);
		draw(canvas, "</g>\n");
	}
}

/*
 * Draws the line of the balance, with a circle for each period as long as they
 * stand apart.
 */
static void
draw_balance(const LedgerCanvas *canvas, const LedgerSvg *svg,
			 const Layout *layout)
{
	uint32_t	i;

	draw(canvas, "<polyline fill=\"none\" stroke=\"" TEXT_COLOUR "\" stroke-width=\"2\" points=\"");
	for (i = 0; i < svg->n; i++)
		draw(canvas, i == 0 ? "%c,%c" : " %c,%c",
			 slot_middle(svg, layout, i),
			 figure_position(&layout->balance, svg->rows[i].balance, false));
	draw(canvas, "\"/>\n");
	if (svg->n > 1 &&
		(layout->right - layout->left) / (int32_t) svg->n < CIRCLE_DISTANCE)
		return;
	for (i = 0; i < svg->n; i++)
	{
		char		label[LEDGER_PICTURE_LABEL_MAX];

		ledger_picture_label(&svg->rows[i], label);
		draw(canvas, "<circle cx=\"%c\" cy=\"%c\" r=\"3\" fill=\"" TEXT_COLOUR "\">",
			 slot_middle(svg, layout, i),
			 figure_position(&layout->balance, svg->rows[i].balance, false));
		draw(canvas, "<title>%s: balance %n</title></circle>\n", label,
			 svg->rows[i].balance);
	}
}

/*
 * Draws as many labels of periods as there is room for, from the first on.
 */
static void
draw_labels(const LedgerCanvas *canvas, const LedgerSvg *svg,
			const Layout *layout)
{
	int32_t		longest = 0;
	int32_t		taken = 0;		/* where the label before ends */
	uint32_t	every = 1;
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		char		label[LEDGER_PICTURE_LABEL_MAX];
		int32_t		length = ledger_picture_label(&svg->rows[i], label);

		if (longest < length)
			longest = length;
	}
	longest = (longest + 1) * LEDGER_SVG_DIGIT;
	while ((int64_t) (layout->right - layout->left) * every <
		   (int64_t) longest * svg->n)
		every++;

	for (i = 0; i < svg->n; i += every)
	{
		char		label[LEDGER_PICTURE_LABEL_MAX];
		int32_t		middle = slot_middle(svg, layout, i);
		int32_t		half = ledger_picture_label(&svg->rows[i], label) *
			LEDGER_SVG_DIGIT / 2;
		int32_t		x = middle;

		/* the first and the last label stay inside the picture */
		if (x + half > svg->width * UNIT - MARGIN / 2)
			x = svg->width * UNIT - MARGIN / 2 - half;
		if (x < half)
			x = half;
		if (x - half < taken)
			continue;
		taken = x + half + LEDGER_SVG_DIGIT / 2;
		draw(canvas, "<line x1=\"%c\" y1=\"%c\" x2=\"%c\" y2=\"%c\" stroke=\"" TEXT_COLOUR "\"/>",
			 middle, layout->balance.bottom, middle,
			 layout->balance.bottom + 4 * UNIT);
		draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"middle\">%s</text>\n",
			 x, layout->balance.bottom + LINE - 2 * UNIT, label);
	}
}

/*
 * Draws what stands below the labels.
 */
static void
draw_notes(const LedgerCanvas *canvas, const LedgerSvg *svg,
		   const Layout *layout)
{
	int32_t		y = svg->height * UNIT - MARGIN / 2 - 4 * UNIT -
		LINE * (int32_t) svg->n_source_lines;
	uint32_t	i;

	if (layout->incomplete)
		draw(canvas, "<text x=\"%c\" y=\"%c\">* not complete</text>\n",
			 (int32_t) MARGIN, y);
	for (i = 0; i < svg->n_source_lines; i++)
	{
		y += LINE;
		draw(canvas, "<text x=\"%c\" y=\"%c\">%t</text>\n", (int32_t) MARGIN,
			 y, &svg->source_lines[i]);
	}
}

/*
 * Draws the whole picture.
 */
void
ledger_draw_svg(const LedgerCanvas *canvas, const LedgerSvg *svg)
{
	Layout		layout;

	lay_out(svg, &layout);
	draw(canvas, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %c %c\" role=\"img\" ",
		 svg->width * UNIT, svg->height * UNIT);
	draw(canvas, "font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"" TEXT_COLOUR "\">\n");
	draw(canvas, "<title>%t</title>\n", &svg->title);
	draw_description(canvas, svg, &layout);
	draw(canvas, "<rect width=\"%c\" height=\"%c\" fill=\"#ffffff\"/>\n",
		 svg->width * UNIT, svg->height * UNIT);
	draw_heading(canvas, svg);
	if (svg->n == 0)
		draw(canvas, "<text x=\"%c\" y=\"%c\">There is no period to show.</text>\n",
			 (int32_t) MARGIN, layout.flows.top + LINE);
	else
	{
		draw_flows_unit(canvas, svg, &layout);
		draw_grid(canvas, &layout, &layout.flows, false);
		draw_flows(canvas, svg, &layout);
		draw_balance_unit(canvas, svg, &layout);
		draw_grid(canvas, &layout, &layout.balance, true);
		draw_balance(canvas, svg, &layout);
		draw_labels(canvas, svg, &layout);
	}
	draw_notes(canvas, svg, &layout);
	draw(canvas, "</svg>");
}
