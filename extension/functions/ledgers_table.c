/*
 * functions/ledgers_table.c
 *		Inserts into the table of ledgers; see functions/ledgers_table.h.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/fmgroids.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "value/compat.h"
#include "state/expanded.h"
#include "functions/fetch.h"
#include "functions/ledgers_table.h"

/*
 * Whether a row that is inserted meets nothing but columns and indexes.
 */
static bool
is_plain_table(Relation relation)
{
	const TupleConstr *constraints = RelationGetDescr(relation)->constr;

	return relation->rd_rel->relkind == RELKIND_RELATION &&
		relation->rd_rules == NULL && relation->trigdesc == NULL &&
		!relation->rd_rel->relispartition &&
		(constraints == NULL ||
		 (constraints->num_check == 0 && !constraints->has_generated_stored)) &&
		pg_class_aclcheck(RelationGetRelid(relation), GetUserId(),
						  ACL_INSERT) == ACLCHECK_OK;
}

/*
 * Whether the indexes have columns alone; and whether operators of all of them
 * are PostgreSQL's.
 */
static bool
has_plain_indexes(Relation relation, bool *path_free)
{
	List	   *indexes = RelationGetIndexList(relation);
	bool		plain = true;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), RowExclusiveLock);

		if (RelationGetIndexExpressions(index) != NIL ||
			RelationGetIndexPredicate(index) != NIL ||
			index->rd_index->indisexclusion)
			plain = false;
		for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
		{
			if (index->rd_opfamily[i] >= FirstNormalObjectId ||
				index->rd_opcintype[i] >= FirstNormalObjectId)
				*path_free = false;
		}
		index_close(index, NoLock);
	}
	list_free(indexes);
	return plain;
}

/*
 * The place of a column in the key, or -1: its type and modifier must be those
 * of its expression, or a query would convert the value.
 */
static int
place_in_key(const Followed *followed, const char *name)
{
	if (strcmp(name, "period") == 0)
		return followed->n_by;
	for (int i = 0; i < followed->n_by; i++)
	{
		if (strcmp(name, followed->by_names[i]) == 0)
			return i;
	}
	return -1;
}

/*
 * What becomes of one column; false where it is left to a query.
 */
static bool
add_column(LedgersTable *table, const Followed *followed, Relation relation,
		   Form_pg_attribute column)
{
	int			place = place_in_key(followed, NameStr(column->attname));
	Node	   *expression;

	if (place >= 0)
	{
		table->key[place] = column->attnum;
		return place == followed->n_by ||
			(!column->attnotnull &&
			 column->atttypmod == exprTypmod(list_nth(followed->nodes, place)) &&
			 get_typtype(column->atttypid) != TYPTYPE_DOMAIN);
	}
	if (strcmp(NameStr(column->attname), "ledger") == 0)
	{
		table->ledger = column->attnum;
		return true;
	}
	if (strcmp(NameStr(column->attname), "key") == 0 &&
		column->atttypid == INT8OID)
		table->number = column->attnum;
	if (strcmp(NameStr(column->attname), "changed") == 0)
		table->changed = column->attnum;
	expression = build_column_default(relation, column->attnum);
	if (expression == NULL)
		return !column->attnotnull &&
			get_typtype(column->atttypid) != TYPTYPE_DOMAIN;
	if (!path_free(expression, followed->namespace) ||
		get_typtype(column->atttypid) == TYPTYPE_DOMAIN)
		return false;
	table->default_columns[table->n_defaults] = column->attnum;
	table->defaults[table->n_defaults++] =
		ExecInitExpr(expression_planner((Expr *) expression), NULL);
	return true;
}

static bool
add_columns(LedgersTable *table, const Followed *followed, Relation relation)
{
	TupleDesc	descriptor = RelationGetDescr(relation);

	table->default_columns = palloc(sizeof(AttrNumber) * descriptor->natts);
	table->defaults = palloc(sizeof(ExprState *) * descriptor->natts);
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(descriptor, i);

		if (!column->attisdropped &&
			!add_column(table, followed, relation, column))
			return false;
	}
	return true;
}

/*
 * Whether a row may be deleted here: the owner may, and subscribers can be told
 * which one it was.
 */
static bool
is_foldable(Relation relation)
{
	Oid			oid = RelationGetRelid(relation);

	return relation->rd_rel->relam == HEAP_TABLE_AM_OID &&
		relation->rd_rel->relreplident == REPLICA_IDENTITY_DEFAULT &&
		OidIsValid(relation->rd_pkindex) &&
		pg_class_aclcheck(oid, GetUserId(), ACL_SELECT) == ACLCHECK_OK &&
		pg_class_aclcheck(oid, GetUserId(), ACL_DELETE) == ACLCHECK_OK;
}

