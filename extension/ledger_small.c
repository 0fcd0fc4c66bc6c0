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
 * long names from the end, free space between.  Cells come as rows do and are
 * summed when there is no more room: a row appends one and looks at nothing but
 * the header and the cell before it, since with many groups each further cache
 * line would have to come from memory.  Parties are in a cell by their codes
 * (ledger_codes.h).  A long name is its length, eight bytes, with the name in
 * front of it; its number is its place counted from the end.
 *
 * The people of a cell have 32 bits.  A count that needs more takes two cells,
 * one for its low half and one for its high half, so that adding up cells stays
 * the whole rule.
 *
 * The state never leaves the aggregate: its final function, and every function
 * that meets one all the same, turns it into the canonical form.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "ledger_codes.h"
#include "ledger_expanded.h"
#include "ledger_small.h"

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

/* What the people of a cell count for */
typedef enum CellKind
{
	CELL_WHOLE,					/* that many */
	CELL_LOW,					/* that many, without a sign */
	CELL_HIGH					/* 2^32 times that many */
} CellKind;

#define CELL_KIND_BITS	2

typedef struct SmallCell
{
	uint64		origin;			/* codes; numbers on the way to the flat form */
	uint64		destination;
	uint32		day_and_kind;	/* days from LEDGER_DAY_MIN; CellKind lowest */
	int32		people;
} SmallCell;

static inline int
compare_cells(const SmallCell *a, const SmallCell *b)
{
	if (a->origin != b->origin)
		return a->origin > b->origin ? 1 : -1;
	if (a->destination != b->destination)
		return a->destination > b->destination ? 1 : -1;
	return (a->day_and_kind > b->day_and_kind) -
		(a->day_and_kind < b->day_and_kind);
}

#define ST_SORT sort_cells
#define ST_ELEMENT_TYPE SmallCell
#define ST_COMPARE(a, b) compare_cells(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline SmallCell *
small_cells(const SmallHeader *state)
{
	return (SmallCell *) ((char *) state + sizeof(SmallHeader));
}

static inline uint32
make_day(LedgerDay day, CellKind kind)
{
	return (uint32) (day - LEDGER_DAY_MIN) << CELL_KIND_BITS | kind;
}

static inline LedgerDay
cell_day(const SmallCell *cell)
{
	return (LedgerDay) (cell->day_and_kind >> CELL_KIND_BITS) + LEDGER_DAY_MIN;
}

static inline bool
same_entry(const SmallCell *a, const SmallCell *b)
{
	return a->origin == b->origin && a->destination == b->destination &&
		a->day_and_kind >> CELL_KIND_BITS == b->day_and_kind >> CELL_KIND_BITS;
}

/* What a long name takes up */
#define LONG_NAME_SIZE(length)	(sizeof(uint64) + TYPEALIGN(8, length))

struct varlena *
ledger_small_make(Size size)
{
	SmallHeader *state = palloc(size);

	memset(state, 0, sizeof(SmallHeader));
	SET_VARSIZE(state, size);
	state->version = LEDGER_FLAT_VERSION;
	state->form = LEDGER_FORM_SMALL;
	state->names_start = (uint32) size;
	return (struct varlena *) state;
}

/*
 * The long name that ends at `*end`, which moves to its start.
 */
static inline LedgerParty
previous_long_name(const char **end)
{
	LedgerParty party;

	party.length = (uint32) *(const uint64 *) (*end - sizeof(uint64));
	*end -= LONG_NAME_SIZE(party.length);
	party.name = *end;
	return party;
}

/*
 * All long names by number; borrowed from the state.
 */
static void
list_long_names(const SmallHeader *state, LedgerParty *names)
{
	const char *end = (const char *) state + VARSIZE(state);
	uint32		i;

	for (i = 0; i < state->n_long_names; i++)
		names[i] = previous_long_name(&end);
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
		LedgerParty there = previous_long_name(&end);

		if (there.length == party.length &&
			memcmp(there.name, party.name, party.length) == 0)
			break;
	}
	return i;
}

static inline uint64
party_code(const SmallHeader *state, LedgerParty party)
{
	return party.length <= 8 ? ledger_party_code(party) :
		long_name_code(state, party);
}

/*
 * Adds a long name; the caller has seen to the room.
 */
static void
add_long_name(SmallHeader *state, LedgerParty party)
{
	char	   *end = (char *) state + state->names_start;

	*(uint64 *) (end - sizeof(uint64)) = party.length;
	state->names_start -= LONG_NAME_SIZE(party.length);
	memcpy((char *) state + state->names_start, party.name, party.length);
	state->n_long_names++;
}

static inline Size
free_space(const SmallHeader *state)
{
	return state->names_start - sizeof(SmallHeader) -
		state->n_cells * sizeof(SmallCell);
}

