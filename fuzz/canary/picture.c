/*
 * canary/picture.c
 *		answers/picture.c with a planted bug, which the fuzzer must find: a scale
 *		multiplies before it divides, and passes 64 bits on the way.
 */
#include "answers/picture.h"

#define ledger_picture_scale exact_scale
#include <answers/picture.c>
#undef ledger_picture_scale

uint32_t
ledger_picture_scale(uint64_t part, uint64_t whole, uint32_t units,
					 bool round_up)
{
	uint64_t	product = part * units;

	if (whole == 0)
		return 0;
	return (uint32_t) (product / whole) + (round_up && product % whole > 0);
}