/*
 * Whether an index has the key, the period and the number, in this order.
 */
static bool
has_order(const LedgersTable *table, Relation index)
{
	const FormData_pg_index *form = index->rd_index;

	if (index->rd_rel->relam != BTREE_AM_OID || !form->indisvalid ||
		IndexRelationGetNumberOfKeyAttributes(index) != table->n_key + 1 ||
		form->indkey.values[table->n_key] != table->number)
		return false;
	for (int i = 0; i <= table->n_key; i++)
	{
		if (index->rd_indoption[i] != 0 ||
			(i < table->n_key && form->indkey.values[i] != table->key[i]))
			return false;
	}
	return true;
}

/*
 * Notes the index that finds the rows of a key and period, if there is one.
 */
static void
note_index(LedgersTable *table, Relation relation)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		bool		found = has_order(table, index);

		for (int i = 0; found && i < table->n_key; i++)
		{
			Oid			type = index->rd_opcintype[i];

			table->collations[i] = index->rd_indcollation[i];
			table->equal[i] = get_opcode(get_opfamily_member(index->rd_opfamily[i],
															 type, type,
															 BTEqualStrategyNumber));
		}
		if (found)
			table->index = RelationGetRelid(index);
		index_close(index, NoLock);
	}
	list_free(indexes);
}

LedgersTable *
ledgers_table_start(const Followed *followed)
{
	Relation	relation = table_open(followed->ledgers, RowExclusiveLock);
	LedgersTable *table = palloc0(sizeof(LedgersTable));
	bool		direct;

	table->ledgers = followed->ledgers;
	table->n_key = followed->n_by + 1;
	table->path_free = true;
	direct = is_plain_table(relation) &&
		has_plain_indexes(relation, &table->path_free) &&
		add_columns(table, followed, relation);
	if (direct && is_foldable(relation))
		note_index(table, relation);
	table_close(relation, NoLock);
	if (!direct)
		return NULL;
	table->context = CreateStandaloneExprContext();
	return table;
}

void
ledgers_table_end(LedgersTable *table)
{
	FreeExprContext(table->context, true);
}

bool
ledgers_insert_begin(LedgersInsert *insert, LedgersTable *table,
					 const bool *stale)
{
	Relation	relation = try_table_open(table->ledgers, RowExclusiveLock);

	if (relation == NULL || *stale)
	{
		if (relation != NULL)
			table_close(relation, NoLock);
		return false;
	}
	insert->table = table;
	insert->state = CreateExecutorState();
	insert->relation = makeNode(ResultRelInfo);
	InitResultRelInfo(insert->relation, relation, 0, NULL, 0);
	ExecOpenIndices(insert->relation, false);
	insert->slot = table_slot_create(relation, NULL);
	return true;
}

static void
set_defaults(const LedgersTable *table, TupleTableSlot *slot)
{
	for (int i = 0; i < table->n_defaults; i++)
	{
		int			column = table->default_columns[i] - 1;

		slot->tts_values[column] = ExecEvalExprSwitchContext(table->defaults[i],
															 table->context,
															 &slot->tts_isnull[column]);
	}
}

/*
 * Inserts a row; `changed` is NULL where it is to have the default.
 */
static void
insert_row(LedgersInsert *insert, const Datum *key, const bool *nulls,
		   struct varlena *ledger, const TimestampTz *changed)
{
	const LedgersTable *table = insert->table;
	TupleTableSlot *slot = insert->slot;
	Relation	relation = insert->relation->ri_RelationDesc;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true,
		   sizeof(bool) * slot->tts_tupleDescriptor->natts);
	for (int i = 0; i < table->n_key; i++)
	{
		slot->tts_values[table->key[i] - 1] = key[i];
		slot->tts_isnull[table->key[i] - 1] = nulls[i];
	}
	slot->tts_values[table->ledger - 1] = PointerGetDatum(ledger);
	slot->tts_isnull[table->ledger - 1] = false;
	set_defaults(table, slot);
	if (changed != NULL)
	{
		slot->tts_values[table->changed - 1] = TimestampTzGetDatum(*changed);
		slot->tts_isnull[table->changed - 1] = false;
	}
	ExecStoreVirtualTuple(slot);
	/* a default may be NULL */
	if (RelationGetDescr(relation)->constr != NULL)
		ExecConstraints(insert->relation, slot, insert->state);
	table_tuple_insert(relation, slot, GetCurrentCommandId(true), 0, NULL);
	if (insert->relation->ri_NumIndices > 0)
		list_free(ledger_insert_index_tuples(insert->relation, insert->state,
											 slot));
	if (table->number != InvalidAttrNumber)
		insert->last = DatumGetInt64(slot->tts_values[table->number - 1]);
	ResetPerTupleExprContext(insert->state);
	ResetExprContext(table->context);
}

