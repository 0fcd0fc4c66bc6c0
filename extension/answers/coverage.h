/*
 * answers/coverage.h
 *		The days that are known.  Plain C, no PostgreSQL headers; the caller
 *		supplies every buffer.
 *
 * A day that is covered and has no entry is zero; of a day that is not
 * covered nothing is known, whatever the ledger has for it.
 */
#ifndef LEDGER_COVERAGE_H
#define LEDGER_COVERAGE_H

#include "core/civil.h"

typedef struct LedgerCoverage
{
	const LedgerPeriod *ranges; /* borrowed; bounded, not empty, in order and
								 * apart from each other */
	const int64_t *before;		/* borrowed; of each, the days of those before */
	uint32_t	n;
	bool		given;			/* entries may lie outside of it */
} LedgerCoverage;

/* The place of a reader that asks for days in ascending order */
typedef struct LedgerCoverageCursor
{
	const LedgerCoverage *coverage; /* borrowed; NULL: every day is covered */
	uint32_t	next;			/* the first range that ends after the last day */
} LedgerCoverageCursor;

static inline bool
ledger_coverage_has(LedgerCoverageCursor *cursor, LedgerDay day)
{
	const LedgerCoverage *coverage = cursor->coverage;

	if (coverage == NULL)
		return true;
	while (cursor->next < coverage->n &&
		   coverage->ranges[cursor->next].end <= day)
		cursor->next++;
	return cursor->next < coverage->n &&
		coverage->ranges[cursor->next].start <= day;
}

/* Fills `before` for n ranges. */
extern void ledger_coverage_count(const LedgerPeriod *ranges, uint32_t n,
								  int64_t *before);
/* How many days of a bounded period are covered; O(log n) */
extern int32_t ledger_coverage_days(const LedgerCoverage *coverage,
									LedgerPeriod period);

#endif							/* LEDGER_COVERAGE_H */
