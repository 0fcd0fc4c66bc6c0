/*
 * functions/maintain.c
 *		ledger_maintain: makes ledgers that follow the rows of a table; see
 *		functions/followed.h for what that consists of.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "value/compat.h"
#include "functions/maintain_arguments.h"

PG_FUNCTION_INFO_V1(ledger_maintain);

/*
 * Only a table whose statements can be followed, and only its owner.
 */
static void
check_rows(Relation rows)
{
	const char *hint = NULL;

	switch (rows->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
			break;
		case RELKIND_FOREIGN_TABLE:
			hint = "Triggers on a foreign table do not see what a statement changed: call ledger_maintain on its server, and fetch the ledgers from there.";
			break;
		case RELKIND_VIEW:
			hint = "Call ledger_maintain on the table below the view.";
			break;
		default:
			hint = "Call ledger_maintain on the table that rows are written to.";
	}
	if (hint != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table", RelationGetRelationName(rows)),
				 errhint("%s", hint)));
	if (!object_ownercheck(RelationRelationId, RelationGetRelid(rows),
						   GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE,
					   RelationGetRelationName(rows));
	if (rows->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("\"%s\" is a temporary table",
						RelationGetRelationName(rows)),
				 errhint("Use ledger_agg over its rows.")));
}

/*
 * An error for a table that Citus distributes, on which it makes no triggers;
 * this is its catalog, where it is installed.
 */
static void
check_not_distributed(const Wanted *wanted)
{
	Oid			type = REGCLASSOID;
	Datum		rows = ObjectIdGetDatum(RelationGetRelid(wanted->rows));

	if (!OidIsValid(get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE)))
		return;
	if (SPI_execute_with_args("SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = $1",
							  1, &type, &rows, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pg_dist_partition");
	if (SPI_processed > 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s is a distributed table",
						relation_name(RelationGetRelid(wanted->rows))),
				 errdetail("Citus makes no triggers on it."),
				 errhint("Keep a table of ledgers for each key beside it, and fill that with ledger_agg.")));
}

/*
 * Locks the rows, and all that belongs to them, against changes.
 */
static List *
lock_rows(Oid rows)
{
	List	   *relations = find_all_inheritors(rows, ShareRowExclusiveLock, NULL);
	ListCell   *cell;

	foreach(cell, relations)
	{
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("%s is a foreign table",
							relation_name(lfirst_oid(cell))),
					 errdetail("Triggers on a foreign table do not see what a statement changed."),
					 errhint("Detach it, and maintain its ledgers on its own server.")));
	}
	return relations;
}

/*
 * An expression as text, for the path of safe_path_begin.
 */
static char *
column_text(const Wanted *wanted, const Column *column)
{
	return deparse_expression(column->expression,
							  deparse_context_for(RelationGetRelationName(wanted->rows),
												  RelationGetRelid(wanted->rows)),
							  false, false);
}

/*
 * The table of ledgers, and an index for a key and period.  Without "by" that
 * is the primary key: each index is written to with each change.
 */
static void
create_table(const Wanted *wanted)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE %sTABLE %s (key bigint GENERATED ALWAYS AS IDENTITY, ",
					 wanted->rows->rd_rel->relpersistence == RELPERSISTENCE_UNLOGGED ?
					 "UNLOGGED " : "", wanted->table);
	for (int i = 0; i < wanted->n_by; i++)
	{
		Node	   *expression = wanted->by[i].expression;
		Oid			collation = exprCollation(expression);

		appendStringInfo(&sql, "%s %s ", quote_identifier(wanted->by[i].name),
						 format_type_extended(exprType(expression),
											  exprTypmod(expression),
											  FORMAT_TYPE_TYPEMOD_GIVEN |
											  FORMAT_TYPE_FORCE_QUALIFY));
		if (OidIsValid(collation))
			appendStringInfo(&sql, "COLLATE %s ", generate_collation_name(collation));
		appendStringInfoString(&sql, ", ");
	}
	appendStringInfo(&sql, "period daterange NOT NULL, "
					 "changed timestamptz NOT NULL DEFAULT now(), "
					 "ledger %s.transfer_ledger NOT NULL, PRIMARY KEY (%s))",
					 wanted->schema, wanted->n_by == 0 ? "period, key" : "key");
	execute(sql.data);
	if (wanted->n_by == 0)
		return;

	resetStringInfo(&sql);
	appendStringInfo(&sql, "CREATE INDEX ON %s (", wanted->table);
	for (int i = 0; i < wanted->n_by; i++)
		appendStringInfo(&sql, "%s, ", quote_identifier(wanted->by[i].name));
	appendStringInfoString(&sql, "period, key)");
	execute(sql.data);
}

