/*
 * answers/cumulative_svg.c
 *		The SVG of this period against earlier ones.
 *
 * The current line is in front and in colour; the earlier ones are muted, each
 * with its name where it ends.  Names that would meet are moved apart.
 */
#include "answers/cumulative_svg.h"

#include <stdio.h>

#define UNIT_LINE		(32 * LEDGER_UNIT)	/* for what is counted, above the grid */
#define DAYS_AT_END		3	/* a period may have fewer than the longest */
#define LABEL_DISTANCE	(13 * LEDGER_UNIT)	/* between the names at two lines' ends */

/* The sentence that compares the current line with the one before */
typedef struct Comparison
{
	char		day[PERIOD_DAY_MAX];
	char		current[LEDGER_NUMBER_MAX];
	char		before[LEDGER_NUMBER_MAX];	/* empty where there is nothing */
	bool		two_lines;
} Comparison;

/* Where things are */
typedef struct Layout
{
	LedgerScale scale;
	Comparison	comparison;
	bool		brief;			/* lines are named by their first days */
	int32_t		left;
	int32_t		right;
	int32_t		days;			/* of the longest period */
} Layout;

static const LedgerPoint *
last_point(const LedgerLine *line)
{
	return &line->points[line->n - 1];
}

bool
ledger_line_at(const LedgerLine *line, int32_t day_number, int64_t *cumulative)
{
	uint32_t	low = 0;
	uint32_t	high = line->n;

	if (line->points[line->n - 1].day_number < day_number)
		return false;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (line->points[middle].day_number <= day_number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	*cumulative = line->points[low - 1].cumulative;
	return true;
}

/*
 * The end of a day, in hundredths from the left; that of day 0 is the left
 * side.
 */
static int32_t
day_position(const Layout *layout, int32_t day_number)
{
	return layout->left +
		(int32_t) ((int64_t) (layout->right - layout->left) * day_number / layout->days);
}

/*
 * What a line is called
 */
static const char *
line_name(const Layout *layout, const LedgerLine *line)
{
	return layout->brief ? line->start : line->label;
}

/*
 * The characters of the longest name, which takes a quarter of the width at
 * most unless a day needs more.
 */
static int
choose_names(const LedgerCumulativeSvg *svg, Layout *layout)
{
	int			longest = 0;
	int			shortened = 0;
	uint32_t	i;

	for (i = 0; i < svg->n; i++)
	{
		int			label = (int) strlen(svg->lines[i].label);
		int			start = (int) strlen(svg->lines[i].start);

		if (longest < label)
			longest = label;
		if (shortened < start)
			shortened = start;
	}
	layout->brief = longest > shortened &&
		longest * LEDGER_DIGIT > svg->frame.width * LEDGER_UNIT / 4;
	return layout->brief ? shortened : longest;
}

/*
 * The figure of the line before the current one at the same day, as
 * ledger_to_date compares them: the same date, and whole periods with whole
 * ones.  A leap day makes the day's number another.
 */
static bool
figure_before(const LedgerCumulativeSvg *svg, int64_t *figure)
{
	const LedgerLine *line = &svg->lines[svg->n - 1];
	const LedgerLine *before;
	int32_t		number = last_point(line)->day_number;
	LedgerDay	day = line->period.start + number - 1;
	PeriodStep	back = {0, 0};

	if (svg->n < 2)
		return false;
	before = &svg->lines[svg->n - 2];
	if (svg->step.months > 0)
	{
		back.months = (int32_t) (ledger_split_day(line->period.start).month -
								 ledger_split_day(before->period.start).month);
		if (day + 1 == line->period.end)
			day = before->period.end - 1;
		else if (period_same_day_earlier(day, back, PERIOD_ALIGN_BOUNDS, &day) != LEDGER_OK)
			return false;
		if (day >= before->period.end)
			day = before->period.end - 1;
		number = day < before->period.start ? 1 : day - before->period.start + 1;
	}
	return ledger_line_at(before, number, figure);
}

/*
 * Compares the last line with the one before, to the same day.  In a narrow
 * picture each has a line of its own, and figures too long for that are short.
 */
static void
compare(const LedgerCumulativeSvg *svg, Layout *layout)
{
	Comparison *comparison = &layout->comparison;
	const LedgerLine *line = &svg->lines[svg->n - 1];
	const LedgerPoint *last = last_point(line);
	const int	room = (svg->frame.width * LEDGER_UNIT - 2 * LEDGER_MARGIN) / (2 * LEDGER_TEXT_HALF);
	int64_t		before;
	int			length;

	period_write_day(line->period.start + last->day_number - 1, comparison->day);
	length = ledger_write_figure(comparison->current, last->cumulative) +
		(int) (strlen(line_name(layout, line)) + strlen(comparison->day) + sizeof(" to : "));
	if (length > room)
		ledger_write_short(comparison->current, last->cumulative);
	comparison->before[0] = '\0';
	comparison->two_lines = false;
	if (figure_before(svg, &before))
	{
		int			rest = ledger_write_figure(comparison->before, before) +
			(int) (strlen(line_name(layout, &svg->lines[svg->n - 2])) + sizeof(" to the same day: "));

		if (rest > room)
			ledger_write_short(comparison->before, before);
		comparison->two_lines = length + rest > room;
	}
}

static void
lay_out(const LedgerCumulativeSvg *svg, Layout *layout)
{
	int32_t		top = LEDGER_MARGIN + LEDGER_LINE + UNIT_LINE +
		LEDGER_TITLE_LINE * (int32_t) svg->frame.n_title_lines;
	uint64_t	up = 0;
	uint64_t	down = 0;
	const int	longest = choose_names(svg, layout);
	uint32_t	i;
	uint32_t	j;

	if (svg->n > 0)
		compare(svg, layout);
	if (svg->n > 0 && layout->comparison.two_lines)
		top += LEDGER_LINE;
	layout->days = 1;
	for (i = 0; i < svg->n; i++)
	{
		const LedgerLine *line = &svg->lines[i];

		if (layout->days < line->period.end - line->period.start)
			layout->days = line->period.end - line->period.start;
		for (j = 0; j < line->n; j++)
		{
			ledger_scale_reach(&up, line->points[j].cumulative, true);
			ledger_scale_reach(&down, line->points[j].cumulative, false);
		}
	}
	ledger_scale_start(&layout->scale, top,
					   ledger_frame_bottom(&svg->frame) - LEDGER_LINE - 8 * LEDGER_UNIT,
					   up, down);
	layout->left = LEDGER_MARGIN +
		(ledger_scale_tick_length(&layout->scale, true) + 1) * LEDGER_DIGIT;
	layout->right = svg->frame.width * LEDGER_UNIT - LEDGER_MARGIN -
		(longest + 1) * LEDGER_DIGIT;
	if (layout->right < layout->left + LEDGER_MARGIN)
		layout->right = layout->left + LEDGER_MARGIN;
}

/*
 * Draws a line, from nothing at the beginning of its first day on.  A point
 * between two of the same height is left out.
 */
static void
draw_line(const LedgerCanvas *canvas, const Layout *layout,
		  const LedgerLine *line, bool current)
{
	uint32_t	i;

	ledger_draw(canvas, "<g><title>%s: %n</title><polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" points=\"",
				line->label, last_point(line)->cumulative,
				current ? LEDGER_INFLOW_COLOUR : LEDGER_MUTED_COLOUR,
				current ? "3" : "1.25");
	ledger_draw(canvas, "%c,%c", day_position(layout, line->points[0].day_number - 1),
				layout->scale.zero);
	for (i = 0; i < line->n; i++)
		if (i == 0 || i == line->n - 1 ||
			line->points[i].cumulative != line->points[i - 1].cumulative ||
			line->points[i].cumulative != line->points[i + 1].cumulative)
			ledger_draw(canvas, " %c,%c",
						day_position(layout, line->points[i].day_number),
						ledger_scale_position(&layout->scale, line->points[i].cumulative, false));
	ledger_draw(canvas, "\"/></g>\n");
}

/*
 * Draws the names of the earlier lines at their right ends, in order of
 * height and apart from each other.  Where there is no room for all, the
 * latest have theirs.
 */
static void
draw_names(const LedgerCanvas *canvas, const LedgerCumulativeSvg *svg,
		   const Layout *layout)
{
	const int32_t room = layout->scale.bottom - layout->scale.top;
	uint32_t	order[LEDGER_LINES_MAX];
	int32_t		y[LEDGER_LINES_MAX];
	uint32_t	most = (uint32_t) (room / LABEL_DISTANCE);
	uint32_t	n = 0;
	uint32_t	i;

	for (i = svg->n - 1; i-- > 0 && n < most;)
	{
		const LedgerPoint *last = last_point(&svg->lines[i]);
		uint32_t	place = n;
		int32_t		height;

		height = ledger_scale_position(&layout->scale, last->cumulative, false);
		for (; place > 0 && y[place - 1] > height; place--)
		{
			y[place] = y[place - 1];
			order[place] = order[place - 1];
		}
		y[place] = height;
		order[place] = i;
		n++;
	}
	ledger_move_apart(y, n, LABEL_DISTANCE, layout->scale.bottom);
	for (i = 0; i < n; i++)
	{
		int32_t		day = last_point(&svg->lines[order[i]])->day_number;

		/* periods are not all as long, and their names are in one column */
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%s</text>\n",
					(layout->days - day <= DAYS_AT_END ? layout->right : day_position(layout, day)) +
					LEDGER_DIGIT * 3 / 4, y[i] + 4 * LEDGER_UNIT,
					line_name(layout, &svg->lines[order[i]]));
	}
}

