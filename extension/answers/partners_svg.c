/*
 * answers/partners_svg.c
 *		The SVG of partners side by side.
 *
 * All bars have one scale, which the largest flow and the room for figures at
 * either end decide; figures that leave too little are written short.  A negative flow is an outline on the other side.
 */
#include "answers/partners_svg.h"
#include "answers/scale.h"

/* Hundredths: of the bars, of the heading above them */
#define ROW				(LEDGER_PARTNER_HEIGHT * LEDGER_UNIT)
#define BAR				(16 * LEDGER_UNIT)
#define HEADING			(2 * LEDGER_LINE)
#define BARS_MIN		(60 * LEDGER_UNIT)	/* less than that is for short figures only */
#define NAMES_MIN		(46 * LEDGER_UNIT)	/* columns hold their headings */
#define FIGURES_MIN		(44 * LEDGER_UNIT)

/* Where things are */
typedef struct Layout
{
	int32_t		top;			/* of the first row */
	int32_t		zero;			/* from the left */
	int32_t		left_room;		/* the longest bar on either side */
	int32_t		right_room;
	uint64_t	largest;		/* what takes the larger of both */
	bool		brief;			/* figures do not fit written out */
} Layout;

/*
 * Writes a figure at the end of a bar; returns its length.
 */
static int
write_flow(const Layout *layout, int64_t people, char text[LEDGER_NUMBER_MAX])
{
	return layout->brief ? ledger_write_short(text, people) :
		ledger_write_figure(text, people);
}

int32_t
ledger_partners_height(const LedgerPartnersSvg *svg)
{
	int32_t		lines = LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines +
		LEDGER_LINE * (int32_t) svg->frame.n_source_lines;

	return (LEDGER_MARGIN * 2 + lines + HEADING + ROW * (int32_t) svg->n) / LEDGER_UNIT + 1;
}

/*
 * The column of the names
 */
static int32_t
names_width(const LedgerPartnersSvg *svg)
{
	return svg->names < NAMES_MIN ? NAMES_MIN : svg->names;
}

/*
 * The room that the figures leave for the bars of both sides, and that of the
 * outflows' figures.
 */
static int32_t
bar_room(const LedgerPartnersSvg *svg, const Layout *layout, int32_t *out_figures)
{
	int32_t		figures[2] = {FIGURES_MIN, FIGURES_MIN};
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		char		text[LEDGER_NUMBER_MAX];
		int32_t		out = write_flow(layout, svg->rows[i].outflow, text) * LEDGER_DIGIT;
		int32_t		in = write_flow(layout, svg->rows[i].inflow, text) * LEDGER_DIGIT;

		if (figures[0] < out)
			figures[0] = out;
		if (figures[1] < in)
			figures[1] = in;
	}
	*out_figures = figures[0];
	return svg->frame.width * LEDGER_UNIT - 2 * LEDGER_MARGIN - names_width(svg) -
		figures[0] - figures[1] - 2 * LEDGER_DIGIT;
}

static void
lay_out(const LedgerPartnersSvg *svg, Layout *layout)
{
	uint64_t	left = 0;
	uint64_t	right = 0;
	int32_t		out_figures;
	int32_t		room;
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		const LedgerPartnerRow *row = &svg->rows[i];

		ledger_scale_reach(&left, row->outflow, true);
		ledger_scale_reach(&right, row->outflow, false);
		ledger_scale_reach(&right, row->inflow, true);
		ledger_scale_reach(&left, row->inflow, false);
	}
	layout->top = LEDGER_MARGIN + HEADING +
		LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines;
	layout->largest = left > right ? left : right;
	layout->brief = false;
	room = bar_room(svg, layout, &out_figures);
	if (room < BARS_MIN)
	{
		layout->brief = true;
		room = bar_room(svg, layout, &out_figures);
	}
	/* in proportion, so that one scale fills the room */
	while (left > UINT32_MAX || right > UINT32_MAX)
	{
		left >>= 1;
		right >>= 1;
	}
	layout->left_room = left + right == 0 ? room / 2 :
		(int32_t) ((uint64_t) room * left / (left + right));
	layout->right_room = room - layout->left_room;
	layout->zero = LEDGER_MARGIN + names_width(svg) + out_figures + LEDGER_DIGIT + layout->left_room;
}

