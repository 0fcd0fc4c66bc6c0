/*
 * core/mechanisms.h
 *		What is there for speed alone and changes no answer.  bench/mechanisms
 *		builds the extension without each of these, by an option of the
 *		compiler, and tells what that costs.  What gains nothing goes.
 */
#ifndef LEDGER_MECHANISMS_H
#define LEDGER_MECHANISMS_H

/* Short entries are read four at a time (core/cursor.c). */
#ifndef LEDGER_FOUR_AT_A_TIME
#define LEDGER_FOUR_AT_A_TIME	1
#endif

/*
 * Corridors meet in sums of so many times 64 days, from which their entries are
 * added in one go (core/day_sums.c).
 */
#ifndef LEDGER_DAY_SUMS_VECTORS
#define LEDGER_DAY_SUMS_VECTORS	8
#endif

/*
 * Rows between the request for a count and its use, a power of two
 * (state/expanded.c).
 */
#ifndef LEDGER_WAITING_ROWS
#define LEDGER_WAITING_ROWS		16
#endif

/* Days that have people are found as a set of bits (core/writer.c). */
#ifndef LEDGER_DAYS_AS_BITS
#define LEDGER_DAYS_AS_BITS		1
#endif

/* Segments are copied without being read (core/writer.c). */
#ifndef LEDGER_COPIED_SEGMENTS
#define LEDGER_COPIED_SEGMENTS	1
#endif

#endif							/* LEDGER_MECHANISMS_H */
