/*
 * functions/follow.c
 *		The trigger that makes ledgers follow rows.
 *
 * A change of rows becomes rows of the ledgers' table: the ledger of what was
 * added less what is gone, for each key and period.  A statement that changes
 * rows inserts there, so that it waits for no other; see functions/folding.h
 * for what becomes of many such rows.
 */
#include "postgres.h"

#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "value/compat.h"
#include "functions/followed.h"
#include "functions/folding.h"
#include "functions/ledgers_table.h"
#include "functions/row_changes.h"

PG_FUNCTION_INFO_V1(ledger_follow);

/* Rows of a statement from which on it has a plan of its own */
#define MANY_ROWS				1000

#define TRIGGER_EVENTS \
	(TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE | \
	 TRIGGER_TYPE_TRUNCATE)

/* What a session keeps about a trigger until something of it changes */
typedef struct Plans
{
	MemoryContext context;
	int			users;			/* calls that are at work with it */
	bool		kept;			/* still in the table of triggers */
	bool		stale;			/* what it was made of has changed */
	bool		needs_path;		/* even for rows that need no plan */
	Followed	followed;
	Oid			relation;		/* of the trigger */
	RowReader  *reader;			/* or NULL: rows of a partition */
	LedgersTable *table;		/* or NULL: by a query */
	SPIPlanPtr	insert;			/* of one change */
	SPIPlanPtr	change;			/* of all changes of a statement */
	SPIPlanPtr	change_of_many;
	Folds		folds;
} Plans;

typedef struct TriggerEntry
{
	Oid			trigger;		/* key */
	bool		changing;		/* something has changed while plans are made */
	Plans	   *plans;
} TriggerEntry;

static HTAB *triggers = NULL;

/*
 * A relation has changed (any, if InvalidOid): what was kept may be wrong.
 */
static void
relation_changed(Datum argument, Oid relation)
{
	HASH_SEQ_STATUS scan;
	TriggerEntry *entry;

	hash_seq_init(&scan, triggers);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		Plans	   *plans = entry->plans;

		if (plans == NULL)
			entry->changing = true;
		else if (!OidIsValid(relation) ||
				 relation == plans->relation ||
				 relation == plans->followed.rows ||
				 relation == plans->followed.view ||
				 relation == plans->followed.ledgers)
			plans->stale = true;
	}
}

static void
start_session(void)
{
	HASHCTL		control = {
		.keysize = sizeof(Oid),
		.entrysize = sizeof(TriggerEntry),
		.hcxt = CacheMemoryContext
	};

	triggers = hash_create("transfer_ledger triggers", 16, &control,
						   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
}

static void
free_plans(Plans *plans)
{
	if (plans->reader != NULL)
		row_reader_end(plans->reader);
	if (plans->table != NULL)
		ledgers_table_end(plans->table);
	if (plans->insert != NULL)
		SPI_freeplan(plans->insert);
	if (plans->change != NULL)
		SPI_freeplan(plans->change);
	if (plans->change_of_many != NULL)
		SPI_freeplan(plans->change_of_many);
	folds_end(&plans->folds);
	MemoryContextDelete(plans->context);
}

/*
 * The view that the condition of a trigger names, or InvalidOid.
 */
static Oid
view_named_by(const Trigger *trigger)
{
	Node	   *condition = trigger->tgqual == NULL ? NULL :
		stringToNode(trigger->tgqual);

	if (condition != NULL && IsA(condition, NullTest))
	{
		Node	   *named = (Node *) ((NullTest *) condition)->arg;

		if (IsA(named, Const) && ((Const *) named)->consttype == REGCLASSOID &&
			!((Const *) named)->constisnull)
			return DatumGetObjectId(((Const *) named)->constvalue);
	}
	return InvalidOid;
}

static Oid
view_of_trigger(const Trigger *trigger)
{
	Oid			view = view_named_by(trigger);

	if (!OidIsValid(view))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("trigger \"%s\" does not name the definition of its ledgers",
						trigger->tgname),
				 errhint("Only ledger_maintain makes triggers that call ledger_follow. Drop this one.")));
	return view;
}

