/*
 * state/kept.c
 *		Ledgers kept as they are until their sum is asked for.
 *
 * A table with a ledger for each month is what long records are kept in, and
 * the sum of the months needs no entry to be read.  Parallel workers give a
 * few ledgers of the same days: to read them side by side takes a fraction of
 * what a table of their corridors would.  Many that share days go through the
 * table, which then is smaller than they are.
 */
#include "state/kept.h"

#include "miscadmin.h"

#include "core/mechanisms.h"

#include "value/value.h"

/* An insertion moves all that come later */
#define PARTS_MAX			4096

/* Of ledgers that share days */
#define OVERLAPPING_MAX		8

/*
 * The number of ledgers that begin no later than this one.
 */
static uint32
find_place(const KeptLedgers *parts, const LedgerFlat *flat)
{
	uint32		low = 0;
	uint32		high = parts->n;

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;

		if (parts->flats[middle].first <= flat->first)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Puts a value, which the parts own from now on, at a place among them.
 */
static void
insert_part(KeptLedgers *parts, MemoryContext context, uint32 place,
			const struct varlena *value)
{
	if (parts->n == parts->max)
	{
		parts->max = Max(16, parts->max * 2);
		parts->flats = parts->flats == NULL ?
			MemoryContextAlloc(context, parts->max * sizeof(LedgerFlat)) :
			repalloc(parts->flats, parts->max * sizeof(LedgerFlat));
	}
	memmove(&parts->flats[place + 1], &parts->flats[place],
			(parts->n - place) * sizeof(LedgerFlat));
	ledger_check(ledger_flat_open(&parts->flats[place],
								  (const uint8_t *) VARDATA(value),
								  VARSIZE(value) - VARHDRSZ));
	Assert(place == 0 ||
		   parts->flats[place - 1].first <= parts->flats[place].first);
	Assert(place == parts->n ||
		   parts->flats[place].first <= parts->flats[place + 1].first);
	parts->n++;
	parts->segments_length += parts->flats[place].segments_length;
}

/*
 * Worth it is a ledger most of which is segments: of the others the names and
 * the directory would take more than its entries do in memory.
 */
bool
ledger_kept_add(KeptLedgers *parts, MemoryContext context,
				  const LedgerFlat *flat)
{
	const uint32 place = find_place(parts, flat);
	const Size	length = parts->segments_length + flat->segments_length;
	const bool	overlap = parts->overlap ||
		(place > 0 && parts->flats[place - 1].last >= flat->first) ||
		(place < parts->n && parts->flats[place].first <= flat->last);
	MemoryContext caller;
	struct varlena *copy;

	if (!LEDGER_KEPT_LEDGERS || flat->segments_length < flat->length / 2 ||
		parts->n >= (overlap ? OVERLAPPING_MAX : PARTS_MAX))
		return false;
	if (length > MaxAllocSize)
	{
		if (overlap)
			return false;
		ledger_raise(LEDGER_TOO_LARGE);
	}

	caller = MemoryContextSwitchTo(context);
	copy = ledger_copy(flat->data, flat->length);
	MemoryContextSwitchTo(caller);
	insert_part(parts, context, place, copy);
	parts->overlap = overlap;
	return true;
}

void
ledger_kept_replace(KeptLedgers *parts, MemoryContext context,
					 struct varlena *value)
{
	ledger_kept_free(parts);
	insert_part(parts, context, 0, value);
}

/*
 * An error where the sum of n ledgers cannot be a value, as far as that is known
 * before their entries are read.
 */
static void
check_least(MergeInput *parts, uint32 n, MergeInput **queue,
			SummedCorridor *taken, const LedgerParty *parties,
			uint32 n_parties)
{
	bool	   *used = palloc0(Max(n_parties, 1) * sizeof(bool));
	size_t		least;

	ledger_check(ledger_merge_least(parts, n, queue, taken, parties, used, &least,
									ledger_checkpoint));
	if (least > LEDGER_VALUE_MAX)
		ledger_raise(LEDGER_TOO_LARGE);
	pfree(used);
}

struct varlena *
ledger_merge_values(MergeInput *parts, uint32 n, MemoryContext result)
{
	MergeInput **queue = palloc_many(MergeInput *, n);
	uint64		max_parties = 0;
	uint64		corridors = 0;
	Size		length = 0;
	SummedCorridor *taken = palloc_many(SummedCorridor, n);
	struct varlena *buffer;
	LedgerParty *parties;
	LedgerWriter writer;
	LedgerStatus status;
	uint32		n_parties;
	uint32		i;

	for (i = 0; i < n; i++)
	{
		parts[i].numbers = palloc_many(uint32, parts[i].flat.parties);
		max_parties += parts[i].flat.parties;
		corridors += parts[i].flat.corridors;
		length += parts[i].flat.length;
	}
	parties = palloc_many(LedgerParty, max_parties);
	ledger_check(ledger_merge_parties(parts, n, queue, parties, &n_parties,
									  ledger_checkpoint));
	if (length > LEDGER_VALUE_MAX)
		check_least(parts, n, queue, taken, parties, n_parties);

	corridors = Min(Min(corridors, (uint64) n_parties * n_parties),
					PG_UINT32_MAX);
	/* where more is needed, the sum is larger than a value can be */
	buffer = ledger_result_begin(&writer, parties, n_parties, (uint32) corridors,
								   Min(ledger_merge_room(parts, n), MaxAllocSize),
								   result);
	status = ledger_merge(parts, n, queue, taken,
						  palloc_many(SummedCorridor *, n), &writer);
	return ledger_result_finish(&writer, status, buffer, NULL);
}

struct varlena *
ledger_kept_to_flat(const KeptLedgers *parts)
{
	MemoryContext scratch;
	MemoryContext result;
	MergeInput *opened;
	struct varlena *flat;
	uint32		i;

	if (parts->n == 1)
		return ledger_copy(parts->flats[0].data, parts->flats[0].length);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "ledger parts",
									ALLOCSET_DEFAULT_SIZES);
	result = MemoryContextSwitchTo(scratch);
	opened = palloc_many(MergeInput, parts->n);
	for (i = 0; i < parts->n; i++)
	{
		opened[i].flat = parts->flats[i];
		opened[i].sign = 1;
	}
	flat = ledger_merge_values(opened, parts->n, result);
	MemoryContextSwitchTo(result);
	MemoryContextDelete(scratch);
	return flat;
}

void
ledger_kept_free(KeptLedgers *parts)
{
	uint32		i;

	for (i = 0; i < parts->n; i++)
		pfree(unconstify(uint8_t *, parts->flats[i].data) - VARHDRSZ);
	parts->n = 0;
	parts->segments_length = 0;
	parts->overlap = false;
}
