/*
 * state/party_table.h
 *		The parties of an in-memory ledger, numbered as they come.
 */
#ifndef LEDGER_PARTY_TABLE_H
#define LEDGER_PARTY_TABLE_H

#include "postgres.h"

#include "core/base.h"
#include "state/hashing.h"

/*
 * A party of up to eight bytes is found by its code (ledger_party_code), a longer
 * one by a hash of its name of 56 bits, which no code equals.  Where another name
 * has that hash already, by the number after it.
 */
typedef struct PartySlot
{
	uint64		code;
	uint32		number;
	uint32		status;			/* of the hash table */
} PartySlot;

#define SH_PREFIX party_slots
#define SH_ELEMENT_TYPE PartySlot
#define SH_KEY_TYPE uint64
#define SH_KEY code
#define SH_HASH_KEY(tb, k) ledger_hash(k)
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct PartyTable
{
	MemoryContext context;		/* of all that it consists of */
	party_slots_hash *slots;
	LedgerParty *parties;		/* by number; names owned */
	uint32		n;
	uint32		max;
	uint32		n_ordered;		/* leading ones that are in order of name */
	char	   *name_space;		/* for names yet to come */
	Size		name_space_left;
} PartyTable;

/* There are none. */
extern void ledger_party_table_start(PartyTable *table, MemoryContext context);

/* The number of a longer party, or of one that has none yet */
extern uint32 ledger_party_table_add(PartyTable *table, LedgerParty party);

/*
 * The number of a party, which gets one where it has none.
 */
static inline uint32
ledger_party_table_number(PartyTable *table, LedgerParty party)
{
	if (likely(party.length <= 8))
	{
		PartySlot  *slot = party_slots_lookup(table->slots,
											  ledger_party_code(party));

		if (likely(slot != NULL))
			return slot->number;
	}
	return ledger_party_table_add(table, party);
}

/*
 * Renumbers the parties in the order of their names; the new numbers by the old
 * ones, palloc'd, or NULL where they were in order.
 */
extern uint32 *ledger_party_table_order(PartyTable *table);

#endif							/* LEDGER_PARTY_TABLE_H */
