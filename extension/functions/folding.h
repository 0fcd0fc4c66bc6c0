/*
 * functions/folding.h
 *		Writers fold the rows of a key and period into one, now and then.
 *
 * A fold picks rows that nobody has locked, deletes them and inserts their sum.
 * Its snapshot must be new for that: at REPEATABLE READ and above a row that
 * another transaction has folded would be a serialization failure, so nothing
 * is folded there.  Small rows are folded before large ones, in such a way that
 * what is read and written for a change grows with the logarithm of the
 * ledger's size; a row of more than a megabyte is not folded here.
 *
 * What a fold costs is paid for by changes.  A fold that had to read through
 * many dead rows, which an old snapshot keeps there, is followed by a long
 * time without one.
 */
#ifndef LEDGER_FOLDING_H
#define LEDGER_FOLDING_H

#include "postgres.h"

#include "executor/spi.h"

#include "functions/followed.h"
#include "functions/ledgers_table.h"

typedef struct FoldPlans FoldPlans;

typedef struct Folds
{
	MemoryContext context;
	FoldPlans  *plans;
	int64		pages;			/* that folds may touch now */
} Folds;

extern void folds_start(Folds *folds, MemoryContext context);
extern void folds_end(Folds *folds);

/*
 * After a change of a key and period was inserted, by a statement that has made
 * so many folds already: folds, if it is time.  `insert` is NULL where the
 * ledgers are left to queries.
 */
extern void fold_now_and_then(Folds *folds, const Followed *followed,
							  LedgersInsert *insert, const Datum *key,
							  const bool *nulls, int *made);

/* A plan that is kept; an error where there is none */
extern SPIPlanPtr keep_plan(const char *sql, int n_arguments, Oid *types);

#endif							/* LEDGER_FOLDING_H */
