/*
 * answers/panel.c
 *		A strip of a picture with the bars of a series.
 */
#include "answers/panel.h"

#include <stdio.h>

/* A bar is no wider, however few there are */
#define BAR_WIDTH_MAX	(64 * LEDGER_UNIT)

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

LedgerPeriodAxis
ledger_panel_axis(const LedgerSeriesRow *rows, uint32_t n)
{
	LedgerPeriodAxis axis = {.period = row_period, .label = row_label,
	.rows = rows, .n = n};

	return axis;
}

/*
 * Is one measure drawn, rather than both flows?
 */
static bool
one_measure(LedgerMeasure measure)
{
	return measure < LEDGER_MEASURES;
}

void
ledger_panel_reach(LedgerPanelReach *reach, const LedgerSeriesRow *rows,
				   uint32_t n, LedgerMeasure measure)
{
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		const LedgerSeriesRow *row = &rows[i];

		reach->incomplete |= !row->complete;
		if (one_measure(measure))
		{
			int64_t		figure = ledger_picture_figure(row, measure);

			ledger_scale_reach(&reach->up, figure, true);
			ledger_scale_reach(&reach->down, figure, false);
			continue;
		}
		ledger_scale_reach(&reach->up, row->inflow, true);
		ledger_scale_reach(&reach->up, row->outflow, false);
		ledger_scale_reach(&reach->down, row->outflow, true);
		ledger_scale_reach(&reach->down, row->inflow, false);
		reach->split |= row->inflow < 0 || row->outflow < 0;
	}
}

/*
 * The left side of the place of row i, or the right side of the last.
 */
static int32_t
place_left(const LedgerPeriodAxis *axis, uint32_t i)
{
	return axis->left +
		(int32_t) ((int64_t) (axis->right - axis->left) * i / axis->n);
}

/* Why periods are longer than was asked for */
#define COARSER_NOTE	"a shorter step does not fit"

int32_t
ledger_panel_unit(LedgerPanelUnit *unit, LedgerMeasure measure,
				  const PeriodCalendar *calendar, bool coarser, int32_t width)
{
	static const char *const names[] = {"inflow, ", "outflow, ", "net, ", "gross, ", "balance, "};
	const PeriodStep length = calendar->rolling;
	const char *named = length.months == 1 ? "month" :
		length.months == 3 ? "quarter" : length.months == 12 ? "year" :
		length.days == 1 ? "day" : length.days == 7 ? "week" : NULL;
	const int	room = (width * LEDGER_UNIT - 2 * LEDGER_MARGIN) / (2 * LEDGER_TEXT_HALF);
	int			n;

	n = snprintf(unit->text, sizeof(unit->text), "%speople%s ",
				 one_measure(measure) ? names[measure] : "",
				 measure == LEDGER_BALANCE ? ", at the end of each" : " per");
	if (named != NULL)
		n += snprintf(unit->text + n, sizeof(unit->text) - (size_t) n, "%s", named);
	else
		n += snprintf(unit->text + n, sizeof(unit->text) - (size_t) n, "%d %s",
					  length.months > 0 ? length.months : length.days,
					  length.months > 0 ? "months" : "days");
	unit->coarser = coarser;
	unit->apart = coarser && n + (int) sizeof("; " COARSER_NOTE) > room;
	return unit->apart ? 2 * LEDGER_LINE : LEDGER_LINE;
}

void
ledger_draw_panel_unit(const LedgerCanvas *canvas, const LedgerPanelUnit *unit,
					   int32_t y)
{
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">%s%s</text>\n", (int32_t) LEDGER_MARGIN,
				unit->apart ? y - LEDGER_LINE : y, unit->text,
				unit->coarser && !unit->apart ? "; " COARSER_NOTE : "");
	if (unit->apart)
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\">" COARSER_NOTE "</text>\n",
					(int32_t) LEDGER_MARGIN, y);
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
	const bool	up = (value < 0) == downward;
	int32_t		y = ledger_scale_position(scale, value, downward);
	int32_t		top = up ? y : scale->zero;
	int32_t		bottom = up ? scale->zero : y;

	if (value == 0)
		return;
	/* a hair would hardly be seen */
	if (right - left < LEDGER_UNIT)
		right = left + LEDGER_UNIT;
	if (bottom - top < LEDGER_UNIT && up)
		top = bottom - LEDGER_UNIT;
	else if (bottom - top < LEDGER_UNIT)
		bottom = top + LEDGER_UNIT;
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
draw_period(const LedgerCanvas *canvas, const LedgerPanel *panel, uint32_t i)
{
	const LedgerSeriesRow *row = &panel->rows[i];
	int32_t		left = place_left(&panel->axis, i);
	int32_t		right = place_left(&panel->axis, i + 1);
	int32_t		gap = right - left > BAR_WIDTH_MAX * 4 / 3 ?
		(right - left - BAR_WIDTH_MAX) / 2 : (right - left) / 8;
	int32_t		middle = (left + right) / 2;
	char		label[LEDGER_PICTURE_LABEL_MAX];

	if (!ledger_series_row_known(row))
		return;
	ledger_picture_label(row, label);
	if (one_measure(panel->measure))
	{
		int64_t		figure = ledger_picture_figure(row, panel->measure);

		if (figure == 0)
			return;
		ledger_draw(canvas, "<g><title>%s: %n</title>", label, figure);
		draw_bar(canvas, &panel->scale, left + gap, right - gap, figure, false,
				 figure < 0 ? LEDGER_OUTFLOW_COLOUR : LEDGER_INFLOW_COLOUR,
				 false, row->complete);
		ledger_draw(canvas, "</g>\n");
		return;
	}
	if (row->inflow == 0 && row->outflow == 0)
		return;
	ledger_draw(canvas, "<g><title>%s: inflow %n, outflow %n, net %n, balance %n</title>",
				label, row->inflow, row->outflow, row->net, row->balance);
	draw_bar(canvas, &panel->scale, left + gap,
			 panel->split ? middle : right - gap, row->inflow, false,
			 LEDGER_INFLOW_COLOUR, row->inflow < 0, row->complete);
	draw_bar(canvas, &panel->scale, panel->split ? middle : left + gap,
			 right - gap, row->outflow, true, LEDGER_OUTFLOW_COLOUR,
			 row->outflow < 0, row->complete);
	ledger_draw(canvas, "</g>\n");
}

void
ledger_draw_panel_bars(const LedgerCanvas *canvas, const LedgerPanel *panel)
{
	uint32_t	i;

	for (i = 0; i < panel->n; i++)
		draw_period(canvas, panel, i);
}
