/*
 * state/small.c
 *		The small state of ledger_agg: a flat value with room to spare,
 *		modified in place.
 *
 * With many groups each state must be one palloc'd chunk: an expanded object
 * has a memory context of its own, and hash aggregation walks all child
 * contexts for each group that it adds.  Only a state that outgrows
 * LEDGER_SMALL_LAST_SIZE, or is about to have more than
 * LEDGER_SMALL_LONG_NAMES, becomes an expanded object; work_mem lets so few of
 * those live side by side that the walk stays short.
 *
 * Layout after the varlena header: SmallHeader, then cells from the front and
 * long names from the end, free space between.  Cells come as rows do and are
 * summed when there is no more room: a row appends one and looks at nothing
 * but the header and the cell before it, since with many groups each further
 * cache line would have to come from memory.
 *
 * A cell is 128 bits, which compare as its corridor and day do:
 *
 *		40	origin			a name of up to five bytes as it is, the first one
 *		40	destination		highest; of a longer one the number, whose highest
 *							byte is zero
 *		22	day				from LEDGER_DAY_MIN
 *		 2	power
 *		24	people			signed; they count 2^(24 * power) times
 *
 * Few counts need more than one cell, and adding up cells is the whole rule
 * for those that do.  A long name is its length, eight bytes, with the name in
 * front of it; its number is its place counted from the end.
 *
 * The state never leaves the aggregate: its final function, and every function
 * that meets one all the same, turns it into the canonical form.  What
 * somebody stored all the same may have been damaged, and be the first state
 * of an aggregate of his own.  So a row is added after a look at the header
 * alone, which keeps it within the state; the rest is checked where a state
 * becomes another one (check_state).
 */
#include "postgres.h"

#include "state/party_codes.h"
#include "state/small.h"

/* Below this size a full state grows without a look for what can be summed */
#define SETTLE_FROM_SIZE	1024

typedef struct SmallHeader
{
	int32		varlena_header;
	uint8		version;
	uint8		form;
	uint16		n_long_names;
	uint32		n_cells;
	uint32		names_start;	/* of the long name added last, from the front */
} SmallHeader;

StaticAssertDecl(sizeof(SmallHeader) == VARHDRSZ + LEDGER_SMALL_HEADER,
				 "a small state is known by its size");

#define SHORT_NAME_MAX		5		/* bytes of a name in a cell */
#define NAME_BITS		40
#define PEOPLE_BITS		24
#define POWER_BITS		2
#define DAY_BITS		22
#define CELLS_MAX		3		/* cells that a count may take */
#define ENTRY_SHIFT		(PEOPLE_BITS + POWER_BITS)

StaticAssertDecl(LEDGER_DAY_MAX - LEDGER_DAY_MIN < 1 << DAY_BITS,
				 "a day fits its bits");

/* Two parts of the 128 bits: 40 + 24 of origin and destination, and the rest */
typedef struct SmallCell
{
	uint64		high;
	uint64		low;
} SmallCell;

/*
 * By corridor, day and power; people do not matter.
 */
static inline int
compare_cells(const SmallCell *a, const SmallCell *b)
{
	uint64		low_a = a->low >> PEOPLE_BITS;
	uint64		low_b = b->low >> PEOPLE_BITS;

	if (a->high != b->high)
		return a->high > b->high ? 1 : -1;
	return (low_a > low_b) - (low_a < low_b);
}

#define ST_SORT sort_cells
#define ST_ELEMENT_TYPE SmallCell
#define ST_COMPARE(a, b) compare_cells(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Up to so many cells, comparing each with each other is faster than sorting */
#define FEW_CELLS		40

/* Does a cell come before another one?  Without a branch. */
static inline bool
comes_before(SmallCell a, SmallCell b)
{
#ifdef HAVE_INT128
	return ((uint128) a.high << 64 | a.low) < ((uint128) b.high << 64 | b.low);
#else
	return (a.high < b.high) | ((a.high == b.high) & (a.low < b.low));
#endif
}

