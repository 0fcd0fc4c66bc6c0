/*
 * state/ledger_table.h
 *		The table of an in-memory ledger, which rows are added to.
 *
 * Everything lives in the table's own memory context.  One hash table gives
 * parties their numbers (state/party_table.c), and another one holds the
 * corridors by the numbers of origin and destination
 * (state/corridor_table.c).  What a corridor keeps of its people by day, once
 * there are several, is the matter of state/day_counts.c.
 */
#ifndef LEDGER_LEDGER_TABLE_H
#define LEDGER_LEDGER_TABLE_H

#include "postgres.h"

#include "core/mechanisms.h"
#include "state/corridor_table.h"
#include "state/day_counts.h"
#include "state/party_table.h"
#include "value/value.h"

/* People that wait for the count of their day to be read into the cache */
typedef struct WaitingPeople
{
	DayCounts  *days;			/* of the corridor; NULL where nobody waits */
	CountRef	count;
	LedgerDay	day;
	int32		people;
} WaitingPeople;

/* A row that waits for what its corridor has to be read into the cache */
typedef struct WaitingRow
{
	uint64		key;			/* of the corridor; where it waits for the slot */
	DayCounts  *days;			/* where it waits for the days */
	int64		people;
	LedgerDay	day;
	bool		waits;
} WaitingRow;

/* Zeroed but for the context, and then started */
typedef struct LedgerTable
{
	MemoryContext context;		/* of all that it consists of */
	PartyTable	parties;
	CorridorTable corridors;
	LedgerBlockSpace space;
	Size		next_size_check;	/* held memory at which to check again */
	uint32		people_seen;
	uint32		slots_seen;
	uint32		days_seen;
	WaitingPeople waiting[LEDGER_WAITING_ROWS];
	WaitingRow	for_slot[LEDGER_WAITING_ROWS];
	WaitingRow	for_days[LEDGER_WAITING_ROWS];
} LedgerTable;

/* Empties it; nobody waits. */
extern void ledger_table_start(LedgerTable *table);

/* Adds one entry.  The caller has checked day and parties. */
extern void ledger_table_add(LedgerTable *table, LedgerParty origin,
							 LedgerParty destination, LedgerDay day,
							 int64 people);

/* Adds (sign = 1) or takes away (sign = -1) a whole ledger. */
extern void ledger_table_add_flat(LedgerTable *table, const LedgerFlat *flat,
								  int sign);

/* Calls `visit` for all that is there, none of it zero. */
extern void ledger_table_visit(LedgerTable *table, LedgerVisitor visit,
							   void *target);

/*
 * Writes all corridors into a buffer of the context `result`, and returns in
 * it: an error that is saved there must not be freed with what else is
 * allocated in the current one.  NULL where an error is saved rather than
 * thrown.
 */
extern struct varlena *ledger_table_write(LedgerTable *table,
										  MemoryContext result,
										  struct Node *escontext);

/* Does anybody wait? */
static inline bool
ledger_table_waits(const LedgerTable *table)
{
	bool		waits = false;
	int			i;

	for (i = 0; i < LEDGER_WAITING_ROWS; i++)
		waits |= table->waiting[i].days != NULL || table->for_slot[i].waits ||
			table->for_days[i].waits;
	return waits;
}

#endif							/* LEDGER_LEDGER_TABLE_H */
