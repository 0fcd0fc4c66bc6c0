/*
 * functions/followed.c
 *		The definition of ledgers that follow rows, out of the catalog; see
 *		functions/followed.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "value/compat.h"
#include "functions/followed.h"

static const char *const column_names[FOLLOWED_COLUMNS] = {
	[FOLLOWED_PERIOD] = "period",
	[FOLLOWED_DAY] = "ledger_day",
	[FOLLOWED_ORIGIN] = "ledger_origin",
	[FOLLOWED_DESTINATION] = "ledger_destination",
	[FOLLOWED_PEOPLE] = "ledger_people"
};

static const Oid column_types[FOLLOWED_COLUMNS] = {
	[FOLLOWED_PERIOD] = DATERANGEOID,
	[FOLLOWED_DAY] = DATEOID,
	[FOLLOWED_ORIGIN] = TEXTOID,
	[FOLLOWED_DESTINATION] = TEXTOID,
	[FOLLOWED_PEOPLE] = INT8OID
};

void
owner_begin(OwnerContext *context)
{
	GetUserIdAndSecContext(&context->user, &context->security);
	context->nest_level = NewGUCNestLevel();
}

void
safe_path_set(void)
{
	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
}

void
safe_path_begin(OwnerContext *context)
{
	owner_begin(context);
	safe_path_set();
}

void
owner_set(const OwnerContext *context, Oid owner)
{
	SetUserIdAndSecContext(owner, context->security |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION |
						   SECURITY_NOFORCE_RLS);
}

void
owner_end(const OwnerContext *context)
{
	AtEOXact_GUC(false, context->nest_level);
	SetUserIdAndSecContext(context->user, context->security);
}

char *
relation_name(Oid relation)
{
	char	   *name = get_rel_name(relation);

	if (name == NULL)
		return psprintf("%u", relation);
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
									  name);
}

/*
 * The one relation that a query reads, or NULL where it is not of the form
 * that ledger_maintain makes.
 */
static RangeTblEntry *
only_relation(Query *query, int *varno)
{
	Node	   *from;
	RangeTblEntry *rte;

	if (query->hasAggs || query->hasWindowFuncs || query->hasTargetSRFs ||
		query->hasSubLinks || query->hasDistinctOn || query->cteList != NIL ||
		query->groupClause != NIL || query->groupingSets != NIL ||
		query->havingQual != NULL || query->distinctClause != NIL ||
		query->sortClause != NIL || query->limitCount != NULL ||
		query->limitOffset != NULL || query->setOperations != NULL ||
		list_length(query->jointree->fromlist) != 1)
		return NULL;
	from = (Node *) linitial(query->jointree->fromlist);
	if (!IsA(from, RangeTblRef))
		return NULL;
	*varno = ((RangeTblRef *) from)->rtindex;
	rte = rt_fetch(*varno, query->rtable);
	if (rte->rtekind != RTE_RELATION || !rte->inh || rte->tablesample != NULL)
		return NULL;
	return rte;
}

/*
 * An expression about the relation, as one about the relation number 1.
 */
static Node *
renumbered(Node *expression, int varno)
{
	expression = (Node *) copyObject(expression);
	ChangeVarNodes(expression, varno, 1, 0);
	return expression;
}

static const char *
column_name(TupleDesc descriptor, int column)
{
	return NameStr(TupleDescAttr(descriptor, column)->attname);
}

/*
 * Whether the columns of a view are those of a definition; the ledgers if so.
 * ALTER VIEW renames columns in the view's descriptor alone.
 */
static bool
columns_match(List *targets, TupleDesc descriptor, Oid *ledgers)
{
	int			n_by = list_length(targets) - 1 - FOLLOWED_COLUMNS;
	TargetEntry *first;

	if (n_by < 0 || n_by > FOLLOWED_BY_MAX)
		return false;
	for (int i = 0; i < FOLLOWED_COLUMNS; i++)
	{
		TargetEntry *target = list_nth_node(TargetEntry, targets, 1 + n_by + i);

		if (strcmp(column_name(descriptor, 1 + n_by + i), column_names[i]) != 0 ||
			exprType((Node *) target->expr) != column_types[i])
			return false;
	}
	first = linitial_node(TargetEntry, targets);
	if (strcmp(column_name(descriptor, 0), "ledgers") != 0 || !IsA(first->expr, Const) ||
		((Const *) first->expr)->consttype != REGCLASSOID ||
		((Const *) first->expr)->constisnull)
		return false;
	*ledgers = DatumGetObjectId(((Const *) first->expr)->constvalue);
	return true;
}