/*
 * Puts few cells in order, by counting for each how many come before it.
 */
static void
order_few_cells(SmallCell *cells, uint32 n)
{
	SmallCell	copy[FEW_CELLS];
	uint32		i;
	uint32		j;

	memcpy(copy, cells, n * sizeof(SmallCell));
	for (i = 0; i < n; i++)
	{
		const SmallCell cell = copy[i];
		uint32		rank = 0;

		for (j = 0; j < i; j++)
			rank += !comes_before(cell, copy[j]);
		for (j++; j < n; j++)
			rank += comes_before(copy[j], cell);
		cells[rank] = cell;
	}
}

/*
 * Puts cells in order; those of one entry come in any.
 */
static void
order_cells(SmallCell *cells, uint32 n)
{
	if (n <= FEW_CELLS)
		order_few_cells(cells, n);
	else
		sort_cells(cells, n);
}

/*
 * The cells of a state.
 */
static inline SmallCell *
small_cells(const SmallHeader *state)
{
	return (SmallCell *) ((char *) state + sizeof(SmallHeader));
}

/* A cell of nobody */
static inline SmallCell
make_cell(uint64 origin, uint64 destination, LedgerDay day)
{
	SmallCell	cell;

	cell.high = origin << (64 - NAME_BITS) | destination >> 16;
	cell.low = destination << 48 |
		(uint64) (day - LEDGER_DAY_MIN) << ENTRY_SHIFT;
	return cell;
}

/*
 * The bits that stand for the origin.
 */
static inline uint64
cell_origin(SmallCell cell)
{
	return cell.high >> (64 - NAME_BITS);
}

/*
 * The bits that stand for the destination.
 */
static inline uint64
cell_destination(SmallCell cell)
{
	return (cell.high << 16 | cell.low >> 48) & ((UINT64CONST(1) << NAME_BITS) - 1);
}

/*
 * The day of a cell.
 */
static inline LedgerDay
cell_day(SmallCell cell)
{
	return (LedgerDay) (cell.low >> ENTRY_SHIFT & ((1 << DAY_BITS) - 1)) +
		LEDGER_DAY_MIN;
}

/*
 * The power of a cell, 0 to CELLS_MAX - 1 in a state that is sound.
 */
static inline int
cell_power(SmallCell cell)
{
	return (int) (cell.low >> PEOPLE_BITS & ((1 << POWER_BITS) - 1));
}

/* The lowest bits of a number, with their sign */
static inline int32
signed_people(uint64 bits)
{
	return (int32) ((uint32) bits << (32 - PEOPLE_BITS)) >> (32 - PEOPLE_BITS);
}

/*
 * Are two cells of the same corridor?
 */
static inline bool
same_corridor(SmallCell a, SmallCell b)
{
	return a.high == b.high && a.low >> 48 == b.low >> 48;
}

/*
 * Are two cells of the same corridor and day?
 */
static inline bool
same_entry(SmallCell a, SmallCell b)
{
	return a.high == b.high && a.low >> ENTRY_SHIFT == b.low >> ENTRY_SHIFT;
}

/* What a long name takes up */
#define LONG_NAME_SIZE(length)	(sizeof(uint64) + TYPEALIGN(8, length))

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
 * The long name that ends at `*end`, which moves to its start; false where it
 * does not lie within the long names of the state.
 */
static inline bool
previous_long_name(const SmallHeader *state, const char **end, LedgerParty *party)
{
	const Size	left = (Size) (*end - (const char *) state) - state->names_start;
	uint64		length;

	if (left < sizeof(length))
		return false;
	memcpy(&length, *end - sizeof(length), sizeof(length));
	if (length > LEDGER_PARTY_MAX || left < LONG_NAME_SIZE(length))
		return false;
	*end -= LONG_NAME_SIZE(length);
	party->name = *end;
	party->length = (uint32) length;
	return true;
}

/*
 * All long names by number; borrowed from the state, which is sound.
 */