/*
 * Does text fit at one of the two sides of a place on the grid?
 */
static bool
fits(const Layout *layout, int32_t x, int length)
{
	const int32_t width = (length + 1) * LEDGER_DIGIT;

	return x - width >= layout->left || x + width <= layout->right;
}

/*
 * Draws the end of the current line with its name and figure.
 */
static void
draw_current_end(const LedgerCanvas *canvas, const LedgerCumulativeSvg *svg,
				 const Layout *layout)
{
	const LedgerLine *line = &svg->lines[svg->n - 1];
	const LedgerPoint *last = last_point(line);
	char		figure[LEDGER_NUMBER_MAX];
	const char *named;
	int32_t		x;
	int32_t		y;
	int32_t		y_label;
	int			length;
	bool		to_left;

	x = day_position(layout, last->day_number);
	y = ledger_scale_position(&layout->scale, last->cumulative, false);
	/* as much as fits to the left or to the right; the rest is above the grid */
	named = line_name(layout, line);
	length = (int) strlen(named) + 2 + ledger_write_figure(figure, last->cumulative);
	if (!fits(layout, x, length))
		length = (int) strlen(named) + 2 + ledger_write_short(figure, last->cumulative);
	if (!fits(layout, x, length))
	{
		named = NULL;
		length = (int) strlen(figure);
	}
	to_left = x - (length + 1) * LEDGER_DIGIT >= layout->left;
	/* on the other side of a line that came from above */
	y_label = last->cumulative < 0 && y + LEDGER_LINE < layout->scale.bottom ?
		y + LEDGER_LINE : y - 8 * LEDGER_UNIT;
	if (y_label < layout->scale.top)
		y_label = y + LEDGER_LINE;
	ledger_draw(canvas, "<line x1=\"%c\" y1=\"%c\" x2=\"%c\" y2=\"%c\" stroke=\"currentColor\" stroke-dasharray=\"2 3\"/>",
				x, layout->scale.top, x, layout->scale.bottom);
	ledger_draw(canvas, "<circle cx=\"%c\" cy=\"%c\" r=\"4\" fill=\"" LEDGER_INFLOW_COLOUR "\"/>", x, y);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"%s\" font-weight=\"bold\">%s%s%s</text>\n",
				to_left ? x - LEDGER_DIGIT : x + LEDGER_DIGIT, y_label,
				to_left ? "end" : "start", named == NULL ? "" : named,
				named == NULL ? "" : ": ", figure);
}

