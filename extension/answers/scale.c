/*
 * answers/scale.c
 *		Scales and what is written at them.
 */
#include "answers/scale.h"

#include <stdio.h>

/* The least between two lines of a grid, and in a low strip */
#define TICK_DISTANCE	(26 * LEDGER_UNIT)
#define LOW_DISTANCE	(18 * LEDGER_UNIT)
#define LOW_STRIP		(100 * LEDGER_UNIT)

/* Above this a line of the grid says 5e9 and not 5,000,000,000. */
#define LONGEST_TICK	UINT64_C(999999999)

/*
 * Chooses the distance of the grid's lines, 1, 2 or 5 times a power of ten,
 * and places zero.  The scale reaches from `down` below zero to `up` above.
 */
void
ledger_scale_start(LedgerScale *scale, int32_t top, int32_t bottom, uint64_t up,
				   uint64_t down)
{
	static const uint64_t firsts[] = {1, 2, 5};
	uint32_t	most = (uint32_t) ((bottom - top) /
								   (bottom - top < LOW_STRIP ? LOW_DISTANCE : TICK_DISTANCE));
	uint64_t	power = 1;
	int			first = 0;

	scale->top = top;
	scale->bottom = bottom;
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
			scale->tick = tick;
			scale->ticks_up = (uint32_t) above;
			scale->ticks_down = (uint32_t) below;
			scale->powers = tick * above > LONGEST_TICK ||
				tick * below > LONGEST_TICK;
			break;
		}
		if (++first == 3)
		{
			first = 0;
			power *= 10;
		}
	}
	scale->zero = scale->top +
		(int32_t) ((int64_t) (scale->bottom - scale->top) * scale->ticks_up /
				   (scale->ticks_up + scale->ticks_down));
}

/*
 * Where a figure stands.  `downward` figures, outflows, grow to the bottom.
 */
int32_t
ledger_scale_position(const LedgerScale *scale, int64_t value, bool downward)
{
	uint64_t	magnitude = ledger_magnitude(value);

	if ((value < 0) != downward)
		return scale->zero +
			(int32_t) ledger_picture_scale(magnitude,
										   scale->tick * scale->ticks_down,
										   (uint32_t) (scale->bottom - scale->zero),
										   false);
	return scale->zero -
		(int32_t) ledger_picture_scale(magnitude,
									   scale->tick * scale->ticks_up,
									   (uint32_t) (scale->zero - scale->top),
									   false);
}

/* Writes what a line of the grid stands for, a number that is round. */
int
ledger_scale_write_tick(const LedgerScale *scale, uint64_t value, bool negative,
		   char text[LEDGER_NUMBER_MAX])
{
	uint64_t	power = 1;
	int			digits = 0;

	if (!scale->powers || value == 0)
		return ledger_write_magnitude(text, negative, value);
	/* of a tick at most two figures are not zero: 4.5e18 */
	for (; value / power >= 10; power *= 10)
		digits++;
	if (value % power == 0)
		return snprintf(text, LEDGER_NUMBER_MAX, "%s%llue%d", negative ? "-" : "",
						(unsigned long long) (value / power), digits);
	return snprintf(text, LEDGER_NUMBER_MAX, "%s%llu.%llue%d", negative ? "-" : "",
					(unsigned long long) (value / power),
					(unsigned long long) (value % power / (power / 10)), digits);
}

/* Room for the numbers at the grid's lines, in characters */
int
ledger_scale_tick_length(const LedgerScale *scale, bool sign)
{
	char		text[LEDGER_NUMBER_MAX];
	int			longest = 0;
	uint32_t	i;

	for (i = 0; i <= scale->ticks_up; i++)
	{
		int			length = ledger_scale_write_tick(scale, scale->tick * i, false, text);

		if (longest < length)
			longest = length;
	}
	for (i = 1; i <= scale->ticks_down; i++)
	{
		int			length = ledger_scale_write_tick(scale, scale->tick * i, sign, text);

		if (longest < length)
			longest = length;
	}
	return longest;
}

/* Takes the larger of *limit and the value, where that is positive. */
void
ledger_scale_reach(uint64_t *limit, int64_t value, bool positive)
{
	if ((positive ? value > 0 : value < 0) && *limit < ledger_magnitude(value))
		*limit = ledger_magnitude(value);
}