static void
list_long_names(const SmallHeader *state, LedgerParty *names)
{
	const char *end = (const char *) state + VARSIZE(state);
	uint32		i;

	for (i = 0; i < state->n_long_names; i++)
		(void) previous_long_name(state, &end, &names[i]);
}

/*
 * The code of a long name, whether the state has it yet or not.
 */
static pg_noinline uint64
long_name_code(const SmallHeader *state, LedgerParty party)
{
	const char *end = (const char *) state + VARSIZE(state);
	uint32		i;

	for (i = 0; i < state->n_long_names; i++)
	{
		LedgerParty there;

		if (!previous_long_name(state, &end, &there))
			ledger_raise(LEDGER_DAMAGED);
		if (there.length == party.length &&
			memcmp(there.name, party.name, party.length) == 0)
			break;
	}
	return i;
}

/* What stands for a party in a cell */
static inline uint64
party_bits(const SmallHeader *state, LedgerParty party)
{
	return party.length <= SHORT_NAME_MAX ?
		ledger_party_code(party) >> (64 - NAME_BITS) :
		long_name_code(state, party);
}

/*
 * Adds a long name; the caller has seen to the room.
 */
static void
add_long_name(SmallHeader *state, LedgerParty party)
{
	char	   *end = (char *) state + state->names_start;
	const uint64 length = party.length;

	memcpy(end - sizeof(length), &length, sizeof(length));
	state->names_start -= LONG_NAME_SIZE(party.length);
	memcpy((char *) state + state->names_start, party.name, party.length);
	state->n_long_names++;
}

/*
 * Is there room for so many bytes?  Not in a state whose header is damaged: so
 * nothing is ever written beyond its end.
 */
static inline bool
has_room(const SmallHeader *state, Size needed)
{
	return state->names_start <= VARSIZE(state) &&
		sizeof(SmallHeader) + (Size) state->n_cells * sizeof(SmallCell) +
		needed <= state->names_start;
}

/*
 * May a row bring two more long names?
 */
static inline bool
takes_long_names(const SmallHeader *state)
{
	return state->n_long_names + 2 <= LEDGER_SMALL_LONG_NAMES;
}

/*
 * The people of a cell, all of them with power 0, half of them otherwise: all
 * may pass 64 bits.
 */
static inline int64
cell_people(SmallCell cell)
{
	int			power = cell_power(cell);

	return power == 0 ? signed_people(cell.low) :
		signed_people(cell.low) * (INT64CONST(1) << (PEOPLE_BITS * power - 1));
}

/*
 * The people of n cells, which are of one entry.
 */
static LedgerSum
sum_cells(const SmallCell *cells, uint32 n)
{
	LedgerSum	sum = {0, 0};
	uint32		i;

	for (i = 0; i < n; i++)
	{
		ledger_sum_add(&sum, cell_people(cells[i]));
		if (cell_power(cells[i]) > 0)
			ledger_sum_add(&sum, cell_people(cells[i]));
	}
	return sum;
}

/*
 * Writes people into cells of the entry of `like`, none for nobody, at most as
 * many as it was the sum of; returns the cell after them.
 */
static inline SmallCell *
put_people(SmallCell *cell, SmallCell like, int64 people)
{
	uint64		entry = like.low >> ENTRY_SHIFT << ENTRY_SHIFT;
	uint64		power;

	for (power = 0; people != 0; power++)
	{
		int32		part = signed_people((uint64) people);

		if (part != 0)
		{
			cell->high = like.high;
			cell->low = entry | power << PEOPLE_BITS |
				((uint32) part & ((1 << PEOPLE_BITS) - 1));
			cell++;
		}
		people = (people >> PEOPLE_BITS) + (part < 0);
	}
	return cell;
}

/*
 * Puts the cells in order and makes as few as possible of those of one entry.
 * A sum that passes 64 bits stays as it is: a later row may bring it back.
 */
