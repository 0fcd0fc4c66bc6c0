/*
 * state/corridor_table.c
 *		The corridors of an in-memory ledger, each with its people by day.
 */
#include "state/corridor_table.h"

#include "miscadmin.h"

#define ST_SORT sort_corridors
#define ST_ELEMENT_TYPE CorridorSlot
#define ST_COMPARE(a, b) (((a)->key > (b)->key) - ((a)->key < (b)->key))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

void
ledger_corridor_table_start(CorridorTable *corridors, MemoryContext context)
{
	ledger_hash_start();
	corridors->context = context;
	corridors->table = corridors_create(context, 16, NULL);
	corridors->ordered = NULL;
	corridors->n = 0;
}

void
ledger_corridor_table_open(CorridorTable *corridors)
{
	CorridorSlot *ordered = corridors->ordered;
	uint32		i;

	corridors->table = corridors_create(corridors->context, corridors->n, NULL);
	for (i = 0; i < corridors->n; i++)
	{
		CorridorSlot *slot;
		bool		found;

		CHECK_FOR_INTERRUPTS();
		slot = corridors_insert(corridors->table, ordered[i].key, &found);
		slot->one_day = ordered[i].one_day;
		slot->content = ordered[i].content;
	}
	corridors->ordered = NULL;
	pfree(ordered);
}

/*
 * Takes the slots out of the table, one after the other, within the memory that
 * it had.
 */
static void
close_table(CorridorTable *corridors)
{
	corridors_hash *table = corridors->table;
	CorridorSlot *slots = table->data;
	uint32		n = 0;
	uint64		i;

	for (i = 0; i < table->size; i++)
		if (slots[i].status == corridors_SH_IN_USE)
			slots[n++] = slots[i];
	Assert(n == corridors->n);
	corridors->ordered = repalloc_huge(slots, Max(n, 1) * sizeof(CorridorSlot));
	corridors->table = NULL;
	pfree(table);
}

void
ledger_corridor_table_order(CorridorTable *corridors, const uint32 *numbers)
{
	CorridorSlot *slots;
	uint32		i;

	if (corridors->table != NULL)
		close_table(corridors);
	slots = corridors->ordered;
	for (i = 0; numbers != NULL && i < corridors->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		slots[i].key = corridor_key(numbers[slots[i].key >> 32],
									numbers[(uint32) slots[i].key]);
	}
	sort_corridors(slots, corridors->n);
}

void
ledger_corridor_table_walk(CorridorTableWalk *walk, const CorridorTable *corridors)
{
	walk->ordered = corridors->table == NULL;
	walk->next = walk->ordered ? corridors->ordered : corridors->table->data;
	walk->end = walk->next + (walk->ordered ? corridors->n : corridors->table->size);
}

CorridorSlot *
ledger_corridor_table_next(CorridorTableWalk *walk)
{
	CHECK_FOR_INTERRUPTS();
	while (walk->next < walk->end)
	{
		CorridorSlot *slot = walk->next++;

		if (walk->ordered || slot->status == corridors_SH_IN_USE)
			return slot;
	}
	return NULL;
}