void
ledgers_insert_row(LedgersInsert *insert, const Datum *key, const bool *nulls,
				   struct varlena *ledger)
{
	insert_row(insert, key, nulls, ledger, NULL);
}

void
ledgers_insert_end(LedgersInsert *insert)
{
	Relation	relation = insert->relation->ri_RelationDesc;

	ExecDropSingleTupleTableSlot(insert->slot);
	ExecCloseIndices(insert->relation);
	FreeExecutorState(insert->state);
	table_close(relation, NoLock);
}

static Datum
column_of(const LedgersInsert *insert, HeapTuple tuple, AttrNumber column)
{
	bool		isnull;

	/* not NULL, whatever of the three it is */
	return heap_getattr(tuple, column,
						RelationGetDescr(insert->relation->ri_RelationDesc),
						&isnull);
}

/*
 * The scan marks dead entries, and the next one passes over them.
 */
int
ledgers_find_rows(const LedgersInsert *insert, Snapshot snapshot,
				  const Datum *key, const bool *nulls, int64 range,
				  Waiting *rows, int limit)
{
	const LedgersTable *table = insert->table;
	ScanKeyData keys[FOLLOWED_BY_MAX + 2];
	Relation	index = index_open(table->index, RowExclusiveLock);
	SysScanDesc scan;
	HeapTuple	tuple;
	int			n = 0;

	for (int i = 0; i < table->n_key; i++)
		ScanKeyEntryInitialize(&keys[i], nulls[i] ? SK_ISNULL | SK_SEARCHNULL : 0,
							   table->key[i],
							   nulls[i] ? InvalidStrategy : BTEqualStrategyNumber,
							   InvalidOid, table->collations[i],
							   nulls[i] ? InvalidOid : table->equal[i],
							   nulls[i] ? (Datum) 0 : key[i]);
	ScanKeyInit(&keys[table->n_key], table->number, BTGreaterStrategyNumber,
				F_INT8GT, Int64GetDatum(insert->last - range));
	scan = systable_beginscan_ordered(insert->relation->ri_RelationDesc, index,
									  snapshot, table->n_key + 1, keys);
	while (n < limit &&
		   (tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		rows[n].bytes = toast_datum_size(column_of(insert, tuple, table->ledger));
		rows[n++].tuple = heap_copytuple(tuple);
	}
	systable_endscan_ordered(scan);
	index_close(index, NoLock);
	return n;
}

static void
add_ledger(ExpandedLedger *sum, Datum datum)
{
	LedgerFlat	flat;
	struct varlena *copy = ledger_fetch(datum, &flat);

	ledger_expanded_add_flat(sum, &flat, 1);
	if (copy != NULL)
		pfree(copy);
}

void
ledgers_fold_rows(LedgersInsert *insert, Snapshot snapshot, const Datum *key,
				  const bool *nulls, const Waiting *rows, int n)
{
	const LedgersTable *table = insert->table;
	ExpandedLedger *sum = ledger_expanded_make(CurrentMemoryContext);
	TimestampTz changed = DT_NOBEGIN;
	struct varlena *ledger;
	LedgerFlat	flat;

	CheckCmdReplicaIdentity(insert->relation->ri_RelationDesc, CMD_DELETE);
	for (int i = 0; i < n; i++)
	{
		HeapTuple	tuple = rows[i].tuple;
		TM_FailureData failure;
		TimestampTz of_row;

		if (ledger_delete_row(insert->relation->ri_RelationDesc, &tuple->t_self,
							  GetCurrentCommandId(true), snapshot,
							  &failure) != TM_Ok)
			continue;
		of_row = DatumGetTimestampTz(column_of(insert, tuple, table->changed));
		changed = Max(changed, of_row);
		add_ledger(sum, column_of(insert, tuple, table->ledger));
	}
	ledger = ledger_expanded_to_flat(sum);
	(void) ledger_fetch(PointerGetDatum(ledger), &flat);
	if (flat.corridors > 0)
		insert_row(insert, key, nulls, ledger, &changed);
	ledger_expanded_free(sum);
}