static LedgerSum
sum_cells(const SmallCell *cells, uint32 n)
{
	LedgerSum	sum = {0, 0};
	uint32		i;

	for (i = 0; i < n; i++)
	{
		int64		people = cells[i].people;

		if ((cells[i].day_and_kind & ((1 << CELL_KIND_BITS) - 1)) == CELL_LOW)
			people = (uint32) people;
		else if ((cells[i].day_and_kind & ((1 << CELL_KIND_BITS) - 1)) == CELL_HIGH)
			people = (int64) ((uint64) people << 32);
		ledger_sum_add(&sum, people);
	}
	return sum;
}

/*
 * Writes people of the entry of `like` as one cell or two, none for nobody;
 * returns the cell after them.
 */
static inline SmallCell *
put_people(SmallCell *cell, SmallCell like, int64 people)
{
	LedgerDay	day = cell_day(&like);

	if (people == 0)
		return cell;
	if (likely(people == (int32) people))
	{
		like.day_and_kind = make_day(day, CELL_WHOLE);
		like.people = (int32) people;
		*cell++ = like;
		return cell;
	}
	like.day_and_kind = make_day(day, CELL_LOW);
	like.people = (int32) (uint32) people;
	*cell++ = like;
	like.day_and_kind = make_day(day, CELL_HIGH);
	like.people = (int32) (people >> 32);
	*cell++ = like;
	return cell;
}

/*
 * Puts the cells in order and makes as few as possible of those of one entry.
 * A sum that passes 64 bits stays as it is: a later row may bring it back.
 */
static void
settle_cells(SmallHeader *state)
{
	SmallCell  *cells = small_cells(state);
	SmallCell  *next = cells;
	uint32		n = state->n_cells;
	uint32		i;
	uint32		end;

	sort_cells(cells, n);
	for (i = 0; i < n; i = end)
	{
		int64		people;

		for (end = i + 1; end < n && same_entry(&cells[i], &cells[end]); end++)
			;
		if (ledger_sum_value(sum_cells(&cells[i], end - i), &people))
			next = put_people(next, cells[i], people);
		else
		{
			memmove(next, &cells[i], (end - i) * sizeof(SmallCell));
			next += end - i;
		}
	}
	state->n_cells = (uint32) (next - cells);
}

bool
ledger_small_add(struct varlena *value, LedgerParty origin,
				 LedgerParty destination, LedgerDay day, int64 people)
{
	SmallHeader *state = (SmallHeader *) value;
	Size		needed = people == (int32) people ? sizeof(SmallCell) :
		2 * sizeof(SmallCell);
	SmallCell	cell;
	SmallCell  *last;

	/* two long names may be new, if rarely the same one */
	if (origin.length > 8)
		needed += LONG_NAME_SIZE(origin.length);
	if (destination.length > 8)
		needed += LONG_NAME_SIZE(destination.length);
	if (unlikely(free_space(state) < needed))
	{
		if (VARSIZE(state) < SETTLE_FROM_SIZE)
			return false;
		settle_cells(state);
		/* a nearly full state would have to be settled again too soon */
		if (free_space(state) < Max(needed, VARSIZE(state) / 4))
			return false;
	}
	if (unlikely(state->n_long_names + 2 > LEDGER_SMALL_LONG_NAMES) &&
		(origin.length > 8 || destination.length > 8))
		return false;

	cell.origin = party_code(state, origin);
	if (origin.length > 8 && cell.origin == state->n_long_names)
		add_long_name(state, origin);
	cell.destination = party_code(state, destination);
	if (destination.length > 8 && cell.destination == state->n_long_names)
		add_long_name(state, destination);
	cell.day_and_kind = make_day(day, CELL_WHOLE);
	cell.people = 0;

	/* rows of one day and corridor often follow each other */
	last = small_cells(state) + state->n_cells;
	if (state->n_cells > 0 && same_entry(&last[-1], &cell) &&
		last[-1].day_and_kind == cell.day_and_kind &&
		!__builtin_add_overflow(last[-1].people, people, &cell.people))
		last[-1].people = cell.people;
	else
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

	if (size * 2 > LEDGER_SMALL_LAST_SIZE ||
		state->n_long_names + 2 > LEDGER_SMALL_LONG_NAMES)
		return NULL;
	grown = palloc(size * 2);
	memcpy(grown, state,
		   sizeof(SmallHeader) + state->n_cells * sizeof(SmallCell));
	memcpy((char *) grown + size * 2 - tail,
		   (const char *) state + state->names_start, tail);
	grown->names_start = (uint32) (size * 2 - tail);
	SET_VARSIZE(grown, size * 2);
	return (struct varlena *) grown;
}

/*
 * Replaces the codes in the cells by the numbers of the parties, which it
 * gives by number.
 */
