/*
 * ledger_small.c
 *		The small state of ledger_agg: a flat value with room to spare, modified
 *		in place.
 *
 * With many groups each state must be one palloc'd chunk: an expanded object
 * has a memory context of its own, and hash aggregation walks all child
 * contexts for each group that it adds.  Only a state that outgrows
 * LEDGER_SMALL_LAST_SIZE becomes an expanded object; work_mem lets so few of
 * those live side by side that the walk stays short.
 *
 * Layout after the varlena header: SmallHeader, then cells from the front and
 * parties from the end, free space between.  Cells come as rows do and are
 * summed when there is no more room, so that a row costs the look-up of two
 * parties and one append.  A party is a tag of eight bytes; its number is its
 * place counted from the end.  The tag of a name of up to eight bytes is the
 * name, its first byte highest; that of a longer one is its length, and the
 * name stands in front of it.  No name has the zero byte that is highest there.
 *
 * The state never leaves the aggregate: its final function, and every function
 * that meets one all the same, turns it into the canonical form.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "ledger_expanded.h"
#include "ledger_small.h"

/* Below this size a full state grows without a look for what can be summed */
#define SETTLE_FROM_SIZE	512

typedef struct SmallHeader
{
	int32		varlena_header;
	uint8		version;
	uint8		form;
	uint16		n_parties;
	uint32		n_cells;
	uint32		parties_start;	/* of the party added last, from the front */
} SmallHeader;

/* The key orders cells by corridor, then day. */
typedef struct SmallCell
{
	uint64		key;
	int64		people;
} SmallCell;

#define ST_SORT sort_cells
#define ST_ELEMENT_TYPE SmallCell
#define ST_COMPARE(a, b) (((a)->key > (b)->key) - ((a)->key < (b)->key))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* A party on its way into the flat form, with its number in the state */
typedef struct OrderedParty
{
	uint64		tag;
	uint32		number;
	LedgerParty party;
} OrderedParty;

static inline int
compare_ordered_parties(const OrderedParty *a, const OrderedParty *b)
{
	if (a->party.length <= 8 && b->party.length <= 8)
		return (a->tag > b->tag) - (a->tag < b->tag);
	return ledger_party_compare(a->party, b->party);
}

#define ST_SORT sort_parties
#define ST_ELEMENT_TYPE OrderedParty
#define ST_COMPARE(a, b) compare_ordered_parties(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* What a party takes up, and the length of the name behind a tag */
#define PARTY_SIZE(length) \
	(sizeof(uint64) + ((length) > 8 ? TYPEALIGN(8, length) : 0))
#define TAG_IS_LONG(tag)	((tag) >> 56 == 0)

static inline SmallCell *
small_cells(const SmallHeader *state)
{
	return (SmallCell *) ((char *) state + sizeof(SmallHeader));
}

static inline uint64
make_key(uint32 origin, uint32 destination, LedgerDay day)
{
	return (uint64) origin << 48 | (uint64) destination << 32 |
		(uint32) (day - LEDGER_DAY_MIN);
}

static inline uint32
key_origin(uint64 key)
{
	return (uint32) (key >> 48);
}

static inline uint32
key_destination(uint64 key)
{
	return (uint32) (key >> 32) & 0xffff;
}

static inline LedgerDay
key_day(uint64 key)
{
	return (LedgerDay) (uint32) key + LEDGER_DAY_MIN;
}

static inline uint64
party_tag(LedgerParty party)
{
	return party.length <= 8 ? ledger_party_code(party) : party.length;
}

static inline uint32
tag_length(uint64 tag)
{
	uint32		length = 0;

	if (TAG_IS_LONG(tag))
		return (uint32) tag;
	for (; tag != 0; tag <<= 8)
		length++;
	return length;
}

struct varlena *
ledger_small_make(Size size)
{
	SmallHeader *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = LEDGER_FLAT_VERSION;
	state->form = LEDGER_FORM_SMALL;
	state->parties_start = (uint32) size;
	return (struct varlena *) state;
}

/*
 * The number of a party, or -1 where the state does not have it.
 */
static inline int
find_party(const SmallHeader *state, LedgerParty party, uint64 tag)
{
	const char *next = (const char *) state + VARSIZE(state);
	int			i;

	for (i = 0; i < state->n_parties; i++)
	{
		uint64		there = *(const uint64 *) (next - sizeof(uint64));

		next -= sizeof(uint64);
		if (TAG_IS_LONG(there))
			next -= TYPEALIGN(8, there);
		if (there == tag &&
			(!TAG_IS_LONG(tag) || memcmp(next, party.name, party.length) == 0))
			return i;
	}
	return -1;
}

/*
 * Adds a party; the caller has seen to the room.  Returns its number.
 */
static int
add_party(SmallHeader *state, LedgerParty party, uint64 tag)
{
	char	   *end = (char *) state + state->parties_start;

	*(uint64 *) (end - sizeof(uint64)) = tag;
	state->parties_start -= PARTY_SIZE(party.length);
	if (party.length > 8)
		memcpy((char *) state + state->parties_start, party.name, party.length);
	return state->n_parties++;
}

