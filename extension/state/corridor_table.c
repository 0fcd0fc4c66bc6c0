/*
 * state/corridor_table.c
 *		The corridors of an in-memory ledger.
 *
 * They are in one hash table until there are ONE_TABLE_MAX, and in
 * LEDGER_SLOT_TABLES from then on.  A table that is full doubles at once, and
 * nobody looks for a cancel meanwhile: with a million corridors in one table
 * that took from a tenth to half of a second, as the machine was.
 */
#include "state/corridor_table.h"

#include "miscadmin.h"

/* Places of a table that stays in the cache (448 kB) */
#define CACHED_PLACES	8192

#define ONE_TABLE_MAX	65536

void
ledger_corridor_table_start(CorridorTable *slots, MemoryContext context)
{
	slots->table = corridors_create(context, 16, NULL);
	slots->tables = NULL;
	slots->n = 0;
	slots->distant = false;
}

/*
 * Deals the slots of the one table out to many.
 */
static void
split_table(CorridorTable *slots)
{
	corridors_hash *table = slots->table;
	corridors_hash **tables;
	corridors_iterator iterator;
	CorridorSlot *slot;
	uint32		i;

	tables = MemoryContextAlloc(table->ctx,
								LEDGER_SLOT_TABLES * sizeof(corridors_hash *));
	for (i = 0; i < LEDGER_SLOT_TABLES; i++)
		tables[i] = corridors_create(table->ctx,
									 ONE_TABLE_MAX / LEDGER_SLOT_TABLES, NULL);
	corridors_start_iterate(table, &iterator);
	while ((slot = corridors_iterate(table, &iterator)) != NULL)
	{
		const uint32 hash = corridor_hash(slot->key);
		bool		found;

		corridors_insert_hash(tables[hash >> 24], slot->key, hash,
							  &found)->days = slot->days;
	}
	corridors_destroy(table);
	slots->table = NULL;
	slots->tables = tables;
}

CorridorSlot *
ledger_corridor_table_add(CorridorTable *slots, CorridorKey key, uint32 hash)
{
	corridors_hash *table;
	CorridorSlot *slot;
	bool		found;

	if (slots->n == ONE_TABLE_MAX)
		split_table(slots);
	table = ledger_corridor_table_table(slots, hash);
	slot = corridors_insert_hash(table, key, hash, &found);
	memset(&slot->days, 0, sizeof(DayCounts));
	slots->n++;
	slots->distant = slots->tables != NULL || table->size > CACHED_PLACES;
	return slot;
}

void
ledger_corridor_table_walk(CorridorTableWalk *walk, const CorridorTable *slots)
{
	walk->slots = slots;
	walk->table = 0;
	corridors_start_iterate(ledger_corridor_table_table(slots, 0), &walk->iterator);
}

CorridorSlot *
ledger_corridor_table_next(CorridorTableWalk *walk)
{
	const CorridorTable *slots = walk->slots;
	CorridorSlot *slot;

	CHECK_FOR_INTERRUPTS();
	if (slots->tables == NULL)
		return corridors_iterate(slots->table, &walk->iterator);
	while ((slot = corridors_iterate(slots->tables[walk->table],
									 &walk->iterator)) == NULL &&
		   walk->table < LEDGER_SLOT_TABLES - 1)
		corridors_start_iterate(slots->tables[++walk->table], &walk->iterator);
	return slot;
}
