/*
 * core/stretch.h
 *		Consecutive days with the people of each, as an array: what entries are
 *		made from and read into where they are many.  Plain C, no PostgreSQL
 *		headers.
 */
#ifndef LEDGER_STRETCH_H
#define LEDGER_STRETCH_H

#include "core/flat.h"

/* Days of a stretch, one for each bit of a set of them */
#define LEDGER_STRETCH_DAYS		64

typedef struct LedgerStretch
{
	LedgerDay	first;
	bool		wide;			/* counts have 32 bits rather than 16 */
	const void *people;			/* borrowed; LEDGER_STRETCH_DAYS counts */
} LedgerStretch;

/*
 * The people of day i of a stretch.
 */
static inline int32_t
ledger_stretch_people(LedgerStretch stretch, int i)
{
	return stretch.wide ? ((const int32_t *) stretch.people)[i] :
		((const int16_t *) stretch.people)[i];
}

/* The days that have people, the first one the lowest bit */
extern uint64_t ledger_stretch_days(LedgerStretch stretch);

/*
 * Adds the entries of a stretch, which comes after those that are there, to
 * the open corridor of a writer.
 */
extern LedgerStatus ledger_writer_stretch(LedgerWriter *writer,
										  LedgerStretch stretch);

/*
 * Adds the next entries, or takes them away where sign is -1, to the people of
 * n days from `first` on, which is no later than they are: up to the first one
 * that is not short, after those days, or at which the total passes 64 bits.
 * The caller has seen to it that LEDGER_SHORT_PEOPLE more or less than there
 * are on a day still fit.  A day past the last one that was promised shows at
 * the end.
 */
extern void ledger_cursor_add_days(LedgerCursor *cursor, LedgerDay first,
								   int32_t *people, uint32_t n, int sign);

#endif							/* LEDGER_STRETCH_H */
