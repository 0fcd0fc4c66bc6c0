/*
 * answers/panel.h
 *		A strip of a picture with the bars of a series: inflow up and outflow
 *		down, or one measure.  Plain C, no PostgreSQL headers, no allocation.
 */
#ifndef LEDGER_PANEL_H
#define LEDGER_PANEL_H

#include "answers/scale.h"

/* The least that a period takes of the width, in hundredths */
#define LEDGER_BAR_PLACE_MIN	150

/* "outflow, people per 2147483647 months" and a closing zero */
#define LEDGER_PANEL_UNIT_MAX	64

/* How far the figures of rows reach from zero, and what else they need */
typedef struct LedgerPanelReach
{
	uint64_t	up;
	uint64_t	down;
	bool		split;			/* a flow is negative: inflow and outflow of a
								 * period side by side, as they may overlap */
	bool		incomplete;		/* some row is not complete */
} LedgerPanelReach;

/* LEDGER_MEASURES in place of a measure: inflow up, outflow down */
typedef struct LedgerPanel
{
	const LedgerSeriesRow *rows;	/* borrowed */
	uint32_t	n;
	LedgerMeasure measure;
	LedgerScale scale;
	LedgerPeriodAxis axis;		/* of these rows */
	bool		split;
} LedgerPanel;

/* Adds what rows need to what others do. */
extern void ledger_panel_reach(LedgerPanelReach *reach,
							   const LedgerSeriesRow *rows, uint32_t n,
							   LedgerMeasure measure);

/* An axis of the periods of rows; its sides are the caller's to set. */
extern LedgerPeriodAxis ledger_panel_axis(const LedgerSeriesRow *rows,
										  uint32_t n);

/* What is counted, above a strip */
typedef struct LedgerPanelUnit
{
	char		text[LEDGER_PANEL_UNIT_MAX];	/* "people per month" */
	bool		coarser;		/* the step that was asked for does not fit */
	bool		apart;			/* that has a line of its own */
} LedgerPanelUnit;

/* Writes it; returns the height that it takes, in a picture so many units wide. */
extern int32_t ledger_panel_unit(LedgerPanelUnit *unit, LedgerMeasure measure,
								 const PeriodCalendar *calendar, bool coarser,
								 int32_t width);
extern void ledger_draw_panel_unit(const LedgerCanvas *canvas,
								   const LedgerPanelUnit *unit, int32_t y);

/* Draws the bars, each period with its figures for a pointer at it. */
extern void ledger_draw_panel_bars(const LedgerCanvas *canvas,
								   const LedgerPanel *panel);

#endif							/* LEDGER_PANEL_H */
