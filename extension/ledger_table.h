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
#include "ledger_report.h"
#include "period_sql.h"

/*
 * Adds a row to the result that InitMaterializedSRF began, always with the row
 * type that the query expects: PostgreSQL leaves some memory behind, until the
 * end of the query, each time it works one out from the catalog.
 */
static inline void
put_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * The calendar of three arguments; a NULL step or anchor is the one by default,
 * a NULL width none, and so is NO_ARGUMENT in place of its number.
 */
#define NO_ARGUMENT		(-1)
extern void calendar_arguments(FunctionCallInfo fcinfo, int step, int anchor,
							   int width, PeriodCalendar *calendar);

/*
 * The index of a name, argument n, among `names`; by_default where it is NULL.
 * An error that lists the names where it is none of them.
 */
extern int	choice_argument(FunctionCallInfo fcinfo, int n,
							const char *argument, const char *const *names,
							int n_names, int by_default);

/* A series of what a view holds; its periods are numbered, none is read. */
extern LedgerSeries *start_series(const LedgerView *view,
								  const PeriodCalendar *calendar,
								  LedgerPeriod within);

#endif							/* LEDGER_TABLE_H */
