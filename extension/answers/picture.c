/*
 * answers/picture.c
 *		Sparklines and bars out of the rows of a series.  What is given and
 *		promised stands in answers/picture.h.
 */
#include "answers/picture.h"

#include <stdio.h>

/* Digits and sign of a 64-bit integer, and a closing zero */
#define NUMBER_MAX		24

/* Heights of a sparkline above that of zero */
#define SPARK_LEVELS	7

/* Parts of a character that a bar can fill */
#define BAR_PARTS		2

/*
 * The characters of a sparkline.  Zero is the ground; what is above it rises
 * from the ground, what is below hangs from the top, in two lengths, since
 * fonts have no more characters of that kind.
 */
typedef struct SparkCharacters
{
	const char *unknown;
	const char *zero;
	const char *above[SPARK_LEVELS];
	const char *below[2];
} SparkCharacters;

static const SparkCharacters spark_blocks = {
	"\xc2\xb7",					/* U+00B7 middle dot */
	"\xe2\x96\x81",				/* U+2581 to U+2588, lower blocks */
	{"\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85",
	"\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"},
	{"\xe2\x96\x94", "\xe2\x96\x80"}	/* U+2594, U+2580, upper blocks */
};

static const SparkCharacters spark_ascii = {
	".",
	"_",
	{"1", "2", "3", "4", "5", "6", "7"},
	{"-", "="}
};

/*
 * The characters of a bar: a full one, the half that ends a bar to the left
 * and to the right, and those of a negative figure.
 */
typedef struct BarCharacters
{
	const char *full;
	const char *half_left;
	const char *half_right;
	const char *negative;
	const char *axis;
} BarCharacters;

static const BarCharacters bar_blocks = {
	"\xe2\x96\x88",				/* U+2588 full block */
	"\xe2\x96\x90",				/* U+2590 right half: ends a bar to the left */
	"\xe2\x96\x8c",				/* U+258C left half */
	"\xe2\x96\x91",				/* U+2591 light shade */
	"\xe2\x94\x82"				/* U+2502 vertical line */
};

static const BarCharacters bar_ascii = {"#", "#", "#", "-", "|"};

/*
 * The figure of a row that a measure names.
 */
int64_t
ledger_picture_figure(const LedgerSeriesRow *row, LedgerMeasure measure)
{
	switch (measure)
	{
		case LEDGER_INFLOW:
			return row->inflow;
		case LEDGER_OUTFLOW:
			return row->outflow;
		case LEDGER_NET:
			return row->net;
		case LEDGER_GROSS:
			return row->gross;
		case LEDGER_BALANCE:
			break;
	}
	return row->balance;
}

/*
 * Multiplies by one bit of `units` after the other and divides as it goes, so
 * that nothing on the way passes 64 bits: the remainder stays below `whole`.
 */
uint32_t
ledger_picture_scale(uint64_t part, uint64_t whole, uint32_t units,
					 bool round_up)
{
	uint64_t	rest = 0;
	uint32_t	quotient = 0;
	int			bit;

	if (whole == 0)
		return 0;
	if (part >= whole)
		return units;
	for (bit = 31; bit >= 0; bit--)
	{
		quotient *= 2;
		if (rest >= whole - rest)
		{
			rest -= whole - rest;
			quotient++;
		}
		else
			rest += rest;
		if ((units >> bit & 1) == 0)
			continue;
		if (rest >= whole - part)
		{
			rest -= whole - part;
			quotient++;
		}
		else
			rest += part;
	}
	return quotient + (round_up && rest > 0);
}

/*
 * Writes a label and its closing zero; returns its length.
 */
int
ledger_picture_label(const LedgerSeriesRow *row,
					 char label[LEDGER_PICTURE_LABEL_MAX])
{
	int			length = ledger_series_label(row, label);

	if (!row->complete)
	{
		label[length++] = '*';
		label[length] = '\0';
	}
	return length;
}

/*
 * Draws text that ends with a zero.
 */
