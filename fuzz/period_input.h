/*
 * period_input.h
 *		Lengths and periods out of the bytes of an input.
 */
#ifndef PERIOD_INPUT_H
#define PERIOD_INPUT_H

#include "fuzz.h"
#include "answers/coverage.h"
#include "answers/period.h"

/* A length: the usual ones, others, and some that are none. */
extern PeriodStep fuzz_take_length(FuzzReader *reader);
/* A period: short or long, empty, unbounded, or as far as a date can say. */
extern LedgerPeriod fuzz_take_period(FuzzReader *reader);

#define FUZZ_RANGES_MAX	6

/* Days that are known, and room for them */
typedef struct FuzzCoverage
{
	LedgerPeriod ranges[FUZZ_RANGES_MAX];
	int64_t		before[FUZZ_RANGES_MAX];
	LedgerCoverage coverage;
} FuzzCoverage;

/* None, or a few ranges, short or long, with gaps between them */
extern void fuzz_take_coverage(FuzzReader *reader, FuzzCoverage *taken);
/* One range, or none where it is empty, that leaves out no entry */
extern void fuzz_cover_hull(LedgerPeriod hull, FuzzCoverage *taken);

/* Whether a day is covered, and how many days of a period are */
extern bool fuzz_covered(const LedgerCoverage *coverage, int64_t day);
extern int64_t fuzz_covered_days(const LedgerCoverage *coverage, int64_t start,
								 int64_t end);

#endif							/* PERIOD_INPUT_H */
