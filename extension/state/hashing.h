/*
 * state/hashing.h
 *		Hashes of 64-bit numbers, with numbers that each process draws.
 *
 * Codes of parties come from whoever writes rows.  Who does not know the
 * drawn ones cannot choose codes that meet in a table.
 */
#ifndef LEDGER_HASHING_H
#define LEDGER_HASHING_H

#include "postgres.h"

/* A number to begin with, and an odd factor, which is zero before ledger_hash_start */
extern uint64 ledger_hash_start_value;
extern uint64 ledger_hash_factor;

/* Draws both, unless that has been done. */
extern void ledger_hash_start(void);

/*
 * Every bit of a number reaches the low bits, which are the ones that a table
 * takes: those of a short name's code are all zero, and multiplying moves bits
 * up.
 */
static inline uint32
ledger_hash(uint64 number)
{
#ifdef HAVE_INT128
	const uint128 product = (uint128) (number ^ ledger_hash_start_value) *
		ledger_hash_factor;

	return (uint32) (product >> 64 ^ product);
#else
	uint64		h = (number ^ ledger_hash_start_value) * ledger_hash_factor;

	h = (h ^ h >> 32) * ledger_hash_factor;
	return (uint32) (h >> 32);
#endif
}

#endif							/* LEDGER_HASHING_H */
