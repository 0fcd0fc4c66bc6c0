/*
 * state/corridor_table.h
 *		The corridors of an in-memory ledger, each with its people by day.
 *
 * They are in a hash table while rows come, and in an array, in order, once they
 * have been read in order; the next row makes a table of them again.
 */
#ifndef LEDGER_CORRIDOR_TABLE_H
#define LEDGER_CORRIDOR_TABLE_H

#include "state/day_counts.h"
#include "state/hashing.h"

#define CORRIDOR_PEOPLE_BITS	40
#define CORRIDOR_CONTENT_BITS	62

StaticAssertDecl(LEDGER_DAY_MAX - LEDGER_DAY_MIN <
				 1 << (CORRIDOR_CONTENT_BITS - CORRIDOR_PEOPLE_BITS),
				 "a day fits its bits");

/*
 * A corridor with people on one day has them in its slot: of very many corridors
 * most are like that, and each look at anything else would have to wait for
 * memory.
 */
typedef struct CorridorSlot
{
	uint64		key;			/* numbers of origin and destination */
	uint64		status:1;		/* of the hash table */
	uint64		one_day:1;
	uint64		content:CORRIDOR_CONTENT_BITS;	/* day and people, or the address
												 * of its DayCounts */
} CorridorSlot;

StaticAssertDecl(sizeof(CorridorSlot) == 16, "a corridor's slot has no gaps");

#define SH_PREFIX corridors
#define SH_ELEMENT_TYPE CorridorSlot
#define SH_KEY_TYPE uint64
#define SH_KEY key
#define SH_HASH_KEY(tb, k) ledger_hash(k)
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct CorridorTable
{
	MemoryContext context;
	corridors_hash *table;		/* NULL where they are in order */
	CorridorSlot *ordered;		/* NULL where they are in a table */
	uint32		n;
} CorridorTable;

/* Slots of a table that the cache holds */
#define SPARSE_SLOTS	65536

/*
 * Makes a table large enough for one corridor more.  Of up to SPARSE_SLOTS fewer
 * than half are taken: to find the slot at the first look spares a row a branch
 * that no processor foresees.  A larger table has to wait for memory anyway, and
 * should not take much of it.
 */
static inline void
corridors_keep_sparse(corridors_hash *table)
{
	if (table->size <= SPARSE_SLOTS && table->members >= table->size / 5 * 2)
		corridors_grow(table, table->size * 2);
}

/* May a slot be far from the cache? */
static inline bool
corridors_are_far(const corridors_hash *table)
{
	return table != NULL && table->size > SPARSE_SLOTS;
}

/* Asks for the place where the slot of a key is, or begins to be looked for. */
static inline void
corridors_prefetch(const corridors_hash *table, uint64 key)
{
	__builtin_prefetch(&table->data[ledger_hash(key) & table->sizemask], 1);
}

/* The key of a corridor, from the numbers of its parties */
static inline uint64
corridor_key(uint32 origin, uint32 destination)
{
	return (uint64) origin << 32 | destination;
}

/* Does an entry fit a slot? */
static inline bool
corridor_slot_holds(int64 people)
{
	const int64 limit = INT64CONST(1) << (CORRIDOR_PEOPLE_BITS - 1);

	return people >= -limit && people < limit;
}

/*
 * Makes an entry, which fits, all that a corridor has.
 */
static inline void
corridor_slot_set_entry(CorridorSlot *slot, LedgerDay day, int64 people)
{
	slot->one_day = 1;
	slot->content = (uint64) (day - LEDGER_DAY_MIN) << CORRIDOR_PEOPLE_BITS |
		((uint64) people & ((UINT64CONST(1) << CORRIDOR_PEOPLE_BITS) - 1));
}

/*
 * The one entry of a corridor.
 */
static inline LedgerEntry
corridor_slot_entry(const CorridorSlot *slot)
{
	const uint64 content = slot->content;
	LedgerEntry entry;

	entry.day = (LedgerDay) (content >> CORRIDOR_PEOPLE_BITS) + LEDGER_DAY_MIN;
	entry.people = (int64) (content << (64 - CORRIDOR_PEOPLE_BITS)) >>
		(64 - CORRIDOR_PEOPLE_BITS);
	return entry;
}

/*
 * The people of a corridor that has more than one entry.
 */
static inline DayCounts *
corridor_slot_days(const CorridorSlot *slot)
{
	return (DayCounts *) (uintptr_t) ((uint64) slot->content << 2);
}

/* The other way round; addresses are multiples of four. */
static inline void
corridor_slot_set_days(CorridorSlot *slot, DayCounts *days)
{
	slot->one_day = 0;
	slot->content = (uint64) (uintptr_t) days >> 2;
}

/* There are none; the table is made in the context. */
extern void ledger_corridor_table_start(CorridorTable *corridors,
										MemoryContext context);

/* Makes a table of corridors that are in order. */
extern void ledger_corridor_table_open(CorridorTable *corridors);

/*
 * Puts the corridors in order, under the new numbers of their parties, by the
 * old ones, unless that is NULL.
 */
extern void ledger_corridor_table_order(CorridorTable *corridors,
										const uint32 *numbers);

/* All slots, in no order but the same one as long as none is added */
typedef struct CorridorTableWalk
{
	CorridorSlot *next;
	CorridorSlot *end;
	bool		ordered;
} CorridorTableWalk;

extern void ledger_corridor_table_walk(CorridorTableWalk *walk,
									   const CorridorTable *corridors);

/* The next slot, or NULL.  Looks for a cancel. */
extern CorridorSlot *ledger_corridor_table_next(CorridorTableWalk *walk);

#endif							/* LEDGER_CORRIDOR_TABLE_H */