/*
 * Whoever has the right TRIGGER on the rows can make another trigger like one
 * of ledger_maintain.  Nothing tells which is which after a dump, since either
 * may have been renamed.
 */
static void
check_only_trigger(const Followed *followed, const TriggerData *data)
{
	const TriggerDesc *all = data->tg_relation->trigdesc;
	const Trigger *trigger = data->tg_trigger;

	for (int i = 0; i < all->numtriggers; i++)
	{
		const Trigger *other = &all->triggers[i];

		if (other->tgoid == trigger->tgoid ||
			other->tgfoid != trigger->tgfoid ||
			other->tgenabled == TRIGGER_DISABLED ||
			(other->tgtype & trigger->tgtype & TRIGGER_EVENTS) == 0 ||
			view_named_by(other) != followed->view)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("triggers \"%s\" and \"%s\" of %s do the same",
						trigger->tgname, other->tgname,
						relation_name(RelationGetRelid(data->tg_relation))),
				 errdetail("Every change would be counted twice."),
				 errhint("Drop the one that ledger_maintain did not make. SELECT %s.ledger_rebuild(%s) also makes the triggers anew.",
						 followed->schema,
						 quote_literal_cstr(relation_name(followed->ledgers)))));
	}
}

/*
 * The relation of a trigger is the rows, or a partition or child of them.
 */
static void
check_relation(const Followed *followed, Oid relation)
{
	List	   *all;

	if (relation == followed->rows)
		return;
	all = find_all_inheritors(followed->rows, NoLock, NULL);
	if (!list_member_oid(all, relation))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s is no longer a part of %s",
						relation_name(relation), relation_name(followed->rows)),
				 errdetail("Its rows are still in the ledgers of %s.",
						   relation_name(followed->ledgers)),
				 errhint("SELECT %s.ledger_rebuild(%s) removes them, and drops the remaining triggers of the table.",
						 followed->schema,
						 quote_literal_cstr(relation_name(followed->ledgers)))));
	list_free(all);
}

/*
 * The statement that inserts the change of a trigger's transition tables.
 */
static char *
change_statement(const Followed *followed, const Trigger *trigger)
{
	StringInfoData sql;
	StringInfoData rows;

	initStringInfo(&rows);
	appendStringInfoChar(&rows, '(');
	if (trigger->tgnewtable != NULL)
		append_rows(&rows, followed, FOLLOWED_NEW, false);
	if (trigger->tgnewtable != NULL && trigger->tgoldtable != NULL)
		appendStringInfoString(&rows, " UNION ALL ");
	if (trigger->tgoldtable != NULL)
		append_rows(&rows, followed, FOLLOWED_OLD, true);
	appendStringInfoString(&rows, ") AS change");

	initStringInfo(&sql);
	append_insert(&sql, followed);
	append_fold(&sql, followed, rows.data);
	appendStringInfoString(&sql, " RETURNING ");
	append_by(&sql, followed);
	appendStringInfoString(&sql, "period");
	return sql.data;
}

static bool
plan_is_valid(SPIPlanPtr plan)
{
	return plan == NULL || SPI_plan_is_valid(plan);
}

static bool
plans_are_valid(const Plans *plans, const TriggerData *data)
{
	return !plans->stale &&
		plans->relation == RelationGetRelid(data->tg_relation) &&
		plan_is_valid(plans->insert) && plan_is_valid(plans->change) &&
		plan_is_valid(plans->change_of_many) &&
		(plans->reader == NULL || row_reader_is_valid(plans->reader));
}

/*
 * The entry of a trigger, without plans where they are no longer valid.
 */
