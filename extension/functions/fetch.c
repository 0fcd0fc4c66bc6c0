/*
 * functions/fetch.c
 *		Between Datums and the lower half.
 *
 * A large ledger is stored uncompressed and out of line, so any stretch of its
 * bytes can be read without the rest.  A question about one pair of parties
 * reads the head, the directory rows of the two and two segments, however many
 * corridors there are; one about the totals of corridors, the head and the
 * directory; one about a home and all others, those and the segments of the
 * home.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "functions/fetch.h"
#include "state/small.h"

/* Values up to this size are read whole: the slices would be most of them */
#define WHOLE_VALUE_LIMIT	16384

/* What is larger than this is read in parts */
#define ONE_PART_LIMIT		(8 * BYTES_PER_INTERRUPT)

/* How much of a stored value the first slice takes, in the hope of the head */
#define FIRST_SLICE			1900

/* Directory entries of a slice in which a row is searched: about a chunk of TOAST */
#define SEARCHED_ENTRIES	64

/* What a search in a row costs, as so many bytes of the directory */
#define SEARCH_COST			4096

/* What a further slice costs beside its bytes, as so many of them */
#define SLICE_COST			16384

/* Where a value can be read from in parts */
typedef struct SlicedLedger
{
	Datum		datum;
	size_t		length;			/* of the whole value, without its header */
	size_t		head;			/* length of the head */
	LedgerFlat	flat;			/* the head, and the directory where that has been
								 * read */
} SlicedLedger;

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
 * Is this a value that is stored out of line in a compressed form?
 */
static bool
is_compressed(const struct varlena *value)
{
	struct varatt_external pointer;

	if (!VARATT_IS_EXTERNAL_ONDISK(value))
		return false;
	VARATT_EXTERNAL_GET_POINTER(pointer, value);
	return VARATT_EXTERNAL_IS_COMPRESSED(pointer);
}

/*
 * Reads bytes [start, start + length) of a value that is stored out of line,
 * which has them.  PostgreSQL looks for no cancel meanwhile, so many of them
 * are read in parts.  One that is compressed has no parts: each would have all
 * before it decompressed.
 */
static void
read_parts(struct varlena *value, Size start, Size length, char *into)
{
	Size		done;

	for (done = 0; done < length; done += BYTES_PER_INTERRUPT)
	{
		Size		part = Min(BYTES_PER_INTERRUPT, length - done);
		struct varlena *slice = pg_detoast_datum_slice(value,
													   (int32) (start + done),
													   (int32) part);

		CHECK_FOR_INTERRUPTS();
		if (VARSIZE_ANY_EXHDR(slice) != part)
			ledger_raise(LEDGER_DAMAGED);
		memcpy(into + done, VARDATA_ANY(slice), part);
		pfree(slice);
	}
}

/*
 * Detoasts; a large value in parts, which costs a copy.
 */
static struct varlena *
detoast(struct varlena *given)
{
	struct varlena *value;
	Size		length;

	if (!VARATT_IS_EXTERNAL_ONDISK(given) || is_compressed(given))
		return pg_detoast_datum_packed(given);
	length = toast_raw_datum_size(PointerGetDatum(given)) - VARHDRSZ;
	if (length <= ONE_PART_LIMIT)
		return pg_detoast_datum_packed(given);

	value = palloc(length + VARHDRSZ);
	SET_VARSIZE(value, length + VARHDRSZ);
	read_parts(given, 0, length, VARDATA(value));
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
 * Bytes [start, start + length) of a stored value; an error where it has
 * fewer.
 */
static const uint8_t *
read_slice(const SlicedLedger *sliced, size_t start, size_t length)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(sliced->datum);
	struct varlena *slice;

	if (start > sliced->length || length > sliced->length - start)
		ledger_raise(LEDGER_DAMAGED);
	if (length > ONE_PART_LIMIT && !is_compressed(value))
	{
		char	   *bytes = palloc(length);

		read_parts(value, start, length, bytes);
		return (const uint8_t *) bytes;
	}
	slice = PG_DETOAST_DATUM_SLICE(sliced->datum, (int32) start,
								   (int32) length);
	if (VARSIZE_ANY_EXHDR(slice) < length)
		ledger_raise(LEDGER_DAMAGED);
	return (const uint8_t *) VARDATA_ANY(slice);
}

/*
 * Opens the head of a value that is worth reading in parts; false where it
 * should be read whole.
 */
