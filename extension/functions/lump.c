/*
 * functions/lump.c
 *		ledger_lump: the parties with the largest flows, and the rest as one.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "answers/party_sums.h"
#include "functions/home.h"
#include "functions/relabel.h"
#include "value/arguments.h"

#define ARG_N		1
#define ARG_HOME	2
#define ARG_OTHER	3
#define ARG_WITHIN	4

PG_FUNCTION_INFO_V1(ledger_lump);

/* A party with its inflow and outflow together */
typedef struct RankedParty
{
	LedgerSum	gross;
	uint32		index;
} RankedParty;

/*
 * The largest first; of equal ones, the one whose name comes first.
 */
static inline int
compare_ranked(const RankedParty *a, const RankedParty *b)
{
	if (a->gross.high != b->gross.high)
		return a->gross.high > b->gross.high ? -1 : 1;
	if (a->gross.low != b->gross.low)
		return a->gross.low > b->gross.low ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

#define ST_SORT sort_ranked
#define ST_ELEMENT_TYPE RankedParty
#define ST_COMPARE(a, b) compare_ranked(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Every party with its gross; gives their number.
 */
static uint32
rank_parties(const LedgerFlat *flat, LedgerPeriod within, RankedParty *ranked)
{
	LedgerPartySums *sums = palloc_many(LedgerPartySums, flat->parties);
	uint32		i;

	ledger_check(ledger_party_sums(flat, within, sums,
								   palloc_many(uint32, flat->parties),
								   palloc_many(bool, flat->corridors),
								   ledger_checkpoint));
	for (i = 0; i < flat->parties; i++)
	{
		ranked[i].gross = ledger_sum_plus(sums[i].inflow, sums[i].outflow);
		ranked[i].index = i;
	}
	return flat->parties;
}

/*
 * Every partner of home with the gross between them; gives their number.
 */
static uint32
rank_partners(Datum ledger, const text *home, LedgerPeriod within,
			  RankedParty *ranked)
{
	HomeCorridors between;
	uint32		n = 0;
	uint32		i;

	ledger_fetch_home(ledger, home, NULL, true, &between);
	for (i = 0; i < between.n_corridors; i++)
	{
		const LedgerCorridor *corridor = &between.corridors[i];
		uint32		partner = between.inward[i] ? corridor->origin : corridor->destination;

		CHECK_FOR_INTERRUPTS();
		/* the two corridors of a partner are side by side */
		if (n == 0 || ranked[n - 1].index != partner)
		{
			memset(&ranked[n], 0, sizeof(RankedParty));
			ranked[n++].index = partner;
		}
		ledger_check(ledger_corridor_sum(corridor, within, &ranked[n - 1].gross));
	}
	return n;
}

/*
 * An error where the rest would take the name of a party.
 */
static void
check_other(const LedgerFlat *flat, LedgerParty other)
{
	uint32		index;
	bool		found;

	ledger_check(ledger_flat_find_party(flat, other, &index, &found));
	if (found)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("party \"%s\" already exists in the ledger",
						pnstrdup(other.name, other.length)),
				 errdetail("All other parties together would have the same name."),
				 errhint("Give the rest another name, as in other => 'all other parties'.")));
}

/*
 * How many are to be kept.
 */
static int32
kept_argument(FunctionCallInfo fcinfo)
{
	int32		kept;

	if (PG_ARGISNULL(ARG_N))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("number of parties to keep must not be NULL")));
	kept = PG_GETARG_INT32(ARG_N);
	if (kept < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of parties to keep must not be negative"),
				 errdetail("It is %d.", kept)));
	return kept;
}

/*
 * ledger_lump(ledger, n, home, other, within): the n parties with the largest
 * gross, or partners of home, by their names and all others as one.
 */
Datum
ledger_lump(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerPeriod within;
	LedgerParty other = {"other", 5};
	LedgerParty *names;
	RankedParty *ranked;
	uint32		n;
	uint32		i;
	int32		kept;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	kept = kept_argument(fcinfo);
	within = within_argument(fcinfo, ARG_WITHIN);
	if (!PG_ARGISNULL(ARG_OTHER))
		other = ledger_party_argument(fcinfo, ARG_OTHER);
	PG_GETARG_LEDGER(0, &flat);
	check_other(&flat, other);

	ranked = palloc_many(RankedParty, flat.parties);
	if (PG_ARGISNULL(ARG_HOME))
		n = rank_parties(&flat, within, ranked);
	else
		n = rank_partners(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(ARG_HOME), within,
						  ranked);
	sort_ranked(ranked, n);

	names = palloc_many(LedgerParty, flat.parties);
	for (i = 0; i < flat.parties; i++)
		names[i] = other;
	for (i = 0; i < n && i < (uint32) kept; i++)
		ledger_check(ledger_flat_party(&flat, ranked[i].index,
									   &names[ranked[i].index]));
	if (!PG_ARGISNULL(ARG_HOME))
	{
		bool		found;

		ledger_check(ledger_flat_find_party(&flat,
											ledger_party_argument(fcinfo, ARG_HOME),
											&i, &found));
		if (found)
			ledger_check(ledger_flat_party(&flat, i, &names[i]));
	}
	PG_RETURN_POINTER(ledger_with_names(&flat, names));
}
