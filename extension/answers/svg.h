/*
 * answers/svg.h
 *		A series drawn as SVG: inflow up, outflow down, and the running
 *		balance.  Plain C, no PostgreSQL headers, no allocation.
 *
 * All coordinates are whole hundredths of a unit of the viewBox, and every
 * scale is integer arithmetic: the same series gives the same bytes anywhere.
 */
#ifndef LEDGER_SVG_H
#define LEDGER_SVG_H

#include "answers/picture.h"

/* Lines of a title and of a source that fit above and below the panels */
#define LEDGER_SVG_LINES		2

/* Sizes that leave room for the panels, in units of the viewBox */
#define LEDGER_SVG_WIDTH_MIN	280
#define LEDGER_SVG_HEIGHT_MIN	360
#define LEDGER_SVG_SIZE_MAX		4000

/* Hundredths: of a unit, of what is left free at a side, of a legend's square */
#define LEDGER_SVG_UNIT			100
#define LEDGER_SVG_MARGIN		(12 * LEDGER_SVG_UNIT)
#define LEDGER_SVG_SQUARE		(16 * LEDGER_SVG_UNIT)

/* Halves of a small letter that the legend's "down: " takes at most */
#define LEDGER_SVG_DIRECTION	13

/*
 * What text is taken to need, in hundredths of a unit: half a small letter of
 * the title and of other text, and a digit.
 */
#define LEDGER_SVG_TITLE_HALF	450
#define LEDGER_SVG_TEXT_HALF	300
#define LEDGER_SVG_DIGIT		720

/* Borrowed text of the caller's, whatever XML thinks of its characters */
typedef struct LedgerSvgText
{
	const char *text;
	size_t		length;
} LedgerSvgText;

/* Everything that is drawn; all of it borrowed. */
typedef struct LedgerSvg
{
	const LedgerSeriesRow *rows;
	uint32_t	n;
	PeriodStep	step;
	LedgerSvgText title;		/* whole, for who listens */
	LedgerSvgText title_lines[LEDGER_SVG_LINES];	/* as it fits */
	uint32_t	n_title_lines;
	LedgerSvgText inflow;		/* what is drawn up, and what down, whole */
	LedgerSvgText outflow;
	LedgerSvgText inflow_line;	/* as it fits */
	LedgerSvgText outflow_line;
	LedgerSvgText source_lines[LEDGER_SVG_LINES];
	uint32_t	n_source_lines;
	int32_t		width;			/* of the viewBox */
	int32_t		height;
} LedgerSvg;

extern void ledger_draw_svg(const LedgerCanvas *canvas, const LedgerSvg *svg);

#endif							/* LEDGER_SVG_H */
