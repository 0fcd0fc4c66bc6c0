/*
 * answers/picture.h
 *		A series drawn with characters: a sparkline, and bars to the left and
 *		to the right of an axis.  Plain C, no PostgreSQL headers, no
 *		allocation; what is drawn goes piece by piece to a function of the
 *		caller's.
 *
 * Scales are exact: a length is a whole number of units, rounded up, so that
 * whatever is not zero can be seen and nothing is longer than the largest.
 */
#ifndef LEDGER_PICTURE_H
#define LEDGER_PICTURE_H

#include "answers/report.h"

/*
 * Where a picture goes.  `put` takes `length` bytes that are borrowed for the
 * call; it may keep them, or not return.
 */
typedef struct LedgerCanvas
{
	void		(*put) (void *target, const char *text, size_t length);
	void	   *target;			/* borrowed, handed to put */
	bool		blocks;			/* UTF-8: block characters may be used, else only
								 * ASCII */
} LedgerCanvas;

/* The distance of a number from zero, which 64 bits without a sign can hold */
static inline uint64_t
ledger_magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t) value : (uint64_t) value;
}

extern int64_t ledger_picture_figure(const LedgerSeriesRow *row,
									 LedgerMeasure measure);
/*
 * part / whole of `units`, rounded up or to the nearest below; part <= whole,
 * and 0 where whole is.
 */
extern uint32_t ledger_picture_scale(uint64_t part, uint64_t whole,
									 uint32_t units, bool round_up);

/* Writes a label of a row, with `*` where the period is not complete. */
#define LEDGER_PICTURE_LABEL_MAX	(PERIOD_LABEL_MAX + 1)
extern int	ledger_picture_label(const LedgerSeriesRow *row,
								 char label[LEDGER_PICTURE_LABEL_MAX]);

/* A character for each of n rows */
extern void ledger_draw_sparkline(const LedgerCanvas *canvas,
								  const LedgerSeriesRow *rows, uint32_t n,
								  LedgerMeasure measure);

/*
 * The columns of bars, in characters.  A line is
 *
 *		label  outflow bar|bar inflow  balance
 *
 * of `width` characters, unless its figures need more: bars are then
 * LEDGER_BARS_LEAST long and no figure is cut.
 */
#define LEDGER_BARS_LEAST		6

typedef struct LedgerBars
{
	uint32_t	label;
	uint32_t	outflow;		/* the longest figure of each */
	uint32_t	inflow;
	uint32_t	balance;
	uint32_t	bar;			/* the longest bar */
	uint32_t	width;			/* of the whole line */
	uint64_t	largest;		/* what the longest bar stands for */
	bool		incomplete;		/* some row is not complete */
} LedgerBars;

extern void ledger_bars_measure(const LedgerSeriesRow *rows, uint32_t n,
								uint32_t width, LedgerBars *bars);
extern void ledger_draw_bars_heading(const LedgerCanvas *canvas,
									 const LedgerBars *bars);
extern void ledger_draw_bars_row(const LedgerCanvas *canvas,
								 const LedgerBars *bars,
								 const LedgerSeriesRow *row);

#endif							/* LEDGER_PICTURE_H */
