/*
 * state/small.c
 *		The small state of ledger_agg: a flat value with room to spare,
 *		modified in place.
 *
 * With many groups each state must be one palloc'd chunk: an expanded object
 * has a memory context of its own, and hash aggregation walks all child
 * contexts for each group that it adds.  Only a state that outgrows
 * LEDGER_SMALL_LAST_SIZE becomes an expanded object; work_mem lets so few of
 * those live side by side that the walk stays short.  Until then it grows by
 * steps: hash aggregation spills by the size of the groups when they begin, and a
 * group must not become many times as large as its entries are.
 *
 * Layout: SmallHeader, then the heads of lists of long names, then cells from
 * the front and long names from the end, free space between.  Cells come as
 * rows do and are summed when there is no more room: a row of short names
 * appends one and looks at nothing but the header and the cell before it, since
 * with many groups each further cache line would have to come from memory.
 *
 * A cell is 128 bits, which compare as its corridor and day do:
 *
 *		40	origin			a name of up to five bytes as it is, the first one
 *		40	destination		highest; of a longer one the place, whose highest
 *							byte is zero
 *		22	day				from LEDGER_DAY_MIN
 *		 2	power
 *		24	people			signed; they count 2^(24 * power) times
 *
 * Few counts need more than one cell, and adding up cells is the whole rule
 * for those that do.  A long name is a LongName; its place is how many times
 * eight bytes it begins before the end of the state.  Those whose hashes share a
 * head are a list, from the last one added to the first.
 *
 * The state never leaves the aggregate: its final function, and every function
 * that meets one all the same, turns it into the canonical form.  What
 * somebody stored all the same may have been damaged, and be the first state
 * of an aggregate of his own.  So a row is added after a look at the header
 * alone, which keeps it within the state; the rest is checked where a state
 * becomes another one (ledger_small_check).
 */
#include "state/small.h"

#include "common/hashfn.h"

#include "core/mechanisms.h"

/* Below this size a full state grows without a look for what can be summed */
#define SETTLE_FROM_SIZE	1024

/*
 * Up to this size a state doubles, since PostgreSQL makes room for powers of two;
 * from then on it gets half as much again
 */
#define DOUBLE_TO_SIZE		8192

struct varlena *
ledger_small_make(Size size)
{
	SmallHeader *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = LEDGER_FLAT_VERSION;
	state->form = LEDGER_FORM_SMALL;
	state->names_start = (uint32) size;
	return (struct varlena *) state;
}

/*
 * The list that names of this hash are in.
 */
static inline uint16 *
long_name_list(const SmallHeader *state, uint32 hash)
{
	return list_heads(state) + ((uint64) hash * list_count(state) >> 32);
}

/*
 * The place of a long name, which is added where the state does not have it
 * yet; the caller has seen to the room.
 */
static pg_noinline uint64
long_name_place(SmallHeader *state, LedgerParty party)
{
	const uint32 hash = hash_bytes((const unsigned char *) party.name,
								   (int) party.length);
	uint16	   *list = long_name_list(state, hash);
	uint32		before = PLACES_MAX + 1;
	uint32		place;
	LongName   *name;

	for (place = *list; place != 0; place = name->next)
	{
		name = long_name_at(state, place);
		/* names point to such as were added before them */
		if (name == NULL || place >= before)
			ledger_raise(LEDGER_DAMAGED);
		if (name->hash == hash && name->length == party.length &&
			memcmp(name->name, party.name, party.length) == 0)
			return place;
		before = place;
	}
	state->names_start -= LONG_NAME_SIZE(party.length);
	place = names_size(state) / PLACE_SIZE;
	name = (LongName *) ((char *) state + state->names_start);
	name->length = (uint16) party.length;
	name->next = *list;
	name->hash = hash;
	memcpy(name->name, party.name, party.length);
	*list = (uint16) place;
	return place;
}

/* What stands for a party in a cell */
static inline uint64
party_bits(SmallHeader *state, LedgerParty party)
{
	return party.length <= SHORT_NAME_MAX ?
		ledger_party_code(party) >> (64 - NAME_BITS) :
		long_name_place(state, party);
}

/*
 * Sums cells of a state that has no more room, which is looked at then; false
 * where that gives too little: a nearly full state would have to be settled
 * again too soon.
 */
static pg_noinline bool
make_room(SmallHeader *state, Size needed)
{
	ledger_small_check(state);
	if (VARSIZE(state) < SETTLE_FROM_SIZE)
		return false;
	ledger_small_flush(state);
	return has_room(state, Max(needed, VARSIZE(state) / 4));
}

bool
ledger_small_add(struct varlena *value, LedgerParty origin,
				 LedgerParty destination, LedgerDay day, int64 people)
{
	SmallHeader *state = (SmallHeader *) value;
	bool		one_cell = people == signed_people((uint64) people);
	Size		needed = (one_cell ? 1 : CELLS_MAX) * sizeof(SmallCell);
	uint64		origin_bits;
	SmallCell	cell;
	SmallCell  *last;
	int32		sum;

	/* two long names may be new, if rarely the same one */
	if (origin.length > SHORT_NAME_MAX)
		needed += LONG_NAME_SIZE(origin.length);
	if (destination.length > SHORT_NAME_MAX)
		needed += LONG_NAME_SIZE(destination.length);
	if (!LEDGER_SMALL_STATES ||
		(unlikely(!has_room(state, needed)) && !make_room(state, needed)))
		return false;

	origin_bits = party_bits(state, origin);
	cell = make_cell(origin_bits, party_bits(state, destination), day);

	/* rows of one day and corridor often follow each other */
	last = small_cells(state) + state->n_cells;
	if (one_cell && state->n_cells > 0 && same_entry(last[-1], cell) &&
		cell_power(last[-1]) == 0)
	{
		sum = signed_people(last[-1].low) + (int32) people;
		if (sum != 0 && sum == signed_people((uint64) sum))
		{
			put_people(last - 1, cell, sum);
			return true;
		}
	}
	state->n_cells += (uint32) (put_people(last, cell, people) - last);
	return true;
}

/*
 * Makes the lists of the long names anew, of which there are none.
 */
static void
link_long_names(SmallHeader *state)
{
	uint32		place = names_size(state) / PLACE_SIZE;
	uint16	   *end;

	while (place > 0)
	{
		LongName   *name = long_name_at(state, place);

		/* from the last one added to the first, as the lists are */
		for (end = long_name_list(state, name->hash); *end != 0; end = &long_name_at(state, *end)->next)
			;
		*end = (uint16) place;
		name->next = 0;
		place -= LONG_NAME_SIZE(name->length) / PLACE_SIZE;
	}
}

struct varlena *
ledger_small_grow(const struct varlena *value)
{
	const SmallHeader *state = (const SmallHeader *) value;
	Size		size = VARSIZE(state) < DOUBLE_TO_SIZE ?
		VARSIZE(state) * 2 : VARSIZE(state) / 2 * 3;
	SmallHeader *grown;

	if (!LEDGER_SMALL_STATES || size > LEDGER_SMALL_LAST_SIZE)
		return NULL;
	/* an aggregate without our final function stores the free space too */
	grown = palloc0(size);
	memcpy(grown, state, sizeof(SmallHeader));
	SET_VARSIZE(grown, size);
	grown->names_start = (uint32) (size - names_size(state));
	memcpy(small_cells(grown), small_cells(state),
		   state->n_cells * sizeof(SmallCell));
	memcpy((char *) grown + grown->names_start,
		   (const char *) state + state->names_start, names_size(state));
	link_long_names(grown);
	return (struct varlena *) grown;
}
