/*
 * answers/multiples_svg.h
 *		Small charts side by side, drawn as SVG: the same periods of each
 *		partner, on one scale.  Plain C, no PostgreSQL headers, no allocation.
 *
 * As they have one scale and one axis, the numbers stand at the left of each
 * row and the periods below each column (Tufte, "Envisioning Information",
 * 1990, chapter 4).
 */
#ifndef LEDGER_MULTIPLES_SVG_H
#define LEDGER_MULTIPLES_SVG_H

#include "answers/panel.h"

typedef struct LedgerMultiple
{
	LedgerText	name;			/* whole */
	LedgerText	name_line;		/* as it fits */
	const LedgerSeriesRow *rows;	/* as many as all others have */
} LedgerMultiple;

/* Everything that is drawn; all of it borrowed. */
typedef struct LedgerMultiplesSvg
{
	LedgerFrame frame;
	const LedgerMultiple *charts;
	uint32_t	n;
	uint32_t	n_rows;			/* of each */
	LedgerMeasure measure;		/* LEDGER_MEASURES: inflow up, outflow down */
	PeriodCalendar calendar;
	bool		coarser;		/* the step that was asked for does not fit */
} LedgerMultiplesSvg;

/* What a chart has for its bars before its rows are known, in hundredths */
extern int32_t ledger_multiples_room(int32_t width, uint32_t n);

/* The width of a chart, in hundredths, and the least height of all, in units */
extern int32_t ledger_multiples_width(const LedgerMultiplesSvg *svg);
extern int32_t ledger_multiples_height(const LedgerMultiplesSvg *svg);

/* The frame is at least as high as that. */
extern void ledger_draw_multiples(const LedgerCanvas *canvas,
								  const LedgerMultiplesSvg *svg);

#endif							/* LEDGER_MULTIPLES_SVG_H */
