/*
 * functions/row_changes.h
 *		The changes of a statement, folded from its transition tables without a
 *		query.
 *
 * A query over transition tables takes several times as long to start as one
 * row takes to be inserted, and twice as long for each of many rows.  So the
 * expressions of a definition are evaluated here, row by row, and rows that are
 * equal bit by bit in key and period are folded.  A statement of more keys and
 * periods than ROW_CHANGES_MAX is left to a query, whose memory has a limit.
 */
#ifndef LEDGER_ROW_CHANGES_H
#define LEDGER_ROW_CHANGES_H

#include "postgres.h"

#include "commands/trigger.h"
#include "nodes/execnodes.h"
#include "utils/plancache.h"

#include "functions/followed.h"
#include "state/expanded.h"

#define ROW_CHANGES_MAX			1024

/* The expressions of a definition, ready to be evaluated */
typedef struct RowReader
{
	CachedExpression *cached;
	ExprContext *context;
	ExprState **columns;		/* as in the definition */
	int			n_columns;
	ExprState  *filter;			/* or NULL */
} RowReader;

/* The entries of one key and period: one of the two is set */
typedef struct RowChange
{
	Datum		key[FOLLOWED_BY_MAX + 1];	/* by and period */
	bool		nulls[FOLLOWED_BY_MAX + 1];
	struct varlena *small;
	ExpandedLedger *expanded;
} RowChange;

typedef struct RowChanges
{
	int			n;
	RowChange **changes;
} RowChanges;

/* Starts and ends a reader, which lives in the current memory context */
extern RowReader *row_reader_start(const Followed *followed);
extern bool row_reader_is_valid(const RowReader *reader);
extern void row_reader_end(RowReader *reader);

/*
 * Folds the rows of a trigger's transition tables, in the current memory
 * context.  False where they are left to a query.
 */
extern bool row_changes_fold(RowReader *reader, const Followed *followed,
							 const TriggerData *data, RowChanges *result);

/* The ledger of a change; NULL where nothing has changed */
extern struct varlena *row_change_ledger(const RowChange *change);

#endif							/* LEDGER_ROW_CHANGES_H */
