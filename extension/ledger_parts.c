/*
 * ledger_parts.c
 *		Ledgers that follow one another in time, kept as they are until their sum
 *		is asked for.
 *
 * A table with a ledger for each month is what long records are kept in, and
 * the sum of the months needs no entry to be read (ledger_append.h).  Every
 * other sum goes through the in-memory ledger.
 */
#include "ledger_parts.h"

#include "miscadmin.h"

#include "ledger_append.h"
#include "ledger_datum.h"

/* An insertion moves all that come later */
#define PARTS_MAX	4096

#define ST_SORT sort_names
#define ST_ELEMENT_TYPE LedgerParty
#define ST_COMPARE(a, b) ledger_party_compare(*(a), *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The place of a ledger among the others, or -1 where it shares days with one.
 */
static int
find_place(const LedgerParts *parts, const LedgerFlat *flat)
{
	uint32		low = 0;
	uint32		high = parts->n;

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;

		if (parts->flats[middle].last < flat->first)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < parts->n && parts->flats[low].first <= flat->last)
		return -1;
	return (int) low;
}

/*
 * Worth it is a ledger most of which is segments: of the others the names and
 * the directory would take more than its entries do in memory.
 */
bool
ledger_parts_keep(LedgerParts *parts, MemoryContext context,
				  const LedgerFlat *flat)
{
	int			place = find_place(parts, flat);
	MemoryContext caller;
	struct varlena *copy;

	if (place < 0 || parts->n == PARTS_MAX ||
		flat->segments_length < flat->length / 2)
		return false;
	parts->segments_length += flat->segments_length;
	if (parts->segments_length > MaxAllocSize)
		ledger_raise(LEDGER_TOO_LARGE);

	if (parts->n == parts->max)
	{
		parts->max = Max(16, parts->max * 2);
		parts->flats = parts->flats == NULL ?
			MemoryContextAlloc(context, parts->max * sizeof(LedgerFlat)) :
			repalloc(parts->flats, parts->max * sizeof(LedgerFlat));
	}
	caller = MemoryContextSwitchTo(context);
	copy = ledger_copy(flat->data, flat->length);
	MemoryContextSwitchTo(caller);
	memmove(&parts->flats[place + 1], &parts->flats[place],
			(parts->n - place) * sizeof(LedgerFlat));
	ledger_check(ledger_flat_open(&parts->flats[place],
								  (const uint8_t *) VARDATA(copy),
								  flat->length));
	parts->n++;
	return true;
}

/*
 * The names of all parties, each once and in order; palloc'd.
 */
static LedgerParty *
collect_names(const LedgerParts *parts, uint32 *n_names, Size *names_length)
{
	LedgerParty *names;
	Size		n = 0;
	uint32		unique = 0;
	uint32		i;
	uint32		j;

	for (i = 0; i < parts->n; i++)
		n += parts->flats[i].parties;
	names = palloc_many(LedgerParty, n);
	for (i = 0, n = 0; i < parts->n; i++)
		for (j = 0; j < parts->flats[i].parties; j++)
			ledger_check(ledger_flat_party(&parts->flats[i], j, &names[n++]));
	sort_names(names, n);

	*names_length = 0;
	for (i = 0; i < n; i++)
		if (unique == 0 || ledger_party_compare(names[unique - 1], names[i]) != 0)
		{
			names[unique++] = names[i];
			*names_length += names[i].length;
		}
	*n_names = unique;
	return names;
}

/*
 * The numbers of the parties of a ledger among all names; palloc'd.  Both are
 * in order, so one pass finds them.
 */
static uint32 *
number_parties(const LedgerFlat *flat, const LedgerParty *names)
{
	uint32	   *numbers = palloc_many(uint32, flat->parties);
	uint32		number = 0;
	uint32		i;

	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;

		ledger_check(ledger_flat_party(flat, i, &party));
		while (ledger_party_compare(names[number], party) != 0)
			number++;
		numbers[i] = number;
	}
	return numbers;
}

struct varlena *
ledger_parts_to_flat(const LedgerParts *parts)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "ledger parts",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext result = MemoryContextSwitchTo(scratch);
	LedgerPart *opened = palloc_many(LedgerPart, parts->n);
	uint64		corridors = 0;
	struct varlena *buffer;
	LedgerParty *names;
	LedgerWriter writer;
	LedgerStatus status;
	uint32		n_names;
	Size		names_length;
	Size		head_room;
	Size		room;
	uint32		i;

	names = collect_names(parts, &n_names, &names_length);
	for (i = 0; i < parts->n; i++)
	{
		opened[i].flat = parts->flats[i];
		opened[i].numbers = number_parties(&parts->flats[i], names);
		corridors += parts->flats[i].corridors;
	}
	corridors = Min(corridors, (uint64) n_names * n_names);
	head_room = LEDGER_HEAD_ROOM(n_names, names_length, corridors);
	room = ledger_append_room(opened, parts->n);
	buffer = MemoryContextAllocHuge(result, head_room + room);
	ledger_writer_start(&writer, names, n_names, palloc_many(uint32, n_names),
						palloc_many(LedgerCorridor, corridors),
						(uint32) corridors,
						(uint8_t *) buffer + head_room, room);
	writer.checkpoint = ledger_checkpoint;
	status = ledger_append(opened, parts->n, palloc_many(uint32, parts->n),
						   &writer);
	buffer = ledger_make_in_place(&writer, status, buffer, NULL);
	MemoryContextSwitchTo(result);
	MemoryContextDelete(scratch);
	return buffer;
}

void
ledger_parts_free(LedgerParts *parts)
{
	uint32		i;

	for (i = 0; i < parts->n; i++)
		pfree(unconstify(uint8_t *, parts->flats[i].data) - VARHDRSZ);
	parts->n = 0;
	parts->segments_length = 0;
}