static bool
open_sliced(Datum datum, SlicedLedger *sliced)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);
	const uint8_t *data;

	if (!VARATT_IS_EXTERNAL_ONDISK(value))
		return false;
	sliced->datum = datum;
	sliced->length = toast_raw_datum_size(datum) - VARHDRSZ;
	if (sliced->length <= WHOLE_VALUE_LIMIT)
		return false;

	data = read_slice(sliced, 0, FIRST_SLICE);
	if (ledger_is_small(data, FIRST_SLICE))
		return false;
	ledger_check(ledger_flat_head_length(data, FIRST_SLICE, &sliced->head));
	if (sliced->head > FIRST_SLICE)
		data = read_slice(sliced, 0, sliced->head);
	ledger_check(ledger_flat_open_head(&sliced->flat, data, sliced->head));
	return true;
}

/*
 * Opens as much of a ledger as its head; a small one whole.
 */
void
ledger_fetch_head(Datum datum, LedgerFlat *flat)
{
	SlicedLedger sliced;

	if (open_sliced(datum, &sliced))
		*flat = sliced.flat;
	else
		ledger_fetch(datum, flat);
}

/*
 * Reads the directory of a value; false where it is so large that the value
 * should be read whole.
 */
static bool
read_directory(SlicedLedger *sliced)
{
	const size_t length = ledger_flat_directory_length(&sliced->flat);

	if (length > ONE_PART_LIMIT)
		return false;
	sliced->flat.directory = read_slice(sliced, sliced->head, length);
	return true;
}

/*
 * Opens a value with its directory but without its segments; false where it
 * should be read whole.
 */
