/*
 * functions/findings.c
 *		ledger_findings: what to look at before figures are published.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/multirangetypes.h"
#include "utils/typcache.h"

#include "answers/findings.h"
#include "functions/finding.h"

/* One-sided is told of parties with so many people */
#define ONE_SIDED_LEAST		30

/* Different days of months and of quarters from which on that is no chance */
#define MONTH_DAYS_LEAST	3
#define QUARTER_DAYS_LEAST	2

PG_FUNCTION_INFO_V1(ledger_findings);

/* Steps in a row that a corridor misses */
typedef struct Gap
{
	uint32		origin;
	uint32		destination;
	LedgerPeriod days;
	int32		months;			/* the step; days where there are none */
	int32		step_days;
	bool		told;
} Gap;

/* What reading all corridors shows */
typedef struct Scans
{
	LedgerDayPattern pattern;
	LedgerCorridor *negative;
	uint32		n_negative;
	LedgerCorridor *spikes;
	uint32		n_spikes;
	Gap		   *gaps;
	uint64		n_gaps;
	uint64		max_gaps;
	LedgerPeriod *covered;		/* NULL for all days */
	int			n_covered;
} Scans;

static int
compare_gaps(const Gap *a, const Gap *b)
{
	if (a->days.start != b->days.start)
		return a->days.start < b->days.start ? -1 : 1;
	if (a->days.end != b->days.end)
		return a->days.end < b->days.end ? -1 : 1;
	if (a->months != b->months)
		return a->months < b->months ? -1 : 1;
	return (a->step_days > b->step_days) - (a->step_days < b->step_days);
}

static int
compare_gaps_by_origin(const Gap *a, const Gap *b)
{
	int			order = compare_gaps(a, b);

	if (order != 0)
		return order;
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return (a->destination > b->destination) - (a->destination < b->destination);
}

#define ST_SORT sort_by_origin
#define ST_ELEMENT_TYPE Gap
#define ST_COMPARE(a, b) compare_gaps_by_origin(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static int
compare_gaps_by_destination(const Gap *a, const Gap *b)
{
	int			order = compare_gaps(a, b);

	if (order != 0)
		return order;
	if (a->destination != b->destination)
		return a->destination < b->destination ? -1 : 1;
	return (a->origin > b->origin) - (a->origin < b->origin);
}

#define ST_SORT sort_by_destination
#define ST_ELEMENT_TYPE Gap
#define ST_COMPARE(a, b) compare_gaps_by_destination(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Takes what the directory says of each party.
 */
static void
read_parties(Findings *findings)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	uint32		i;

	findings->parties = palloc_many(PartyActivity, findings->flat.parties);
	for (i = 0; i < findings->flat.parties; i++)
		findings->parties[i] = (PartyActivity) {
			.days = {LEDGER_DAY_UNBOUNDED_END, LEDGER_DAY_UNBOUNDED_START}
		};
	ledger_walk_start(&walk, &findings->flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		PartyActivity *ends[2] = {
			&findings->parties[corridor.origin],
			&findings->parties[corridor.destination]
		};

		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < 2; i++)
		{
			ends[i]->days.start = Min(ends[i]->days.start, corridor.first);
			ends[i]->days.end = Max(ends[i]->days.end, corridor.last + 1);
		}
		if (corridor.origin == corridor.destination)
			continue;
		ledger_sum_add(&ends[0]->outflow, corridor.total);
		ledger_sum_add(&ends[1]->inflow, corridor.total);
	}
	ledger_check(status);
}

static bool
is_zero(LedgerSum sum)
{
	return sum.high == 0 && sum.low == 0;
}

/*
 * Parties that only send or only receive, where more than half do both.
 */
