/*
 * functions/ledgers_table.h
 *		Inserts into the table of ledgers without a query, as COPY does.
 *
 * To start a query takes as long as to insert its row.  Where the table is as
 * ledger_maintain made it, and nothing but columns with simple defaults and
 * plain indexes was added to it, a query does nothing that cannot be done
 * here.  Any other table is left to a query: one with triggers or rules, with
 * constraints to be checked, or with rights taken from its owner.
 */
#ifndef LEDGER_LEDGERS_TABLE_H
#define LEDGER_LEDGERS_TABLE_H

#include "postgres.h"

#include "nodes/execnodes.h"

#include "functions/followed.h"

typedef struct LedgersTable
{
	Oid			ledgers;
	int			n_key;			/* columns of by, and the period */
	AttrNumber	key[FOLLOWED_BY_MAX + 1];
	AttrNumber	ledger;
	int			n_defaults;
	AttrNumber *default_columns;
	ExprState **defaults;
	ExprContext *context;
	bool		path_free;		/* nothing that it calls needs a search_path */
} LedgersTable;

/* What is open while a statement inserts */
typedef struct LedgersInsert
{
	LedgersTable *table;
	EState	   *state;
	ResultRelInfo *relation;
	TupleTableSlot *slot;
} LedgersInsert;

/*
 * What is known of a table of ledgers, in the current memory context; NULL where
 * it is left to a query.  Right until the relation changes.
 */
extern LedgersTable *ledgers_table_start(const Followed *followed);
extern void ledgers_table_end(LedgersTable *table);

/*
 * Opens the table and inserts rows.  `stale` is whether the relation has
 * changed, looked at with the lock; then it returns false and opens nothing.
 */
extern bool ledgers_insert_begin(LedgersInsert *insert, LedgersTable *table,
								 const bool *stale);
extern void ledgers_insert_row(LedgersInsert *insert, const Datum *key,
							   const bool *nulls, struct varlena *ledger);
extern void ledgers_insert_end(LedgersInsert *insert);

#endif							/* LEDGER_LEDGERS_TABLE_H */
