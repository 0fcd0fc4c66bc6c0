/*
 * functions/home.h
 *		The corridors that a question about a home and its partners needs.
 */
#ifndef LEDGER_HOME_H
#define LEDGER_HOME_H

#include "functions/fetch.h"

/*
 * The corridors between home and one partner, or every other party where
 * partner is NULL.  Where home is NULL it is every party but the partner; and
 * where both are, every corridor between two parties is an inflow and an
 * outflow, and is here once.  Of a large stored value only the head, the rows of the
 * directory and the segments that the question needs are read.  A party that
 * the ledger does not have takes part in no corridor.  The two corridors of a
 * partner stand side by side, inward first, partners in order.
 */
typedef struct HomeCorridors
{
	LedgerFlat	flat;			/* at least the head: parties, first, last */
	LedgerCorridor *corridors;
	bool	   *inward;			/* destination is home */
	uint32		n_corridors;
	bool		both_ways;		/* each is inward, and the other way as well */
} HomeCorridors;

extern void ledger_fetch_home(Datum datum, const text *home,
							  const text *partner, bool with_segments,
							  HomeCorridors *between);

/*
 * The totals of a party, out of a large stored value that has them (core/flat.h),
 * zero where the ledger has no such party; false where it has none.
 */
extern bool ledger_fetch_home_totals(Datum datum, const text *home,
									 LedgerPartyTotals *totals);

/* The same of the first three arguments of a function: ledger, home, partner */
static inline void
ledger_home_arguments(FunctionCallInfo fcinfo, bool with_segments,
					  HomeCorridors *between)
{
	ledger_fetch_home(PG_GETARG_DATUM(0),
					  PG_ARGISNULL(1) ? NULL : PG_GETARG_TEXT_PP(1),
					  PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2),
					  with_segments, between);
}

#endif							/* LEDGER_HOME_H */
