/*
 * functions/picture.h
 *		The rows that a picture of a series draws.
 */
#ifndef LEDGER_FUNCTIONS_PICTURE_H
#define LEDGER_FUNCTIONS_PICTURE_H

#include "functions/rows.h"

/* All rows of a series, in the current memory context */
typedef struct PictureRows
{
	LedgerSeriesRow *rows;
	uint32		n;
	PeriodCalendar calendar;	/* as it is drawn */
	PeriodStep	asked;			/* the step of the arguments */
} PictureRows;

/*
 * Where the days asked about have more than `most` periods, takes the next
 * longer step that has fewer; an error where there is none that is shorter than
 * a window that rolls.
 */
extern void ledger_fit_calendar(PeriodCalendar *calendar, LedgerPeriod within,
								int most);

/* Reads the rows of the calendar, which has been set; at most `most`. */
extern void ledger_read_rows(const HomeCorridors *between,
							 const LedgerScope *scope, int most,
							 PictureRows *picture);

/*
 * Reads the series that the arguments ask for: ledger, home and partner are
 * the first three, and step, anchor, rolling, within and covered follow each
 * other from number `step` on.  More than `most` periods are an error, unless
 * a coarser step may be taken.
 */
extern void ledger_read_picture(FunctionCallInfo fcinfo, int step, int most,
								bool coarser, PictureRows *picture);

#endif							/* LEDGER_FUNCTIONS_PICTURE_H */
