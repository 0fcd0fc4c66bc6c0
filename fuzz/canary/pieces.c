/*
 * canary/pieces.c
 *		ledger_merge.c with a planted bug, which the fuzzer must find: the check
 *		for overflow is left out of a sum.
 */
#include "ledger_base.h"

#define ledger_add(a, b, sum) \
	(*(sum) = (int64_t) ((uint64_t) (a) + (uint64_t) (b)), true)
#include <ledger_merge.c>