/*
 * Draws the days below the grid: the months of the current period, or where
 * it has less than two, days 1, 8, 15 and so on.
 */
static void
draw_days(const LedgerCanvas *canvas, const LedgerCumulativeSvg *svg,
		  const Layout *layout)
{
	const LedgerPeriod period = svg->lines[svg->n - 1].period;
	const bool	by_month = layout->days > 62;
	const int32_t y = layout->scale.bottom;
	int32_t		taken = 0;
	LedgerDay	day;

	for (day = period.start; day < period.start + layout->days - DAYS_AT_END; day++)
	{
		const int32_t number = day - period.start;
		char		label[16];
		int32_t		year;
		int32_t		month;
		int32_t		of_month;
		int32_t		x = day_position(layout, number);
		int			length;

		ledger_day_to_civil(day, &year, &month, &of_month);
		if (by_month ? of_month != 1 && day != period.start : number % 7 != 0)
			continue;
		ledger_draw(canvas, "<line x1=\"%c\" y1=\"%c\" x2=\"%c\" y2=\"%c\" stroke=\"currentColor\"/>",
					x, y, x, y + 4 * LEDGER_UNIT);
		length = !by_month ? snprintf(label, sizeof(label), "day %d", number + 1) :
			of_month == 1 ? snprintf(label, sizeof(label), "%s", period_month_names[month - 1]) :
			snprintf(label, sizeof(label), "%d %s", of_month, period_month_names[month - 1]);
		if (x < taken || x + length * LEDGER_DIGIT > svg->frame.width * LEDGER_UNIT)
			continue;
		taken = x + (length + 1) * LEDGER_DIGIT;
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%s</text>\n", x, y + LEDGER_LINE, label);
	}
}

