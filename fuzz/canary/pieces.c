/*
 * canary/pieces.c
 *		core/writer.c with a planted bug, which the fuzzer must find: the days
 *		of a stretch are taken from the last one on.
 */
#include "core/base.h"

#define __builtin_ctzll(days) (63 - __builtin_clzll(days))
#include <core/writer.c>
