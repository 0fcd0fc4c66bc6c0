/*
 * functions/maintained.c
 *		What can be done with ledgers that follow rows: list, check, compact,
 *		rebuild and stop.
 *
 * All of it runs as the owner of the rows, for those who have the owner's
 * rights.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/tuplestore.h"

#include "value/compat.h"
#include "value/result.h"
#include "functions/followed.h"

PG_FUNCTION_INFO_V1(ledger_maintained);
PG_FUNCTION_INFO_V1(ledger_check_maintained);
PG_FUNCTION_INFO_V1(ledger_compact);
PG_FUNCTION_INFO_V1(ledger_rebuild);
PG_FUNCTION_INFO_V1(ledger_maintain_stop);

/* Triggers that each relation of the rows has */
#define TRIGGERS				4

/*
 * Begins a call about the ledgers of argument 0, as their owner.
 */
static void
begin(FunctionCallInfo fcinfo, Followed *followed, OwnerContext *caller)
{
	SPI_connect();
	safe_path_begin(caller);
	followed_of_ledgers(PG_GETARG_OID(0), fcinfo->flinfo->fn_oid, followed);
	owner_set(caller, followed->owner);
}

static void
end(const OwnerContext *caller)
{
	owner_end(caller);
	SPI_finish();
}

static SPITupleTable *
query(const char *sql)
{
	if (SPI_execute(sql, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	return SPI_tuptable;
}

static Datum
field(const SPITupleTable *table, uint64 row, int column, bool *isnull)
{
	return SPI_getbinval(table->vals[row], table->tupdesc, column, isnull);
}

/*
 * The trigger function's name as a literal; the schema is quoted.
 */
static char *
trigger_function(const char *schema)
{
	return quote_literal_cstr(psprintf("%s.ledger_follow", schema));
}

/*
 * The relations of the rows, those that have triggers or should have: oid,
 * whether it is a part of the rows, its enabled triggers.  Anybody can make a
 * trigger that names the view on a table of his own, where it does nothing but
 * fail; those tables are left out.
 */
static SPITupleTable *
relations(const Followed *followed)
{
	return query(psprintf(
		"WITH RECURSIVE part AS (SELECT %u::oid AS oid"
		" UNION SELECT i.inhrelid FROM pg_inherits AS i JOIN part ON i.inhparent = part.oid),"
		" followed AS (SELECT t.tgrelid, count(*) FILTER (WHERE t.tgenabled IN ('O', 'A'))::integer AS triggers"
		" FROM pg_trigger AS t JOIN pg_depend AS d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid"
		" WHERE t.tgfoid = %s::regproc"
		" AND d.refclassid = 'pg_class'::regclass AND d.refobjid = %u GROUP BY t.tgrelid),"
		" followed_or_owned AS (SELECT followed.* FROM followed JOIN pg_class AS c ON c.oid = tgrelid"
		" WHERE tgrelid IN (SELECT oid FROM part) OR pg_has_role(%u, c.relowner, 'USAGE'))"
		" SELECT coalesce(part.oid, tgrelid), part.oid IS NOT NULL, coalesce(triggers, 0)"
		" FROM part FULL JOIN followed_or_owned ON tgrelid = part.oid"
		" ORDER BY coalesce(part.oid, tgrelid) <> %u, coalesce(part.oid, tgrelid)::regclass::text",
		followed->rows, trigger_function(followed->schema), followed->view,
		followed->owner, followed->rows));
}

/*
 * What keeps the ledgers from following, or NULL.
 */
static char *
problem(const Followed *followed)
{
	char	   *fault = followed_fault(followed);
	SPITupleTable *table;
	StringInfoData text;
	bool		isnull;

	if (fault != NULL)
		return fault;
	table = relations(followed);
	initStringInfo(&text);
	for (uint64 i = 0; i < table->numvals; i++)
	{
		Oid			relation = DatumGetObjectId(field(table, i, 1, &isnull));
		bool		part = DatumGetBool(field(table, i, 2, &isnull));
		int32		triggers = DatumGetInt32(field(table, i, 3, &isnull));
		const char *separator = text.len > 0 ? "; " : "";

		if (!part)
			appendStringInfo(&text, "%s%s is no longer a part of %s",
							 separator, relation_name(relation),
							 relation_name(followed->rows));
		else if (triggers != TRIGGERS)
			appendStringInfo(&text, "%s%s has %d of %d triggers",
							 separator, relation_name(relation), triggers,
							 TRIGGERS);
	}
	return text.len > 0 ? text.data : NULL;
}

/*
 * Rows waiting, size and last change, for those who may read the ledgers.
 */
static void
counts(const Followed *followed, const OwnerContext *caller, Datum *values,
	   bool *nulls)
{
	StringInfoData sql;
	SPITupleTable *table;

	nulls[0] = nulls[1] = nulls[2] = true;
	if (followed_fault(followed) != NULL ||
		pg_class_aclcheck(followed->ledgers, GetUserId(), ACL_SELECT) != ACLCHECK_OK ||
		check_enable_rls(followed->ledgers, InvalidOid, true) == RLS_ENABLED)
		return;
	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT coalesce(sum(n) - count(*), 0)::bigint, "
					 "pg_total_relation_size(%u), max(changed) FROM ("
					 "SELECT count(*) AS n, max(changed) AS changed FROM %s GROUP BY ",
					 followed->ledgers, relation_name(followed->ledgers));
	append_by(&sql, followed);
	appendStringInfoString(&sql, "period) AS k");
	owner_set(caller, followed->owner);
	table = query(sql.data);
	SetUserIdAndSecContext(caller->user, caller->security);
	for (int i = 0; i < 3; i++)
		values[i] = field(table, 0, i + 1, &nulls[i]);
}

static Datum
by_names(const Followed *followed)
{
	Datum		names[FOLLOWED_BY_MAX];

	for (int i = 0; i < followed->n_by; i++)
		names[i] = CStringGetTextDatum(followed->by_names[i]);
	return PointerGetDatum(construct_array(names, followed->n_by, TEXTOID, -1,
										   false, TYPALIGN_INT));
}

/*
 * A row for each definition that triggers follow.
 */
Datum
ledger_maintained(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		REGCLASSOID, REGCLASSOID, REGCLASSOID, TEXTARRAYOID, INT8OID, INT8OID,
		TIMESTAMPTZOID, TEXTOID, InvalidOid
	};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			function = fcinfo->flinfo->fn_oid;
	OwnerContext caller;
	SPITupleTable *views;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	ledger_check_columns(fcinfo, result->setDesc, columns, NULL);
	SPI_connect();
	safe_path_begin(&caller);
	views = query(psprintf(
		"SELECT DISTINCT c.oid, c.oid::regclass::text COLLATE \"C\" FROM pg_trigger AS t"
		" JOIN pg_depend AS d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid"
		" JOIN pg_class AS c ON c.oid = d.refobjid AND c.relkind = 'v'"
		" WHERE t.tgfoid = %s::regproc AND d.refclassid = 'pg_class'::regclass"
		" ORDER BY 2",
		trigger_function(quote_identifier(get_namespace_name(get_func_namespace(function))))));
	for (uint64 i = 0; i < views->numvals; i++)
	{
		Followed	followed;
		Datum		values[8];
		bool		nulls[8] = {false};
		bool		isnull;
		char	   *trouble;
		Oid			view = DatumGetObjectId(field(views, i, 1, &isnull));

		memset(nulls, true, sizeof(nulls));
		nulls[2] = false;
		values[2] = ObjectIdGetDatum(view);
		trouble = "the view was replaced by another";
		if (followed_read(view, function, true, &followed))
		{
			nulls[0] = nulls[1] = nulls[3] = false;
			values[0] = ObjectIdGetDatum(followed.ledgers);
			values[1] = ObjectIdGetDatum(followed.rows);
			values[3] = by_names(&followed);
			counts(&followed, &caller, values + 4, nulls + 4);
			trouble = problem(&followed);
		}
		nulls[7] = trouble == NULL;
		if (trouble != NULL)
			values[7] = CStringGetTextDatum(trouble);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	end(&caller);
	return (Datum) 0;
}

/*
 * Both sides of a comparison, as SQL: the ledgers that are kept, and those
 * that a fold of the rows gives, in one snapshot.
 */
static char *
check_statement(const Followed *followed)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT jsonb_build_object(");
	for (int i = 0; i < followed->n_by; i++)
		appendStringInfo(&sql, "%s%s, %s", i > 0 ? ", " : "",
						 quote_literal_cstr(followed->by_names[i]),
						 followed->by[i]);
	appendStringInfo(&sql, ") AS by, period, %s.ledger_agg(kept), %s.ledger_agg(counted) FROM (SELECT ",
					 followed->schema, followed->schema);
	append_by(&sql, followed);
	appendStringInfo(&sql, "period, ledger AS kept, NULL::%s.transfer_ledger AS counted FROM %s UNION ALL SELECT ",
					 followed->schema, relation_name(followed->ledgers));
	append_by(&sql, followed);
	appendStringInfoString(&sql, "period, NULL, ledger FROM (");
	append_fold(&sql, followed, relation_name(followed->view));
	appendStringInfoString(&sql, ") AS f) AS b GROUP BY ");
	append_by(&sql, followed);
	appendStringInfo(&sql, "period HAVING %s.ledger_agg(kept) OPERATOR(%s.<>) %s.ledger_agg(counted) ORDER BY ",
					 followed->schema, followed->schema, followed->schema);
	append_by(&sql, followed);
	appendStringInfoString(&sql, "period");
	return sql.data;
}

/*
 * What differs between the ledgers and the rows.
 */
Datum
ledger_check_maintained(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			type = ledger_type(fcinfo->flinfo->fn_oid);
	const Oid	columns[] = {JSONBOID, DATERANGEOID, type, type, InvalidOid};
	OwnerContext caller;
	Followed	followed;
	char	   *trouble;
	SPITupleTable *table;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	ledger_check_columns(fcinfo, result->setDesc, columns, NULL);
	begin(fcinfo, &followed, &caller);
	trouble = problem(&followed);
	if (trouble != NULL)
		ereport(WARNING,
				(errmsg("%s do not follow all rows",
						relation_name(followed.ledgers)),
				 errdetail("%s.", trouble),
				 errhint("SELECT %s.ledger_rebuild(%s) makes the missing triggers and computes the ledgers again.",
						 followed.schema,
						 quote_literal_cstr(relation_name(followed.ledgers)))));
	table = query(check_statement(&followed));
	for (uint64 i = 0; i < table->numvals; i++)
	{
		Datum		values[4];
		bool		nulls[4];

		for (int column = 0; column < 4; column++)
			values[column] = field(table, i, column + 1, &nulls[column]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	end(&caller);
	return (Datum) 0;
}

/*
 * Folds all rows of each key and period into one, but for rows that somebody
 * has locked.  Returns how many rows less there are.
 */
Datum
ledger_compact(PG_FUNCTION_ARGS)
{
	OwnerContext caller;
	Followed	followed;
	StringInfoData by;
	StringInfoData sql;
	const char *table;
	bool		isnull;
	int64		less;

	begin(fcinfo, &followed, &caller);
	table = relation_name(followed.ledgers);
	initStringInfo(&by);
	append_by(&by, &followed);
	initStringInfo(&sql);
	appendStringInfo(&sql, "WITH gone AS (DELETE FROM %s WHERE key = ANY (ARRAY("
					 "SELECT key FROM %s WHERE key IN (SELECT unnest(array_agg(key)) FROM %s"
					 " GROUP BY %speriod HAVING count(*) > 1) FOR UPDATE SKIP LOCKED))"
					 " RETURNING *), made AS (INSERT INTO %s (%speriod, changed, ledger)"
					 " SELECT %speriod, max(changed), %s.ledger_agg(ledger) FROM gone GROUP BY %speriod HAVING ",
					 table, table, table, by.data, table, by.data, by.data,
					 followed.schema, by.data);
	append_not_empty(&sql, &followed,
					 psprintf("%s.ledger_agg(ledger)", followed.schema));
	appendStringInfoString(&sql, " RETURNING key) SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM made)");
	less = DatumGetInt64(field(query(sql.data), 0, 1, &isnull));
	end(&caller);
	PG_RETURN_INT64(less);
}

/*
 * Drops the triggers of a definition on one relation.
 */
static void
drop_triggers(const Followed *followed, Oid relation)
{
	SPITupleTable *table = query(psprintf(
		"SELECT t.tgname::text FROM pg_trigger AS t"
		" JOIN pg_depend AS d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid"
		" WHERE t.tgrelid = %u AND t.tgfoid = %s::regproc"
		" AND d.refclassid = 'pg_class'::regclass AND d.refobjid = %u",
		relation, trigger_function(followed->schema), followed->view));

	for (uint64 i = 0; i < table->numvals; i++)
		execute(psprintf("DROP TRIGGER %s ON %s",
						 quote_identifier(SPI_getvalue(table->vals[i],
													   table->tupdesc, 1)),
						 relation_name(relation)));
}

/*
 * Makes triggers that are missing, drops those that are left on what is no
 * longer a part, and folds all rows anew.
 */
Datum
ledger_rebuild(PG_FUNCTION_ARGS)
{
	OwnerContext caller;
	Followed	followed;
	SPITupleTable *table;
	bool		isnull;

	begin(fcinfo, &followed, &caller);
	(void) find_all_inheritors(followed.rows, ShareRowExclusiveLock, NULL);
	table = relations(&followed);
	for (uint64 i = 0; i < table->numvals; i++)
	{
		Oid			relation = DatumGetObjectId(field(table, i, 1, &isnull));
		bool		part = DatumGetBool(field(table, i, 2, &isnull));

		if (part && DatumGetInt32(field(table, i, 3, &isnull)) == TRIGGERS)
			continue;
		drop_triggers(&followed, relation);
		if (part)
			create_triggers(&followed, relation);
	}
	ledgers_start_anew(&followed);
	end(&caller);
	PG_RETURN_VOID();
}

/*
 * The ledgers follow no longer; their table stays as it is.
 */
Datum
ledger_maintain_stop(PG_FUNCTION_ARGS)
{
	OwnerContext caller;
	Followed	followed;
	SPITupleTable *table;
	bool		isnull;

	begin(fcinfo, &followed, &caller);
	table = relations(&followed);
	for (uint64 i = 0; i < table->numvals; i++)
		drop_triggers(&followed, DatumGetObjectId(field(table, i, 1, &isnull)));
	execute(psprintf("DROP VIEW %s", relation_name(followed.view)));
	end(&caller);
	PG_RETURN_VOID();
}
