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
 * parties and one append.  A party takes PARTY_SIZE bytes, the tail of a longer
 * name in front of them; its number is its place counted from the end.
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

typedef struct SmallParty
{
	uint64		code;			/* the first eight bytes, the first one highest */
	uint32		length;
	uint32		padding;
} SmallParty;

#define ST_SORT sort_cells
#define ST_ELEMENT_TYPE SmallCell
#define ST_COMPARE(a, b) (((a)->key > (b)->key) - ((a)->key < (b)->key))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Bytes of a name beyond the first eight, which stand before its SmallParty */
#define TAIL_LENGTH(length)		((length) > 8 ? (Size) (length) - 8 : 0)
#define TAIL_SIZE(length)		TYPEALIGN(8, TAIL_LENGTH(length))

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
name_code(LedgerParty party)
{
	const unsigned char *name = (const unsigned char *) party.name;
	uint32		n = Min(party.length, 8);
	uint64		code = 0;
	uint32		i;

	for (i = 0; i < n; i++)
		code = code << 8 | name[i];
	return code << (8 * (8 - n));
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
find_party(const SmallHeader *state, LedgerParty party, uint64 code)
{
	const char *next = (const char *) state + VARSIZE(state);
	int			i;

	for (i = 0; i < state->n_parties; i++)
	{
		const SmallParty *there = (const SmallParty *) (next - sizeof(SmallParty));

		next = (const char *) there - TAIL_SIZE(there->length);
		if (there->code == code && there->length == party.length &&
			(party.length <= 8 ||
			 memcmp(next, party.name + 8, party.length - 8) == 0))
			return i;
	}
	return -1;
}

/*
 * Adds a party; the caller has seen to the room.  Returns its number.
 */
static int
add_party(SmallHeader *state, LedgerParty party, uint64 code)
{
	SmallParty *added;
	char	   *tail;

	added = (SmallParty *) ((char *) state + state->parties_start -
							sizeof(SmallParty));
	tail = (char *) added - TAIL_SIZE(party.length);
	added->code = code;
	added->length = party.length;
	added->padding = 0;
	if (party.length > 8)
		memcpy(tail, party.name + 8, party.length - 8);
	state->parties_start = (uint32) (tail - (char *) state);
	return state->n_parties++;
}

static inline Size
free_space(const SmallHeader *state)
{
	return state->parties_start - sizeof(SmallHeader) -
		state->n_cells * sizeof(SmallCell);
}

/*
 * All parties by number; the names are put together in `names`.
 */
static void
list_parties(const SmallHeader *state, LedgerParty *parties, char *names)
{
	const char *next = (const char *) state + VARSIZE(state);
	int			i;

	for (i = 0; i < state->n_parties; i++)
	{
		const SmallParty *there = (const SmallParty *) (next - sizeof(SmallParty));
		uint32		n = Min(there->length, 8);
		uint32		j;

		next = (const char *) there - TAIL_SIZE(there->length);
		for (j = 0; j < n; j++)
			names[j] = (char) (there->code >> (56 - 8 * j));
		if (there->length > 8)
			memcpy(names + 8, next, there->length - 8);
		parties[i].name = names;
		parties[i].length = there->length;
		names += there->length;
	}
}

/*
 * `parties` has those of the keys by number; NULL where that is the state's
 * own numbering.
 */
static void
raise_people(const SmallHeader *state, const LedgerParty *parties, uint64 key)
{
	LedgerParty own[LEDGER_SMALL_PARTIES];

	if (parties == NULL)
	{
		list_parties(state, own,
					 palloc(LEDGER_SMALL_PARTIES * LEDGER_PARTY_MAX));
		parties = own;
	}
	ledger_raise_people(key_day(key), parties[key_origin(key)],
						parties[key_destination(key)]);
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
				 LedgerParty destination, LedgerDay day, int64 people, int sign)
{
	SmallHeader *state = (SmallHeader *) value;
	uint64		origin_code = name_code(origin);
	uint64		destination_code = name_code(destination);
	int			origin_number = find_party(state, origin, origin_code);
	int			destination_number = find_party(state, destination,
												destination_code);
	SmallCell  *cells = small_cells(state);
	Size		needed = sizeof(SmallCell);
	uint64		key;
	int64		sum;

	/* both parties may be new, if rarely the same one */
	if (origin_number < 0)
		needed += sizeof(SmallParty) + TAIL_SIZE(origin.length);
	if (destination_number < 0)
		needed += sizeof(SmallParty) + TAIL_SIZE(destination.length);
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
		origin_number = add_party(state, origin, origin_code);
		if (destination_number < 0)
			destination_number = find_party(state, destination,
											destination_code);
	}
	if (destination_number < 0)
		destination_number = add_party(state, destination, destination_code);

	key = make_key((uint32) origin_number, (uint32) destination_number, day);
	if (sign < 0 && !ledger_subtract(0, people, &people))
		raise_people(state, NULL, key);

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
	grown = palloc(size * 2);
	memcpy(grown, state,
		   sizeof(SmallHeader) + state->n_cells * sizeof(SmallCell));
	memcpy((char *) grown + size * 2 - tail,
		   (const char *) state + state->parties_start, tail);
	grown->parties_start = (uint32) (size * 2 - tail);
	SET_VARSIZE(grown, size * 2);
	return (struct varlena *) grown;
}

/* A party with the number it has in the state */
typedef struct OrderedParty
{
	LedgerParty party;
	uint32		number;
} OrderedParty;

static int
compare_ordered_parties(const void *a, const void *b)
{
	return ledger_party_compare(((const OrderedParty *) a)->party,
								((const OrderedParty *) b)->party);
}

/*
 * Sorts the parties by name, and renumbers the cells accordingly.
 */
static void
order_parties(SmallHeader *state, LedgerParty *parties)
{
	OrderedParty ordered[LEDGER_SMALL_PARTIES];
	uint32		numbers[LEDGER_SMALL_PARTIES];
	SmallCell  *cells = small_cells(state);
	uint32		i;

	for (i = 0; i < state->n_parties; i++)
	{
		ordered[i].party = parties[i];
		ordered[i].number = i;
	}
	qsort(ordered, state->n_parties, sizeof(OrderedParty),
		  compare_ordered_parties);
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
		const SmallParty *party = (const SmallParty *) (next - sizeof(SmallParty));

		if (next - start < state->parties_start + (ptrdiff_t) sizeof(SmallParty) ||
			party->length < 1 || party->length > LEDGER_PARTY_MAX)
			return false;
		next = (const char *) party - TAIL_SIZE(party->length);
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
	LedgerParty parties[LEDGER_SMALL_PARTIES];
	char	   *names;
	struct varlena *flat;

	SET_VARSIZE(state, length + VARHDRSZ);
	memcpy((char *) state + VARHDRSZ, data, length);
	if (!small_is_sound(state))
		ledger_raise(LEDGER_DAMAGED);
	names = palloc(LEDGER_SMALL_PARTIES * LEDGER_PARTY_MAX);
	list_parties(state, parties, names);
	order_parties(state, parties);
	settle_cells(state, parties);
	flat = write_cells(state, parties);
	pfree(names);
	pfree(state);
	return flat;
}
