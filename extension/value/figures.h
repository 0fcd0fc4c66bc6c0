/*
 * value/figures.h
 *		Balances and comparisons: their figures as columns.  Values that are
 *		palloc'd are so in the current memory context.
 */
#ifndef LEDGER_FIGURES_H
#define LEDGER_FIGURES_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/numeric.h"

#include "core/base.h"

/* A sum that may pass bigint, as it is */
extern Numeric ledger_sum_to_numeric(LedgerSum sum);

/*
 * The columns of type reciprocal_balance: inflow, outflow, net, gross,
 * effectiveness, reciprocity.  An error where net or gross passes bigint.
 */
#define RECIPROCAL_BALANCE_COLUMNS	6
extern void reciprocal_balance_values(int64 inflow, int64 outflow,
									  Datum *values, bool *nulls);

/* The columns of type period_comparison */
#define PERIOD_COMPARISON_COLUMNS	5
extern void period_comparison_values(int64 current, int64 previous,
									 Datum *values, bool *nulls);

/* A row of the composite type that a function returns */
extern Datum ledger_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

#endif							/* LEDGER_FIGURES_H */
