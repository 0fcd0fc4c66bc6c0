/*
 * functions/aggregate.c
 *		The aggregate that calls a transition function.
 */
#include "postgres.h"

#include "utils/regproc.h"

#include "functions/aggregate.h"

pg_noinline MemoryContext
ledger_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (unlikely(!AggCheckCallContext(fcinfo, &context)))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s must be called by an aggregate",
						format_procedure(fcinfo->flinfo->fn_oid)),
				 errhint("Call the aggregate it belongs to.")));
	return context;
}
