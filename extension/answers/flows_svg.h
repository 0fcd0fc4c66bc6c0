/*
 * answers/flows_svg.h
 *		A series drawn as SVG: inflow up, outflow down, and the running
 *		balance; or bars of one measure.  Plain C, no PostgreSQL headers, no
 *		allocation.
 */
#ifndef LEDGER_FLOWS_SVG_H
#define LEDGER_FLOWS_SVG_H

#include "answers/panel.h"

/* A legend's square, in hundredths */
#define LEDGER_SVG_SQUARE		(16 * LEDGER_UNIT)

/* Halves of a small letter that the legend's "down: " takes at most */
#define LEDGER_SVG_DIRECTION	13

/* Everything that is drawn; all of it borrowed. */
typedef struct LedgerSvg
{
	LedgerFrame frame;
	const LedgerSeriesRow *rows;
	uint32_t	n;
	PeriodCalendar calendar;
	bool		coarser;		/* the step that was asked for does not fit */
	LedgerMeasure measure;		/* LEDGER_MEASURES: both flows and the balance */
	LedgerText	inflow;			/* what is drawn up, and what down, whole */
	LedgerText	outflow;
	LedgerText	inflow_line;	/* as it fits */
	LedgerText	outflow_line;
} LedgerSvg;

extern void ledger_draw_svg(const LedgerCanvas *canvas, const LedgerSvg *svg);

#endif							/* LEDGER_FLOWS_SVG_H */