static void
flush_cells(SmallHeader *state)
{
	SmallCell  *cells = small_cells(state);
	SmallCell  *next = cells;
	uint32		n = state->n_cells;
	uint32		i;
	uint32		end;

	order_cells(cells, n);
	for (i = 0; i < n; i = end)
	{
		int64_t		people;

		for (end = i + 1; end < n && same_entry(cells[i], cells[end]); end++)
			;
		if (end == i + 1)
			*next++ = cells[i];
		else if (ledger_sum_value(sum_cells(&cells[i], end - i), &people))
			next = put_people(next, cells[i], people);
		else
		{
			memmove(next, &cells[i], (end - i) * sizeof(SmallCell));
			next += end - i;
		}
	}
	state->n_cells = (uint32) (next - cells);
}

/* The code (state/party_codes.h) of what stands for a party in a cell */
static inline uint64
bits_code(uint64 bits)
{
	return bits >> (NAME_BITS - 8) == 0 ? bits : bits << (64 - NAME_BITS);
}

/*
 * Do these bits stand for a party of the state?  In a short name no byte comes
 * after a zero byte.
 */
static inline bool
bits_are_sound(const SmallHeader *state, uint64 bits)
{
	const uint64 tops = UINT64CONST(0x8080808080808080);
	const uint64 code = bits_code(bits);
	const uint64 used = (((code & ~tops) + ~tops) | code) & tops;

	if (ledger_code_is_long(code))
		return code < state->n_long_names;
	return (used << 8 & ~used & tops) == 0;
}

/*
 * Do the people of a cell of the last power fit 64 bits, halved as cell_people
 * gives them?
 */
static inline bool
last_power_holds(SmallCell cell)
{
	const int32 people = signed_people(cell.low);
	const int32 limit = 1 << (64 - PEOPLE_BITS * (CELLS_MAX - 1));

	return people >= -limit && people < limit;
}

/*
 * An error unless the bytes of a state hang together.  One that was stored by
 * an aggregate without our final function may have been damaged since, and can
 * be the first state of another aggregate: it is looked at whole before it
 * becomes something else, and before its cells are put in order.
 */
static void
check_state(const SmallHeader *state)
{
	const char *end = (const char *) state + VARSIZE(state);
	const SmallCell *cells = small_cells(state);
	LedgerParty name;
	bool		sound;
	uint32		i;

	sound = VARSIZE(state) >= sizeof(SmallHeader) && VARSIZE(state) % 8 == 0 &&
		state->names_start % 8 == 0 && has_room(state, 0) &&
		state->n_long_names <= LEDGER_SMALL_LONG_NAMES;
	for (i = 0; sound && i < state->n_long_names; i++)
		sound = previous_long_name(state, &end, &name) &&
			name.length > SHORT_NAME_MAX &&
			memchr(name.name, 0, name.length) == NULL;
	if (!sound || end - (const char *) state != state->names_start)
		ledger_raise(LEDGER_DAMAGED);
	for (i = 0; i < state->n_cells; i++)
	{
		sound &= bits_are_sound(state, cell_origin(cells[i]));
		sound &= bits_are_sound(state, cell_destination(cells[i]));
		sound &= cell_power(cells[i]) < CELLS_MAX - 1 ||
			(cell_power(cells[i]) == CELLS_MAX - 1 && last_power_holds(cells[i]));
		sound &= ledger_day_valid(cell_day(cells[i]));
	}
	if (!sound)
		ledger_raise(LEDGER_DAMAGED);
}

/*
 * Sums cells of a state that has no more room, which is looked at then; false
 * where that gives too little: a nearly full state would have to be settled
 * again too soon.
 */
