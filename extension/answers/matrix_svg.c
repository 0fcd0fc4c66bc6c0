/*
 * answers/matrix_svg.c
 *		The SVG of an origin-destination matrix.
 *
 * A cell is the darker the more people it has, by the square root, as flows
 * between parties are very unequal: a cell of a hundredth of the largest has a
 * tenth of its strength.  The strongest is not opaque, so that figures can be
 * read on it.
 */
#include "answers/matrix_svg.h"

/* Hundredths */
#define CELL_MAX		(56 * LEDGER_UNIT)
#define NAME_CELL		(13 * LEDGER_UNIT)	/* from here on slanted names are apart */
#define FIGURE_CELL		(30 * LEDGER_UNIT)	/* from here on a figure fits */

/* Hundredths of opacity of the largest cell */
#define OPACITY			60
#define OPACITY_LEAST	5		/* of all others, and more */

/* Where things are */
typedef struct Layout
{
	int32_t		left;			/* of the first cell */
	int32_t		top;
	int32_t		width;			/* of a cell */
	int32_t		height;
	uint32_t	columns;		/* one more for the totals, if figures fit */
	bool		names;			/* columns have names */
	uint64_t	largest;
} Layout;

/*
 * Hundredths of opacity for so many people: in proportion to the square root
 * of their share of the largest cell, rounded up.
 */
static int32_t
opacity_of(uint64_t people, uint64_t largest)
{
	const uint32_t most = OPACITY - OPACITY_LEAST;
	uint32_t	square = ledger_picture_scale(people, largest, most * most, true);
	uint32_t	root = 0;

	while (root * root < square)
		root++;
	return (int32_t) (OPACITY_LEAST + root);
}

/*
 * The width of a cell: what the columns leave, so that the slanted name of the
 * last party ends inside the picture, if there are such names.  At 50 degrees
 * it is less than two thirds as wide as it is long.
 */
static int32_t
cell_width(const LedgerMatrixSvg *svg, const Layout *layout, bool names)
{
	const int32_t room = svg->frame.width * LEDGER_UNIT - layout->left;
	const int32_t slanted = svg->names_width * 2 / 3 + LEDGER_DIGIT / 2;
	int32_t		width = (room - LEDGER_MARGIN) / (int32_t) layout->columns;

	if (names && width * (2 * (int32_t) svg->n - 1) > 2 * (room - slanted))
		width = 2 * (room - slanted) / (2 * (int32_t) svg->n - 1);
	return width > CELL_MAX ? CELL_MAX : width;
}

static void
lay_out(const LedgerMatrixSvg *svg, Layout *layout)
{
	uint32_t	i;

	memset(layout, 0, sizeof(*layout));
	layout->left = LEDGER_MARGIN + svg->names_width;
	layout->top = LEDGER_MARGIN + LEDGER_LINE +
		LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines;
	if (svg->n == 0)
		return;
	layout->names = true;
	layout->columns = svg->n + 1;
	layout->width = cell_width(svg, layout, true);
	if (layout->width < FIGURE_CELL)
	{
		layout->columns = svg->n;
		layout->width = cell_width(svg, layout, true);
	}
	if (layout->width < NAME_CELL)
	{
		layout->names = false;
		layout->width = cell_width(svg, layout, false);
	}
	/* it rises by less than four fifths */
	else
		layout->top += LEDGER_LINE + svg->names_width * 4 / 5;
	layout->height = layout->width > LEDGER_LINE + 4 * LEDGER_UNIT ?
		LEDGER_LINE + 4 * LEDGER_UNIT : layout->width < LEDGER_LINE ? LEDGER_LINE : layout->width;
	layout->largest = 0;
	for (i = 0; i < svg->n * svg->n; i++)
		if (layout->largest < ledger_magnitude(svg->people[i]))
			layout->largest = ledger_magnitude(svg->people[i]);
}

int32_t
ledger_matrix_height(const LedgerMatrixSvg *svg)
{
	Layout		layout;

	lay_out(svg, &layout);
	return (layout.top + layout.height * (int32_t) layout.columns + LEDGER_MARGIN +
			LEDGER_LINE * (int32_t) svg->frame.n_source_lines) / LEDGER_UNIT + 1;
}

/*
 * Draws the figure of a cell.
 */
static void
draw_figure(const LedgerCanvas *canvas, const Layout *layout, int32_t x,
			int32_t y, int64_t people, bool bold)
{
	char		figure[LEDGER_NUMBER_MAX];

	ledger_write_short(figure, people);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"middle\" font-size=\"10\"%s>%s</text>",
				x + layout->width / 2, y + layout->height / 2 + 4 * LEDGER_UNIT,
				bold ? " font-weight=\"bold\"" : "", figure);
}