static void
find_one_sided(Findings *findings)
{
	MemoryContext caller = ledger_rows_start();
	uint32		active = 0;
	uint32		both = 0;
	uint32		i;

	for (i = 0; i < findings->flat.parties; i++)
	{
		const PartyActivity *party = &findings->parties[i];

		if (party->total || (is_zero(party->inflow) && is_zero(party->outflow)))
			continue;
		active++;
		both += !is_zero(party->inflow) && !is_zero(party->outflow);
	}
	for (i = 0; i < findings->flat.parties && 2 * both > active; i++)
	{
		const PartyActivity *party = &findings->parties[i];
		int64		people = findings_gross(party);

		CHECK_FOR_INTERRUPTS();
		if (party->total || people < ONE_SIDED_LEAST ||
			(!is_zero(party->inflow) && !is_zero(party->outflow)))
			continue;
		findings_put(findings, "one-sided", &i, 1, party->days, &people,
					 psprintf("%s only %s, while %u of %u parties do both.",
							  findings_name(findings, i),
							  is_zero(party->inflow) ? "sends" : "receives",
							  both, active));
	}
	ledger_rows_end(caller);
}

/*
 * Adds the part of a gap that is among the days that are known, if it has a
 * step in it.
 */
static void
add_gap(Scans *scans, Gap gap, LedgerPeriod known)
{
	LedgerDay	step = gap.months > 0 ? 28 * gap.months : gap.step_days;

	gap.days.start = Max(gap.days.start, known.start);
	gap.days.end = Min(gap.days.end, known.end);
	if ((int64) gap.days.end - gap.days.start < (gap.months > 0 ? step : 1))
		return;
	if (scans->n_gaps == scans->max_gaps)
	{
		scans->max_gaps = 2 * scans->max_gaps + 64;
		scans->gaps = scans->gaps == NULL ? palloc_many(Gap, scans->max_gaps) :
			repalloc_huge(scans->gaps, (scans->max_gaps + 1) * sizeof(Gap));
	}
	scans->gaps[scans->n_gaps++] = gap;
}

/*
 * Adds the gaps of a corridor.
 */
static void
add_gaps(Scans *scans, const LedgerCorridor *corridor,
		 const LedgerCorridorScan *scan)
{
	LedgerMissedSteps missed;
	LedgerStatus status;
	uint32_t	steps;
	Gap			gap = {.origin = corridor->origin, .destination = corridor->destination};

	if (!ledger_missed_start(&missed, corridor, scan))
		return;
	gap.months = missed.months;
	gap.step_days = missed.months > 0 ? 0 : missed.days;
	while ((status = ledger_missed_next(&missed, &gap.days, &steps)) == LEDGER_OK)
	{
		int			i;

		CHECK_FOR_INTERRUPTS();
		if (scans->covered == NULL)
			add_gap(scans, gap, ledger_period_everything());
		for (i = 0; i < scans->n_covered; i++)
			add_gap(scans, gap, scans->covered[i]);
	}
	ledger_check(status);
}

/*
 * Reads all corridors.
 */
static void
scan_corridors(Findings *findings, Scans *scans)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	ledger_pattern_start(&scans->pattern);
	scans->negative = palloc_many(LedgerCorridor, findings->flat.corridors);
	scans->spikes = palloc_many(LedgerCorridor, findings->flat.corridors);
	ledger_walk_start(&walk, &findings->flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		LedgerCorridorScan scan;

		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_scan(&corridor, &scan, ledger_checkpoint));
		ledger_pattern_join(&scans->pattern, &scan.pattern);
		if (scan.lowest < 0)
			scans->negative[scans->n_negative++] = corridor;
		if (ledger_is_spike(&corridor, &scan))
			scans->spikes[scans->n_spikes++] = corridor;
		add_gaps(scans, &corridor, &scan);
	}
	ledger_check(status);
}

/*
 * A step in words
 */
static char *
step_text(const Gap *gap)
{
	if (gap->months == 0)
		return gap->step_days == 1 ? "every day" : psprintf("every %d days", gap->step_days);
	switch (gap->months)
	{
		case 1:
			return "every month";
		case 3:
			return "every quarter";
		case 12:
			return "every year";
		default:
			return psprintf("every %d months", gap->months);
	}
}

