/*
 * core/corridor_sum.h
 *		Several corridors added up into one: those of ledgers that are merged,
 *		or of one ledger whose parties get other names.  Plain C, no
 *		PostgreSQL headers; the caller supplies every buffer.
 */
#ifndef LEDGER_CORRIDOR_SUM_H
#define LEDGER_CORRIDOR_SUM_H

#include "core/cursor.h"
#include "core/writer.h"

/* A gap takes one byte at the start of a segment and up to four after another */
#define LEDGER_GAP_GROWTH	3

/* One of the corridors */
typedef struct SummedCorridor
{
	/* supplied by the caller, borrowed */
	LedgerCorridor corridor;	/* with its segment */
	int			sign;			/* 1, or -1 to take it away */

	/* scratch */
	LedgerCursor cursor;
	LedgerEntry entry;			/* the next one */
} SummedCorridor;

/*
 * Does each of n corridors, none of which is taken away, end before the next
 * one begins?
 */
extern bool ledger_corridors_follow(const SummedCorridor *corridors, uint32_t n);

/*
 * Writes the sum of n corridors, one at least, as the corridor from `origin` to
 * `destination`.  Where each ends before the next one begins, in the order
 * given, their segments are copied one after the other without being read.
 * `queue` has room for n of them.
 *
 * The sum takes no more bytes than its parts did, but for LEDGER_GAP_GROWTH
 * bytes a corridor; the writer always needs room for one entry more.
 */
extern LedgerStatus ledger_write_corridor_sum(LedgerWriter *writer,
											  uint32_t origin,
											  uint32_t destination,
											  SummedCorridor *corridors,
											  uint32_t n,
											  SummedCorridor **queue);

#endif							/* LEDGER_CORRIDOR_SUM_H */