static TriggerEntry *
entry_of_trigger(const TriggerData *data)
{
	TriggerEntry *entry;
	bool		found;
	Plans	   *plans;

	if (triggers == NULL)
		start_session();
	entry = hash_search(triggers, &data->tg_trigger->tgoid, HASH_ENTER, &found);
	if (!found)
		entry->plans = NULL;
	plans = entry->plans;
	if (plans != NULL && !plans_are_valid(plans, data))
	{
		entry->plans = NULL;
		plans->stale = true;
		plans->kept = false;
		if (plans->users == 0)
			free_plans(plans);
	}
	return entry;
}

/*
 * What is to be known about a trigger, with the path of safe_path_set.
 */
static Plans *
make_plans(TriggerEntry *entry, const TriggerData *data, Oid function)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "transfer_ledger trigger",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	Plans	   *plans = palloc0(sizeof(Plans));

	plans->context = context;
	plans->relation = RelationGetRelid(data->tg_relation);
	folds_start(&plans->folds, context);
	entry->changing = false;
	(void) followed_read(view_of_trigger(data->tg_trigger), function, false,
						 &plans->followed);
	check_relation(&plans->followed, plans->relation);
	check_only_trigger(&plans->followed, data);
	MemoryContextSwitchTo(caller);

	/* nothing has failed: it is kept */
	MemoryContextSetParent(context, CacheMemoryContext);
	plans->stale = entry->changing;
	plans->kept = true;
	entry->plans = plans;
	return plans;
}

static SPIPlanPtr
plan_of_insert(Plans *plans)
{
	const Followed *followed = &plans->followed;
	Oid			types[FOLLOWED_BY_MAX + 2];
	StringInfoData sql;

	if (plans->insert != NULL)
		return plans->insert;
	memcpy(types, followed->by_types, sizeof(Oid) * followed->n_by);
	types[followed->n_by] = DATERANGEOID;
	types[followed->n_by + 1] = followed->type;
	initStringInfo(&sql);
	append_insert(&sql, followed);
	appendStringInfoString(&sql, "VALUES (");
	for (int i = 0; i < followed->n_by + 2; i++)
		appendStringInfo(&sql, "%s$%d", i > 0 ? ", " : "", i + 1);
	appendStringInfoChar(&sql, ')');
	return plans->insert = keep_plan(sql.data, followed->n_by + 2, types);
}

/*
 * Inserts a change with a plan.
 */
static void
insert_with_plan(Plans *plans, const RowChange *change, struct varlena *ledger)
{
	int			n_by = plans->followed.n_by;
	Datum		values[FOLLOWED_BY_MAX + 2];
	char		nulls[FOLLOWED_BY_MAX + 2];

	safe_path_set();
	for (int column = 0; column <= n_by; column++)
	{
		values[column] = change->key[column];
		nulls[column] = change->nulls[column] ? 'n' : ' ';
	}
	values[n_by + 1] = PointerGetDatum(ledger);
	nulls[n_by + 1] = ' ';
	if (SPI_execute_plan(plan_of_insert(plans), values, nulls, false, 0) != SPI_OK_INSERT)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a rule of %s does something else instead of INSERT",
						relation_name(plans->followed.ledgers)),
				 errdetail("Changes of %s are inserted there.",
						   relation_name(plans->followed.rows)),
				 errhint("Drop the rule.")));
}

/*
 * Inserts the changes that have been folded.
 */
static void
insert_changes(Plans *plans, const RowChanges *changes)
{
	LedgersInsert insert;
	bool		direct = plans->table != NULL &&
		ledgers_insert_begin(&insert, plans->table, &plans->stale);
	int			folds = 0;

	for (int i = 0; i < changes->n; i++)
	{
		const RowChange *change = changes->changes[i];
		struct varlena *ledger = row_change_ledger(change);

		if (ledger == NULL)
			continue;
		if (direct)
			ledgers_insert_row(&insert, change->key, change->nulls, ledger);
		else
			insert_with_plan(plans, change, ledger);
		fold_now_and_then(&plans->folds, &plans->followed,
						  direct ? &insert : NULL, change->key, change->nulls,
						  &folds);
	}
	if (direct)
		ledgers_insert_end(&insert);
}

