/*
 * core/merge.h
 *		The sum of ledgers, each with its sign.  Plain C, no PostgreSQL
 *		headers.
 *
 * All are read in one pass, side by side.  Of ledgers that follow one another,
 * such as one of each month, a corridor of the sum is their segments one after
 * the other, which are copied without being read: only the gap of each first
 * entry changes.
 */
#ifndef LEDGER_MERGE_H
#define LEDGER_MERGE_H

#include "core/corridor_sum.h"

/* One of the ledgers */
typedef struct MergeInput
{
	/* supplied by the caller, borrowed */
	LedgerFlat	flat;			/* whole */
	int			sign;			/* 1, or -1 to take it away */
	uint32_t   *numbers;		/* room for flat.parties: their numbers in the
								 * sum, from ledger_merge_parties */

	/* scratch */
	uint32_t	next_party;
	LedgerParty party;			/* the one before it */
	LedgerWalk	walk;
	LedgerCorridor corridor;	/* the next one, by its own numbers */
	uint64_t	position;		/* of that one, by the numbers of the sum */
} MergeInput;

/*
 * The parties of n ledgers, each once and in order, with names borrowed, and
 * the numbers of those of each.  `parties` has room for those of all ledgers,
 * `queue` for n inputs.
 */
extern LedgerStatus ledger_merge_parties(MergeInput *inputs, uint32_t n,
										 MergeInput **queue, LedgerParty *parties,
										 uint32_t *n_parties,
										 LedgerCheckpoint checkpoint);

/* Bytes of segments that the sum takes at most */
extern size_t ledger_merge_room(const MergeInput *inputs, uint32_t n);

/*
 * Bytes that the sum takes at the least, known before an entry is read.  After
 * ledger_merge_parties, with buffers as for ledger_merge; `used` has room for
 * the parties of the sum and is false for each.
 */
extern LedgerStatus ledger_merge_least(MergeInput *inputs, uint32_t n,
									   MergeInput **queue,
									   SummedCorridor *taken,
									   const LedgerParty *parties, bool *used,
									   size_t *least,
									   LedgerCheckpoint checkpoint);

/*
 * Writes the sum of n ledgers into `writer`, whose parties are those of
 * ledger_merge_parties and whose buffers have room for the corridors of all of
 * them together.  `queue` has room for n inputs, `taken` and `taken_queue` for
 * n corridors each.
 */
extern LedgerStatus ledger_merge(MergeInput *inputs, uint32_t n,
								 MergeInput **queue, SummedCorridor *taken,
								 SummedCorridor **taken_queue,
								 LedgerWriter *writer);

#endif							/* LEDGER_MERGE_H */
