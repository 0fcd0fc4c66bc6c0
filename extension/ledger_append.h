/*
 * ledger_append.h
 *		The sum of ledgers that follow one another in time, such as one of each
 *		month.  Plain C, no PostgreSQL headers.
 *
 * Entries of different ledgers never meet then, so a corridor of the sum is its
 * segments one after the other, which are copied without being read: only the
 * gap of each first entry changes.
 */
#ifndef LEDGER_APPEND_H
#define LEDGER_APPEND_H

#include "ledger_flat.h"

/* One of the ledgers */
typedef struct LedgerPart
{
	/* supplied by the caller, borrowed */
	LedgerFlat	flat;			/* whole */
	const uint32_t *numbers;	/* of its parties, among those of the writer */

	/* scratch */
	LedgerWalk	walk;
	LedgerCorridor corridor;	/* the next one, by its own numbers */
	uint64_t	position;		/* of that one, by the writer's numbers */
} LedgerPart;

/* Bytes of segments that the sum takes at most */
extern size_t ledger_append_room(const LedgerPart *parts, uint32_t n);

/*
 * Writes the sum of n ledgers, each of which ends before the next one begins;
 * LEDGER_DAMAGED where that is not so.  `queue` has room for n numbers.
 */
extern LedgerStatus ledger_append(LedgerPart *parts, uint32_t n,
								  uint32_t *queue, LedgerWriter *writer);

#endif							/* LEDGER_APPEND_H */
