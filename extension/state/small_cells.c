/*
 * state/small_cells.c
 *		The cells of a small state put in order and summed, and whether a state
 *		is sound.
 */
#include "state/small_layout.h"

#include "core/mechanisms.h"
#include "state/party_codes.h"

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
void
ledger_small_order(SmallCell *cells, uint32 n)
{
	if (LEDGER_COUNTED_ORDER && n <= FEW_CELLS)
		order_few_cells(cells, n);
	else
		sort_cells(cells, n);
}

/*
 * The people of n cells, which are of one entry.
 */
LedgerSum
ledger_small_sum(const SmallCell *cells, uint32 n)
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
 * Puts the cells in order and makes as few as possible of those of one entry.
 * A sum that passes 64 bits stays as it is: a later row may bring it back.
 */
void
ledger_small_flush(SmallHeader *state)
{
	SmallCell  *cells = small_cells(state);
	SmallCell  *next = cells;
	uint32		n = state->n_cells;
	uint32		i;
	uint32		end;

	ledger_small_order(cells, n);
	for (i = 0; i < n; i = end)
	{
		int64_t		people;

		for (end = i + 1; end < n && same_entry(cells[i], cells[end]); end++)
			;
		if (end == i + 1)
			*next++ = cells[i];
		else if (ledger_sum_value(ledger_small_sum(&cells[i], end - i), &people))
			next = put_people(next, cells[i], people);
		else
		{
			memmove(next, &cells[i], (end - i) * sizeof(SmallCell));
			next += end - i;
		}
	}
	state->n_cells = (uint32) (next - cells);
}

/* Which places have long names, one bit each */
typedef uint64 PlaceSet[PLACES_MAX / 64 + 1];

/*
 * Do these bits stand for a party of the state?  In a short name no byte comes
 * after a zero byte.
 */
static inline bool
bits_are_sound(const PlaceSet names, uint64 bits)
{
	const uint64 tops = UINT64CONST(0x8080808080808080);
	const uint64 code = bits_code(bits);
	const uint64 used = (((code & ~tops) + ~tops) | code) & tops;

	if (ledger_code_is_long(code))
		return code <= PLACES_MAX && (names[code / 64] >> code % 64 & 1) != 0;
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
 * Are the long names of a state whole, one after the other up to its end?
 * Gives their places.
 */
static bool
names_are_sound(const SmallHeader *state, PlaceSet places)
{
	uint32		place = names_size(state) / PLACE_SIZE;

	memset(places, 0, sizeof(PlaceSet));
	while (place > 0)
	{
		const LongName *name = long_name_at(state, place);

		if (name == NULL || name->length <= SHORT_NAME_MAX ||
			name->length > LEDGER_PARTY_MAX ||
			memchr(name->name, 0, name->length) != NULL)
			return false;
		places[place / 64] |= UINT64CONST(1) << place % 64;
		place -= LONG_NAME_SIZE(name->length) / PLACE_SIZE;
	}
	return true;
}

/*
 * An error unless the bytes of a state hang together.  One that was stored by
 * an aggregate without our final function may have been damaged since, and can
 * be the first state of another aggregate: it is looked at whole before it
 * becomes something else, and before its cells are put in order.
 */
void
ledger_small_check(const SmallHeader *state)
{
	PlaceSet	names;
	const SmallCell *cells;
	bool		sound;
	uint32		i;

	if (VARSIZE(state) < LEDGER_SMALL_FIRST_SIZE ||
		VARSIZE(state) > LEDGER_SMALL_LAST_SIZE ||
		VARSIZE(state) % PLACE_SIZE != 0 ||
		state->names_start % PLACE_SIZE != 0 || !has_room(state, 0) ||
		!names_are_sound(state, names))
		ledger_raise(LEDGER_DAMAGED);
	cells = small_cells(state);
	sound = true;
	for (i = 0; i < state->n_cells; i++)
	{
		sound &= bits_are_sound(names, cell_origin(cells[i]));
		sound &= bits_are_sound(names, cell_destination(cells[i]));
		sound &= cell_power(cells[i]) < CELLS_MAX - 1 ||
			(cell_power(cells[i]) == CELLS_MAX - 1 && last_power_holds(cells[i]));
		sound &= ledger_day_valid(cell_day(cells[i]));
	}
	if (!sound)
		ledger_raise(LEDGER_DAMAGED);
}
