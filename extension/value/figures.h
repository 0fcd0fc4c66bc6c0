/*
 * value/figures.h
 *		Balances and comparisons: their figures as columns.  Values that are
 *		palloc'd are so in the current memory context.
 */
#ifndef LEDGER_FIGURES_H
#define LEDGER_FIGURES_H

#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/numeric.h"

#include "core/base.h"

/* A sum that may pass bigint, as it is */
extern Numeric ledger_sum_to_numeric(LedgerSum sum);

/*
 * A part as a share of a whole: the column "share".  None where nobody moved
 * or corrections took more than there was.
 */
extern Datum ledger_share(int64 part, LedgerSum whole, bool *isnull);

/*
 * The columns of type reciprocal_balance: inflow, outflow, net, gross,
 * effectiveness, reciprocity.  An error where net or gross passes bigint.
 */
#define RECIPROCAL_BALANCE_COLUMNS	6
#define RECIPROCAL_BALANCE_TYPES \
	INT8OID, INT8OID, INT8OID, INT8OID, NUMERICOID, NUMERICOID
extern void reciprocal_balance_values(int64 inflow, int64 outflow,
									  Datum *values, bool *nulls);

/*
 * The columns of type period_comparison: current, previous, change,
 * percent_change, status.  A figure that is NULL is not known, and so is what
 * became of it.
 */
#define PERIOD_COMPARISON_COLUMNS	5
#define PERIOD_COMPARISON_TYPES \
	INT8OID, INT8OID, INT8OID, NUMERICOID, TEXTOID
extern void period_comparison_values(const int64 *current,
									 const int64 *previous,
									 Datum *values, bool *nulls);

/* Rows of the two types, for a function that returns one */
extern Datum reciprocal_balance_row(FunctionCallInfo fcinfo, Datum *values,
									bool *nulls);
extern Datum period_comparison_row(FunctionCallInfo fcinfo, Datum *values,
								   bool *nulls);

#endif							/* LEDGER_FIGURES_H */
