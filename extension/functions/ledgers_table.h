/*
 * functions/ledgers_table.h
 *		Inserts into the table of ledgers without a query, as COPY does, and
 *		folds its rows.
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
	AttrNumber	number;			/* the column "key" */
	AttrNumber	changed;
	AttrNumber	ledger;
	Oid			index;			/* of key and number; or a plan folds */
	RegProcedure equal[FOLLOWED_BY_MAX + 1];
	Oid			collations[FOLLOWED_BY_MAX + 1];
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
	int64		last;			/* number of the row that came last */
} LedgersInsert;

/* A row of the ledgers that could be folded */
typedef struct Waiting
{
	HeapTuple	tuple;
	int64		bytes;			/* of its ledger, as it is stored */
} Waiting;

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

/*
 * Finds at most so many rows of a key and period that a snapshot has, after
 * one was inserted: those whose numbers are at most `range` before it.
 */
extern int	ledgers_find_rows(const LedgersInsert *insert, Snapshot snapshot,
							  const Datum *key, const bool *nulls,
							  int64 range, Waiting *rows, int limit);
/* Deletes those rows that nobody has locked, and inserts their sum. */
extern void ledgers_fold_rows(LedgersInsert *insert, Snapshot snapshot,
							  const Datum *key, const bool *nulls,
							  const Waiting *rows, int n);

#endif							/* LEDGER_LEDGERS_TABLE_H */
