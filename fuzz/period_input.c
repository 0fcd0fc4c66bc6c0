/*
 * period_input.c
 *		Lengths and periods out of the bytes of an input.
 */
#include "period_input.h"

PeriodStep
fuzz_take_length(FuzzReader *reader)
{
	static const PeriodStep usual[] = {
		{0, 1}, {0, 7}, {1, 0}, {3, 0}, {6, 0}, {12, 0}, {0, 28}, {0, 365},
		{0, 14}, {2, 0}, {120, 0}, {0, 366}
	};
	uint32_t	kind = (uint32_t) fuzz_take(reader, 1);
	PeriodStep	length = {0, 0};

	if (kind < 160)
		return usual[kind % 12];
	if (kind < 200)
		length.months = (int32_t) fuzz_take(reader, 1);
	else if (kind < 230)
		length.days = (int32_t) fuzz_take(reader, 2);
	else if (kind < 240)
		length.months = (int32_t) fuzz_take(reader, 4);
	else if (kind < 250)
		length.days = (int32_t) fuzz_take(reader, 4);
	else
	{
		length.months = (int32_t) fuzz_take(reader, 1) - 100;
		length.days = (int32_t) fuzz_take(reader, 1) - 100;
	}
	return length;
}

LedgerPeriod
fuzz_take_period(FuzzReader *reader)
{
	LedgerPeriod period;
	uint32_t	kind = (uint32_t) fuzz_take(reader, 1);

	period.start = fuzz_take_day(reader);
	if (kind < 120)
		period.end = period.start + (int32_t) kind;
	else if (kind < 200)
		period.end = period.start + (int32_t) fuzz_take(reader, 2);
	else
		period.end = fuzz_take_day(reader);
	if (kind >= 250)
		period.end = PERIOD_BOUND_MAX - (int32_t) fuzz_take(reader, 1);
	else if (kind >= 244)
		period.start = PERIOD_BOUND_MIN + (int32_t) fuzz_take(reader, 1);
	else if (kind >= 240)
		period.start = LEDGER_DAY_UNBOUNDED_START;
	if (kind >= 236 && kind < 242)
		period.end = LEDGER_DAY_UNBOUNDED_END;
	return period;
}

static void
finish_coverage(FuzzCoverage *taken, uint32_t n, bool given)
{
	taken->coverage.ranges = taken->ranges;
	taken->coverage.before = taken->before;
	taken->coverage.n = n;
	taken->coverage.given = given;
	ledger_coverage_count(taken->ranges, n, taken->before);
}

void
fuzz_take_coverage(FuzzReader *reader, FuzzCoverage *taken)
{
	uint32_t	n = (uint32_t) fuzz_take(reader, 1) % (FUZZ_RANGES_MAX + 1);
	LedgerDay	day = fuzz_take_day(reader);

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	kind = (uint32_t) fuzz_take(reader, 1);

		taken->ranges[i].start = day;
		day += 1 + (int32_t) (kind < 160 ? kind % 40 : fuzz_take(reader, 2));
		taken->ranges[i].end = day;
		day += 1 + (int32_t) fuzz_take(reader, 1) % 60;
	}
	finish_coverage(taken, n, true);
}

void
fuzz_cover_hull(LedgerPeriod hull, FuzzCoverage *taken)
{
	taken->ranges[0] = hull;
	finish_coverage(taken, hull.start < hull.end ? 1 : 0, false);
}

bool
fuzz_covered(const LedgerCoverage *coverage, int64_t day)
{
	for (uint32_t i = 0; i < coverage->n; i++)
		if (day >= coverage->ranges[i].start && day < coverage->ranges[i].end)
			return true;
	return false;
}

int64_t
fuzz_covered_days(const LedgerCoverage *coverage, int64_t start, int64_t end)
{
	int64_t		days = 0;

	for (uint32_t i = 0; i < coverage->n; i++)
	{
		int64_t		from = coverage->ranges[i].start;
		int64_t		to = coverage->ranges[i].end;

		from = from > start ? from : start;
		to = to < end ? to : end;
		days += to > from ? to - from : 0;
	}
	return days;
}