static inline Size
free_space(const SmallHeader *state)
{
	return state->parties_start - sizeof(SmallHeader) -
		state->n_cells * sizeof(SmallCell);
}

/*
 * All parties by number.  Long names are borrowed from the state, short ones
 * put together in `names`, eight bytes each.
 */
static void
list_parties(const SmallHeader *state, OrderedParty *parties,
			 char names[LEDGER_SMALL_PARTIES][8])
{
	const char *next = (const char *) state + VARSIZE(state);
	uint32		i;

	for (i = 0; i < state->n_parties; i++)
	{
		uint64		tag = *(const uint64 *) (next - sizeof(uint64));
		uint32		j;

		parties[i].tag = tag;
		parties[i].number = i;
		parties[i].party.length = tag_length(tag);
		next -= PARTY_SIZE(parties[i].party.length);
		parties[i].party.name = TAG_IS_LONG(tag) ? next : names[i];
		if (!TAG_IS_LONG(tag))
			for (j = 0; j < 8; j++)
				names[i][j] = (char) (tag >> (56 - 8 * j));
	}
}

/*
 * `parties` has those of the keys by number; NULL where that is the state's
 * own numbering.
 */
static void
raise_people(const SmallHeader *state, const LedgerParty *parties, uint64 key)
{
	OrderedParty own[LEDGER_SMALL_PARTIES];
	char		names[LEDGER_SMALL_PARTIES][8];

	if (parties != NULL)
		ledger_raise_people(key_day(key), parties[key_origin(key)],
							parties[key_destination(key)]);
	list_parties(state, own, names);
	ledger_raise_people(key_day(key), own[key_origin(key)].party,
						own[key_destination(key)].party);
}

/*
 * Puts the cells in order, makes one of those of one key and leaves out zeros.
 * Sums wrap and count how often they did, so that only a sum that is out of
 * range in the end is an error, whatever the order.
 */
static void
settle_cells(SmallHeader *state, const LedgerParty *parties)
{
	SmallCell  *cells = small_cells(state);
	uint32		n = 0;
	uint32		i;

	sort_cells(cells, state->n_cells);
	for (i = 0; i < state->n_cells;)
	{
		SmallCell	sum = cells[i++];
		int			wraps = 0;

		for (; i < state->n_cells && cells[i].key == sum.key; i++)
			if (!ledger_add(sum.people, cells[i].people, &sum.people))
				wraps += cells[i].people > 0 ? 1 : -1;
		if (wraps != 0)
			raise_people(state, parties, sum.key);
		if (sum.people != 0)
			cells[n++] = sum;
	}
	state->n_cells = n;
}

bool
ledger_small_add(struct varlena *value, LedgerParty origin,
				 LedgerParty destination, LedgerDay day, int64 people)
{
	SmallHeader *state = (SmallHeader *) value;
	uint64		origin_tag = party_tag(origin);
	uint64		destination_tag = party_tag(destination);
	int			origin_number = find_party(state, origin, origin_tag);
	int			destination_number = find_party(state, destination,
												destination_tag);
	SmallCell  *cells = small_cells(state);
	Size		needed = sizeof(SmallCell);
	uint64		key;
	int64		sum;

	/* both parties may be new, if rarely the same one */
	if (origin_number < 0)
		needed += PARTY_SIZE(origin.length);
	if (destination_number < 0)
		needed += PARTY_SIZE(destination.length);
	if (free_space(state) < needed)
	{
		if (VARSIZE(state) < SETTLE_FROM_SIZE)
			return false;
		settle_cells(state, NULL);
		/* a nearly full state would have to be settled again too soon */
		if (free_space(state) < Max(needed, VARSIZE(state) / 4))
			return false;
	}
	if (state->n_parties + 2 > LEDGER_SMALL_PARTIES &&
		(origin_number < 0 || destination_number < 0))
		return false;

	if (origin_number < 0)
	{
		origin_number = add_party(state, origin, origin_tag);
		if (destination_number < 0)
			destination_number = find_party(state, destination,
											destination_tag);
	}
	if (destination_number < 0)
		destination_number = add_party(state, destination, destination_tag);

	key = make_key((uint32) origin_number, (uint32) destination_number, day);

	/* rows of one day and corridor often follow each other */
	if (state->n_cells > 0 && cells[state->n_cells - 1].key == key &&
		ledger_add(cells[state->n_cells - 1].people, people, &sum))
	{
		cells[state->n_cells - 1].people = sum;
		return true;
	}
	cells[state->n_cells].key = key;
	cells[state->n_cells].people = people;
	state->n_cells++;
	return true;
}

