/*
 * canary/pieces.c
 *		ledger_stretch.c with a planted bug, which the fuzzer must find: the days
 *		of a stretch are taken from the last one on.
 */
#include "ledger_base.h"

#define __builtin_ctzll(days) (63 - __builtin_clzll(days))
#include <ledger_stretch.c>