/*
 * Tells of gaps on the same days, n of them, of one corridor or of several
 * that have one end in common.
 */
static void
put_gaps(Findings *findings, Gap *gaps, uint64 n, bool by_origin)
{
	uint32		parties[2] = {gaps->origin, gaps->destination};
	uint64		i;

	if (n == 1)
		findings_put(findings, "gap", parties, 2, gaps->days, NULL,
					 psprintf("From %s to %s there are people %s, but none in these days.",
							  findings_name(findings, gaps->origin),
							  findings_name(findings, gaps->destination),
							  step_text(gaps)));
	else
		findings_put(findings, "gap", by_origin ? &parties[0] : &parties[1], 1,
					 gaps->days, NULL,
					 psprintf("%s %s on %llu corridors there are people %s, but none in these days.",
							  by_origin ? "From" : "To",
							  findings_name(findings, by_origin ? gaps->origin : gaps->destination),
							  (unsigned long long) n, step_text(gaps)));
	for (i = 0; i < n; i++)
		gaps[i].told = true;
}

/*
 * The number of gaps, from the first of n, that are on the same days and have
 * the same end.
 */
static uint64
count_same(const Gap *gaps, uint64 n, bool by_origin)
{
	uint64		same = 1;

	while (same < n && compare_gaps(gaps, &gaps[same]) == 0 &&
		   (by_origin ? gaps[same].origin == gaps->origin :
			gaps[same].destination == gaps->destination))
		same++;
	return same;
}

/*
 * Tells of all gaps.  A party that did not report leaves one in each of its
 * corridors: such are told as one, by origin or else by destination.
 */
static void
find_gaps(Findings *findings, Scans *scans)
{
	MemoryContext caller = ledger_rows_start();
	uint64		left = 0;
	uint64		same;
	uint64		i;

	sort_by_origin(scans->gaps, scans->n_gaps);
	for (i = 0; i < scans->n_gaps; i += same)
	{
		CHECK_FOR_INTERRUPTS();
		same = count_same(&scans->gaps[i], scans->n_gaps - i, true);
		if (same > 1)
			put_gaps(findings, &scans->gaps[i], same, true);
	}
	for (i = 0; i < scans->n_gaps; i++)
		if (!scans->gaps[i].told)
			scans->gaps[left++] = scans->gaps[i];
	sort_by_destination(scans->gaps, left);
	for (i = 0; i < left; i += same)
	{
		CHECK_FOR_INTERRUPTS();
		same = count_same(&scans->gaps[i], left - i, false);
		put_gaps(findings, &scans->gaps[i], same, false);
	}
	ledger_rows_end(caller);
}

/*
 * Tells of corridors from which more people were taken back than had moved.
 */
static void
find_negative(Findings *findings, const Scans *scans)
{
	MemoryContext caller = ledger_rows_start();
	uint32		i;

	for (i = 0; i < scans->n_negative; i++)
	{
		const LedgerCorridor *corridor = &scans->negative[i];
		uint32		parties[2] = {corridor->origin, corridor->destination};
		LedgerCorridorScan scan;
		LedgerPeriod days;
		int64		people;
		char		date[PERIOD_DAY_MAX];

		ledger_check(ledger_corridor_scan(corridor, &scan, ledger_checkpoint));
		days.start = scan.below_first;
		days.end = scan.below_last + 1;
		people = scan.lowest;
		period_write_date(scan.lowest_day, date);
		findings_put(findings, "negative", parties, 2, days, &people,
					 psprintf("From %s to %s the running total is below zero, %lld on %s.",
							  findings_name(findings, corridor->origin),
							  findings_name(findings, corridor->destination),
							  (long long) people, date));
	}
	ledger_rows_end(caller);
}

/*
 * The grain of the days in words, by what the longest steps are; NULL for days.
 */
