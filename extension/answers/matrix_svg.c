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
#define CELL_MIN		(6 * LEDGER_UNIT)
#define FIGURE_CELL		(30 * LEDGER_UNIT)	/* from here on a figure fits */
#define HEAD			(92 * LEDGER_UNIT)	/* for slanted names and the heading */

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

static void
lay_out(const LedgerMatrixSvg *svg, Layout *layout)
{
	uint32_t	i;

	layout->left = LEDGER_MARGIN + svg->names_width;
	layout->top = LEDGER_MARGIN + HEAD +
		LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines;
	/* one more for the totals */
	layout->width = (svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN - layout->left) /
		((int32_t) svg->n + 1);
	if (layout->width > CELL_MAX)
		layout->width = CELL_MAX;
	if (layout->width < CELL_MIN)
		layout->width = CELL_MIN;
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
	return (layout.top + layout.height * ((int32_t) svg->n + 1) + LEDGER_MARGIN +
			LEDGER_LINE * (int32_t) svg->frame.n_source_lines) / LEDGER_UNIT + 1;
}

/*
 * Draws the figure of a cell, where it fits.
 */
static void
draw_figure(const LedgerCanvas *canvas, const Layout *layout, int32_t x,
			int32_t y, int64_t people, bool bold)
{
	char		figure[LEDGER_NUMBER_MAX];

	if (layout->width < FIGURE_CELL)
		return;
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
	draw_figure(canvas, layout, x, y, people, false);
	ledger_draw(canvas, "</g>\n");
}

/*
 * Draws a party's name at its row and its column, and its totals.
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
	ledger_draw(canvas, "<text transform=\"translate(%c %c) rotate(-50)\">%t</text>\n",
				x + layout->width / 2, layout->top - LEDGER_DIGIT / 2, &svg->lines[i]);
	ledger_draw(canvas, "<g><title>from %t: %n</title>", &svg->names[i], svg->out[i]);
	draw_figure(canvas, layout, end, y, svg->out[i], true);
	ledger_draw(canvas, "</g><g><title>to %t: %n</title>", &svg->names[i], svg->in[i]);
	draw_figure(canvas, layout, x, bottom, svg->in[i], true);
	ledger_draw(canvas, "</g>\n");
}

void
ledger_draw_matrix(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg)
{
	Layout		layout;
	int32_t		end;
	int32_t		bottom;
	uint32_t	i;
	uint32_t	j;

	lay_out(svg, &layout);
	end = layout.left + layout.width * (int32_t) svg->n;
	bottom = layout.top + layout.height * (int32_t) svg->n;
	ledger_draw_open(canvas, &svg->frame);
	ledger_draw(canvas, "<desc>A matrix of %n parties: origins from top to bottom, destinations from left to right; %n people in all.</desc>\n",
				(int64_t) svg->n, svg->out[svg->n]);
	ledger_draw_title(canvas, &svg->frame);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">rows: from; columns: to</text>\n",
				(int32_t) LEDGER_MARGIN, layout.top - LEDGER_DIGIT / 2);
	for (i = 0; i < svg->n; i++)
		draw_party(canvas, svg, &layout, i);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\" font-weight=\"bold\">all</text>",
				layout.left - LEDGER_DIGIT / 2, bottom + layout.height / 2 + 4 * LEDGER_UNIT);
	ledger_draw(canvas, "<text transform=\"translate(%c %c) rotate(-50)\" font-weight=\"bold\">all</text>",
				end + layout.width / 2, layout.top - LEDGER_DIGIT / 2);
	draw_figure(canvas, &layout, end, bottom, svg->out[svg->n], true);
	ledger_draw(canvas, "\n");
	for (i = 0; i < svg->n; i++)
		for (j = 0; j < svg->n; j++)
			draw_cell(canvas, svg, &layout, i, j);
	ledger_draw_close(canvas, &svg->frame);
}