/*
 * Draws one flow: a bar from zero, and its figure at the bar's end.
 */
static void
draw_flow(const LedgerCanvas *canvas, const Layout *layout, int32_t y,
		  int64_t people, bool inward)
{
	const int32_t room = layout->left_room > layout->right_room ?
		layout->left_room : layout->right_room;
	const bool	to_right = inward == (people >= 0);
	const int32_t scaled =
		(int32_t) ledger_picture_scale(ledger_magnitude(people), layout->largest,
									   (uint32_t) room, true);
	/* one person is visible */
	const int32_t length = people != 0 && scaled < LEDGER_UNIT ? LEDGER_UNIT : scaled;
	const int32_t x = to_right ? layout->zero : layout->zero - length;
	char		figure[LEDGER_NUMBER_MAX];

	if (people != 0)
		ledger_draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"%c\" height=\"%c\" ",
					x, y, length, (int32_t) BAR);
	if (people > 0)
		ledger_draw(canvas, "fill=\"%s\"/>", inward ? LEDGER_INFLOW_COLOUR : LEDGER_OUTFLOW_COLOUR);
	else if (people < 0)
		ledger_draw(canvas, "fill=\"none\" stroke=\"%s\" stroke-dasharray=\"3 2\"/>",
					inward ? LEDGER_INFLOW_COLOUR : LEDGER_OUTFLOW_COLOUR);
	write_flow(layout, people, figure);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"%s\">%s</text>\n",
				inward ? layout->zero + (people > 0 ? length : 0) + LEDGER_DIGIT / 2 :
				layout->zero - (people > 0 ? length : 0) - LEDGER_DIGIT / 2,
				y + BAR - 4 * LEDGER_UNIT, inward ? "start" : "end", figure);
}

void
ledger_draw_partners(const LedgerCanvas *canvas, const LedgerPartnersSvg *svg)
{
	Layout		layout;
	int32_t		y;
	uint32_t	i;

	lay_out(svg, &layout);
	ledger_draw_open(canvas, &svg->frame);
	ledger_draw(canvas, "<desc>Bars of outflow to the left and of inflow to the right, for each of %n partners.</desc>\n",
				(int64_t) svg->n);
	y = ledger_draw_title(canvas, &svg->frame) + LEDGER_LINE;
	if (svg->n == 0)
	{
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">There is no flow to show.</text>\n",
					(int32_t) LEDGER_MARGIN, y);
		ledger_draw_close(canvas, &svg->frame);
		return;
	}
	y = layout.top - LEDGER_LINE / 2;
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">people</text>", (int32_t) LEDGER_MARGIN, y);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\">outflow</text>",
				layout.zero - LEDGER_DIGIT / 2, y);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">inflow</text>\n",
				layout.zero + LEDGER_DIGIT / 2, y);
	for (i = 0; i < svg->n; i++)
	{
		const LedgerPartnerRow *row = &svg->rows[i];

		y = layout.top + ROW * (int32_t) i;
		ledger_draw(canvas, "<g><title>%t: inflow %n, outflow %n, net %n</title>",
					&row->name, row->inflow, row->outflow, row->net);
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%t</text>",
					(int32_t) LEDGER_MARGIN, y + BAR - 4 * LEDGER_UNIT, &row->name_line);
		draw_flow(canvas, &layout, y, row->outflow, false);
		draw_flow(canvas, &layout, y, row->inflow, true);
		ledger_draw(canvas, "</g>\n");
	}
	ledger_draw(canvas, "<line x1=\"%c\" y1=\"%c\" x2=\"%c\" y2=\"%c\" stroke=\"currentColor\"/>\n",
				layout.zero, layout.top - 4 * LEDGER_UNIT, layout.zero,
				layout.top + ROW * (int32_t) svg->n);
	ledger_draw_close(canvas, &svg->frame);
}