static const char *
grain(const LedgerDayPattern *pattern)
{
	bool		first = (pattern->bits & LEDGER_FIRST_OF_MONTH) != 0;

	if (pattern->n == 0 || (pattern->bits & (LEDGER_FIRST_OF_MONTH | LEDGER_LAST_OF_MONTH)) == 0)
		return NULL;
	if ((pattern->bits & (LEDGER_FIRST_OF_YEAR | LEDGER_LAST_OF_YEAR)) != 0 ||
		((pattern->bits & LEDGER_ONE_DAY_OF_YEAR) != 0 && pattern->n > 1))
		return first ? "first days of years" : "last days of years";
	if (pattern->n >= QUARTER_DAYS_LEAST &&
		(pattern->bits & (LEDGER_FIRST_OF_QUARTER | LEDGER_LAST_OF_QUARTER)) != 0)
		return first ? "first days of quarters" : "last days of quarters";
	if (pattern->n >= MONTH_DAYS_LEAST)
		return first ? "first days of months" : "last days of months";
	return NULL;
}

/*
 * Tells that the days are those of longer periods.
 */
static void
find_coarse(Findings *findings, const Scans *scans)
{
	MemoryContext caller = ledger_rows_start();
	const char *days = grain(&scans->pattern);
	LedgerPeriod all = {findings->flat.first, findings->flat.last + 1};

	if (days != NULL)
		findings_put(findings, "coarse", NULL, 0, all, NULL,
					 psprintf("All entries are on %s: do not read them by shorter periods.",
							  days));
	ledger_rows_end(caller);
}

/*
 * Tells of entries that are far outside what their corridor ever had.
 */
static void
find_spikes(Findings *findings, const Scans *scans)
{
	MemoryContext caller = ledger_rows_start();
	uint32		i;

	for (i = 0; i < scans->n_spikes; i++)
	{
		const LedgerCorridor *corridor = &scans->spikes[i];
		uint32		parties[2] = {corridor->origin, corridor->destination};
		LedgerCorridorScan scan;
		LedgerPeriod day;
		int64		people;

		ledger_check(ledger_corridor_scan(corridor, &scan, ledger_checkpoint));
		day.start = scan.largest_day;
		day.end = scan.largest_day + 1;
		people = scan.largest;
		findings_put(findings, "spike", parties, 2, day, &people,
					 psprintf("From %s to %s the people of this day are %.1f times the most of any other day, %lld.",
							  findings_name(findings, corridor->origin),
							  findings_name(findings, corridor->destination),
							  (double) people / (double) scan.second,
							  (long long) scan.second));
	}
	ledger_rows_end(caller);
}

/*
 * The days that are known, as periods.
 */
static void
covered_argument(FunctionCallInfo fcinfo, int n, Scans *scans)
{
	TypeCacheEntry *type;
	RangeType **ranges;
	int32		i;

	if (PG_ARGISNULL(n))
		return;
	type = lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO);
	multirange_deserialize(type, PG_GETARG_MULTIRANGE_P(n), &scans->n_covered,
						   &ranges);
	scans->covered = palloc_many(LedgerPeriod, scans->n_covered);
	for (i = 0; i < scans->n_covered; i++)
		scans->covered[i] = period_from_range(ranges[i]);
}

/*
 * ledger_findings(ledger, covered)
 */
Datum
ledger_findings(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, TEXTARRAYOID, DATERANGEOID, INT8OID, TEXTOID, InvalidOid
	};
	Findings	findings = {fcinfo};
	Scans		scans = {0};

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	covered_argument(fcinfo, 1, &scans);
	PG_GETARG_LEDGER(0, &findings.flat);
	read_parties(&findings);

	findings_of_totals(&findings);
	findings_of_names(&findings);
	find_one_sided(&findings);
	scan_corridors(&findings, &scans);
	find_gaps(&findings, &scans);
	find_negative(&findings, &scans);
	find_coarse(&findings, &scans);
	find_spikes(&findings, &scans);
	return (Datum) 0;
}