void
ledger_move_apart(int32_t *places, uint32_t n, int32_t distance, int32_t bottom)
{
	uint32_t	i;

	for (i = 1; i < n; i++)
		if (places[i] < places[i - 1] + distance)
			places[i] = places[i - 1] + distance;
	for (i = n; i-- > 0;)
	{
		int32_t		lowest = bottom - (int32_t) (n - 1 - i) * distance;

		if (places[i] > lowest)
			places[i] = lowest;
	}
}

/*
 * The place of a line of the grid, counted from zero to the top.
 */
static int32_t
tick_position(const LedgerScale *scale, int32_t tick)
{
	if (tick >= 0)
		return scale->zero - (tick == 0 ? 0 :
							  (int32_t) ((int64_t) (scale->zero - scale->top) * tick / scale->ticks_up));
	return scale->zero +
		(int32_t) ((int64_t) (scale->bottom - scale->zero) * -tick / scale->ticks_down);
}

/* Draws a line of a grid. */
static void
draw_grid_line(const LedgerCanvas *canvas, int32_t left, int32_t right,
			   int32_t y, bool zero)
{
	ledger_draw(canvas, "<line x1=\"%c\" y1=\"%c\" x2=\"%c\" y2=\"%c\" stroke=\"currentColor\"%s/>",
				left, y, right, y,
				zero ? "" : " stroke-opacity=\"0.2\"");
}

void
ledger_draw_grid_lines(const LedgerCanvas *canvas, const LedgerScale *scale,
					   int32_t left, int32_t right)
{
	int32_t		i;

	for (i = (int32_t) scale->ticks_up; i >= -(int32_t) scale->ticks_down; i--)
		draw_grid_line(canvas, left, right, tick_position(scale, i), i == 0);
	ledger_draw(canvas, "\n");
}

/*
 * Draws one line of a grid and what it means.
 */
static void
draw_numbered_line(const LedgerCanvas *canvas, const LedgerScale *scale,
				   int32_t left, int32_t right, int32_t tick, bool sign)
{
	const int32_t y = tick_position(scale, tick);
	char		text[LEDGER_NUMBER_MAX];

	ledger_scale_write_tick(scale, scale->tick * ledger_magnitude(tick),
							sign && tick < 0, text);
	draw_grid_line(canvas, left, right, y, tick == 0);
	ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"end\">%s</text>\n",
				left - 6 * LEDGER_UNIT, y + 4 * LEDGER_UNIT, text);
}

void
ledger_draw_grid(const LedgerCanvas *canvas, const LedgerScale *scale,
				 int32_t left, int32_t right, bool sign)
{
	int32_t		i;

	for (i = (int32_t) scale->ticks_up; i >= -(int32_t) scale->ticks_down; i--)
		draw_numbered_line(canvas, scale, left, right, i, sign);
}

/*
 * How far apart the labels of periods are, finest first: every period, weeks,
 * then so many months.
 */
#define EVERY_PERIOD	0
#define EVERY_WEEK		1
static const int32_t label_months[] = {
	0, 0, 1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000
};
#define LABEL_LEVELS	((int) (sizeof(label_months) / sizeof(label_months[0])))

/* At most */
#define DAYS_PER_MONTH	31

/*
 * The days between two labels of a level, at most.
 */
static int32_t
level_days(int level)
{
	return level == EVERY_WEEK ? 7 : label_months[level] * DAYS_PER_MONTH;
}

/*
 * The first day of the week, or of the months, that hold a day.
 */
static LedgerDay
level_start(int level, LedgerDay day)
{
	int64_t		month;

	if (level == EVERY_WEEK)
		return day - ((day - PERIOD_DEFAULT_ANCHOR) % 7 + 7) % 7;
	/* from January of year 0, so that decades are those of 2000 and 2010 */
	month = ledger_split_day(day).month - ledger_month_from_civil(0, 1);
	month -= month % label_months[level];
	return (LedgerDay) ledger_month_start(month + ledger_month_from_civil(0, 1));
}

/*
 * Writes what period i is called at a level, if a label is due at it; 0
 * otherwise.  `year` is that of the label before, which need not be repeated.
 */
