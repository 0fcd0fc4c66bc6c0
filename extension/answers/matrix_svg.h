/*
 * answers/matrix_svg.h
 *		Who moved where, drawn as SVG: an origin-destination matrix as a heat
 *		map, and the same flows as ribbons from origins to destinations.
 *		Plain C, no PostgreSQL headers, no allocation.
 */
#ifndef LEDGER_MATRIX_SVG_H
#define LEDGER_MATRIX_SVG_H

#include "answers/drawing.h"

/* The most parties of a picture */
#define LEDGER_MATRIX_MAX	40

/* Everything that is drawn; all of it borrowed. */
typedef struct LedgerMatrixSvg
{
	LedgerFrame frame;
	const LedgerText *names;	/* whole */
	const LedgerText *lines;	/* as they fit */
	uint32_t	n;
	bool		rest;			/* the last is all others */
	int32_t		names_width;	/* of a column of names, in hundredths */
	const int64_t *people;		/* n * n, by origin, then destination */
	const int64_t *out;			/* totals: n, and the whole at n */
	const int64_t *in;
} LedgerMatrixSvg;

/* The height that a matrix takes, in units, all in all */
extern int32_t ledger_matrix_height(const LedgerMatrixSvg *svg);

extern void ledger_draw_matrix(const LedgerCanvas *canvas,
							   const LedgerMatrixSvg *svg);

/*
 * Origins to the left, destinations to the right, each as high as its people;
 * what is on the diagonal is left out.  No flow may be negative.  The frame is
 * at least as high as the names need, in units.
 */
extern int32_t ledger_flows_height(const LedgerMatrixSvg *svg);
extern void ledger_draw_flows(const LedgerCanvas *canvas,
							  const LedgerMatrixSvg *svg);

#endif							/* LEDGER_MATRIX_SVG_H */
