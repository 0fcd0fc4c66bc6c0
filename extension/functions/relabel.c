/*
 * functions/relabel.c
 *		ledger_relabel and ledger_lump: parties renamed and rolled up.
 *
 * A corridor keeps its bytes where no other one meets it, and where those that
 * meet follow one another in time, as those of a code that was changed on a
 * day do.  Only others are read entry by entry.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "core/corridor_sum.h"
#include "answers/report.h"
#include "functions/parties.h"
#include "functions/relabel.h"
#include "state/party_order.h"

PG_FUNCTION_INFO_V1(ledger_relabel);

/*
 * By origin, by destination, and then in order of time.
 */
static inline int
compare_corridors(const LedgerCorridor *a, const LedgerCorridor *b)
{
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	if (a->destination != b->destination)
		return a->destination < b->destination ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

#define ST_SORT sort_corridors
#define ST_ELEMENT_TYPE LedgerCorridor
#define ST_COMPARE(a, b) compare_corridors(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The names, each once and in order; the number of each party among them goes
 * to numbers[].
 */
static LedgerParty *
number_names(const LedgerParty *names, uint32 n, uint32 *numbers, uint32 *n_names)
{
	LedgerParty *parties = palloc_many(LedgerParty, n);
	uint32	   *ranks = palloc_many(uint32, n);
	uint32	   *places;
	uint32		i;

	for (i = 0; i < n; i++)
		parties[i] = names[i];
	places = ledger_order_parties(parties, n);
	*n_names = 0;
	for (i = 0; i < n; i++)
	{
		if (i == 0 || ledger_party_compare(parties[*n_names - 1], parties[i]) != 0)
			parties[(*n_names)++] = parties[i];
		ranks[i] = *n_names - 1;
	}
	for (i = 0; i < n; i++)
		numbers[i] = ranks[places[i]];
	pfree(places);
	pfree(ranks);
	return parties;
}

/*
 * All corridors by the new numbers, in order; those that meet side by side.
 */
static LedgerCorridor *
renumber_corridors(const LedgerFlat *flat, const uint32 *numbers)
{
	LedgerCorridor *corridors = palloc_many(LedgerCorridor, flat->corridors);
	LedgerWalk	walk;
	LedgerStatus status;
	uint32		n = 0;

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridors[n])) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		corridors[n].origin = numbers[corridors[n].origin];
		corridors[n].destination = numbers[corridors[n].destination];
		n++;
	}
	ledger_check(status);
	sort_corridors(corridors, n);
	return corridors;
}

/*
 * The number of corridors, from the first of n, that meet in one.
 */
static uint32
count_meeting(const LedgerCorridor *corridors, uint32 n)
{
	uint32		meeting = 1;

	while (meeting < n && corridors[meeting].origin == corridors[0].origin &&
		   corridors[meeting].destination == corridors[0].destination)
		meeting++;
	return meeting;
}

/*
 * Writes all corridors, those that meet as one.
 */
static LedgerStatus
write_corridors(LedgerWriter *writer, const LedgerCorridor *corridors, uint32 n)
{
	LedgerStatus status = LEDGER_OK;
	SummedCorridor *summed;
	SummedCorridor **queue;
	uint32		most = 0;
	uint32		meeting;
	uint32		i;
	uint32		j;

	for (i = 0; i < n; i += meeting)
	{
		meeting = count_meeting(corridors + i, n - i);
		most = Max(most, meeting);
	}
	summed = palloc_many(SummedCorridor, most);
	queue = palloc_many(SummedCorridor *, most);
	for (i = 0; i < n && status == LEDGER_OK; i += meeting)
	{
		CHECK_FOR_INTERRUPTS();
		meeting = count_meeting(corridors + i, n - i);
		for (j = 0; j < meeting; j++)
		{
			summed[j].corridor = corridors[i + j];
			summed[j].sign = 1;
		}
		status = ledger_write_corridor_sum(writer, corridors[i].origin,
										   corridors[i].destination, summed,
										   meeting, queue);
	}
	return status;
}

struct varlena *
ledger_with_names(const LedgerFlat *flat, const LedgerParty *names)
{
	uint32	   *numbers = palloc_many(uint32, flat->parties);
	uint32		n_parties;
	LedgerParty *parties = number_names(names, flat->parties, numbers, &n_parties);
	LedgerCorridor *corridors = renumber_corridors(flat, numbers);
	LedgerWriter writer;
	struct varlena *buffer;
	LedgerStatus status;

	/* where more room is needed, the result is larger than a value can be */
	buffer = ledger_result_begin(&writer, parties, n_parties, flat->corridors,
								 Min(flat->segments_length +
									 (Size) flat->corridors * LEDGER_GAP_GROWTH +
									 LEDGER_FLAT_ENTRY_MAX, MaxAllocSize),
								 CurrentMemoryContext);
	status = write_corridors(&writer, corridors, flat->corridors);
	return ledger_result_finish(&writer, status, buffer, NULL);
}

/*
 * The error for a mapping that does not say names, with its cause.
 */
pg_noreturn static void
raise_mapping(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("mapping is not an object of names"),
			 errdetail("%s", detail),
			 errhint("A mapping is {\"party\": \"new name\"}, as jsonb_object_agg(party, new_name) gives it.")));
}

/*
 * Gives the parties of a mapping their new names, which are borrowed from it.
 * One that the ledger does not have is passed over.
 */
static void
map_names(const LedgerFlat *flat, Jsonb *mapping, LedgerParty *names)
{
	JsonbIterator *members;
	JsonbValue	value;
	LedgerParty party;

	if (!JB_ROOT_IS_OBJECT(mapping))
		raise_mapping("It is not an object.");
	members = JsonbIteratorInit(&mapping->root);
	while (ledger_next_member(&members, &party, &value))
	{
		LedgerParty name;
		uint32		index;
		bool		found;

		if (value.type != jbvString)
			raise_mapping(psprintf("The value of \"%s\" is not a string.",
								   ledger_shown(party.name, party.length)));
		name.name = value.val.string.val;
		name.length = (uint32) value.val.string.len;
		if (name.length < 1 || name.length > LEDGER_PARTY_MAX)
			ledger_raise_party(name);
		ledger_check(ledger_flat_find_party(flat, party, &index, &found));
		if (found)
			names[index] = name;
	}
}

/*
 * ledger_relabel(ledger, mapping, others): the parties that the mapping has by
 * their new names, all others by their own, or as one where that has a name.
 */
Datum
ledger_relabel(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerParty *names;
	uint32		i;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_GETARG_LEDGER(0, &flat);
	names = palloc_many(LedgerParty, flat.parties);
	for (i = 0; i < flat.parties; i++)
		ledger_check(ledger_flat_party(&flat, i, &names[i]));
	if (!PG_ARGISNULL(2))
	{
		LedgerParty others = ledger_party_argument(fcinfo, 2);

		for (i = 0; i < flat.parties; i++)
			names[i] = others;
	}
	if (!PG_ARGISNULL(1))
		map_names(&flat, PG_GETARG_JSONB_P(1), names);
	PG_RETURN_POINTER(ledger_with_names(&flat, names));
}
