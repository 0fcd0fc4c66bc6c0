/*
 * functions/row_changes.c
 *		The changes of a statement; see functions/row_changes.h.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "state/small.h"
#include "functions/row_changes.h"

/*
 * Replaces columns by parameters.  The planner looks a column up in its query,
 * to see whether it can be NULL (PostgreSQL 19), and an expression that is
 * planned alone has none.
 */
static Node *
hide_columns(Node *node, void *context)
{
	const Var  *column = (const Var *) node;
	Param	   *parameter;

	if (node == NULL || !IsA(node, Var))
		return node == NULL ? NULL :
			expression_tree_mutator(node, hide_columns, context);
	Assert(column->varno == 1 && column->varlevelsup == 0);
	parameter = makeNode(Param);
	parameter->paramkind = PARAM_EXEC;
	parameter->paramid = column->varattno;
	parameter->paramtype = column->vartype;
	parameter->paramtypmod = column->vartypmod;
	parameter->paramcollid = column->varcollid;
	parameter->location = -1;
	return (Node *) parameter;
}

/* The other way round */
static Node *
show_columns(Node *node, void *context)
{
	const Param *parameter = (const Param *) node;

	if (node == NULL || !IsA(node, Param))
		return node == NULL ? NULL :
			expression_tree_mutator(node, show_columns, context);
	return (Node *) makeVar(1, (AttrNumber) parameter->paramid,
							parameter->paramtype, parameter->paramtypmod,
							parameter->paramcollid, 0);
}

/*
 * Makes what evaluates the expressions; the filter comes first.
 */
static void
prepare_expressions(RowReader *reader)
{
	List	   *expressions = (List *) show_columns(reader->cached->expr, NULL);
	ListCell   *cell;

	reader->n_columns = list_length(expressions) - 1;
	reader->columns = palloc(sizeof(ExprState *) * reader->n_columns);
	for_each_from(cell, expressions, 1)
	{
		reader->columns[foreach_current_index(cell) - 1] =
			ExecInitExpr((Expr *) lfirst(cell), NULL);
	}
	if (linitial(expressions) != NULL)
		reader->filter = ExecInitExpr((Expr *) linitial(expressions), NULL);
	reader->context = CreateStandaloneExprContext();
}

RowReader *
row_reader_start(const Followed *followed)
{
	RowReader  *reader = palloc0(sizeof(RowReader));

	/* the filter may be none */
	reader->cached = GetCachedExpression(hide_columns((Node *) lcons(followed->filter_node,
																	 list_copy(followed->nodes)),
													  NULL));
	/* it lives in no context of the caller */
	PG_TRY();
	{
		prepare_expressions(reader);
	}
	PG_CATCH();
	{
		FreeCachedExpression(reader->cached);
		PG_RE_THROW();
	}
	PG_END_TRY();
	return reader;
}

bool
row_reader_is_valid(const RowReader *reader)
{
	return reader->cached->is_valid;
}

void
row_reader_end(RowReader *reader)
{
	FreeExprContext(reader->context, true);
	FreeCachedExpression(reader->cached);
}

/* Places for the changes of a statement, found by the hash of their keys */
#define PLACES		(2 * ROW_CHANGES_MAX)

/* What is at work on a statement */
typedef struct Folding
{
	RowReader  *reader;
	const Followed *followed;
	int			n_key;			/* columns of by, and the period */
	int16		lengths[FOLLOWED_BY_MAX + 1];
	bool		by_value[FOLLOWED_BY_MAX + 1];
	RowChanges *result;
	RowChange  *last;			/* most rows have the key of the one before */
	uint64		rows;
	RowChange **places;			/* NULL up to the second key */
} Folding;

static bool
has_key(const Folding *folding, const RowChange *change, const Datum *key,
		const bool *nulls)
{
	for (int i = 0; i < folding->n_key; i++)
	{
		if (nulls[i] != change->nulls[i] ||
			(!nulls[i] && !datum_image_eq(key[i], change->key[i],
										  folding->by_value[i],
										  folding->lengths[i])))
			return false;
	}
	return true;
}