/*
 * Draws one cell.  An outline is a negative figure; one person is visible.
 */
static void
draw_cell(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg,
		  const Layout *layout, uint32_t origin, uint32_t destination)
{
	const int64_t people = svg->people[origin * svg->n + destination];
	const int32_t x = layout->left + layout->width * (int32_t) destination;
	const int32_t y = layout->top + layout->height * (int32_t) origin;

	if (people == 0)
		return;
	ledger_draw(canvas, "<g><title>%t to %t: %n</title>", &svg->names[origin],
				&svg->names[destination], people);
	ledger_draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"%c\" height=\"%c\" ", x, y,
				layout->width - LEDGER_UNIT, layout->height - LEDGER_UNIT);
	if (people < 0)
		ledger_draw(canvas, "fill=\"none\" stroke=\"" LEDGER_OUTFLOW_COLOUR "\" stroke-dasharray=\"3 2\"/>");
	else
		ledger_draw(canvas, "fill=\"" LEDGER_INFLOW_COLOUR "\" fill-opacity=\"%c\"/>",
					opacity_of(ledger_magnitude(people), layout->largest));
	if (layout->width >= FIGURE_CELL)
		draw_figure(canvas, layout, x, y, people, false);
	ledger_draw(canvas, "</g>\n");
}

/*
 * Draws a party's name at its row and its column, and its totals where figures
 * fit.
 */
static void
draw_party(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg,
		   const Layout *layout, uint32_t i)
{
	const int32_t end = layout->left + layout->width * (int32_t) svg->n;
	const int32_t bottom = layout->top + layout->height * (int32_t) svg->n;
	const int32_t x = layout->left + layout->width * (int32_t) i;
	const int32_t y = layout->top + layout->height * (int32_t) i;

	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\">%t</text>",
				layout->left - LEDGER_DIGIT / 2, y + layout->height / 2 + 4 * LEDGER_UNIT,
				&svg->lines[i]);
	if (layout->names)
		ledger_draw(canvas, "<text transform=\"translate(%c %c) rotate(-50)\">%t</text>\n",
					x + layout->width / 2, layout->top - LEDGER_DIGIT / 2, &svg->lines[i]);
	if (layout->columns == svg->n)
		return;
	ledger_draw(canvas, "<g><title>from %t: %n</title>", &svg->names[i], svg->out[i]);
	draw_figure(canvas, layout, end, y, svg->out[i], true);
	ledger_draw(canvas, "</g><g><title>to %t: %n</title>", &svg->names[i], svg->in[i]);
	draw_figure(canvas, layout, x, bottom, svg->in[i], true);
	ledger_draw(canvas, "</g>\n");
}

/*
 * Draws the names of the totals, and that of all.
 */
static void
draw_total(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg,
		   const Layout *layout)
{
	const int32_t end = layout->left + layout->width * (int32_t) svg->n;
	const int32_t bottom = layout->top + layout->height * (int32_t) svg->n;

	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\" font-weight=\"bold\">all</text>",
				layout->left - LEDGER_DIGIT / 2, bottom + layout->height / 2 + 4 * LEDGER_UNIT);
	ledger_draw(canvas, "<text transform=\"translate(%c %c) rotate(-50)\" font-weight=\"bold\">all</text>",
				end + layout->width / 2, layout->top - LEDGER_DIGIT / 2);
	draw_figure(canvas, layout, end, bottom, svg->out[svg->n], true);
	ledger_draw(canvas, "\n");
}

void
ledger_draw_matrix(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg)
{
	Layout		layout;
	int32_t		y;
	uint32_t	i;
	uint32_t	j;

	lay_out(svg, &layout);
	ledger_draw_open(canvas, &svg->frame);
	ledger_draw(canvas, "<desc>A matrix of %n parties: origins from top to bottom, destinations from left to right; %n people in all.</desc>\n",
				(int64_t) svg->n, svg->out[svg->n]);
	y = ledger_draw_title(canvas, &svg->frame) + LEDGER_LINE;
	if (svg->n == 0)
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">There is no flow to show.</text>\n",
					(int32_t) LEDGER_MARGIN, y);
	else
	{
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">rows: from; columns: to%s</text>\n",
					(int32_t) LEDGER_MARGIN, y, layout.names ? "" : ", in the same order");
		for (i = 0; i < svg->n; i++)
			draw_party(canvas, svg, &layout, i);
		if (layout.columns > svg->n)
			draw_total(canvas, svg, &layout);
	}
	for (i = 0; i < svg->n; i++)
		for (j = 0; j < svg->n; j++)
			draw_cell(canvas, svg, &layout, i, j);
	ledger_draw_close(canvas, &svg->frame);
}
