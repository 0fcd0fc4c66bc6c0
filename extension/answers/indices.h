/*
 * answers/indices.h
 *		How unequal the flows between parties are: sums of differences, variation
 *		and what would be expected of independent origins and destinations.
 *		Plain C, no PostgreSQL headers; the caller supplies every buffer.
 *
 * Flows are those between two different parties and are not negative.
 */
#ifndef LEDGER_INDICES_H
#define LEDGER_INDICES_H

#include "core/base.h"

/*
 * The sum of |x - y| over all pairs of n figures: the given ones, which ascend,
 * and zeros.  Their sum fits in 64 bits, and n is less than 2^62.
 */
extern LedgerSum ledger_pair_differences(const int64_t *figures, uint32_t n_given,
										 uint64_t n);

/*
 * The coefficient of variation of n figures, not all of them zero: the given
 * ones and zeros.  Their sum is `total`.
 */
extern double ledger_variation(const int64_t *figures, uint32_t n_given,
							   uint64_t n, int64_t total);

/*
 * Flows as they would be if nothing but the size of origin and destination
 * mattered, nobody stayed where they are, and every party sent and received as
 * many as it did: from party i to another one, j,
 *
 *		share_out[i] * share_in[j] * scale
 *
 * as a share of all people.
 */
typedef struct LedgerIndependence
{
	double	   *share_out;		/* supplied by the caller, one a party */
	double	   *share_in;
	double		scale;
	bool		exact;			/* all flows have one end in common, and are what
								 * is expected */
} LedgerIndependence;

/*
 * Fits it to what n parties sent and received; `total`, the sum of either, is
 * positive.
 */
extern void ledger_independence_fit(LedgerIndependence *fit,
									const int64_t *outflow,
									const int64_t *inflow, uint32_t n,
									int64_t total, LedgerCheckpoint checkpoint);

#endif							/* LEDGER_INDICES_H */