/*
 * Takes the definition out of the query of a view.
 */
static bool
read_query(Query *query, TupleDesc descriptor, Followed *followed)
{
	int			varno;
	RangeTblEntry *rte = only_relation(query, &varno);
	List	   *context;
	ListCell   *cell;
	int			n = 0;

	if (rte == NULL || !columns_match(query->targetList, descriptor, &followed->ledgers))
		return false;
	followed->rows = rte->relid;
	followed->n_by = list_length(query->targetList) - 1 - FOLLOWED_COLUMNS;
	followed->by_names = palloc0(sizeof(char *) * FOLLOWED_BY_MAX);
	followed->by = palloc0(sizeof(char *) * FOLLOWED_BY_MAX);
	followed->by_types = palloc0(sizeof(Oid) * FOLLOWED_BY_MAX);
	followed->expressions = palloc0(sizeof(char *) *
									(FOLLOWED_BY_MAX + FOLLOWED_COLUMNS));
	context = deparse_context_for(get_rel_name(rte->relid), rte->relid);
	for_each_from(cell, query->targetList, 1)
	{
		TargetEntry *target = lfirst_node(TargetEntry, cell);
		Node	   *expression;

		if (n < followed->n_by)
		{
			const char *name = column_name(descriptor, 1 + n);

			followed->by_names[n] = pstrdup(name);
			followed->by[n] = pstrdup(quote_identifier(name));
			followed->by_types[n] = exprType((Node *) target->expr);
		}
		expression = renumbered((Node *) target->expr, varno);
		followed->nodes = lappend(followed->nodes, expression);
		followed->expressions[n++] = deparse_expression(expression, context,
														false, false);
	}
	if (query->jointree->quals != NULL)
	{
		followed->filter_node = renumbered(query->jointree->quals, varno);
		followed->filter = deparse_expression(followed->filter_node, context,
											  false, false);
	}
	return true;
}

static Oid
relation_owner(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * All of it runs as the owner of the rows, and so may have no other owner: who
 * owns the view could run anything in the name of somebody else.  The relation
 * that has another, or InvalidOid.
 */
static Oid
of_another_owner(const Followed *followed)
{
	if (relation_owner(followed->view) != followed->owner)
		return followed->view;
	if (relation_owner(followed->ledgers) != followed->owner)
		return followed->ledgers;
	return InvalidOid;
}

/*
 * Whether the table of ledgers has a column of exactly this type: values of it
 * are passed to plans that were made for the type.
 */
static bool
has_column(const Followed *followed, const char *name, Oid type)
{
	AttrNumber	number = get_attnum(followed->ledgers, name);

	return number > 0 && get_atttype(followed->ledgers, number) == type;
}

/*
 * A column that the table of ledgers does not have, and its type, or NULL.
 */
static char *
missing_column(const Followed *followed)
{
	const struct
	{
		const char *name;
		Oid			type;
	}			own[] = {
		{"period", DATERANGEOID},
		{"changed", TIMESTAMPTZOID},
		{"ledger", followed->type}
	};

	for (int i = 0; i < followed->n_by; i++)
	{
		if (!has_column(followed, followed->by_names[i], followed->by_types[i]))
			return psprintf("\"%s\" of type %s", followed->by_names[i],
							format_type_be(followed->by_types[i]));
	}
	for (int i = 0; i < lengthof(own); i++)
	{
		if (!has_column(followed, own[i].name, own[i].type))
			return psprintf("\"%s\" of type %s", own[i].name,
							format_type_be(own[i].type));
	}
	return NULL;
}

char *
followed_fault(const Followed *followed)
{
	Oid			other = of_another_owner(followed);
	const char *column = missing_column(followed);

	if (OidIsValid(other))
		return psprintf("the owner of %s is not the owner of %s",
						relation_name(other), relation_name(followed->rows));
	if (column != NULL)
		return psprintf("table %s has no column %s",
						relation_name(followed->ledgers), column);
	return NULL;
}

/*
 * An error where the ledgers cannot follow.
 */
static void
followed_check(const Followed *followed)
{
	char	   *fault = followed_fault(followed);
	Oid			other = of_another_owner(followed);

	if (fault == NULL)
		return;
	if (OidIsValid(other))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s", fault),
				 errdetail("Ledgers follow rows with the rights of the owner of the rows."),
				 errhint("Use ALTER %s %s OWNER TO %s.",
						 other == followed->view ? "VIEW" : "TABLE",
						 relation_name(other),
						 quote_identifier(GetUserNameFromId(followed->owner,
															true)))));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("%s", fault),
			 errdetail("Changes of %s are inserted there.",
					   relation_name(followed->rows)),
			 errhint("Restore the name and type of the column. If it is a column of \"by\", you can also rename it in view %s (ALTER VIEW ... RENAME COLUMN).",
					 relation_name(followed->view))));
}

