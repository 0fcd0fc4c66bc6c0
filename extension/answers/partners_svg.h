/*
 * answers/partners_svg.h
 *		Partners side by side, drawn as SVG: for each a bar of outflow to the
 *		left and one of inflow to the right.  Plain C, no PostgreSQL headers,
 *		no allocation.
 */
#ifndef LEDGER_PARTNERS_SVG_H
#define LEDGER_PARTNERS_SVG_H

#include "answers/drawing.h"

/* From one partner to the next, in units */
#define LEDGER_PARTNER_HEIGHT	24

typedef struct LedgerPartnerRow
{
	LedgerText	name;			/* whole */
	LedgerText	name_line;		/* as it fits */
	int64_t		inflow;
	int64_t		outflow;
	int64_t		net;
} LedgerPartnerRow;

/* Everything that is drawn, from top to bottom; all of it borrowed. */
typedef struct LedgerPartnersSvg
{
	LedgerFrame frame;
	const LedgerPartnerRow *rows;
	uint32_t	n;
	int32_t		names;			/* width of the names' column, in hundredths */
} LedgerPartnersSvg;

/* The height that n partners take, in units, beside title and source lines */
extern int32_t ledger_partners_height(const LedgerPartnersSvg *svg);

extern void ledger_draw_partners(const LedgerCanvas *canvas,
								 const LedgerPartnersSvg *svg);

#endif							/* LEDGER_PARTNERS_SVG_H */
