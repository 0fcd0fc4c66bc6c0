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
 * Reads the series that the arguments ask for: ledger, home and partner are
 * the first three, and step, anchor, rolling, within and covered follow each
 * other from number `step` on.  Where it has more than `most` periods, the
 * next coarser step that has fewer is taken, or it is an error.
 */
extern void ledger_read_picture(FunctionCallInfo fcinfo, int step, int most,
								bool coarser, PictureRows *picture);

#endif							/* LEDGER_FUNCTIONS_PICTURE_H */
