/*
 * canary/pieces.c
 *		ledger_stretch.c with a planted bug, which the fuzzer must find: the check
 *		for overflow is left out of a sum.
 */
#include "ledger_base.h"

#define __builtin_add_overflow(a, b, sum) \
	(*(sum) = (int32_t) ((uint32_t) (a) + (uint32_t) (b)), false)
#include <ledger_stretch.c>