static void
number_cells(SmallHeader *state, const LedgerParty *long_names,
			 LedgerNumbering *numbering)
{
	SmallCell  *cells = small_cells(state);
	uint64	   *codes = palloc_many(uint64, (Size) state->n_cells * 2);
	uint32		i;

	for (i = 0; i < state->n_cells; i++)
	{
		codes[2 * i] = cells[i].origin;
		codes[2 * i + 1] = cells[i].destination;
	}
	ledger_number_parties(numbering, codes, (Size) state->n_cells * 2,
						  long_names);
	for (i = 0; i < state->n_cells; i++)
	{
		cells[i].origin = ledger_party_number(numbering, cells[i].origin);
		cells[i].destination = ledger_party_number(numbering,
												   cells[i].destination);
	}
}

/*
 * Writes the cells, which are settled and have numbers of parties, as entries.
 */
static struct varlena *
write_cells(const SmallHeader *state, const LedgerNumbering *numbering)
{
	const SmallCell *cells = small_cells(state);
	uint32		n = state->n_cells;
	Size		room = (Size) (n + 1) * LEDGER_FLAT_ENTRY_MAX;
	LedgerWriter writer;
	uint32		i;
	uint32		end;

	ledger_writer_start(&writer, numbering->parties, numbering->n,
						palloc_many(uint32, numbering->n),
						palloc_many(LedgerCorridor, n), n, palloc(room), room);
	for (i = 0; i < n; i = end)
	{
		LedgerStatus status = LEDGER_OK;

		for (end = i + 1; end < n && same_entry(&cells[i], &cells[end]); end++)
			;
		if (i == 0 || cells[i].origin != cells[i - 1].origin ||
			cells[i].destination != cells[i - 1].destination)
			status = ledger_writer_corridor(&writer, (uint32) cells[i].origin,
											(uint32) cells[i].destination);
		if (status == LEDGER_OK)
			status = ledger_writer_sum(&writer, cell_day(&cells[i]),
									   sum_cells(&cells[i], end - i));
		if (status == LEDGER_OUT_OF_RANGE)
			ledger_raise_people(cell_day(&cells[i]),
								numbering->parties[cells[i].origin],
								numbering->parties[cells[i].destination]);
		ledger_check(status);
	}
	return (struct varlena *) DatumGetPointer(ledger_make(&writer));
}

/*
 * Is this the code of a party of a state?  The bytes of a short name end with
 * the first zero byte.
 */
static bool
code_is_sound(const SmallHeader *state, uint64 code)
{
	if (ledger_code_is_long(code))
		return code < state->n_long_names;
	while (code >> 56 != 0)
		code <<= 8;
	return code == 0;
}

/*
 * Whether the bytes of a state hang together; one that was stored by an
 * aggregate without our final function may have been damaged since.
 */
static bool
small_is_sound(const SmallHeader *state)
{
	const char *start = (const char *) state;
	const char *end = start + VARSIZE(state);
	const SmallCell *cells = small_cells(state);
	uint32		i;

	if (VARSIZE(state) < sizeof(SmallHeader) || VARSIZE(state) % 8 != 0 ||
		state->n_long_names > LEDGER_SMALL_LONG_NAMES ||
		state->names_start > VARSIZE(state) || state->names_start % 8 != 0 ||
		state->names_start < sizeof(SmallHeader) ||
		state->n_cells > (state->names_start - sizeof(SmallHeader)) /
		sizeof(SmallCell))
		return false;
	for (i = 0; i < state->n_long_names; i++)
	{
		ptrdiff_t	left = end - start - state->names_start;
		uint64		length;

		if (left < (ptrdiff_t) sizeof(uint64))
			return false;
		length = *(const uint64 *) (end - sizeof(uint64));
		if (length <= 8 || length > LEDGER_PARTY_MAX ||
			left < (ptrdiff_t) LONG_NAME_SIZE(length))
			return false;
		end -= LONG_NAME_SIZE(length);
	}
	if (end - start != state->names_start)
		return false;
	for (i = 0; i < state->n_cells; i++)
		if (!code_is_sound(state, cells[i].origin) ||
			!code_is_sound(state, cells[i].destination) ||
			(cells[i].day_and_kind & ((1 << CELL_KIND_BITS) - 1)) > CELL_HIGH ||
			!ledger_day_valid(cell_day(&cells[i])))
			return false;
	return true;
}

struct varlena *
ledger_small_to_flat(const uint8_t *data, size_t length)
{
	SmallHeader *state = palloc(length + VARHDRSZ);
	LedgerParty long_names[LEDGER_SMALL_LONG_NAMES];
	LedgerNumbering numbering;
	struct varlena *flat;

	SET_VARSIZE(state, length + VARHDRSZ);
	memcpy((char *) state + VARHDRSZ, data, length);
	if (!small_is_sound(state))
		ledger_raise(LEDGER_DAMAGED);
	list_long_names(state, long_names);
	number_cells(state, long_names, &numbering);
	settle_cells(state);
	flat = write_cells(state, &numbering);
	pfree(state);
	return flat;
}
