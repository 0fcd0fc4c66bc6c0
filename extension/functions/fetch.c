/*
 * functions/fetch.c
 *		Between Datums and the lower half: a ledger whole, or its head, its
 *		directory or one corridor of it.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "functions/fetch.h"
#include "functions/slices.h"
#include "state/small.h"

/*
 * Opens a detoasted value in the canonical form; an error where it is none.
 */
static void
open_canonical(const struct varlena *value, LedgerFlat *flat)
{
	ledger_check(ledger_flat_open(flat, (const uint8_t *) VARDATA_ANY(value),
								  VARSIZE_ANY_EXHDR(value)));
}

/*
 * Detoasts; a large value in parts, which costs a copy.
 */
static struct varlena *
detoast(struct varlena *given)
{
	struct varlena *value;
	Size		length;

	if (!VARATT_IS_EXTERNAL_ONDISK(given) || ledger_is_compressed(given))
		return pg_detoast_datum_packed(given);
	length = toast_raw_datum_size(PointerGetDatum(given)) - VARHDRSZ;
	if (length <= ONE_PART_LIMIT)
		return pg_detoast_datum_packed(given);

	value = palloc(length + VARHDRSZ);
	SET_VARSIZE(value, length + VARHDRSZ);
	ledger_read_parts(given, 0, length, VARDATA(value));
	return value;
}

/*
 * The canonical form of a small state.  Nothing else of what it takes stays: a
 * sort compares for long in one memory context.
 */
static struct varlena *
small_to_flat(const struct varlena *small)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(caller, "small ledger",
												  ALLOCSET_DEFAULT_SIZES);
	struct varlena *flat;

	MemoryContextSwitchTo(scratch);
	flat = ledger_small_to_flat((const uint8_t *) VARDATA_ANY(small),
								VARSIZE_ANY_EXHDR(small));
	MemoryContextSwitchTo(caller);
	flat = ledger_copy(VARDATA(flat), VARSIZE(flat) - VARHDRSZ);
	MemoryContextDelete(scratch);
	return flat;
}

struct varlena *
ledger_fetch(Datum datum, LedgerFlat *flat)
{
	struct varlena *given = (struct varlena *) DatumGetPointer(datum);
	struct varlena *plain;
	struct varlena *value;

	plain = detoast(given);
	value = plain;
	if (ledger_is_small((const uint8_t *) VARDATA_ANY(plain),
						VARSIZE_ANY_EXHDR(plain)))
	{
		value = small_to_flat(plain);
		if (plain != given)
			pfree(plain);
	}
	open_canonical(value, flat);
	return value != given ? value : NULL;
}

/*
 * Opens as much of a ledger as its head; a small one whole.
 */
void
ledger_fetch_head(Datum datum, LedgerFlat *flat)
{
	SlicedLedger sliced;

	if (ledger_open_sliced(datum, &sliced))
		*flat = sliced.flat;
	else
		ledger_fetch(datum, flat);
}

/*
 * Opens a value with its directory but without its segments; false where it
 * should be read whole.
 */
static bool
open_directory(Datum datum, SlicedLedger *sliced)
{
	return ledger_open_sliced(datum, sliced) && ledger_read_directory(sliced);
}

/*
 * Opens a ledger whole, or as much of it as its directory, where the segments
 * are not wanted and it is worth it.
 */
void
ledger_fetch_corridors(Datum datum, bool with_segments, LedgerFlat *flat)
{
	SlicedLedger sliced;

	if (!with_segments && open_directory(datum, &sliced))
		*flat = sliced.flat;
	else
		ledger_fetch(datum, flat);
}

/*
 * Opens a ledger for sums over the entries within a period: without its
 * segments where the period holds all its days.
 */
void
ledger_fetch_within(Datum datum, LedgerPeriod within, LedgerFlat *flat)
{
	ledger_fetch_head(datum, flat);
	/* a value that was opened whole has its directory */
	if (flat->directory == NULL)
		ledger_fetch_corridors(datum,
							   !ledger_period_contains(within, flat->first) ||
							   !ledger_period_contains(within, flat->last),
							   flat);
}

bool
ledger_fetch_corridor(Datum datum, LedgerParty origin, LedgerParty destination,
					  bool with_segment, LedgerCorridor *corridor)
{
	SlicedLedger sliced;
	bool		in_parts = ledger_open_sliced(datum, &sliced);
	LedgerFlat	flat;
	uint32		origin_index;
	uint32		destination_index;
	bool		found;

	if (in_parts)
		flat = sliced.flat;
	else
		ledger_fetch(datum, &flat);
	ledger_check(ledger_flat_find_party(&flat, origin, &origin_index, &found));
	if (found)
		ledger_check(ledger_flat_find_party(&flat, destination,
											&destination_index, &found));
	if (!found)
		return false;
	if (in_parts)
		return ledger_slice_corridor(&sliced, origin_index, destination_index,
									 with_segment, corridor);
	ledger_check(ledger_flat_find_corridor(&flat, origin_index,
										   destination_index, corridor,
										   &found));
	return found;
}

text *
ledger_party_to_text(const LedgerFlat *flat, uint32 index)
{
	LedgerParty party;

	ledger_check(ledger_flat_party(flat, index, &party));
	return cstring_to_text_with_len(party.name, (int) party.length);
}