static uint32
hash_key(const Folding *folding, const Datum *key, const bool *nulls)
{
	uint32		hash = 0;

	for (int i = 0; i < folding->n_key; i++)
	{
		hash = pg_rotate_left32(hash, 1);
		if (!nulls[i])
			hash ^= datum_image_hash(key[i], folding->by_value[i],
									 folding->lengths[i]);
	}
	return hash;
}

/*
 * A new change; NULL where there are too many.
 */
static RowChange *
add_change(Folding *folding, const Datum *key, const bool *nulls)
{
	RowChanges *result = folding->result;
	RowChange  *change;

	if (result->n == ROW_CHANGES_MAX)
		return NULL;
	if (result->n == 1)
		result->changes = repalloc(result->changes,
								   sizeof(RowChange *) * (Size) ROW_CHANGES_MAX);
	change = palloc0(sizeof(RowChange));
	for (int i = 0; i < folding->n_key; i++)
	{
		change->nulls[i] = nulls[i];
		if (!nulls[i])
			change->key[i] = datumCopy(key[i], folding->by_value[i],
									   folding->lengths[i]);
	}
	change->small = ledger_small_make(LEDGER_SMALL_FIRST_SIZE);
	result->changes[result->n++] = change;
	return change;
}

/*
 * The place where a key is, or would be.
 */
static RowChange **
find_place(const Folding *folding, const Datum *key, const bool *nulls)
{
	uint32		place = hash_key(folding, key, nulls) % PLACES;

	while (folding->places[place] != NULL &&
		   !has_key(folding, folding->places[place], key, nulls))
		place = (place + 1) % PLACES;
	return &folding->places[place];
}

/*
 * The change with this key and period, a new one if there is none; NULL where
 * there are too many.
 */
static RowChange *
find_change(Folding *folding, const Datum *key, const bool *nulls)
{
	RowChange **place;

	if (folding->last == NULL)
		return folding->last = add_change(folding, key, nulls);
	if (has_key(folding, folding->last, key, nulls))
		return folding->last;
	if (folding->places == NULL)
	{
		folding->places = palloc0(sizeof(RowChange *) * (Size) PLACES);
		*find_place(folding, folding->last->key, folding->last->nulls) = folding->last;
	}
	place = find_place(folding, key, nulls);
	if (*place == NULL)
		*place = add_change(folding, key, nulls);
	if (*place != NULL)
		folding->last = *place;
	return *place;
}

/*
 * Adds what a small state has to the object that takes its place (a
 * LedgerVisitor).
 */
static void
add_visited(void *target, LedgerParty origin, LedgerParty destination,
			LedgerDay day, int64 people)
{
	ledger_expanded_add(target, origin, destination, day, people);
}

static void
add_entry(RowChange *change, LedgerDay day, LedgerParty origin,
		  LedgerParty destination, int64 people)
{
	while (change->small != NULL)
	{
		struct varlena *grown;

		if (ledger_small_add(change->small, origin, destination, day, people))
			return;
		grown = ledger_small_grow(change->small);
		if (grown == NULL)
		{
			change->expanded = ledger_expanded_make(CurrentMemoryContext);
			ledger_small_visit(change->small, add_visited, change->expanded);
		}
		pfree(change->small);
		change->small = grown;
	}
	ledger_expanded_add(change->expanded, origin, destination, day, people);
}

/*
 * Evaluates the definition for the row in the reader's context; false where the
 * row does not count: as in the aggregate, nothing may be NULL but a by column.
 */
static bool
read_row(const Folding *folding, Datum *values, bool *nulls)
{
	const RowReader *reader = folding->reader;

	if (reader->filter != NULL)
	{
		Datum		counts = ExecEvalExpr(reader->filter, reader->context,
										  &nulls[0]);

		if (nulls[0] || !DatumGetBool(counts))
			return false;
	}
	for (int i = 0; i < reader->n_columns; i++)
	{
		values[i] = ExecEvalExpr(reader->columns[i], reader->context, &nulls[i]);
		if (nulls[i] && i >= folding->followed->n_by)
			return false;
	}
	return true;
}