/*
 * Draws that sentence, and what is counted.
 */
static void
draw_comparison(const LedgerCanvas *canvas, const LedgerCumulativeSvg *svg,
				const Layout *layout, int32_t y)
{
	const Comparison *comparison = &layout->comparison;
	const char *between = "; ";

	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%s to %s: %s", (int32_t) LEDGER_MARGIN, y,
				line_name(layout, &svg->lines[svg->n - 1]), comparison->day, comparison->current);
	if (comparison->two_lines)
	{
		ledger_draw(canvas, "</text>\n<text x=\"%c\" y=\"%c\">", (int32_t) LEDGER_MARGIN,
					y + LEDGER_LINE);
		between = "";
	}
	if (comparison->before[0] != '\0')
		ledger_draw(canvas, "%s%s to the same day: %s", between,
					line_name(layout, &svg->lines[svg->n - 2]), comparison->before);
	ledger_draw(canvas, "</text>\n<text x=\"%c\" y=\"%c\">%t</text>\n",
				(int32_t) LEDGER_MARGIN, layout->scale.top - 12 * LEDGER_UNIT, &svg->unit);
}

/*
 * The same for screen readers, with whole figures
 */
static void
draw_description(const LedgerCanvas *canvas, const LedgerCumulativeSvg *svg,
				 const Comparison *comparison)
{
	const LedgerPoint *last;
	int64_t		before;

	ledger_draw(canvas, "<desc>Lines that add up from the first day of each period, %n of them. ",
				(int64_t) svg->n);
	if (svg->n > 0)
	{
		last = last_point(&svg->lines[svg->n - 1]);
		ledger_draw(canvas, "%s to %s: %n", svg->lines[svg->n - 1].label, comparison->day,
					last->cumulative);
		if (figure_before(svg, &before))
			ledger_draw(canvas, "; %s to the same day: %n", svg->lines[svg->n - 2].label, before);
	}
	ledger_draw(canvas, ".</desc>\n");
}

void
ledger_draw_cumulative(const LedgerCanvas *canvas, const LedgerCumulativeSvg *svg)
{
	Layout		layout;
	int32_t		y;
	uint32_t	i;

	lay_out(svg, &layout);
	ledger_draw_open(canvas, &svg->frame);
	draw_description(canvas, svg, &layout.comparison);
	y = ledger_draw_title(canvas, &svg->frame) + LEDGER_LINE + LEDGER_LINE / 6;
	if (svg->n == 0)
	{
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">There is no day to show.</text>\n",
					(int32_t) LEDGER_MARGIN, y);
		ledger_draw_close(canvas, &svg->frame);
		return;
	}
	draw_comparison(canvas, svg, &layout, y);
	ledger_draw_grid(canvas, &layout.scale, layout.left, layout.right, true);
	for (i = 0; i < svg->n; i++)
		draw_line(canvas, &layout, &svg->lines[i], i == svg->n - 1);
	draw_names(canvas, svg, &layout);
	draw_current_end(canvas, svg, &layout);
	draw_days(canvas, svg, &layout);
	ledger_draw_close(canvas, &svg->frame);
}
