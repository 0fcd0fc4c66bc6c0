/*
 * state/corridor_table.h
 *		The corridors of an in-memory ledger, each in a slot that is found by
 *		the codes of its parties (state/party_codes.h).
 */
#ifndef LEDGER_SLOTS_H
#define LEDGER_SLOTS_H

#include "state/day_counts.h"

typedef struct CorridorKey
{
	uint64		origin;			/* codes */
	uint64		destination;
} CorridorKey;

/* A row needs all of it: at 56 bytes a slot that is mostly one cache line. */
typedef struct CorridorSlot
{
	CorridorKey key;
	DayCounts	days;			/* owned */
	char		status;			/* of the hash table */
} CorridorSlot;

StaticAssertDecl(sizeof(CorridorSlot) <= 64,
				 "a corridor's slot fits a cache line");

/*
 * A table takes the low bits of a hash, the choice among tables its high byte.
 * The low bits of the code of a short name are all zero, and multiplying moves
 * bits up only, hence the shifts back down.
 */
static inline uint32
corridor_hash(CorridorKey key)
{
	uint64		h = (key.origin ^ (key.origin >> 32)) *
		UINT64CONST(0x9E3779B97F4A7C15);

	h ^= (key.destination ^ (key.destination >> 29)) *
		UINT64CONST(0xC2B2AE3D27D4EB4F);
	h = (h ^ (h >> 32)) * UINT64CONST(0xD6E8FEB86659FD93);
	return (uint32) (h ^ (h >> 32));
}

/*
 * Fewer than half of the places are taken: to find the slot at the first look
 * spares a row a branch that no processor foresees.
 */
#define SH_FILLFACTOR 0.4
#define SH_PREFIX corridors
#define SH_ELEMENT_TYPE CorridorSlot
#define SH_KEY_TYPE CorridorKey
#define SH_KEY key
#define SH_HASH_KEY(tb, k) corridor_hash(k)
#define SH_EQUAL(tb, a, b) \
	((a).origin == (b).origin && (a).destination == (b).destination)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

#define LEDGER_SLOT_TABLES	256 /* one for each value of a byte */

/* One hash table, or many small ones: state/corridor_table.c says why. */
typedef struct CorridorTable
{
	corridors_hash *table;		/* NULL where there are many */
	corridors_hash **tables;	/* LEDGER_SLOT_TABLES; NULL where there is one */
	uint32		n;				/* slots in use */
	bool		distant;		/* too many places for them to stay in the cache */
} CorridorTable;

/* There are none; tables are made in the context. */
extern void ledger_corridor_table_start(CorridorTable *slots, MemoryContext context);

/*
 * A new slot, of a corridor that has none, without days.  All others may move.
 */
extern CorridorSlot *ledger_corridor_table_add(CorridorTable *slots, CorridorKey key,
									  uint32 hash);

/* The table that a slot belongs to. */
static inline corridors_hash *
ledger_corridor_table_table(const CorridorTable *slots, uint32 hash)
{
	return likely(slots->tables == NULL) ? slots->table :
		slots->tables[hash >> 24];
}

/* The slot of a corridor, or NULL. */
static inline CorridorSlot *
ledger_corridor_table_find(const CorridorTable *slots, CorridorKey key, uint32 hash)
{
	return corridors_lookup_hash(ledger_corridor_table_table(slots, hash), key, hash);
}

/* Asks for the place of a slot to be read into the cache. */
static inline void
ledger_corridor_table_prefetch(const CorridorTable *slots, uint32 hash)
{
	const corridors_hash *table = ledger_corridor_table_table(slots, hash);

	__builtin_prefetch(&table->data[hash & table->sizemask]);
}

/* All slots, in no order, but the same one as long as none is added */
typedef struct CorridorTableWalk
{
	const CorridorTable *slots;
	uint32		table;			/* number of the current one */
	corridors_iterator iterator;
} CorridorTableWalk;

extern void ledger_corridor_table_walk(CorridorTableWalk *walk, const CorridorTable *slots);

/* The next slot, or NULL.  Looks for a cancel. */
extern CorridorSlot *ledger_corridor_table_next(CorridorTableWalk *walk);

#endif							/* LEDGER_SLOTS_H */