struct varlena *
ledger_small_grow(const struct varlena *value)
{
	const SmallHeader *state = (const SmallHeader *) value;
	Size		size = VARSIZE(state);
	Size		tail = size - state->parties_start;
	SmallHeader *grown;

	if (size * 2 > LEDGER_SMALL_LAST_SIZE ||
		state->n_parties + 2 > LEDGER_SMALL_PARTIES)
		return NULL;
	/* an aggregate without our final function stores the free space too */
	grown = palloc0(size * 2);
	memcpy(grown, state,
		   sizeof(SmallHeader) + state->n_cells * sizeof(SmallCell));
	memcpy((char *) grown + size * 2 - tail,
		   (const char *) state + state->parties_start, tail);
	grown->parties_start = (uint32) (size * 2 - tail);
	SET_VARSIZE(grown, size * 2);
	return (struct varlena *) grown;
}

/*
 * Sorts the parties by name, and renumbers the cells accordingly.
 */
static void
order_parties(SmallHeader *state, OrderedParty *ordered, LedgerParty *parties)
{
	uint32		numbers[LEDGER_SMALL_PARTIES];
	SmallCell  *cells = small_cells(state);
	uint32		i;

	sort_parties(ordered, state->n_parties);
	for (i = 0; i < state->n_parties; i++)
	{
		parties[i] = ordered[i].party;
		numbers[ordered[i].number] = i;
	}
	for (i = 0; i < state->n_cells; i++)
		cells[i].key = make_key(numbers[key_origin(cells[i].key)],
								numbers[key_destination(cells[i].key)],
								key_day(cells[i].key));
}

/*
 * Writes the cells, which are settled, as entries.
 */
static struct varlena *
write_cells(const SmallHeader *state, const LedgerParty *parties)
{
	const SmallCell *cells = small_cells(state);
	uint32		n = state->n_cells;
	uint32		renumber[LEDGER_SMALL_PARTIES];
	Size		room = (Size) (n + 1) * LEDGER_FLAT_ENTRY_MAX;
	LedgerWriter writer;
	uint32		i;

	ledger_writer_start(&writer, parties, state->n_parties, renumber,
						palloc((n + 1) * sizeof(LedgerCorridor)), n,
						palloc(room), room);
	for (i = 0; i < n; i++)
	{
		LedgerStatus status = LEDGER_OK;

		if (i == 0 || cells[i].key >> 32 != cells[i - 1].key >> 32)
			status = ledger_writer_corridor(&writer, key_origin(cells[i].key),
											key_destination(cells[i].key));
		if (status == LEDGER_OK)
			status = ledger_writer_entry(&writer, key_day(cells[i].key),
										 cells[i].people);
		if (status == LEDGER_OUT_OF_RANGE)
			raise_people(state, parties, cells[i].key);
		ledger_check(status);
	}
	return (struct varlena *) DatumGetPointer(ledger_make(&writer));
}

/*
 * Whether the bytes of a state hang together; one that was stored by an
 * aggregate without our final function may have been damaged since.
 */
static bool
small_is_sound(const SmallHeader *state)
{
	const char *start = (const char *) state;
	const char *next = start + VARSIZE(state);
	const SmallCell *cells = small_cells(state);
	uint32		i;

	if (VARSIZE(state) < sizeof(SmallHeader) ||
		state->n_parties > LEDGER_SMALL_PARTIES ||
		state->parties_start > VARSIZE(state) ||
		state->parties_start % 8 != 0 || VARSIZE(state) % 8 != 0 ||
		state->parties_start < sizeof(SmallHeader) ||
		state->n_cells > (state->parties_start - sizeof(SmallHeader)) /
		sizeof(SmallCell))
		return false;
	for (i = 0; i < state->n_parties; i++)
	{
		ptrdiff_t	left = next - start - state->parties_start;
		uint64		tag;

		if (left < (ptrdiff_t) sizeof(uint64))
			return false;
		tag = *(const uint64 *) (next - sizeof(uint64));
		if (TAG_IS_LONG(tag) && (tag <= 8 || tag > LEDGER_PARTY_MAX))
			return false;
		if (left < (ptrdiff_t) PARTY_SIZE(tag_length(tag)))
			return false;
		next -= PARTY_SIZE(tag_length(tag));
	}
	if (next - start != state->parties_start)
		return false;
	for (i = 0; i < state->n_cells; i++)
		if (key_origin(cells[i].key) >= state->n_parties ||
			key_destination(cells[i].key) >= state->n_parties ||
			!ledger_day_valid(key_day(cells[i].key)))
			return false;
	return true;
}

struct varlena *
ledger_small_to_flat(const uint8_t *data, size_t length)
{
	SmallHeader *state = palloc(length + VARHDRSZ);
	OrderedParty ordered[LEDGER_SMALL_PARTIES];
	LedgerParty parties[LEDGER_SMALL_PARTIES];
	char		names[LEDGER_SMALL_PARTIES][8];
	struct varlena *flat;

	SET_VARSIZE(state, length + VARHDRSZ);
	memcpy((char *) state + VARHDRSZ, data, length);
	if (!small_is_sound(state))
		ledger_raise(LEDGER_DAMAGED);
	list_parties(state, ordered, names);
	order_parties(state, ordered, parties);
	settle_cells(state, parties);
	flat = write_cells(state, parties);
	pfree(state);
	return flat;
}