/*
 * Whether changes have keys of the types that plans of folds are made for.
 * Somebody may have altered the ledgers after they were looked at.
 */
static bool
has_key_types(const Followed *followed, TupleDesc changes)
{
	for (int i = 0; i < followed->n_by; i++)
	{
		if (SPI_gettypeid(changes, i + 1) != followed->by_types[i])
			return false;
	}
	return SPI_gettypeid(changes, followed->n_by + 1) == DATERANGEOID;
}

/*
 * Inserts the changes with one query.
 */
static void
insert_by_query(Plans *plans, const TriggerData *data, int64 rows)
{
	/* one plan is made for the first statement, which may have few rows */
	SPIPlanPtr *plan = rows < MANY_ROWS ? &plans->change : &plans->change_of_many;
	SPITupleTable *changes;
	int			folds = 0;

	safe_path_set();
	if (SPI_register_trigger_data((TriggerData *) data) != SPI_OK_TD_REGISTER)
		elog(ERROR, "could not register the transition tables");
	if (*plan == NULL)
		*plan = keep_plan(change_statement(&plans->followed, data->tg_trigger),
						  0, NULL);
	if (SPI_execute_plan(*plan, NULL, NULL, false, 0) != SPI_OK_INSERT_RETURNING)
		elog(ERROR, "could not insert changes");
	changes = SPI_tuptable;
	if (!has_key_types(&plans->followed, changes->tupdesc))
		return;
	for (uint64 i = 0; i < changes->numvals; i++)
	{
		Datum		key[FOLLOWED_BY_MAX + 1];
		bool		nulls[FOLLOWED_BY_MAX + 1];

		for (int column = 0; column <= plans->followed.n_by; column++)
			key[column] = SPI_getbinval(changes->vals[i], changes->tupdesc,
										column + 1, &nulls[column]);
		fold_now_and_then(&plans->folds, &plans->followed, NULL, key, nulls,
						  &folds);
	}
}

/*
 * Inserts what a trigger's transition tables say.  An expression may call a
 * function that writes to the rows, whatever it is marked; then the reader is
 * still at work on the first statement.
 */
static void
insert_change(Plans *plans, const TriggerData *data)
{
	int64		rows = 0;
	RowChanges	changes;

	if (data->tg_newtable != NULL)
		rows += tuplestore_tuple_count(data->tg_newtable);
	if (data->tg_oldtable != NULL)
		rows += tuplestore_tuple_count(data->tg_oldtable);
	if (rows == 0)
		return;
	if (plans->reader != NULL && plans->users == 1 &&
		row_changes_fold(plans->reader, &plans->followed, data, &changes))
		insert_changes(plans, &changes);
	else
		insert_by_query(plans, data, rows);
}

/*
 * All rows are gone: what was inserted by triggers meanwhile is counted anew.
 * Where children of the table keep theirs, nobody may write there now.
 */
static void
start_anew(const Followed *followed)
{
	(void) find_all_inheritors(followed->rows, ShareRowExclusiveLock, NULL);
	ledgers_start_anew(followed);
}

/*
 * The rows of a partition or child are about to go.
 */
static void
take_out(const Followed *followed, Oid relation)
{
	StringInfoData rows;
	StringInfoData sql;

	initStringInfo(&rows);
	appendStringInfoChar(&rows, '(');
	append_rows(&rows, followed,
				psprintf("ONLY %s", relation_name(relation)), true);
	appendStringInfoString(&rows, ") AS change");
	initStringInfo(&sql);
	append_insert(&sql, followed);
	append_fold(&sql, followed, rows.data);
	(void) execute(sql.data);
}

static void
truncated(const Plans *plans, const TriggerData *data)
{
	safe_path_set();
	if (TRIGGER_FIRED_AFTER(data->tg_event))
		start_anew(&plans->followed);
	else
		take_out(&plans->followed, plans->relation);
}

static void
release(Plans *plans)
{
	if (--plans->users == 0 && !plans->kept)
		free_plans(plans);
}