Oid
ledger_type(Oid function)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum("transfer_ledger"),
						   ObjectIdGetDatum(get_func_namespace(function)));
}

bool
followed_read(Oid view, Oid function, bool missing_ok, Followed *followed)
{
	Relation	relation = try_relation_open(view, AccessShareLock);
	bool		found = false;

	memset(followed, 0, sizeof(Followed));
	if (relation != NULL)
	{
		if (relation->rd_rel->relkind == RELKIND_VIEW)
			found = read_query(get_view_query(relation),
							   RelationGetDescr(relation), followed);
		relation_close(relation, NoLock);
	}
	if (!found)
	{
		if (missing_ok)
			return false;
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("view %s does not define ledgers that follow rows",
						relation_name(view)),
				 errdetail("It was replaced by another view after ledger_maintain had made it."),
				 errhint("Drop the view with CASCADE, and call ledger_maintain again.")));
	}
	followed->view = view;
	followed->owner = relation_owner(followed->rows);
	followed->namespace = get_func_namespace(function);
	followed->schema = pstrdup(quote_identifier(get_namespace_name(followed->namespace)));
	followed->type = ledger_type(function);
	if (!missing_ok)
		followed_check(followed);
	return true;
}

/*
 * The definition among the views that refer to the ledgers.  Anybody can make
 * such a view: one that is in order comes first.
 */
static bool
find_definition(Oid ledgers, Oid function, Followed *followed)
{
	bool		found = false;
	Followed	candidate;
	Oid			types[] = {OIDOID};
	Datum		values[] = {ObjectIdGetDatum(ledgers)};
	SPITupleTable *views;

	if (SPI_execute_with_args("SELECT DISTINCT r.ev_class"
							  " FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid"
							  " WHERE d.classid = 'pg_rewrite'::regclass"
							  " AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1",
							  1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the views of relation %u", ledgers);
	views = SPI_tuptable;
	for (uint64 i = 0; i < views->numvals; i++)
	{
		bool		isnull;
		Oid			view = DatumGetObjectId(SPI_getbinval(views->vals[i],
														  views->tupdesc, 1,
														  &isnull));

		if (!followed_read(view, function, true, &candidate) ||
			candidate.ledgers != ledgers)
			continue;
		found = true;
		*followed = candidate;
		if (followed_fault(&candidate) == NULL)
			break;
	}
	return found;
}

void
followed_of_ledgers(Oid ledgers, Oid function, Followed *followed)
{
	if (get_rel_name(ledgers) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", ledgers)));
	if (!object_ownercheck(RelationRelationId, ledgers, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(ledgers));
	if (!find_definition(ledgers, function, followed))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("%s has no ledgers that follow rows",
						relation_name(ledgers)),
				 errhint("%s lists the tables of ledgers that follow rows.",
						 psprintf("SELECT ledgers FROM %s.ledger_maintained()",
								  quote_identifier(get_namespace_name(get_func_namespace(function)))))));
	followed_check(followed);
}

/*
 * Whether a function may depend on the search_path (a check for
 * check_functions_in_node).
 */
static bool
may_use_path(Oid function, void *namespace)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc row;
	bool		in_c;

	if (!HeapTupleIsValid(tuple))
		return true;
	row = (Form_pg_proc) GETSTRUCT(tuple);
	in_c = row->pronamespace == *(Oid *) namespace ?
		row->prolang == ClanguageId :
		row->prolang == INTERNALlanguageId && function < FirstNormalObjectId;
	ReleaseSysCache(tuple);
	return !in_c;
}

static bool
path_walker(Node *node, void *namespace)
{
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_List:
		case T_Var:
		case T_Const:
		case T_FuncExpr:
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
		case T_ScalarArrayOpExpr:
		case T_BoolExpr:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_CaseTestExpr:
		case T_CoalesceExpr:
		case T_RelabelType:
		case T_CoerceViaIO:
		case T_NullTest:
		case T_BooleanTest:
		case T_NextValueExpr:
			break;
		default:
			return true;
	}
	return check_functions_in_node(node, may_use_path, namespace) ||
		expression_tree_walker(node, path_walker, namespace);
}

