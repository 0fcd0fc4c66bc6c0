/*
 * canary/report.c
 *		answers/report.c with a planted bug, which the fuzzer must find: a
 *		difference of two 128-bit sums forgets to borrow.
 */
#include "answers/report.h"

static inline LedgerSum
subtract_without_borrow(LedgerSum a, LedgerSum b)
{
	LedgerSum	difference = {a.high - b.high, a.low - b.low};

	return difference;
}

#define ledger_sum_subtract subtract_without_borrow
#include <answers/report.c>