static pg_noinline bool
make_room(SmallHeader *state, Size needed)
{
	check_state(state);
	if (VARSIZE(state) < SETTLE_FROM_SIZE)
		return false;
	flush_cells(state);
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
	uint64		destination_bits;
	SmallCell	cell;
	SmallCell  *last;
	int32		sum;

	/* two long names may be new, if rarely the same one */
	if (origin.length > SHORT_NAME_MAX)
		needed += LONG_NAME_SIZE(origin.length);
	if (destination.length > SHORT_NAME_MAX)
		needed += LONG_NAME_SIZE(destination.length);
	if (unlikely(!has_room(state, needed)) && !make_room(state, needed))
		return false;
	if (unlikely(!takes_long_names(state)) &&
		(origin.length > SHORT_NAME_MAX || destination.length > SHORT_NAME_MAX))
		return false;

	origin_bits = party_bits(state, origin);
	if (origin.length > SHORT_NAME_MAX && origin_bits == state->n_long_names)
		add_long_name(state, origin);
	destination_bits = party_bits(state, destination);
	if (destination.length > SHORT_NAME_MAX && destination_bits == state->n_long_names)
		add_long_name(state, destination);
	cell = make_cell(origin_bits, destination_bits, day);

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

struct varlena *
ledger_small_grow(const struct varlena *value)
{
	const SmallHeader *state = (const SmallHeader *) value;
	Size		size = VARSIZE(state);
	Size		tail = size - state->names_start;
	SmallHeader *grown;

	if (size * 2 > LEDGER_SMALL_LAST_SIZE || !takes_long_names(state))
		return NULL;
	/* an aggregate without our final function stores the free space too */
	grown = palloc0(size * 2);
	memcpy(grown, state,
		   sizeof(SmallHeader) + state->n_cells * sizeof(SmallCell));
	memcpy((char *) grown + size * 2 - tail,
		   (const char *) state + state->names_start, tail);
	grown->names_start = (uint32) (size * 2 - tail);
	SET_VARSIZE(grown, size * 2);
	return (struct varlena *) grown;
}

/*
 * Cell by cell, not by way of the flat form: a sum that passes 64 bits so far
 * is no error yet.
 */
void
ledger_small_visit(const struct varlena *value, LedgerVisitor visit, void *target)
{
	const SmallHeader *state = (const SmallHeader *) value;
	const SmallCell *cells = small_cells(state);
	LedgerParty long_names[LEDGER_SMALL_LONG_NAMES];
	char		names[2][8];
	uint32		i;

	check_state(state);
	list_long_names(state, long_names);
	for (i = 0; i < state->n_cells; i++)
	{
		SmallCell	cell = cells[i];
		LedgerParty origin = ledger_party_from_code(bits_code(cell_origin(cell)),
													long_names, names[0]);
		LedgerParty destination =
			ledger_party_from_code(bits_code(cell_destination(cell)),
								   long_names, names[1]);

		visit(target, origin, destination, cell_day(cell), cell_people(cell));
		if (cell_power(cell) > 0)
			visit(target, origin, destination, cell_day(cell), cell_people(cell));
	}
}

/*
 * The corridors of the cells, which are settled, by the numbers of their
 * parties (which it gives) and in order; palloc'd.  Each is a record like a
 * cell: the numbers of origin and destination are the halves of "high", the
 * places of the first cell and of the one after the last are those of "low".
 */
static SmallCell *
number_corridors(const SmallHeader *state, const LedgerParty *long_names,
				 PartyRanks *numbering, uint32 *n_corridors)
{
	const SmallCell *cells = small_cells(state);
	SmallCell  *corridors = palloc_many(SmallCell, state->n_cells);
	uint64	   *codes = palloc_many(uint64, (Size) state->n_cells * 2);
	uint64	   *destinations = codes + state->n_cells;
	uint32		n_origins = 0;
	uint32		n = 0;
	uint32		i;

	/* without a branch: no processor foresees where a corridor ends */
	for (i = 0; i < state->n_cells; i++)
	{
		const SmallCell previous = cells[i > 0 ? i - 1 : 0];

		Assert(compare_cells(&previous, &cells[i]) <= 0);
		n_origins += (i == 0) | (cell_origin(cells[i]) != cell_origin(previous));
		n += (i == 0) | !same_corridor(cells[i], previous);
		codes[n_origins - 1] = bits_code(cell_origin(cells[i]));
		destinations[n - 1] = bits_code(cell_destination(cells[i]));
		corridors[n - 1].high = n_origins - 1;
		corridors[n - 1].low = i + 1;
	}
	memmove(codes + n_origins, destinations, n * sizeof(uint64));
	ledger_rank_parties(numbering, codes, n_origins, n_origins + n, long_names);
	for (i = n; i-- > 0;)
	{
		corridors[i].high = (uint64) numbering->numbers[corridors[i].high] << 32 |
			numbering->numbers[n_origins + i];
		corridors[i].low |= i > 0 ? corridors[i - 1].low << 32 : 0;
	}
	/* short names are in the order of their numbers as they were */
	if (state->n_long_names > 0)
		order_cells(corridors, n);
	*n_corridors = n;
	return corridors;
}

/*
 * Writes the cells of one corridor as entries.
 */
static LedgerStatus
write_corridor(LedgerWriter *writer, const SmallCell *cells, SmallCell corridor)
{
	const uint32 end = (uint32) corridor.low;
	uint32		next;
	uint32		i;
	LedgerStatus status;

	status = ledger_writer_corridor(writer, (uint32) (corridor.high >> 32),
									(uint32) corridor.high);
	for (i = (uint32) (corridor.low >> 32); i < end && status == LEDGER_OK; i = next)
	{
		for (next = i + 1; next < end && same_entry(cells[i], cells[next]); next++)
			;
		if (next == i + 1 && cell_power(cells[i]) == 0)
			status = ledger_writer_entry(writer, cell_day(cells[i]),
										 cell_people(cells[i]));
		else
			status = ledger_writer_sum(writer, cell_day(cells[i]),
									   sum_cells(&cells[i], next - i));
	}
	return status;
}

/*
 * The canonical form of the corridors and their cells.
 */
static struct varlena *
write_corridors(const SmallHeader *state, const SmallCell *corridors, uint32 n,
				const PartyRanks *numbering)
{
	LedgerWriter writer;
	LedgerStatus status = LEDGER_OK;
	struct varlena *buffer;
	uint32		i;

	buffer = ledger_result_begin(&writer, numbering->parties, numbering->n, n,
								   (Size) (state->n_cells + 1) * LEDGER_FLAT_ENTRY_MAX,
								   CurrentMemoryContext);
	for (i = 0; i < n && status == LEDGER_OK; i++)
		status = write_corridor(&writer, small_cells(state), corridors[i]);
	return ledger_result_finish(&writer, status, buffer, NULL);
}

/*
 * Are no two of the parties, which are in order, the same?
 */
static bool
parties_differ(const PartyRanks *numbering)
{
	uint32		i;

	for (i = 1; i < numbering->n; i++)
		if (ledger_party_compare(numbering->parties[i - 1], numbering->parties[i]) == 0)
			return false;
	return true;
}

struct varlena *
ledger_small_to_flat(const uint8_t *data, size_t length)
{
	SmallHeader *state = palloc(length + VARHDRSZ);
	LedgerParty long_names[LEDGER_SMALL_LONG_NAMES];
	PartyRanks numbering;
	SmallCell  *corridors;
	uint32		n;
	struct varlena *flat;

	SET_VARSIZE(state, length + VARHDRSZ);
	memcpy((char *) state + VARHDRSZ, data, length);
	check_state(state);
	list_long_names(state, long_names);
	flush_cells(state);
	corridors = number_corridors(state, long_names, &numbering, &n);
	if (state->n_long_names > 0 && !parties_differ(&numbering))
		ledger_raise(LEDGER_DAMAGED);
	flat = write_corridors(state, corridors, n, &numbering);
	Assert(ledger_flat_validate((uint8_t *) VARDATA(flat), VARSIZE(flat) - VARHDRSZ,
								NULL) == LEDGER_OK);
	pfree(state);
	return flat;
}