/*
 * The view that is the definition; see functions/followed.h.
 */
static void
create_view(const Wanted *wanted)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE VIEW %s AS SELECT %s::regclass AS ledgers, ",
					 wanted->view, quote_literal_cstr(wanted->table));
	for (int i = 0; i < wanted->n_by; i++)
		appendStringInfo(&sql, "%s AS %s, ", column_text(wanted, &wanted->by[i]),
						 quote_identifier(wanted->by[i].name));
	appendStringInfo(&sql, "%s.period_of(%s, %s::interval, %s::date) AS period, "
					 "%s AS ledger_day, %s AS ledger_origin, "
					 "%s AS ledger_destination, %s AS ledger_people FROM %s",
					 wanted->schema, column_text(wanted, &wanted->day),
					 wanted->step, wanted->anchor,
					 column_text(wanted, &wanted->day),
					 column_text(wanted, &wanted->origin),
					 column_text(wanted, &wanted->destination),
					 column_text(wanted, &wanted->people),
					 relation_name(RelationGetRelid(wanted->rows)));
	if (wanted->filter.expression != NULL)
		appendStringInfo(&sql, " WHERE %s", column_text(wanted, &wanted->filter));
	execute(sql.data);
}

static void
comment(const char *what, const char *of, const char *text)
{
	execute(psprintf("COMMENT ON %s %s IS %s", what, of,
					 quote_literal_cstr(text)));
}

static void
create_comments(const Wanted *wanted)
{
	const char *rows = relation_name(RelationGetRelid(wanted->rows));

	comment("TABLE", wanted->table,
			psprintf("ledgers that follow %s: the ledger of a key and period is the sum, ledger_agg(ledger), of its rows", rows));
	comment("COLUMN", psprintf("%s.key", wanted->table),
			"number of the row, without further meaning");
	comment("COLUMN", psprintf("%s.period", wanted->table),
			"the period that has the days of the ledger");
	comment("COLUMN", psprintf("%s.changed", wanted->table),
			"start of the transaction that brought the last change of this row");
	comment("COLUMN", psprintf("%s.ledger", wanted->table),
			"a ledger or a change of it: only the sum of all rows of a key and period is its ledger");
	comment("VIEW", wanted->view,
			psprintf("the rows of %s as the ledgers count them; triggers of %s use this definition",
					 rows, rows));
}

static const char *const view_comments[][2] = {
	{"home", "the party that sees the figures: choose one, since every movement is in the rows of both its parties"},
	{"partner", "the other party"},
	{"period_start", "first day of the period; sort by this"},
	{"period_end", "last day of the period"},
	{"label", "name of the period, for people; do not sort by it"},
	{"complete", "whether the ledger's first to last day cover the whole period"},
	{"inflow", "people from partner to home; may be added up over periods and partners of one home"},
	{"outflow", "people from home to partner; may be added up over periods and partners of one home"},
	{"net", "inflow - outflow; may be added up over periods and partners of one home"},
	{"gross", "inflow + outflow; may be added up over periods and partners of one home"},
	{"balance", "net from the first entry to the end of the period; never add it up over periods: take the last"}
};

