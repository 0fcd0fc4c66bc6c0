/*
 * functions/aggregate.h
 *		The aggregate that calls a transition function.
 */
#ifndef LEDGER_AGGREGATE_H
#define LEDGER_AGGREGATE_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/execnodes.h"

/* The memory context of the aggregate that calls; an error where none does. */
extern MemoryContext ledger_aggregate_context(FunctionCallInfo fcinfo);

/*
 * Does an aggregate call, which is no window function?  So it is mostly, and
 * this costs less than to ask AggCheckCallContext.
 */
static inline bool
ledger_in_plain_aggregate(FunctionCallInfo fcinfo)
{
	return fcinfo->context != NULL && IsA(fcinfo->context, AggState);
}

/*
 * An error where no aggregate calls.
 */
static inline void
ledger_check_aggregate(FunctionCallInfo fcinfo)
{
	if (unlikely(!ledger_in_plain_aggregate(fcinfo)))
		(void) ledger_aggregate_context(fcinfo);
}

#endif							/* LEDGER_AGGREGATE_H */
