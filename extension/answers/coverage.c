/*
 * answers/coverage.c
 *		The days that are known.
 */
#include "answers/coverage.h"

void
ledger_coverage_count(const LedgerPeriod *ranges, uint32_t n, int64_t *before)
{
	int64_t		days = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		before[i] = days;
		days += (int64_t) ranges[i].end - ranges[i].start;
	}
}

/*
 * The number of covered days before a day.
 */
static int64_t
days_before(const LedgerCoverage *coverage, LedgerDay day)
{
	uint32_t	low = 0;
	uint32_t	high = coverage->n;

	/* the ranges that start before the day are those below `low` */
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (coverage->ranges[middle].start < day)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return 0;
	low--;
	if (day > coverage->ranges[low].end)
		day = coverage->ranges[low].end;
	return coverage->before[low] + day - coverage->ranges[low].start;
}

int32_t
ledger_coverage_days(const LedgerCoverage *coverage, LedgerPeriod period)
{
	if (period.start >= period.end)
		return 0;
	return (int32_t) (days_before(coverage, period.end) -
					  days_before(coverage, period.start));
}
