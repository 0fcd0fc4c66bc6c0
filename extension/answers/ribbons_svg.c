/*
 * answers/ribbons_svg.c
 *		The SVG of flows between parties, as ribbons: a Sankey diagram of two
 *		columns.
 *
 * One unit of height is as many people on either side, so that both columns
 * have the same people; gaps between parties are left free first.
 */
#include "answers/matrix_svg.h"

/* Hundredths */
#define NODE			(10 * LEDGER_UNIT)	/* width of a party's bar */
#define GAP				(6 * LEDGER_UNIT)	/* between two parties */
#define HEADING			(2 * LEDGER_LINE)
#define PEOPLE_MIN		(60 * LEDGER_UNIT)	/* for all people */
#define NAMES_MIN		(36 * LEDGER_UNIT)	/* a column holds its heading */
#define NAME_DISTANCE	(13 * LEDGER_UNIT)	/* between the names of two parties */

/* Where things are */
typedef struct Layout
{
	int32_t		top;
	int32_t		height;			/* of all people */
	int32_t		left;			/* of the origins' bars */
	int32_t		right;			/* of the destinations' bars */
	uint64_t	people;			/* all that are drawn */
	int32_t		from[LEDGER_MATRIX_MAX];	/* where each party's next ribbon
											 * begins */
	int32_t		to[LEDGER_MATRIX_MAX];
} Layout;

/*
 * The people of one row or column without the diagonal, as far as 64 bits go.
 */
static uint64_t
sum_of(const LedgerMatrixSvg *svg, uint32_t party, bool origin)
{
	uint64_t	sum = 0;
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
		if (i != party)
			sum += (uint64_t) (origin ? svg->people[party * svg->n + i] :
							   svg->people[i * svg->n + party]);
	return sum;
}

/*
 * The rest, which is last, has no colour of its own.
 */
static const char *
party_colour(const LedgerMatrixSvg *svg, uint32_t party)
{
	return svg->rest && party == svg->n - 1 ? LEDGER_MUTED_COLOUR :
		ledger_colours[party % LEDGER_COLOURS];
}

/*
 * The height of so many people, of which there are no more than all.
 */
static int32_t
height_of(const Layout *layout, uint64_t people)
{
	return (int32_t) ledger_picture_scale(people, layout->people,
										  (uint32_t) layout->height, false);
}

int32_t
ledger_flows_height(const LedgerMatrixSvg *svg)
{
	return (2 * LEDGER_MARGIN + HEADING + PEOPLE_MIN + NAME_DISTANCE * (int32_t) svg->n +
			LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines +
			LEDGER_LINE * (int32_t) svg->frame.n_source_lines) / LEDGER_UNIT + 1;
}

/*
 * Places the bars of one side below each other, so far apart that the names at
 * their middles are too; a party without people has neither.  Returns what
 * they take.
 */
static int32_t
place_parties(const LedgerMatrixSvg *svg, const Layout *layout, bool origins,
			  int32_t *bars)
{
	int32_t		y = layout->top;
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		const uint64_t people = sum_of(svg, i, origins);
		const int32_t height = height_of(layout, people);

		bars[i] = y;
		if (people > 0)
			y += height / 2 + GAP > NAME_DISTANCE ? height + GAP : height / 2 + NAME_DISTANCE;
	}
	return y - layout->top;
}

static void
lay_out(const LedgerMatrixSvg *svg, Layout *layout)
{
	const int32_t names = svg->names_width < NAMES_MIN ? NAMES_MIN : svg->names_width;
	int32_t		room;
	uint32_t	i;

	layout->top = LEDGER_MARGIN + HEADING +
		LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines;
	layout->left = LEDGER_MARGIN + names;
	layout->right = svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN - names - NODE;
	room = ledger_frame_bottom(&svg->frame) - LEDGER_MARGIN / 2 - layout->top;
	layout->people = 0;
	for (i = 0; i < svg->n; i++)
		layout->people += sum_of(svg, i, true);
	/* the more parties are small, the more they take of the height */
	layout->height = room;
	for (;;)
	{
		const int32_t from = place_parties(svg, layout, true, layout->from);
		const int32_t to = place_parties(svg, layout, false, layout->to);
		const int32_t taken = from > to ? from : to;

		if (taken <= room || layout->height <= PEOPLE_MIN)
			break;
		layout->height -= taken - room;
		if (layout->height < PEOPLE_MIN)
			layout->height = PEOPLE_MIN;
	}
}

