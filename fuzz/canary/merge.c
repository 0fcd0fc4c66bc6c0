/*
 * canary/merge.c
 *		core/corridor_sum.c with a planted bug, which the fuzzer must find: the sign is
 *		lost of what a sum that has passed 32 bits has below them.
 */
#include "core/base.h"

#define ledger_sum_add(sum, value) ledger_sum_add(sum, (uint32_t) (value))
#include <core/corridor_sum.c>
