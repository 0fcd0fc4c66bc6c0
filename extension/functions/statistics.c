/*
 * functions/statistics.c
 *		ANALYZE of a column of ledgers: beside what it keeps of any type, the
 *		parties that most ledgers have, and what part of them has each.
 *
 * Only the head of a large stored ledger is read.  Parties are counted by lossy
 * counting (Manku and Motwani, Approximate Frequency Counts over Data Streams,
 * 2002), changed in one point: what is rare is dropped only once there are many
 * parties, so that a few hundred countries are counted exactly, however rare
 * some of them are.
 *
 * What is kept is one slot of pg_statistic of the kind MCELEM: the parties as
 * texts, in byte order; and of the ledgers that are not NULL, the part that has
 * each party, followed by the least and the greatest of these, and by the most
 * that a party may have that is not among them.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "functions/fetch.h"

/* Parties kept for each unit of the statistics target, as for arrays */
#define PARTIES_PER_TARGET	10

/*
 * One in so many parties met may be missed of a party's count, for each party
 * kept.  What is kept has ten times that count, so its error is a tenth at most.
 */
#define BUCKETS_PER_PARTY	143

/* Nothing is dropped while there are at most so many parties for each kept */
#define ROOM_PER_PARTY		10

PG_FUNCTION_INFO_V1(transfer_ledger_typanalyze);

/* What ANALYZE of any type needs, which is done first */
typedef struct OrdinaryAnalyze
{
	AnalyzeAttrComputeStatsFunc compute_stats;
	void	   *extra_data;
} OrdinaryAnalyze;

/* A party met in the sample */
typedef struct PartyCount
{
	LedgerParty party;			/* the key of the hash table */
	int64		ledgers;		/* that have it, since it has been counted */
	int64		missed;			/* as many more at most, from before that */
} PartyCount;

/* Counting the parties of a sample */
typedef struct PartyCounts
{
	HTAB	   *table;
	int			wanted;			/* parties to keep */
	int64		met;			/* parties of all ledgers so far */
	int64		dropped;		/* a party that was dropped had at most so many */
	int64		ledgers;		/* that are not NULL */
} PartyCounts;

/*
 * Hash of a party's name.
 */
static uint32
hash_party(const void *key, Size size)
{
	const LedgerParty *party = key;

	return hash_bytes((const unsigned char *) party->name, (int) party->length);
}

/*
 * Are two parties the same?
 */
static int
match_party(const void *a, const void *b, Size size)
{
	return ledger_party_compare(*(const LedgerParty *) a,
								*(const LedgerParty *) b);
}

/*
 * An empty table of counts in the current memory context.
 */
static void
counts_start(PartyCounts *counts, int wanted)
{
	HASHCTL		control;

	control.keysize = sizeof(LedgerParty);
	control.entrysize = sizeof(PartyCount);
	control.hash = hash_party;
	control.match = match_party;
	control.hcxt = CurrentMemoryContext;
	counts->table = hash_create("parties of ledgers", 1024, &control,
								HASH_ELEM | HASH_FUNCTION | HASH_COMPARE |
								HASH_CONTEXT);
	counts->wanted = wanted;
	counts->met = 0;
	counts->dropped = 0;
	counts->ledgers = 0;
}

/*
 * Drops the parties of which few ledgers can have been.
 */
static void
counts_drop(PartyCounts *counts, int64 at_most)
{
	HASH_SEQ_STATUS scan;
	PartyCount *count;

	hash_seq_init(&scan, counts->table);
	while ((count = hash_seq_search(&scan)) != NULL)
	{
		const char *name = count->party.name;

		if (count->ledgers + count->missed > at_most)
			continue;
		(void) hash_search(counts->table, &count->party, HASH_REMOVE, NULL);
		pfree(unconstify(char *, name));
	}
	counts->dropped = at_most;
}

/*
 * Counts a party of one more ledger; `context` is the table's.
 */
static void
counts_add(PartyCounts *counts, LedgerParty party, MemoryContext context)
{
	int64		bucket = (int64) counts->wanted * BUCKETS_PER_PARTY;
	PartyCount *count;
	bool		found;

	count = hash_search(counts->table, &party, HASH_ENTER, &found);
	if (!found)
	{
		char	   *name = MemoryContextAlloc(context, party.length);

		memcpy(name, party.name, party.length);
		count->party.name = name;
		count->ledgers = 0;
		count->missed = counts->dropped;
	}
	count->ledgers++;
	counts->met++;
	if (counts->met % bucket == 0 &&
		hash_get_num_entries(counts->table) >
		(int64) counts->wanted * ROOM_PER_PARTY)
		counts_drop(counts, counts->met / bucket);
}

/*
 * Counts the parties of all ledgers of the sample.
 */
