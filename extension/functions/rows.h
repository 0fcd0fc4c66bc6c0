/*
 * functions/rows.h
 *		What the functions that give tables share: their arguments and rows.
 */
#ifndef LEDGER_ROWS_H
#define LEDGER_ROWS_H

#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/tuplestore.h"

#include "functions/home.h"
#include "answers/report.h"
#include "value/arguments.h"

/*
 * Makes a function ready to give rows with columns of these types, of which
 * the last one is followed by InvalidOid; an error where it returns others.
 * They are of the row type that the query expects: PostgreSQL leaves some
 * memory behind, until the end of the query, each time it works one out from
 * the catalog.
 */
extern void ledger_begin_rows(FunctionCallInfo fcinfo, const Oid *columns);

/* Adds a row to the result. */
static inline void
ledger_put_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * What a row takes is given back before the next one: between start and end
 * the current memory context is one for a row, which "done" empties.
 */
static inline MemoryContext
ledger_rows_start(void)
{
	return MemoryContextSwitchTo(AllocSetContextCreate(CurrentMemoryContext,
													   "transfer_ledger row",
													   ALLOCSET_DEFAULT_SIZES));
}

static inline void
ledger_row_done(void)
{
	MemoryContextReset(CurrentMemoryContext);
}

static inline void
ledger_rows_end(MemoryContext caller)
{
	MemoryContextDelete(MemoryContextSwitchTo(caller));
}

/*
 * Makes a function (ledger, home, partner, ...) ready to give such rows, and
 * fetches what it asks about.  False where there is no ledger to ask about, and
 * so no row.
 */
extern bool ledger_start_rows(FunctionCallInfo fcinfo, const Oid *columns,
							  HomeCorridors *between);

/* What the flows between home and its partners within a period add up to */
extern void ledger_sum_between(const HomeCorridors *between, LedgerPeriod within,
							   LedgerSum *inflow, LedgerSum *outflow);

/* Adds the corridors to a stream that has none. */
extern void ledger_flows_between(const HomeCorridors *between,
								 LedgerFlowStream *stream);

/*
 * Running sums over corridors, in the current memory context;
 * over all days where coverage is NULL.
 */
extern LedgerRunning *ledger_start_running(const HomeCorridors *between,
										   const LedgerCoverage *coverage);

/*
 * The calendar of three arguments; a NULL step is so many months, a NULL
 * anchor the one by default, a NULL rolling none, and so is NO_ARGUMENT in place
 * of its number.
 */
#define NO_ARGUMENT		(-1)
extern void ledger_calendar_arguments(FunctionCallInfo fcinfo, int step,
									  int default_months, int anchor,
									  int rolling, PeriodCalendar *calendar);

/* Their names, in the order of LedgerMeasure */
extern const char *const ledger_measure_names[LEDGER_MEASURES];

/*
 * The measure of argument n, by its name, one of the first n_measures; net by
 * default, which is home's side of the account and the inflow where nobody
 * goes back.
 */
extern LedgerMeasure ledger_measure_argument(FunctionCallInfo fcinfo, int n,
											 int n_measures);

/* The days that a call asks about, and those that are known */
typedef struct LedgerScope
{
	LedgerPeriod within;		/* both bounds are there, or it is empty */
	LedgerCoverage coverage;
} LedgerScope;

/*
 * The scope of two arguments, either of which may be NULL, and so may
 * NO_ARGUMENT in place of the second.  Where within has no bound, that of
 * covered takes its place, or else the first or the last day of the ledger.
 * Without covered, all from the first day of either to the last is known.
 */
extern void ledger_scope_arguments(FunctionCallInfo fcinfo, int within,
								   int covered, const LedgerFlat *flat,
								   LedgerScope *scope);

/*
 * A series of these corridors; its periods are numbered, none is read.  The
 * scope has to live as long.
 */
extern LedgerSeries *ledger_start_series(const HomeCorridors *between,
										 const PeriodCalendar *calendar,
										 const LedgerScope *scope);

#endif							/* LEDGER_ROWS_H */
