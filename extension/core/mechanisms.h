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
 * (state/ledger_table.c).
 */
#ifndef LEDGER_WAITING_ROWS
#define LEDGER_WAITING_ROWS		16
#endif

/* Rows of many corridors wait for the slot and the days of theirs as well. */
#ifndef LEDGER_WAITING_SLOTS
#define LEDGER_WAITING_SLOTS	1
#endif

/* Counts have 16 bits where that suffices (state/day_counts.c). */
#ifndef LEDGER_NARROW_COUNTS
#define LEDGER_NARROW_COUNTS	1
#endif

/* Every group begins with a small state (state/small.c). */
#ifndef LEDGER_SMALL_STATES
#define LEDGER_SMALL_STATES		1
#endif

/*
 * Few cells and codes are put in order by counting what comes before each
 * (state/small_cells.c, state/party_codes.c).
 */
#ifndef LEDGER_COUNTED_ORDER
#define LEDGER_COUNTED_ORDER	1
#endif

/* Ledgers are kept as they are until their sum is asked for (state/kept.c). */
#ifndef LEDGER_KEPT_LEDGERS
#define LEDGER_KEPT_LEDGERS		1
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