static void
counts_read(PartyCounts *counts, VacAttrStats *stats,
			AnalyzeAttrFetchFunc fetch, int rows)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(context, "one ledger",
												  ALLOCSET_DEFAULT_SIZES);
	int			row;

	for (row = 0; row < rows; row++)
	{
		bool		is_null;
		Datum		ledger;
		LedgerFlat	flat;
		uint32		i;

		ledger_analyze_delay_point();
		ledger = fetch(stats, row, &is_null);
		if (is_null)
			continue;
		counts->ledgers++;
		MemoryContextSwitchTo(scratch);
		ledger_fetch_head(ledger, &flat);
		for (i = 0; i < flat.parties; i++)
		{
			LedgerParty party;

			CHECK_FOR_INTERRUPTS();
			ledger_check(ledger_flat_party(&flat, i, &party));
			counts_add(counts, party, context);
		}
		MemoryContextSwitchTo(context);
		MemoryContextReset(scratch);
	}
}

/*
 * Most ledgers first; the order of names among equals, so that what is kept
 * does not depend on that of a hash table.
 */
static int
compare_counts(const void *a, const void *b)
{
	const PartyCount *left = *(PartyCount *const *) a;
	const PartyCount *right = *(PartyCount *const *) b;

	if (left->ledgers != right->ledgers)
		return left->ledgers > right->ledgers ? -1 : 1;
	return ledger_party_compare(left->party, right->party);
}

/*
 * Parties in byte order.
 */
static int
compare_names(const void *a, const void *b)
{
	return ledger_party_compare((*(PartyCount *const *) a)->party,
								(*(PartyCount *const *) b)->party);
}

/*
 * The parties that are worth keeping, most ledgers first, and the most that
 * another may have.
 */
static PartyCount **
counts_worth_keeping(const PartyCounts *counts, int *kept, int64 *others)
{
	PartyCount **parties = palloc_many(PartyCount *,
									   hash_get_num_entries(counts->table));
	int64		least = 9 * counts->dropped;
	int			n = 0;
	HASH_SEQ_STATUS scan;
	PartyCount *count;

	hash_seq_init(&scan, counts->table);
	while ((count = hash_seq_search(&scan)) != NULL)
	{
		if (count->ledgers > least)
			parties[n++] = count;
	}
	qsort(parties, n, sizeof(PartyCount *), compare_counts);
	*others = Max(least, 1);
	if (n > counts->wanted)
	{
		*others = parties[counts->wanted]->ledgers;
		n = counts->wanted;
	}
	*kept = n;
	return parties;
}

/*
 * Puts the most common parties into the first slot that is free.
 */
static void
counts_keep(const PartyCounts *counts, VacAttrStats *stats)
{
	int64		others;
	int			n;
	PartyCount **parties = counts_worth_keeping(counts, &n, &others);
	MemoryContext caller;
	Datum	   *values;
	float4	   *numbers;
	int			slot = 0;
	int			i;

	while (slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0)
		slot++;
	if (n == 0 || slot == STATISTIC_NUM_SLOTS)
		return;

	caller = MemoryContextSwitchTo(stats->anl_context);
	values = palloc(n * sizeof(Datum));
	numbers = palloc((n + 3) * sizeof(float4));
	numbers[n] = (double) parties[n - 1]->ledgers / counts->ledgers;
	numbers[n + 1] = (double) parties[0]->ledgers / counts->ledgers;
	numbers[n + 2] = (double) others / counts->ledgers;
	qsort(parties, n, sizeof(PartyCount *), compare_names);
	for (i = 0; i < n; i++)
	{
		LedgerParty party = parties[i]->party;

		values[i] = PointerGetDatum(cstring_to_text_with_len(party.name,
															 (int) party.length));
		numbers[i] = (double) parties[i]->ledgers / counts->ledgers;
	}
	MemoryContextSwitchTo(caller);

	stats->stakind[slot] = STATISTIC_KIND_MCELEM;
	stats->staop[slot] = TextEqualOperator;
	stats->stacoll[slot] = C_COLLATION_OID;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = n + 3;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = n;
	stats->statypid[slot] = TEXTOID;
	stats->statyplen[slot] = -1;
	stats->statypbyval[slot] = false;
	stats->statypalign[slot] = TYPALIGN_INT;
}

/*
 * Statistics of a sample of ledgers: those of any type, then the parties.
 */
static void
compute_ledger_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int rows,
					 double total_rows)
{
	OrdinaryAnalyze *ordinary = stats->extra_data;
	PartyCounts counts;

	stats->extra_data = ordinary->extra_data;
	ordinary->compute_stats(stats, fetch, rows, total_rows);
	stats->extra_data = ordinary;
	if (!stats->stats_valid)
		return;

	counts_start(&counts, ledger_analyze_target(stats) * PARTIES_PER_TARGET);
	counts_read(&counts, stats, fetch, rows);
	counts_keep(&counts, stats);
}

/*
 * The type's function for ANALYZE
 */
Datum
transfer_ledger_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	OrdinaryAnalyze *ordinary;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	ordinary = palloc(sizeof(OrdinaryAnalyze));
	ordinary->compute_stats = stats->compute_stats;
	ordinary->extra_data = stats->extra_data;
	stats->compute_stats = compute_ledger_stats;
	stats->extra_data = ordinary;
	PG_RETURN_BOOL(true);
}
