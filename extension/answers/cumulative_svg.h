/*
 * answers/cumulative_svg.h
 *		This period against earlier ones, drawn as SVG: a line each, that
 *		adds up from the first day of its period.  Plain C, no PostgreSQL
 *		headers, no allocation.
 */
#ifndef LEDGER_CUMULATIVE_SVG_H
#define LEDGER_CUMULATIVE_SVG_H

#include "answers/scale.h"

/* The most lines of a picture */
#define LEDGER_LINES_MAX	60

/* What has come together at the end of a day; day 1 is the period's first. */
typedef struct LedgerPoint
{
	int32_t		day_number;
	int64_t		cumulative;
} LedgerPoint;

typedef struct LedgerLine
{
	LedgerPeriod period;
	char		label[LEDGER_PICTURE_LABEL_MAX];
	char		start[PERIOD_DAY_MAX];	/* its name where there is little room */
	const LedgerPoint *points;	/* one at least, in order of day; borrowed */
	uint32_t	n;
} LedgerLine;

/* Everything that is drawn; the last line is the current one. */
typedef struct LedgerCumulativeSvg
{
	LedgerFrame frame;
	LedgerText	unit;			/* what is counted: "inflow, people" */
	const LedgerLine *lines;	/* borrowed */
	uint32_t	n;
	PeriodStep	step;
} LedgerCumulativeSvg;

/*
 * The cumulative figure of a line at the end of a day; false where the line
 * does not reach it.
 */
extern bool ledger_line_at(const LedgerLine *line, int32_t day_number,
						   int64_t *cumulative);

extern void ledger_draw_cumulative(const LedgerCanvas *canvas,
								   const LedgerCumulativeSvg *svg);

#endif							/* LEDGER_CUMULATIVE_SVG_H */
