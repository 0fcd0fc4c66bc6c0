/*
 * canary/totals.c
 *		core/validate.c with a planted bug, which the fuzzer must find: totals of
 *		parties that are not those of the directory are let through.
 */
#include "core/cursor.h"

/* the totals are all that is compared in this way */
#define memcmp(a, b, length) ((void) (a), (void) (b), 0)
#include <core/validate.c>
