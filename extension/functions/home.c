/*
 * functions/home.c
 *		The corridors between home and its partners, out of a ledger.
 *
 * A question about one pair of parties reads the head, the directory rows of
 * the two and two segments, however many corridors there are; one about a home
 * and all others, the directory or a search in each of its rows, and the
 * segments of the home.  What came to a home and went from it in all days is
 * in the totals of a wide ledger.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "functions/home.h"
#include "functions/slices.h"

/* What a search in a row costs, as so many bytes of the directory */
#define SEARCH_COST			4096

/* What a further slice costs beside its bytes, as so many of them */
#define SLICE_COST			16384

/*
 * Adds the corridor between two parties, if there is one.
 * `sliced` is NULL where the directory has been read whole.
 */
static void
add_corridor(HomeCorridors *between, const SlicedLedger *sliced, uint32 origin,
			 uint32 destination, bool inward, bool with_segments)
{
	LedgerCorridor *corridor = &between->corridors[between->n_corridors];
	bool		found;

	if (sliced != NULL)
		found = ledger_slice_corridor(sliced, origin, destination, with_segments,
									  corridor);
	else
		ledger_check(ledger_flat_find_corridor(&between->flat, origin,
											   destination, corridor, &found));
	Assert(!found || (corridor->origin == origin &&
					  corridor->destination == destination));
	if (found)
		between->inward[between->n_corridors++] = inward;
}

/*
 * Makes room for so many corridors.
 */
static void
allocate_corridors(HomeCorridors *between, uint32 room)
{
	between->corridors = palloc_many(LedgerCorridor, room);
	between->inward = palloc_many(bool, room);
	between->n_corridors = 0;
	between->both_ways = false;
}

/*
 * The corridors between home and every other party, none where the ledger has
 * no such party: home's own row of the directory, and one look into each other
 * row.
 */
static void
find_every_partner(HomeCorridors *between, LedgerParty home)
{
	uint32		home_index;
	uint32		other;
	bool		found;

	allocate_corridors(between, 2 * between->flat.parties);
	ledger_check(ledger_flat_find_party(&between->flat, home, &home_index, &found));
	for (other = 0; found && other < between->flat.parties; other++)
	{
		CHECK_FOR_INTERRUPTS();
		if (other == home_index)
			continue;
		add_corridor(between, NULL, other, home_index, true, true);
		add_corridor(between, NULL, home_index, other, false, true);
	}
}

/*
 * The same where each other row is searched, rather than the directory read.
 */