/*
 * Does what an event asks for.  What is known about the trigger may be
 * replaced meanwhile, by triggers of the ledgers' table for example.
 */
static void
follow(Plans *plans, const TriggerData *data)
{
	plans->users++;
	PG_TRY();
	{
		if (!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
			insert_change(plans, data);
		else
			truncated(plans, data);
	}
	PG_CATCH();
	{
		release(plans);
		PG_RE_THROW();
	}
	PG_END_TRY();
	release(plans);
}

/*
 * A trigger that ledger_maintain did not make would find no transition table
 * or be called for each row.
 */
static void
check_trigger(const TriggerData *data)
{
	const Trigger *trigger = data->tg_trigger;
	bool		right;

	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		right = true;
	else
		right = TRIGGER_FIRED_AFTER(data->tg_event) &&
			!TRIGGER_FIRED_FOR_ROW(data->tg_event) &&
			(TRIGGER_FIRED_BY_DELETE(data->tg_event) ==
			 (trigger->tgnewtable == NULL)) &&
			(TRIGGER_FIRED_BY_INSERT(data->tg_event) ==
			 (trigger->tgoldtable == NULL)) &&
			(trigger->tgnewtable == NULL ||
			 strcmp(trigger->tgnewtable, FOLLOWED_NEW) == 0) &&
			(trigger->tgoldtable == NULL ||
			 strcmp(trigger->tgoldtable, FOLLOWED_OLD) == 0);
	if (!right)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" differs from the triggers that ledger_maintain makes",
						trigger->tgname),
				 errhint("Drop it, and call ledger_maintain.")));
}

/*
 * What reads rows and inserts changes without a query.  Constant parts of
 * expressions may be evaluated for it, and so it is made as the owner.  Columns
 * of a partition may have other numbers.
 */
static void
prepare_reader(Plans *plans)
{
	const Followed *followed = &plans->followed;
	MemoryContext context;
	MemoryContext caller;
	LedgersTable *table;
	RowReader  *reader;

	if (plans->reader != NULL || plans->relation != followed->rows)
		return;
	safe_path_set();
	/* it may fail each time, as where a function may not be called */
	context = AllocSetContextCreate(CurrentMemoryContext,
									"transfer_ledger row reader",
									ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(context);
	table = ledgers_table_start(followed);
	reader = row_reader_start(followed);
	MemoryContextSwitchTo(caller);
	MemoryContextSetParent(context, plans->context);
	plans->table = table;
	plans->reader = reader;
	plans->needs_path =
		!path_free((Node *) followed->nodes, followed->namespace) ||
		!path_free(followed->filter_node, followed->namespace) ||
		(table != NULL && !table->path_free);
}

/*
 * A writer may not know that there are ledgers.
 */
static void
tell_ledgers(void *argument)
{
	const Followed *followed = argument;

	errcontext("ledgers %s, which follow %s",
			   relation_name(followed->ledgers), relation_name(followed->rows));
}

/*
 * The trigger function.
 */
Datum
ledger_follow(PG_FUNCTION_ARGS)
{
	const TriggerData *data = (TriggerData *) fcinfo->context;
	OwnerContext caller;
	ErrorContextCallback context;
	TriggerEntry *entry;
	Plans	   *plans;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ledger_follow must be called by a trigger"),
				 errhint("ledger_maintain makes the triggers that call it.")));
	check_trigger(data);
	SPI_connect();
	owner_begin(&caller);
	entry = entry_of_trigger(data);
	if (entry->plans == NULL || entry->plans->needs_path)
		safe_path_set();
	plans = entry->plans != NULL ? entry->plans :
		make_plans(entry, data, fcinfo->flinfo->fn_oid);
	owner_set(&caller, plans->followed.owner);
	context.callback = tell_ledgers;
	context.arg = &plans->followed;
	context.previous = error_context_stack;
	error_context_stack = &context;
	prepare_reader(plans);
	follow(plans, data);
	error_context_stack = context.previous;
	owner_end(&caller);
	SPI_finish();
	return PointerGetDatum(NULL);
}
