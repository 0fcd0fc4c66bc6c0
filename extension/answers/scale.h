/*
 * answers/scale.h
 *		Figures and days as places in a picture, and what is written at the
 *		grid.  Plain C, no PostgreSQL headers, no allocation.
 *
 * The lines of a grid are at 1, 2 or 5 times a power of ten (Heckbert, "Nice
 * Numbers for Graph Labels", Graphics Gems, 1990).  The labels of periods are
 * at round points of the calendar: the first days of weeks, months, quarters,
 * years, and of 2, 5, 10, 20, 50 or 100 years, whichever is the finest that
 * fits; the last period always has one, as it is the one that people look for.
 * Every scale is integer arithmetic.
 */
#ifndef LEDGER_SCALE_H
#define LEDGER_SCALE_H

#include "answers/drawing.h"

/* A strip of a picture with an axis of its own; hundredths from the top */
typedef struct LedgerScale
{
	int32_t		top;
	int32_t		bottom;
	int32_t		zero;			/* where 0 is */
	uint32_t	ticks_up;		/* lines of the grid above zero, and below */
	uint32_t	ticks_down;
	uint64_t	tick;			/* people from one to the next */
	bool		powers;			/* numbers too long to write out */
} LedgerScale;

/*
 * Chooses the distance of the grid's lines and places zero.  The strip reaches
 * from `down` below zero to `up` above.
 */
extern void ledger_scale_start(LedgerScale *scale, int32_t top, int32_t bottom,
							   uint64_t up, uint64_t down);

/* The place of a figure.  `downward` figures, outflows, grow to the bottom. */
extern int32_t ledger_scale_position(const LedgerScale *scale, int64_t value,
									 bool downward);

/* Writes the number at a line of the grid; returns its length. */
extern int	ledger_scale_write_tick(const LedgerScale *scale, uint64_t value,
									bool negative,
									char text[LEDGER_NUMBER_MAX]);

/* Room for the numbers at the grid's lines, in characters */
extern int	ledger_scale_tick_length(const LedgerScale *scale, bool sign);

/* Takes the larger of *limit and the value, where that has the sign. */
extern void ledger_scale_reach(uint64_t *limit, int64_t value, bool positive);

/*
 * Draws the lines of the grid from left to right, and the numbers at their
 * left; `sign` where what is below zero is negative, and not people who went
 * the other way.
 */
extern void ledger_draw_grid_lines(const LedgerCanvas *canvas,
								   const LedgerScale *scale, int32_t left,
								   int32_t right);
extern void ledger_draw_grid(const LedgerCanvas *canvas,
							 const LedgerScale *scale, int32_t left,
							 int32_t right, bool sign);

/*
 * Moves n places, which are in order from the top, so that two are at least
 * `distance` from each other, and the last is not below the bottom.
 */
extern void ledger_move_apart(int32_t *places, uint32_t n, int32_t distance,
							  int32_t bottom);

/*
 * Labels of n periods, which are side by side from left to right, the same
 * width each.  Draws them below y, inside `start` and `limit`.
 */
typedef struct LedgerPeriodAxis
{
	const LedgerPeriod *(*period) (const void *rows, uint32_t i);
	int			(*label) (const void *rows, uint32_t i,
						  char label[LEDGER_PICTURE_LABEL_MAX]);
	const void *rows;			/* borrowed */
	uint32_t	n;
	int32_t		left;
	int32_t		right;
	int32_t		start;
	int32_t		limit;
} LedgerPeriodAxis;

/* The middle of period i */
extern int32_t ledger_axis_middle(const LedgerPeriodAxis *axis, uint32_t i);

extern void ledger_draw_period_axis(const LedgerCanvas *canvas,
									const LedgerPeriodAxis *axis, int32_t y);

#endif							/* LEDGER_SCALE_H */