static void
search_every_partner(HomeCorridors *between, const SlicedLedger *sliced,
					 LedgerParty home)
{
	const LedgerFlat *flat = &between->flat;
	const uint8_t *row;
	uint32		home_index;
	uint32		start;
	uint32		end;
	uint32		other;
	size_t		offset;
	size_t		length;
	bool		found;

	allocate_corridors(between, 2 * flat->parties);
	ledger_check(ledger_flat_find_party(flat, home, &home_index, &found));
	if (!found)
		return;
	ledger_check(ledger_flat_row(flat, home_index, &start, &end));
	ledger_flat_row_slice(start, end, &offset, &length);
	row = start < end ? ledger_read_slice(sliced, sliced->directory + offset, length) : NULL;
	for (other = 0; other < flat->parties; other++)
	{
		LedgerCorridor *corridor = &between->corridors[between->n_corridors];

		CHECK_FOR_INTERRUPTS();
		if (other == home_index)
			continue;
		if (ledger_search_corridor(sliced, other, home_index, corridor))
		{
			between->inward[between->n_corridors++] = true;
			corridor++;
		}
		if (row == NULL)
			continue;
		ledger_check(ledger_flat_find_in_row(flat, row, start, end, home_index,
											 other, corridor, &found));
		if (found)
			between->inward[between->n_corridors++] = false;
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
 * Reads the segments of all corridors, those of home's own row at once, as they stand
 * side by side; false, and nothing is read, where the whole value takes less.
 */
static bool
read_segments(HomeCorridors *between, const SlicedLedger *sliced)
{
	size_t		start = SIZE_MAX;	/* of home's own row */
	size_t		end = 0;
	size_t		cost = 0;
	const uint8_t *row = NULL;
	uint32		i;

	for (i = 0; i < between->n_corridors; i++)
	{
		const LedgerCorridor *corridor = &between->corridors[i];

		cost += corridor->segment_end - corridor->segment_start;
		if (between->inward[i])
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
		row = ledger_read_segments(sliced, start, end);
	for (i = 0; i < between->n_corridors; i++)
	{
		LedgerCorridor *corridor = &between->corridors[i];

		CHECK_FOR_INTERRUPTS();
		corridor->segment = between->inward[i] ?
			ledger_read_segments(sliced, corridor->segment_start, corridor->segment_end) :
			row + (corridor->segment_start - start);
	}
	return true;
}

/*
 * Those between home and every other party.
 */
static void
fetch_every_partner(Datum datum, LedgerParty home, bool with_segments,
					HomeCorridors *between)
{
	const bool	compressed =
		ledger_is_compressed((const struct varlena *) DatumGetPointer(datum));
	SlicedLedger sliced;
	bool		found = false;

	/* a slice of a compressed value has all before it decompressed */
	if ((!with_segments || !compressed) && ledger_open_sliced(datum, &sliced))
	{
		between->flat = sliced.flat;
		if (!compressed && search_pays(&sliced))
		{
			search_every_partner(between, &sliced, home);
			found = true;
		}
		else if (ledger_read_directory(&sliced))
		{
			between->flat = sliced.flat;
			find_every_partner(between, home);
			found = true;
		}
		if (found && (!with_segments || read_segments(between, &sliced)))
			return;
	}
	ledger_fetch(datum, &between->flat);
	find_every_partner(between, home);
}

/*
 * Those between every party and every other.
 */
static void
fetch_every_party(Datum datum, bool with_segments, HomeCorridors *between)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	ledger_fetch_corridors(datum, with_segments, &between->flat);
	allocate_corridors(between, between->flat.corridors);
	between->both_ways = true;
	ledger_walk_start(&walk, &between->flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		if (corridor.origin == corridor.destination)
			continue;
		between->corridors[between->n_corridors] = corridor;
		between->inward[between->n_corridors++] = true;
	}
	ledger_check(status);
}

/*
 * Those between every other party and one: those of the one, turned round.
 */
static void
fetch_everyone_on(Datum datum, LedgerParty partner, bool with_segments,
				  HomeCorridors *between)
{
	uint32		i;

	fetch_every_partner(datum, partner, with_segments, between);
	for (i = 0; i < between->n_corridors; i++)
		between->inward[i] = !between->inward[i];
}

/*
 * Those between one party and another.
 */
static void
fetch_pair(Datum datum, LedgerParty home_party, LedgerParty partner_party,
		   bool with_segments, HomeCorridors *between)
{
	SlicedLedger sliced;
	bool		in_parts;
	uint32		home_index;
	uint32		partner_index;
	bool		found;

	in_parts = ledger_open_sliced(datum, &sliced);
	if (in_parts)
		between->flat = sliced.flat;
	else
		ledger_fetch(datum, &between->flat);

	allocate_corridors(between, 2);
	ledger_check(ledger_flat_find_party(&between->flat, home_party, &home_index,
										&found));
	if (found)
		ledger_check(ledger_flat_find_party(&between->flat, partner_party,
											&partner_index, &found));
	if (!found || home_index == partner_index)
		return;
	add_corridor(between, in_parts ? &sliced : NULL, partner_index,
				 home_index, true, with_segments);
	add_corridor(between, in_parts ? &sliced : NULL, home_index,
				 partner_index, false, with_segments);
}

bool
ledger_fetch_home_totals(Datum datum, const text *home, LedgerPartyTotals *totals)
{
	SlicedLedger sliced;
	uint32		index;
	bool		found;
	size_t		offset;
	size_t		length;

	if (!ledger_open_sliced(datum, &sliced) ||
		ledger_flat_totals_length(&sliced.flat) == 0)
		return false;
	memset(totals, 0, sizeof(*totals));
	ledger_check(ledger_flat_find_party(&sliced.flat, ledger_party_from_text(home),
										&index, &found));
	if (found)
	{
		ledger_flat_totals_slice(index, &offset, &length);
		*totals = ledger_flat_totals_read(ledger_read_slice(&sliced,
														   sliced.head + offset,
														   length));
	}
	return true;
}

void
ledger_fetch_home(Datum datum, const text *home, const text *partner,
				  bool with_segments, HomeCorridors *between)
{
	if (home == NULL && partner == NULL)
		fetch_every_party(datum, with_segments, between);
	else if (home == NULL)
		fetch_everyone_on(datum, ledger_party_from_text(partner),
						  with_segments, between);
	else if (partner == NULL)
		fetch_every_partner(datum, ledger_party_from_text(home),
							with_segments, between);
	else
		fetch_pair(datum, ledger_party_from_text(home),
				   ledger_party_from_text(partner), with_segments, between);
}
