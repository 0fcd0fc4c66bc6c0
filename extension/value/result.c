/*
 * value/result.c
 *		Rows of the type that a function returns.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/regproc.h"
#include "utils/typcache.h"

#include "value/compat.h"
#include "value/result.h"

/* What is known of the type that a call site returns */
typedef struct LedgerResultType
{
	Oid			type;
	uint64		checked;		/* identifier of the description that had the
								 * right columns; 0 where none has been checked */
	TupleDesc	record;			/* of a type that has no name */
} LedgerResultType;

/*
 * The error for a function that returns another type than its own.
 */
pg_noreturn static void
raise_other_type(FunctionCallInfo fcinfo, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("result type of function %s has other columns than the function gives",
					format_procedure(fcinfo->flinfo->fn_oid)),
			 errdetail("%s", detail),
			 errhint("If the extension was updated in the meantime, connect again. Otherwise give the type the columns that the extension made it with.")));
}

/*
 * Checks the n-th column of a type that is not dropped.
 */
static void
check_column(FunctionCallInfo fcinfo, const FormData_pg_attribute *column,
			 int n, Oid type, const char *name)
{
	if (name != NULL && strcmp(NameStr(column->attname), name) != 0)
		raise_other_type(fcinfo,
						 psprintf("Column %d is \"%s\", and the function gives \"%s\".",
								  n, NameStr(column->attname), name));
	if (column->atttypid != type)
		raise_other_type(fcinfo,
						 psprintf("Column \"%s\" is of type %s, and the function gives %s.",
								  NameStr(column->attname),
								  format_type_be(column->atttypid),
								  format_type_be(type)));
}

void
ledger_check_columns(FunctionCallInfo fcinfo, TupleDesc type,
					 const Oid *columns, const char *const *names)
{
	int			gives = 0;
	int			has = 0;
	int			i;

	while (columns[gives] != InvalidOid)
		gives++;
	for (i = 0; i < type->natts; i++)
		has += !TupleDescAttr(type, i)->attisdropped;
	if (has != gives)
		raise_other_type(fcinfo,
						 psprintf("It has %d columns, and the function gives %d.",
								  has, gives));
	has = 0;
	for (i = 0; i < type->natts; i++)
	{
		if (TupleDescAttr(type, i)->attisdropped)
			continue;
		check_column(fcinfo, TupleDescAttr(type, i), has + 1, columns[has],
					 names != NULL ? names[has] : NULL);
		has++;
	}
}

/*
 * A row of a type that has been checked.
 */
static Datum
form_row(TupleDesc type, Datum *values, bool *nulls)
{
	Datum		all[MaxTupleAttributeNumber];
	bool		all_nulls[MaxTupleAttributeNumber];
	int			given = 0;
	int			i;

	for (i = 0; i < type->natts; i++)
	{
		all_nulls[i] = TupleDescAttr(type, i)->attisdropped || nulls[given];
		all[i] = all_nulls[i] ? (Datum) 0 : values[given];
		given += !TupleDescAttr(type, i)->attisdropped;
	}
	return HeapTupleGetDatum(heap_form_tuple(type, all, all_nulls));
}

/*
 * The type that a call site returns, found out once.
 */
static LedgerResultType *
result_type(FunctionCallInfo fcinfo, const Oid *columns)
{
	MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	LedgerResultType *result = palloc0(sizeof(LedgerResultType));

	if (get_call_result_type(fcinfo, &result->type,
							 &result->record) != TYPEFUNC_COMPOSITE)
		raise_other_type(fcinfo, "It is no row type.");
	if (result->type == RECORDOID)
	{
		ledger_check_columns(fcinfo, result->record, columns, NULL);
		result->record = BlessTupleDesc(result->record);
	}
	fcinfo->flinfo->fn_extra = result;
	MemoryContextSwitchTo(old);
	return result;
}

Datum
ledger_row(FunctionCallInfo fcinfo, const Oid *columns,
		   const char *const *names, Datum *values, bool *nulls)
{
	LedgerResultType *result = fcinfo->flinfo->fn_extra;
	TypeCacheEntry *type;

	if (result == NULL)
		result = result_type(fcinfo, columns);
	if (result->type == RECORDOID)
		return form_row(result->record, values, nulls);

	/* a call site can outlive a change of the type: a loop in PL/pgSQL */
	type = lookup_type_cache(result->type, TYPECACHE_TUPDESC);
	if (unlikely(type->tupDesc_identifier != result->checked))
	{
		ledger_check_columns(fcinfo, type->tupDesc, columns, names);
		result->checked = type->tupDesc_identifier;
	}
	return form_row(type->tupDesc, values, nulls);
}
