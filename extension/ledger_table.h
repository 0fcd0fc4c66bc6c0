/*
 * ledger_table.h
 *		What the functions that give tables share: their arguments and rows.
 */
#ifndef LEDGER_TABLE_H
#define LEDGER_TABLE_H

#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/tuplestore.h"

#include "ledger_datum.h"
#include "period_sql.h"

/* Rows between two looks for a cancel where a row takes next to no time */
#define ROWS_PER_INTERRUPT		4096

/* Adds a row to the result that InitMaterializedSRF began. */
static inline void
put_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * The calendar of three arguments; a NULL step or anchor is the one by default,
 * a NULL width none.
 */
extern void calendar_arguments(FunctionCallInfo fcinfo, int step, int anchor,
							   int width, PeriodCalendar *calendar);

#endif							/* LEDGER_TABLE_H */