bool
path_free(Node *expression, Oid namespace)
{
	return !path_walker(expression, &namespace);
}

void
append_by(StringInfo sql, const Followed *followed)
{
	for (int i = 0; i < followed->n_by; i++)
		appendStringInfo(sql, "%s, ", followed->by[i]);
}

void
append_insert(StringInfo sql, const Followed *followed)
{
	appendStringInfo(sql, "INSERT INTO %s (", relation_name(followed->ledgers));
	append_by(sql, followed);
	appendStringInfoString(sql, "period, ledger) ");
}

void
append_rows(StringInfo sql, const Followed *followed, const char *source,
			bool gone)
{
	char	  **expressions = followed->expressions + followed->n_by;

	appendStringInfoString(sql, "SELECT ");
	for (int i = 0; i < followed->n_by; i++)
		appendStringInfo(sql, "%s AS %s, ", followed->expressions[i],
						 followed->by[i]);
	for (int i = 0; i < FOLLOWED_COLUMNS; i++)
		appendStringInfo(sql, "%s%s(%s) AS %s", i == 0 ? "" : ", ",
						 i == FOLLOWED_PEOPLE && gone ? "-" : "",
						 expressions[i], column_names[i]);
	appendStringInfo(sql, " FROM %s", source);
	if (followed->filter != NULL)
		appendStringInfo(sql, " WHERE %s", followed->filter);
}

#define FOLD	"ledger_agg(ledger_day, ledger_origin, ledger_destination, ledger_people)"

void
append_fold(StringInfo sql, const Followed *followed, const char *source)
{
	appendStringInfoString(sql, "SELECT ");
	append_by(sql, followed);
	appendStringInfo(sql, "period, %s." FOLD " AS ledger FROM %s GROUP BY ",
					 followed->schema, source);
	append_by(sql, followed);
	appendStringInfoString(sql, "period HAVING ");
	append_not_empty(sql, followed,
					 psprintf("%s." FOLD, followed->schema));
}

void
append_not_empty(StringInfo sql, const Followed *followed, const char *ledger)
{
	appendStringInfo(sql, "%s OPERATOR(%s.<>) '{}'::%s.transfer_ledger",
					 ledger, followed->schema, followed->schema);
}

uint64
execute(const char *sql)
{
	SPIPlanPtr	plan = SPI_prepare(sql, 0, NULL);
	int			result;

	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", sql,
			 SPI_result_code_string(SPI_result));
	result = SPI_execute_snapshot(plan, NULL, NULL, GetLatestSnapshot(),
								  InvalidSnapshot, false, true, 0);
	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", sql,
			 SPI_result_code_string(result));
	return SPI_processed;
}

void
ledgers_start_anew(const Followed *followed)
{
	StringInfoData sql;

	/* what ledger_compact inserts meanwhile would stay there */
	LockRelationOid(followed->ledgers, ShareRowExclusiveLock);
	(void) execute(psprintf("DELETE FROM %s", relation_name(followed->ledgers)));
	initStringInfo(&sql);
	append_insert(&sql, followed);
	append_fold(&sql, followed, relation_name(followed->view));
	(void) execute(sql.data);
}

void
create_triggers(const Followed *followed, Oid relation)
{
	static const char *const events[][3] = {
		{"insert", "AFTER INSERT", "REFERENCING NEW TABLE AS " FOLLOWED_NEW},
		{"update", "AFTER UPDATE", "REFERENCING NEW TABLE AS " FOLLOWED_NEW
		" OLD TABLE AS " FOLLOWED_OLD},
		{"delete", "AFTER DELETE", "REFERENCING OLD TABLE AS " FOLLOWED_OLD},
		{"truncate", NULL, ""}
	};
	const char *name = get_rel_name(followed->ledgers);

	for (int i = 0; i < lengthof(events); i++)
	{
		/* the rows of a partition can be read before they are gone alone */
		const char *event = events[i][1] != NULL ? events[i][1] :
			relation == followed->rows ? "AFTER TRUNCATE" : "BEFORE TRUNCATE";

		execute(psprintf("CREATE TRIGGER %s %s ON %s %s FOR EACH STATEMENT"
						 " WHEN (%s::regclass IS NOT NULL)"
						 " EXECUTE FUNCTION %s.ledger_follow()",
						 quote_identifier(makeObjectName(name, NULL, events[i][0])),
						 event, relation_name(relation), events[i][2],
						 quote_literal_cstr(relation_name(followed->view)),
						 followed->schema));
	}
}