static bool
open_directory(Datum datum, SlicedLedger *sliced)
{
	return open_sliced(datum, sliced) && read_directory(sliced);
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

/*
 * Reads bytes of the segments area.
 */
static const uint8_t *
read_segments(const SlicedLedger *sliced, size_t start, size_t end)
{
	return read_slice(sliced,
					  sliced->head +
					  ledger_flat_directory_length(&sliced->flat) + start,
					  end - start);
}

/*
 * Reads one corridor, with its segment if wanted, by slices.
 */
static bool
slice_corridor(const SlicedLedger *sliced, uint32 origin, uint32 destination,
			   bool with_segment, LedgerCorridor *corridor)
{
	const LedgerFlat *flat = &sliced->flat;
	uint32		start;
	uint32		end;
	size_t		offset;
	size_t		length;
	const uint8_t *row;
	bool		found;

	ledger_check(ledger_flat_row(flat, origin, &start, &end));
	if (start == end)
		return false;
	ledger_flat_row_slice(start, end, &offset, &length);
	row = read_slice(sliced, sliced->head + offset, length);
	ledger_check(ledger_flat_find_in_row(flat, row, start, end, origin,
										 destination, corridor, &found));
	if (found && with_segment)
		corridor->segment = read_segments(sliced, corridor->segment_start,
										  corridor->segment_end);
	return found;
}

/*
 * Finds one corridor in a row that is long, without its segment: by slices, each
 * from where the destination would be if those of the row were spread evenly, or
 * from the middle of what is left where that has led nowhere twice.
 */
static bool
search_corridor(const SlicedLedger *sliced, uint32 origin, uint32 destination,
				LedgerCorridor *corridor)
{
	const LedgerFlat *flat = &sliced->flat;
	uint32		low;			/* positions that are left */
	uint32		high;
	uint64		first = 0;		/* destinations that may be there */
	uint64		end = flat->parties;
	int			tries = 0;
	bool		found = false;

	ledger_check(ledger_flat_row(flat, origin, &low, &high));
	while (low < high && !found && destination >= first && destination < end)
	{
		const uint32 left = high - low;
		const uint32 taken = Min(left, SEARCHED_ENTRIES);
		uint32		start = left / 2;
		uint32		slice_first;
		uint32		slice_last;
		size_t		offset;
		size_t		length;
		const uint8_t *row;

		CHECK_FOR_INTERRUPTS();
		if (tries++ < 2)
			start = (uint32) ((destination - first) * left / (end - first));
		start = low + Min(start - Min(start, taken / 2), left - taken);
		ledger_flat_row_slice(start, start + taken, &offset, &length);
		row = read_slice(sliced, sliced->head + offset, length);
		ledger_check(ledger_flat_find_in_row(flat, row, start, start + taken, origin,
											 destination, corridor, &found));
		ledger_flat_row_ends(row, start, start + taken, &slice_first, &slice_last);
		if (destination < slice_first)
		{
			high = start;
			end = slice_first;
		}
		else if (destination > slice_last)
		{
			low = start + taken;
			first = (uint64) slice_last + 1;
		}
		else
			break;
	}
	return found;
}

/*
 * Puts the corridor between two parties into a view, if there is one.
 * `sliced` is NULL where the directory has been read whole.
 */
static void
view_add_corridor(HomeCorridors *view, const SlicedLedger *sliced, uint32 origin,
				  uint32 destination, bool inward, bool with_segments)
{
	LedgerCorridor *corridor = &view->corridors[view->n_corridors];
	bool		found;

	if (sliced != NULL)
		found = slice_corridor(sliced, origin, destination, with_segments,
							   corridor);
	else
		ledger_check(ledger_flat_find_corridor(&view->flat, origin,
											   destination, corridor, &found));
	Assert(!found || (corridor->origin == origin &&
					  corridor->destination == destination));
	if (found)
		view->inward[view->n_corridors++] = inward;
}

/*
 * Makes room for the corridors of a view.
 */
static void
view_allocate(HomeCorridors *view, uint32 room)
{
	view->corridors = palloc_many(LedgerCorridor, room);
	view->inward = palloc_many(bool, room);
	view->n_corridors = 0;
	view->both_ways = false;
}

/*
 * The corridors between home and every other party, none where the ledger has
 * no such party: home's own row of the directory, and one look into each other
 * row.
 */
static void
view_every_partner(HomeCorridors *view, LedgerParty home)
{
	uint32		home_index;
	uint32		other;
	bool		found;

	view_allocate(view, 2 * view->flat.parties);
	ledger_check(ledger_flat_find_party(&view->flat, home, &home_index, &found));
	for (other = 0; found && other < view->flat.parties; other++)
	{
		CHECK_FOR_INTERRUPTS();
		if (other == home_index)
			continue;
		view_add_corridor(view, NULL, other, home_index, true, true);
		view_add_corridor(view, NULL, home_index, other, false, true);
	}
}

/*
 * The same where each other row is searched, rather than the directory read.
 */
static void
view_search_partners(HomeCorridors *view, const SlicedLedger *sliced,
					 LedgerParty home)
{
	const LedgerFlat *flat = &view->flat;
	const uint8_t *row;
	uint32		home_index;
	uint32		start;
	uint32		end;
	uint32		other;
	size_t		offset;
	size_t		length;
	bool		found;

	view_allocate(view, 2 * flat->parties);
	ledger_check(ledger_flat_find_party(flat, home, &home_index, &found));
	if (!found)
		return;
	ledger_check(ledger_flat_row(flat, home_index, &start, &end));
	ledger_flat_row_slice(start, end, &offset, &length);
	row = start < end ? read_slice(sliced, sliced->head + offset, length) : NULL;
	for (other = 0; other < flat->parties; other++)
	{
		LedgerCorridor *corridor = &view->corridors[view->n_corridors];

		CHECK_FOR_INTERRUPTS();
		if (other == home_index)
			continue;
		if (search_corridor(sliced, other, home_index, corridor))
		{
			view->inward[view->n_corridors++] = true;
			corridor++;
		}
		if (row == NULL)
			continue;
		ledger_check(ledger_flat_find_in_row(flat, row, start, end, home_index,
											 other, corridor, &found));
		if (found)
			view->inward[view->n_corridors++] = false;
	}
}

/*
 * Does it take less to search each row than to read the directory?
 */
static bool
search_pays(const SlicedLedger *sliced)
{
	return (uint64) sliced->flat.parties * SEARCH_COST <
		ledger_flat_directory_length(&sliced->flat);
}

/*
 * Reads the segments of a view, those of home's own row at once, as they stand
 * side by side; false, and nothing is read, where the whole value takes less.
 */
static bool
view_read_segments(HomeCorridors *view, const SlicedLedger *sliced)
{
	size_t		start = SIZE_MAX;	/* of home's own row */
	size_t		end = 0;
	size_t		cost = 0;
	const uint8_t *row = NULL;
	uint32		i;

	for (i = 0; i < view->n_corridors; i++)
	{
		const LedgerCorridor *corridor = &view->corridors[i];

		cost += corridor->segment_end - corridor->segment_start;
		if (view->inward[i])
			cost += SLICE_COST;
		else
		{
			start = Min(start, corridor->segment_start);
			end = Max(end, corridor->segment_end);
		}
	}
	if (cost > sliced->length || (start < end && end - start > ONE_PART_LIMIT))
		return false;
	if (start < end)
		row = read_segments(sliced, start, end);
	for (i = 0; i < view->n_corridors; i++)
	{
		LedgerCorridor *corridor = &view->corridors[i];

		CHECK_FOR_INTERRUPTS();
		corridor->segment = view->inward[i] ?
			read_segments(sliced, corridor->segment_start, corridor->segment_end) :
			row + (corridor->segment_start - start);
	}
	return true;
}

/*
 * The view of home on every other party.
 */
static void
fetch_every_partner(Datum datum, LedgerParty home, bool with_segments,
					HomeCorridors *view)
{
	const bool	compressed =
		is_compressed((const struct varlena *) DatumGetPointer(datum));
	SlicedLedger sliced;
	bool		found = false;

	/* a slice of a compressed value has all before it decompressed */
	if ((!with_segments || !compressed) && open_sliced(datum, &sliced))
	{
		view->flat = sliced.flat;
		if (!compressed && search_pays(&sliced))
		{
			view_search_partners(view, &sliced, home);
			found = true;
		}
		else if (read_directory(&sliced))
		{
			view->flat = sliced.flat;
			view_every_partner(view, home);
			found = true;
		}
		if (found && (!with_segments || view_read_segments(view, &sliced)))
			return;
	}
	ledger_fetch(datum, &view->flat);
	view_every_partner(view, home);
}

/*
 * The view of every party on every other.
 */
static void
fetch_every_party(Datum datum, bool with_segments, HomeCorridors *view)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	ledger_fetch_corridors(datum, with_segments, &view->flat);
	view_allocate(view, view->flat.corridors);
	view->both_ways = true;
	ledger_walk_start(&walk, &view->flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		if (corridor.origin == corridor.destination)
			continue;
		view->corridors[view->n_corridors] = corridor;
		view->inward[view->n_corridors++] = true;
	}
	ledger_check(status);
}