static int
write_axis_label(const LedgerPeriodAxis *axis, uint32_t i, int level,
				 int32_t *year, char *label)
{
	const LedgerPeriod period = *axis->period(axis->rows, i);
	int32_t		before = *year;
	int32_t		month;
	int32_t		day;
	LedgerDay	start;

	if (level == EVERY_PERIOD || level_days(level) < period.end - period.start)
		return axis->label(axis->rows, i, label);
	start = level_start(level, period.end - 1);
	if (start < period.start)
		return 0;
	if (period.end - period.start > DAYS_PER_MONTH)
		return axis->label(axis->rows, i, label);
	ledger_day_to_civil(start, year, &month, &day);
	if (label_months[level] >= MONTHS_PER_YEAR)
		return snprintf(label, LEDGER_PICTURE_LABEL_MAX, "%04d", *year);
	if (level == EVERY_WEEK)
		return snprintf(label, LEDGER_PICTURE_LABEL_MAX,
						before == *year ? "%d %s" : "%d %s %04d", day,
						period_month_names[month - 1], *year);
	return snprintf(label, LEDGER_PICTURE_LABEL_MAX,
					before == *year ? "%s" : "%s %04d",
					period_month_names[month - 1], *year);
}

int32_t
ledger_axis_middle(const LedgerPeriodAxis *axis, uint32_t i)
{
	const int64_t twice = (int64_t) (axis->right - axis->left) * (2 * (int64_t) i + 1);

	return axis->left + (int32_t) (twice / (2 * (int64_t) axis->n));
}

/*
 * The middle of a label of so many characters for period i, inside the
 * picture.
 */
static int32_t
label_middle(const LedgerPeriodAxis *axis, uint32_t i, int length)
{
	const int32_t half = length * LEDGER_DIGIT / 2;
	int32_t		x = ledger_axis_middle(axis, i);

	if (x - half < axis->start)
		x = axis->start + half;
	return x + half > axis->limit ? axis->limit - half : x;
}

/*
 * Goes through the labels of a level and draws them, unless canvas is NULL;
 * false where two would meet.  Those that would meet the last period's label
 * are left out.
 */
static bool
label_periods(const LedgerCanvas *canvas, const LedgerPeriodAxis *axis,
			  int level, int32_t y)
{
	char		label[LEDGER_PICTURE_LABEL_MAX];
	int			length = axis->label(axis->rows, axis->n - 1, label);
	const int32_t end = label_middle(axis, axis->n - 1, length) -
		length * LEDGER_DIGIT / 2 - LEDGER_DIGIT;
	int32_t		taken = INT32_MIN;
	int32_t		year = INT32_MIN;
	uint32_t	i;

	for (i = 0; i < axis->n; i++)
	{
		const bool	last = i == axis->n - 1;
		int32_t		middle = ledger_axis_middle(axis, i);
		int32_t		x;

		length = last ? axis->label(axis->rows, i, label) :
			write_axis_label(axis, i, level, &year, label);
		if (length == 0)
			continue;
		x = label_middle(axis, i, length);
		if (x - length * LEDGER_DIGIT / 2 < taken)
			return false;
		if (!last && x + length * LEDGER_DIGIT / 2 > end)
			continue;
		taken = x + length * LEDGER_DIGIT / 2 + LEDGER_DIGIT;
		if (canvas == NULL)
			continue;
		ledger_draw(canvas, "<line x1=\"%c\" y1=\"%c\" x2=\"%c\" y2=\"%c\" stroke=\"currentColor\"/>",
					middle, y, middle, y + 4 * LEDGER_UNIT);
		ledger_draw(canvas, "<text x=\"%c\" y=\"%c\" text-anchor=\"middle\">%s</text>\n",
					x, y + LEDGER_LINE, label);
	}
	return true;
}

void
ledger_draw_period_axis(const LedgerCanvas *canvas,
						const LedgerPeriodAxis *axis, int32_t y)
{
	int			level = EVERY_PERIOD;

	if (axis->n == 0)
		return;
	while (level < LABEL_LEVELS - 1 && !label_periods(NULL, axis, level, y))
		level++;
	label_periods(canvas, axis, level, y);
}
