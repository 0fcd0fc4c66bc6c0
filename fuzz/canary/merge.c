/*
 * canary/merge.c
 *		ledger_merge.c with a planted bug, which the fuzzer must find: the check
 *		for overflow is left out of a difference.
 */
#include "ledger_base.h"

#define ledger_subtract(a, b, difference) \
	(*(difference) = (int64_t) ((uint64_t) (a) - (uint64_t) (b)), true)
#include <ledger_merge.c>
