/*
 * state/small_layout.h
 *		What a small state consists of (state/small.c).  For the files that
 *		change and read it.
 */
#ifndef LEDGER_SMALL_LAYOUT_H
#define LEDGER_SMALL_LAYOUT_H

#include "value/value.h"

#define LEDGER_FORM_SMALL		1	/* beside LEDGER_FORM_CANONICAL */

/* Whole sizes, varlena header included, of the first and the largest state */
#define LEDGER_SMALL_FIRST_SIZE	256
#define LEDGER_SMALL_LAST_SIZE	65536

/* Bytes of a state before its cells, without the varlena header */
#define LEDGER_SMALL_HEADER		12

typedef struct SmallHeader
{
	int32		varlena_header;
	uint8		version;
	uint8		form;
	uint16		unused;			/* zero */
	uint32		n_cells;
	uint32		names_start;	/* of the long name added last, from the front */
} SmallHeader;

StaticAssertDecl(sizeof(SmallHeader) == VARHDRSZ + LEDGER_SMALL_HEADER,
				 "a small state is known by its size");

/* A name of more than SHORT_NAME_MAX bytes, padded to a multiple of eight */
typedef struct LongName
{
	uint16		length;
	uint16		next;			/* place of the next one of its list, or 0 */
	uint32		hash;
	char		name[FLEXIBLE_ARRAY_MEMBER];
} LongName;

/* What a long name takes up */
#define LONG_NAME_SIZE(length) \
	(offsetof(LongName, name) + TYPEALIGN(8, length))

/* Places are multiples of this many bytes */
#define PLACE_SIZE			8
#define PLACES_MAX			(LEDGER_SMALL_LAST_SIZE / PLACE_SIZE)

/* A state has a list of long names for so many of its bytes */
#define BYTES_PER_LIST		64

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
 * The number of lists of long names.
 */
static inline uint32
list_count(const SmallHeader *state)
{
	return VARSIZE(state) / BYTES_PER_LIST;
}

/*
 * The places of the first names of the lists.
 */
static inline uint16 *
list_heads(const SmallHeader *state)
{
	return (uint16 *) ((char *) state + sizeof(SmallHeader));
}

/*
 * Bytes before the cells.
 */
static inline Size
cells_start(const SmallHeader *state)
{
	return sizeof(SmallHeader) +
		TYPEALIGN(8, list_count(state) * sizeof(uint16));
}

/*
 * The cells of a state.
 */
static inline SmallCell *
small_cells(const SmallHeader *state)
{
	return (SmallCell *) ((char *) state + cells_start(state));
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

/*
 * The bytes that long names take.
 */
static inline Size
names_size(const SmallHeader *state)
{
	return VARSIZE(state) - state->names_start;
}

/*
 * The long name at a place; NULL where it would not lie within the long names
 * of the state.
 */
static inline LongName *
long_name_at(const SmallHeader *state, uint64 place)
{
	const Size	left = place <= PLACES_MAX ? place * PLACE_SIZE : 0;
	LongName   *name = (LongName *) ((char *) state + VARSIZE(state) - left);

	if (left < LONG_NAME_SIZE(0) || left > names_size(state) ||
		LONG_NAME_SIZE(name->length) > left)
		return NULL;
	return name;
}

/*
 * Is there room for so many bytes?  Not in a state whose header is damaged: so
 * nothing is ever written beyond its end.
 */
static inline bool
has_room(const SmallHeader *state, Size needed)
{
	return state->names_start <= VARSIZE(state) &&
		VARSIZE(state) >= LEDGER_SMALL_FIRST_SIZE &&
		cells_start(state) + (Size) state->n_cells * sizeof(SmallCell) +
		needed <= state->names_start;
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

/* The code (state/party_codes.h) of what stands for a party in a cell */
static inline uint64
bits_code(uint64 bits)
{
	return bits >> (NAME_BITS - 8) == 0 ? bits : bits << (64 - NAME_BITS);
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

/* The people of n cells, which are of one entry */
extern LedgerSum ledger_small_sum(const SmallCell *cells, uint32 n);

/* Puts cells in order; those of one entry come in any. */
extern void ledger_small_order(SmallCell *cells, uint32 n);

/*
 * Puts the cells in order and makes as few as possible of those of one entry.
 * A sum that passes 64 bits stays as it is: a later row may bring it back.
 */
extern void ledger_small_flush(SmallHeader *state);

/*
 * An error unless the bytes of a state hang together.  One that was stored by
 * an aggregate without our final function may have been damaged since, and can
 * be the first state of another aggregate: it is looked at whole before it
 * becomes something else, and before its cells are put in order.
 */
extern void ledger_small_check(const SmallHeader *state);

#endif							/* LEDGER_SMALL_LAYOUT_H */
