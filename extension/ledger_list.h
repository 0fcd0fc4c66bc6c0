/*
 * ledger_list.h
 *		Entries as they are read, on their way into the flat form.
 *
 * A list is summed when all of it is there, where an aggregate has to sum as it
 * goes: what is an error does not depend on the order of what is read, and can
 * be saved.
 */
#ifndef LEDGER_LIST_H
#define LEDGER_LIST_H

#include "ledger_datum.h"

typedef struct ListedCorridor
{
	LedgerParty origin;			/* both owned */
	LedgerParty destination;
	uint32		number;			/* in which it came */
} ListedCorridor;

typedef struct ListedEntry
{
	uint64		key;			/* number of the corridor above, day below */
	int64		people;
} ListedEntry;

typedef struct LedgerList
{
	MemoryContext context;		/* of all that is here */
	ListedCorridor *corridors;
	Size		n_corridors;
	Size		max_corridors;
	ListedEntry *entries;
	Size		n_entries;
	Size		max_entries;
} LedgerList;

/*
 * An empty one, in a memory context of its own below the current one, with room
 * for as many entries as are expected: moving those of a large ledger to where
 * there is more would take longer than reading them.
 */
extern void ledger_list_start(LedgerList *list, Size expected);
extern void ledger_list_free(LedgerList *list);
/* Adds an entry, whose corridor is most often that of the one before. */
extern void ledger_list_add(LedgerList *list, LedgerParty origin,
							LedgerParty destination, LedgerDay day,
							int64 people);
/*
 * Makes a ledger in the current context, and frees the list.  NULL where an
 * error is saved in `escontext` rather than thrown.
 */
extern struct varlena *ledger_list_to_flat(LedgerList *list,
										   struct Node *escontext);

#endif							/* LEDGER_LIST_H */
