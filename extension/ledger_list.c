/*
 * ledger_list.c
 *		Entries as they are read, on their way into the flat form.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "ledger_list.h"

static int
compare_listed_corridors(const ListedCorridor *a, const ListedCorridor *b)
{
	int			order = ledger_party_compare(a->origin, b->origin);

	return order != 0 ? order :
		ledger_party_compare(a->destination, b->destination);
}

static int
compare_parties(const void *a, const void *b)
{
	return ledger_party_compare(*(const LedgerParty *) a,
								*(const LedgerParty *) b);
}

#define ST_SORT sort_listed_corridors
#define ST_ELEMENT_TYPE ListedCorridor
#define ST_COMPARE(a, b) compare_listed_corridors(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_listed_parties
#define ST_ELEMENT_TYPE LedgerParty
#define ST_COMPARE(a, b) compare_parties(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_listed_entries
#define ST_ELEMENT_TYPE ListedEntry
#define ST_COMPARE(a, b) (((a)->key > (b)->key) - ((a)->key < (b)->key))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline uint64
listed_key(uint32 corridor, LedgerDay day)
{
	return (uint64) corridor << 32 | (uint32) (day - LEDGER_DAY_MIN);
}

static inline uint32
key_corridor(uint64 key)
{
	return (uint32) (key >> 32);
}

static inline LedgerDay
key_day(uint64 key)
{
	return (LedgerDay) (uint32) key + LEDGER_DAY_MIN;
}

void
ledger_list_start(LedgerList *list, Size expected)
{
	list->context = AllocSetContextCreate(CurrentMemoryContext,
										  "ledger entries",
										  ALLOCSET_DEFAULT_SIZES);
	list->n_corridors = 0;
	list->max_corridors = 16;
	list->corridors = MemoryContextAlloc(list->context,
										 list->max_corridors *
										 sizeof(ListedCorridor));
	list->n_entries = 0;
	list->max_entries = expected + 1;
	list->entries = MemoryContextAllocHuge(list->context,
										   list->max_entries *
										   sizeof(ListedEntry));
}

void
ledger_list_free(LedgerList *list)
{
	MemoryContextDelete(list->context);
}

static LedgerParty
copy_party(const LedgerList *list, LedgerParty party)
{
	char	   *name = MemoryContextAlloc(list->context, party.length);

	memcpy(name, party.name, party.length);
	party.name = name;
	return party;
}

void
ledger_list_add(LedgerList *list, LedgerParty origin, LedgerParty destination,
				LedgerDay day, int64 people)
{
	Size		n = list->n_corridors;
	const ListedCorridor *last = &list->corridors[n > 0 ? n - 1 : 0];

	if (n == 0 ||
		ledger_party_compare(last->destination, destination) != 0 ||
		ledger_party_compare(last->origin, origin) != 0)
	{
		ListedCorridor *added;

		if (n == list->max_corridors)
		{
			list->max_corridors *= 2;
			list->corridors = repalloc_huge(list->corridors,
											list->max_corridors *
											sizeof(ListedCorridor));
		}
		added = &list->corridors[n];
		added->origin = copy_party(list, origin);
		added->destination = copy_party(list, destination);
		added->number = (uint32) list->n_corridors++;
	}
	if (list->n_entries == list->max_entries)
	{
		list->max_entries *= 2;
		list->entries = repalloc_huge(list->entries,
									  list->max_entries * sizeof(ListedEntry));
	}
	list->entries[list->n_entries].key =
		listed_key((uint32) (list->n_corridors - 1), day);
	list->entries[list->n_entries].people = people;
	list->n_entries++;
}

/*
 * Puts the corridors in order, each once, and then the entries.
 */
static void
list_sort(LedgerList *list)
{
	ListedCorridor *corridors = list->corridors;
	uint32	   *numbers = palloc_many(uint32, list->n_corridors);
	Size		n = 0;
	Size		i;

	sort_listed_corridors(corridors, list->n_corridors);
	for (i = 0; i < list->n_corridors; i++)
	{
		if (n == 0 || compare_listed_corridors(&corridors[n - 1],
											   &corridors[i]) != 0)
			corridors[n++] = corridors[i];
		numbers[corridors[i].number] = (uint32) (n - 1);
	}
	list->n_corridors = n;
	for (i = 0; i < list->n_entries; i++)
	{
		uint64		key = list->entries[i].key;

		CHECK_FOR_INTERRUPTS();
		list->entries[i].key = listed_key(numbers[key_corridor(key)],
										  key_day(key));
	}
	sort_listed_entries(list->entries, list->n_entries);
}

/*
 * All parties, in order and each once; palloc'd.
 */
static LedgerParty *
list_parties(const LedgerList *list, uint32 *n_parties)
{
	LedgerParty *parties = palloc_many(LedgerParty, 2 * list->n_corridors);
	Size		n = 0;
	uint32		unique = 0;
	Size		i;

	for (i = 0; i < list->n_corridors; i++)
	{
		parties[n++] = list->corridors[i].origin;
		parties[n++] = list->corridors[i].destination;
	}
	sort_listed_parties(parties, n);
	for (i = 0; i < n; i++)
		if (unique == 0 || compare_parties(&parties[unique - 1],
										   &parties[i]) != 0)
			parties[unique++] = parties[i];
	*n_parties = unique;
	return parties;
}

static uint32
party_number(const LedgerWriter *writer, const LedgerParty *party)
{
	const LedgerParty *found = bsearch(party, writer->parties,
									   writer->n_parties, sizeof(LedgerParty),
									   compare_parties);

	return (uint32) (found - writer->parties);
}

/*
 * Writes the entries of a list in order, those of one day and corridor as one.
 */
static LedgerStatus
list_write(const LedgerList *list, LedgerWriter *writer)
{
	LedgerStatus status = LEDGER_OK;
	Size		i = 0;

	while (i < list->n_entries && status == LEDGER_OK)
	{
		uint64		key = list->entries[i].key;
		const ListedCorridor *corridor = &list->corridors[key_corridor(key)];
		bool		starts = i == 0 ||
			key_corridor(list->entries[i - 1].key) != key_corridor(key);
		LedgerSum	sum = {0, 0};

		CHECK_FOR_INTERRUPTS();
		for (; i < list->n_entries && list->entries[i].key == key; i++)
			ledger_sum_add(&sum, list->entries[i].people);
		if (starts)
			status = ledger_writer_corridor(writer,
											party_number(writer,
														 &corridor->origin),
											party_number(writer,
														 &corridor->destination));
		if (status == LEDGER_OK)
			status = ledger_writer_sum(writer, key_day(key), sum);
	}
	return status;
}

struct varlena *
ledger_list_to_flat(LedgerList *list, struct Node *escontext)
{
	MemoryContext result = MemoryContextSwitchTo(list->context);
	Size		room = (list->n_entries + 1) * LEDGER_FLAT_ENTRY_MAX;
	LedgerParty *parties;
	LedgerWriter writer;
	LedgerStatus status;
	struct varlena *flat;
	uint32		n_parties;

	list_sort(list);
	parties = list_parties(list, &n_parties);
	ledger_writer_start(&writer, parties, n_parties,
						palloc_many(uint32, n_parties),
						palloc_many(LedgerCorridor, list->n_corridors),
						(uint32) list->n_corridors,
						palloc_many(uint8_t, room), room);
	status = list_write(list, &writer);
	MemoryContextSwitchTo(result);
	flat = ledger_make_safe(&writer, status, escontext);
	ledger_list_free(list);
	return flat;
}