/*
 * Draws a party's bar with its name, on one side.
 */
static void
draw_party(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg,
		   const Layout *layout, uint32_t i, bool origin)
{
	const uint64_t people = sum_of(svg, i, origin);
	const int32_t height = height_of(layout, people);
	const int32_t x = origin ? layout->left : layout->right;
	const int32_t y = origin ? layout->from[i] : layout->to[i];

	if (people == 0)
		return;
	ledger_draw(canvas, "<g><title>%s %t: %n</title>", origin ? "from" : "to",
				&svg->names[i], (int64_t) people);
	ledger_draw(canvas, "<rect x=\"%c\" y=\"%c\" width=\"%c\" height=\"%c\" fill=\"%s\"/>",
				x, y, (int32_t) NODE, height < LEDGER_UNIT ? LEDGER_UNIT : height,
				party_colour(svg, i));
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"%s\">%t</text></g>\n",
				origin ? x - LEDGER_DIGIT / 2 : x + NODE + LEDGER_DIGIT / 2,
				y + height / 2 + 4 * LEDGER_UNIT, origin ? "end" : "start", &svg->lines[i]);
}

/*
 * Draws one ribbon, and moves both ends on to the next.
 */
static void
draw_ribbon(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg,
			Layout *layout, uint32_t origin, uint32_t destination)
{
	const int64_t people = svg->people[origin * svg->n + destination];
	const int32_t height = height_of(layout, (uint64_t) people);
	const int32_t x1 = layout->left + NODE;
	const int32_t x2 = layout->right;
	const int32_t middle = (x1 + x2) / 2;
	const int32_t y1 = layout->from[origin];
	const int32_t y2 = layout->to[destination];
	const int32_t drawn = height < LEDGER_UNIT / 2 ? LEDGER_UNIT / 2 : height;

	ledger_draw(canvas, "<path d=\"M%c %cC%c %c %c %c %c %c", x1, y1, middle, y1, middle, y2, x2, y2);
	ledger_draw(canvas, "V%cC%c %c %c %c %c %cZ\" fill=\"%s\" fill-opacity=\"0.45\">",
				y2 + drawn, middle, y2 + drawn, middle, y1 + drawn, x1, y1 + drawn,
				party_colour(svg, origin));
	ledger_draw(canvas, "<title>%t to %t: %n</title></path>\n", &svg->names[origin],
				&svg->names[destination], people);
	layout->from[origin] += height;
	layout->to[destination] += height;
}

void
ledger_draw_flows(const LedgerCanvas *canvas, const LedgerMatrixSvg *svg)
{
	Layout		layout;
	uint32_t	i;
	uint32_t	j;

	lay_out(svg, &layout);
	ledger_draw_open(canvas, &svg->frame);
	ledger_draw(canvas, "<desc>Ribbons from origins, to the left, to destinations, to the right: %n people between %n parties.</desc>\n",
				(int64_t) layout.people, (int64_t) svg->n);
	if (svg->n == 0)
	{
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">There is no flow to show.</text>\n",
					(int32_t) LEDGER_MARGIN,
					ledger_draw_title(canvas, &svg->frame) + LEDGER_LINE);
		ledger_draw_close(canvas, &svg->frame);
		return;
	}
	ledger_draw_title(canvas, &svg->frame);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\">from</text>",
				layout.left - LEDGER_DIGIT / 2, layout.top - LEDGER_LINE / 2);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">to</text>\n",
				layout.right + NODE + LEDGER_DIGIT / 2, layout.top - LEDGER_LINE / 2);
	for (i = 0; i < svg->n; i++)
	{
		draw_party(canvas, svg, &layout, i, true);
		draw_party(canvas, svg, &layout, i, false);
	}
	for (i = 0; i < svg->n; i++)
		for (j = 0; j < svg->n; j++)
			if (i != j && svg->people[i * svg->n + j] > 0)
				draw_ribbon(canvas, svg, &layout, i, j);
	ledger_draw_close(canvas, &svg->frame);
}
