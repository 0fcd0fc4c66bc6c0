/*
 * state/party_table.c
 *		The parties of an in-memory ledger, numbered as they come.
 */
#include "state/party_table.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "state/party_order.h"
#include "value/value.h"

/* Bytes of the pieces that names are put into, the first and the largest */
#define NAME_SPACE_MIN		512
#define NAME_SPACE_MAX		65536

/* Up to so many slots fewer than half are taken, as in state/corridor_table.h */
#define SPARSE_SLOTS		4096

void
ledger_party_table_start(PartyTable *table, MemoryContext context)
{
	memset(table, 0, sizeof(*table));
	ledger_hash_start();
	table->context = context;
	table->slots = party_slots_create(context, 16, NULL);
}

/*
 * A copy of a name in the table's own space.
 */
static const char *
copy_name(PartyTable *table, LedgerParty party)
{
	char	   *name;

	if (table->name_space_left < party.length)
	{
		/* as much as there are names already, roughly */
		table->name_space_left = Min(Max((Size) table->n * 8, NAME_SPACE_MIN),
									 NAME_SPACE_MAX);
		table->name_space = MemoryContextAlloc(table->context,
											   table->name_space_left);
	}
	name = table->name_space;
	memcpy(name, party.name, party.length);
	table->name_space += party.length;
	table->name_space_left -= party.length;
	return name;
}

/*
 * Adds a party that is not there.
 */
static uint32
add_party(PartyTable *table, LedgerParty party, uint64 code)
{
	const uint32 number = table->n;
	PartySlot  *slot;
	bool		found;

	if (number == table->max)
	{
		table->max = Max(16, table->max * 2);
		table->parties = table->parties == NULL ?
			MemoryContextAlloc(table->context, table->max * sizeof(LedgerParty)) :
			repalloc_huge(table->parties, table->max * sizeof(LedgerParty));
	}
	table->parties[number].name = copy_name(table, party);
	table->parties[number].length = party.length;
	if (table->slots->size <= SPARSE_SLOTS &&
		table->slots->members >= table->slots->size / 5 * 2)
		party_slots_grow(table->slots, table->slots->size * 2);
	slot = party_slots_insert(table->slots, code, &found);
	Assert(!found);
	slot->number = number;
	table->n++;
	return number;
}

/*
 * A number that stands for a longer name: not its own, perhaps.
 */
static inline uint64
long_name_code(LedgerParty party)
{
	return hash_bytes_extended((const unsigned char *) party.name,
							   (int) party.length, ledger_hash_factor) >> 8;
}

uint32
ledger_party_table_add(PartyTable *table, LedgerParty party)
{
	uint64		code;
	PartySlot  *slot;

	if (party.length <= 8)
		return add_party(table, party, ledger_party_code(party));
	code = long_name_code(party);
	while ((slot = party_slots_lookup(table->slots, code)) != NULL)
	{
		const LedgerParty there = table->parties[slot->number];

		if (there.length == party.length &&
			memcmp(there.name, party.name, party.length) == 0)
			return slot->number;
		code = (code + 1) & (PG_UINT64_MAX >> 8);
	}
	return add_party(table, party, code);
}

uint32 *
ledger_party_table_order(PartyTable *table)
{
	uint32	   *numbers;
	party_slots_iterator iterator;
	PartySlot  *slot;

	if (table->n_ordered == table->n)
		return NULL;
	numbers = ledger_order_parties(table->parties, table->n);
	party_slots_start_iterate(table->slots, &iterator);
	while ((slot = party_slots_iterate(table->slots, &iterator)) != NULL)
		slot->number = numbers[slot->number];
	table->n_ordered = table->n;
	return numbers;
}