static void
put(const LedgerCanvas *canvas, const char *text)
{
	canvas->put(canvas->target, text, strlen(text));
}

/*
 * Draws the same text so many times; not at all where `times` is negative.
 */
static void
put_times(const LedgerCanvas *canvas, const char *text, int64_t times)
{
	while (times-- > 0)
		put(canvas, text);
}

/*
 * The character of one value, where the largest distance from zero is
 * `largest`.
 */
static const char *
spark_character(const SparkCharacters *characters, int64_t value,
				uint64_t largest)
{
	uint64_t	magnitude = ledger_magnitude(value);

	if (value == 0)
		return characters->zero;
	if (value < 0)
		return characters->below[magnitude >= largest - magnitude];
	return characters->above[ledger_picture_scale(magnitude, largest,
												  SPARK_LEVELS, true) - 1];
}

/*
 * Draws the values of all rows on one scale, from zero to the value that is
 * farthest from it, and a dot for a period of which nothing is known.
 */
void
ledger_draw_sparkline(const LedgerCanvas *canvas, const LedgerSeriesRow *rows,
					  uint32_t n, LedgerMeasure measure)
{
	const SparkCharacters *characters = canvas->blocks ?
		&spark_blocks : &spark_ascii;
	uint64_t	largest = 0;
	uint32_t	i;

	for (i = 0; i < n; i++)
	{
		uint64_t	magnitude =
			ledger_magnitude(ledger_picture_figure(&rows[i], measure));

		if (magnitude > largest && ledger_series_row_known(&rows[i]))
			largest = magnitude;
	}
	for (i = 0; i < n; i++)
		put(canvas, ledger_series_row_known(&rows[i]) ?
			spark_character(characters,
							ledger_picture_figure(&rows[i], measure), largest) :
			characters->unknown);
}

/*
 * The characters of a number, its sign included.
 */
static uint32_t
number_length(int64_t value)
{
	char		text[NUMBER_MAX];

	return (uint32_t) snprintf(text, sizeof(text), "%lld", (long long) value);
}

/*
 * Makes a column as wide as is needed.
 */
static inline void
widen(uint32_t *width, uint32_t needed)
{
	if (*width < needed)
		*width = needed;
}

/*
 * Finds the columns that the rows need, and gives what is left to the bars.
 */
void
ledger_bars_measure(const LedgerSeriesRow *rows, uint32_t n, uint32_t width,
					LedgerBars *bars)
{
	uint32_t	fixed;
	uint32_t	i;

	memset(bars, 0, sizeof(*bars));
	bars->balance = (uint32_t) strlen("balance");
	for (i = 0; i < n; i++)
	{
		const LedgerSeriesRow *row = &rows[i];
		uint64_t	inflow = ledger_magnitude(row->inflow);
		uint64_t	outflow = ledger_magnitude(row->outflow);
		char		label[LEDGER_PICTURE_LABEL_MAX];

		widen(&bars->label, (uint32_t) ledger_picture_label(row, label));
		widen(&bars->inflow, number_length(row->inflow));
		widen(&bars->outflow, number_length(row->outflow));
		widen(&bars->balance, number_length(row->balance));
		if (bars->largest < inflow)
			bars->largest = inflow;
		if (bars->largest < outflow)
			bars->largest = outflow;
		bars->incomplete |= !row->complete;
	}

	/* the spaces: one after the label, one inside each figure, two, the axis */
	fixed = bars->label + 1 + bars->outflow + 1 + 1 + 1 + bars->inflow + 2 +
		bars->balance;
	bars->bar = LEDGER_BARS_LEAST;
	if (width > fixed)
		widen(&bars->bar, (width - fixed) / 2);
	bars->width = fixed + 2 * bars->bar;
}

/*
 * Draws the names of the columns.
 */