/*
 * The view of every other party on one: that of the one, turned round.
 */
static void
fetch_everyone_on(Datum datum, LedgerParty partner, bool with_segments,
				  HomeCorridors *view)
{
	uint32		i;

	fetch_every_partner(datum, partner, with_segments, view);
	for (i = 0; i < view->n_corridors; i++)
		view->inward[i] = !view->inward[i];
}

/*
 * The view of one party on another.
 */
static void
fetch_pair(Datum datum, LedgerParty home_party, LedgerParty partner_party,
		   bool with_segments, HomeCorridors *view)
{
	SlicedLedger sliced;
	bool		in_parts;
	uint32		home_index;
	uint32		partner_index;
	bool		found;

	in_parts = open_sliced(datum, &sliced);
	if (in_parts)
		view->flat = sliced.flat;
	else
		ledger_fetch(datum, &view->flat);

	view_allocate(view, 2);
	ledger_check(ledger_flat_find_party(&view->flat, home_party, &home_index,
										&found));
	if (found)
		ledger_check(ledger_flat_find_party(&view->flat, partner_party,
											&partner_index, &found));
	if (!found || home_index == partner_index)
		return;
	view_add_corridor(view, in_parts ? &sliced : NULL, partner_index,
					  home_index, true, with_segments);
	view_add_corridor(view, in_parts ? &sliced : NULL, home_index,
					  partner_index, false, with_segments);
}

void
ledger_fetch_home(Datum datum, const text *home, const text *partner,
				  bool with_segments, HomeCorridors *view)
{
	if (home == NULL && partner == NULL)
		fetch_every_party(datum, with_segments, view);
	else if (home == NULL)
		fetch_everyone_on(datum, ledger_party_from_text(partner),
						  with_segments, view);
	else if (partner == NULL)
		fetch_every_partner(datum, ledger_party_from_text(home),
							with_segments, view);
	else
		fetch_pair(datum, ledger_party_from_text(home),
				   ledger_party_from_text(partner), with_segments, view);
}

bool
ledger_fetch_corridor(Datum datum, LedgerParty origin, LedgerParty destination,
					  bool with_segment, LedgerCorridor *corridor)
{
	SlicedLedger sliced;
	bool		in_parts = open_sliced(datum, &sliced);
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
		return slice_corridor(&sliced, origin_index, destination_index,
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