/*
 * A view of plain columns for tools that have no ledgers.
 */
static void
create_plain_view(const Wanted *wanted)
{
	const char *view = quote_qualified_identifier(wanted->namespace,
												  makeObjectName(wanted->name, NULL,
																 "series"));
	const char *schema = wanted->schema;
	StringInfoData by;
	StringInfoData sql;

	initStringInfo(&by);
	for (int i = 0; i < wanted->n_by; i++)
		appendStringInfo(&by, "%s, ", quote_identifier(wanted->by[i].name));
	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE VIEW %s AS SELECT %shome, b.partner, "
					 "lower(s.period) AS period_start, upper(s.period) - 1 AS period_end, "
					 "s.label, s.complete, s.inflow, s.outflow, s.net, s.gross, s.balance "
					 "FROM (SELECT %s%s.ledger_agg(ledger) AS ledger FROM %s",
					 view, by.data, by.data, schema, wanted->table);
	if (wanted->n_by > 0)
		appendStringInfo(&sql, " GROUP BY %.*s", by.len - 2, by.data);
	appendStringInfo(&sql, ") AS l, unnest(%s.ledger_parties(l.ledger)) AS home, "
					 "%s.ledger_balances(l.ledger, home) AS b, "
					 "%s.ledger_series(l.ledger, home, b.partner, step => %s, anchor => %s) AS s",
					 schema, schema, schema, wanted->step, wanted->anchor);
	execute(sql.data);
	comment("VIEW", view, "flows and balance of a home with one partner by period, from ledgers that follow the rows; choose one home");
	for (int i = 0; i < lengthof(view_comments); i++)
		comment("COLUMN", psprintf("%s.%s", view, view_comments[i][0]),
				view_comments[i][1]);
}

/*
 * Makes all of it, as the owner of the rows, who has them locked.
 */
static Oid
create_all(const Wanted *wanted, Oid function, bool views)
{
	List	   *relations = lock_rows(RelationGetRelid(wanted->rows));
	ListCell   *cell;
	Followed	followed;
	Oid			namespace = get_namespace_oid(wanted->namespace, false);

	create_table(wanted);
	create_view(wanted);
	create_comments(wanted);
	if (!followed_read(get_relname_relid(makeObjectName(wanted->name, NULL, "rows"),
										 namespace),
					   function, true, &followed))
		elog(ERROR, "view %s is not a definition", wanted->view);
	foreach(cell, relations)
	{
		create_triggers(&followed, lfirst_oid(cell));
	}
	ledgers_start_anew(&followed);
	if (views)
		create_plain_view(wanted);
	return followed.ledgers;
}

Datum
ledger_maintain(PG_FUNCTION_ARGS)
{
	Oid			function = fcinfo->flinfo->fn_oid;
	OwnerContext caller;
	Wanted		wanted = {0};
	Oid			ledgers;

	maintain_check_argument(fcinfo, ROWS);
	wanted.rows = try_relation_open(PG_GETARG_OID(ROWS), ShareRowExclusiveLock);
	if (wanted.rows == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist",
						PG_GETARG_OID(ROWS)),
				 errhint("Give the name of a table.")));
	check_rows(wanted.rows);

	maintain_arguments(fcinfo, &wanted);
	wanted.schema = pstrdup(quote_identifier(get_namespace_name(get_func_namespace(function))));

	SPI_connect();
	safe_path_begin(&caller);
	check_not_distributed(&wanted);
	owner_set(&caller, wanted.rows->rd_rel->relowner);
	ledgers = create_all(&wanted, function,
						 !PG_ARGISNULL(VIEWS) && PG_GETARG_BOOL(VIEWS));
	owner_end(&caller);
	SPI_finish();
	relation_close(wanted.rows, NoLock);
	PG_RETURN_OID(ledgers);
}