void
ledger_draw_bars_heading(const LedgerCanvas *canvas, const LedgerBars *bars)
{
	const BarCharacters *characters = canvas->blocks ?
		&bar_blocks : &bar_ascii;
	int64_t		left = (int64_t) bars->outflow + 1 + bars->bar;
	int64_t		right = (int64_t) bars->bar + 1 + bars->inflow;

	put_times(canvas, " ", bars->label + 1 + left -
			  (int64_t) strlen("outflow "));
	put(canvas, "outflow ");
	put(canvas, characters->axis);
	put(canvas, " inflow");
	put_times(canvas, " ", right - (int64_t) strlen(" inflow") + 2 +
			  bars->balance - (int64_t) strlen("balance"));
	put(canvas, "balance");
}

/*
 * The length of the bar of a figure, in halves of a character.
 */
static uint32_t
bar_parts(const LedgerBars *bars, int64_t value)
{
	return ledger_picture_scale(ledger_magnitude(value), bars->largest,
								bars->bar * BAR_PARTS, true);
}

/* The same in characters, the last of which may be filled half */
static uint32_t
bar_length(const LedgerBars *bars, int64_t value)
{
	return (bar_parts(bars, value) + BAR_PARTS - 1) / BAR_PARTS;
}

/*
 * Draws the bar of a figure, to the left or to the right of the axis.
 */
static void
put_bar(const LedgerCanvas *canvas, const LedgerBars *bars, int64_t value,
		bool leftward)
{
	const BarCharacters *characters = canvas->blocks ?
		&bar_blocks : &bar_ascii;
	uint32_t	full = bar_parts(bars, value) / BAR_PARTS;
	bool		half = bar_length(bars, value) > full;

	if (value < 0)
	{
		put_times(canvas, characters->negative, bar_length(bars, value));
		return;
	}
	if (half && leftward)
		put(canvas, characters->half_left);
	put_times(canvas, characters->full, full);
	if (half && !leftward)
		put(canvas, characters->half_right);
}

/*
 * Draws the rest of a row of which nothing is known: a question mark for each
 * figure.
 */
static void
put_unknown(const LedgerCanvas *canvas, const LedgerBars *bars)
{
	put_times(canvas, " ", (int64_t) bars->outflow + bars->bar - 1);
	put(canvas, "? ");
	put(canvas, canvas->blocks ? bar_blocks.axis : bar_ascii.axis);
	put(canvas, " ?");
	put_times(canvas, " ", (int64_t) bars->bar + bars->inflow + bars->balance);
	put(canvas, "?");
}

/*
 * Draws one row.
 */
void
ledger_draw_bars_row(const LedgerCanvas *canvas, const LedgerBars *bars,
					 const LedgerSeriesRow *row)
{
	const BarCharacters *characters = canvas->blocks ?
		&bar_blocks : &bar_ascii;
	char		label[LEDGER_PICTURE_LABEL_MAX];
	char		number[NUMBER_MAX];
	int64_t		length;

	length = ledger_picture_label(row, label);
	put(canvas, label);
	put_times(canvas, " ", bars->label + 1 - length);
	if (!ledger_series_row_known(row))
	{
		put_unknown(canvas, bars);
		return;
	}

	length = snprintf(number, sizeof(number), "%lld", (long long) row->outflow);
	length += 1 + bar_length(bars, row->outflow);
	put_times(canvas, " ", bars->outflow + 1 + bars->bar - length);
	put(canvas, number);
	put(canvas, " ");
	put_bar(canvas, bars, row->outflow, true);

	put(canvas, characters->axis);
	length = snprintf(number, sizeof(number), "%lld", (long long) row->inflow);
	length += 1 + bar_length(bars, row->inflow);
	put_bar(canvas, bars, row->inflow, false);
	put(canvas, " ");
	put(canvas, number);
	put_times(canvas, " ", bars->bar + 1 + bars->inflow - length);

	length = snprintf(number, sizeof(number), "%lld", (long long) row->balance);
	put_times(canvas, " ", 2 + bars->balance - length);
	put(canvas, number);
}