/*
 * Folds one row; false where it is left to a query.
 */
static bool
fold_row(Folding *folding, bool gone)
{
	Datum		values[FOLLOWED_BY_MAX + FOLLOWED_COLUMNS];
	bool		nulls[FOLLOWED_BY_MAX + FOLLOWED_COLUMNS];
	const Datum *row = values + folding->followed->n_by;
	MemoryContext caller = MemoryContextSwitchTo(folding->reader->context->ecxt_per_tuple_memory);
	bool		counts = read_row(folding, values, nulls);
	LedgerParty origin;
	LedgerParty destination;
	LedgerDay	day;
	int64		people;
	RowChange  *change;

	if (!counts)
	{
		MemoryContextSwitchTo(caller);
		return true;
	}
	day = DatumGetDateADT(row[FOLLOWED_DAY]);
	ledger_check_day(day);
	origin = ledger_party_from_text(DatumGetTextPP(row[FOLLOWED_ORIGIN]));
	destination = ledger_party_from_text(DatumGetTextPP(row[FOLLOWED_DESTINATION]));
	people = DatumGetInt64(row[FOLLOWED_PEOPLE]);
	MemoryContextSwitchTo(caller);

	/* the least bigint has no opposite; the query says so */
	if (gone && people == PG_INT64_MIN)
		return false;
	change = find_change(folding, values, nulls);
	if (change == NULL)
		return false;
	add_entry(change, day, origin, destination, gone ? -people : people);
	return true;
}

/*
 * Folds the rows of one transition table.
 */
static bool
fold_table(Folding *folding, Tuplestorestate *table, TupleTableSlot *slot,
		   bool gone)
{
	ExprContext *context = folding->reader->context;

	if (table == NULL)
		return true;
	tuplestore_select_read_pointer(table,
								   tuplestore_alloc_read_pointer(table,
																 EXEC_FLAG_REWIND));
	tuplestore_rescan(table);
	while (tuplestore_gettupleslot(table, true, false, slot))
	{
		context->ecxt_scantuple = slot;
		if (!fold_row(folding, gone))
			return false;
		ResetExprContext(context);
		if (++folding->rows % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return true;
}

bool
row_changes_fold(RowReader *reader, const Followed *followed,
				 const TriggerData *data, RowChanges *result)
{
	Folding    *folding = palloc0(sizeof(Folding));
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(data->tg_relation),
													&TTSOpsMinimalTuple);
	bool		folded;

	folding->reader = reader;
	folding->followed = followed;
	folding->n_key = followed->n_by + 1;
	folding->result = result;
	for (int i = 0; i < followed->n_by; i++)
		get_typlenbyval(followed->by_types[i], &folding->lengths[i],
						&folding->by_value[i]);
	folding->lengths[followed->n_by] = -1;	/* a daterange */
	result->n = 0;
	result->changes = palloc(sizeof(RowChange *));

	folded = fold_table(folding, data->tg_oldtable, slot, true) &&
		fold_table(folding, data->tg_newtable, slot, false);
	reader->context->ecxt_scantuple = NULL;
	ExecDropSingleTupleTableSlot(slot);
	pfree(folding);
	return folded;
}

struct varlena *
row_change_ledger(const RowChange *change)
{
	struct varlena *ledger = change->expanded != NULL ?
		ledger_expanded_to_flat(change->expanded) :
		ledger_small_to_flat((const uint8_t *) VARDATA(change->small),
							 VARSIZE(change->small) - VARHDRSZ);
	LedgerFlat	flat;

	ledger_check(ledger_flat_open(&flat, (const uint8_t *) VARDATA(ledger),
								  VARSIZE(ledger) - VARHDRSZ));
	return flat.corridors == 0 ? NULL : ledger;
}
