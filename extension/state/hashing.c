/*
 * state/hashing.c
 *		Hashes of 64-bit numbers, with numbers that each process draws.
 */
#include "state/hashing.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

uint64		ledger_hash_start_value;
uint64		ledger_hash_factor;

void
ledger_hash_start(void)
{
	uint64		drawn[2];

	if (likely(ledger_hash_factor != 0))
		return;
	/* without a source of random numbers, what differs between processes */
	if (!pg_strong_random(drawn, sizeof(drawn)))
	{
		drawn[0] = (uint64) MyProcPid << 32 ^ (uint64) MyStartTimestamp;
		drawn[1] = (drawn[0] + 1) * UINT64CONST(0x9E3779B97F4A7C15);
	}
	ledger_hash_start_value = drawn[0];
	ledger_hash_factor = drawn[1] | 1;
}
