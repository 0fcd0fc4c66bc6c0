/*
 * answers/findings.h
 *		What an editor would want to know of a corridor before its figures are
 *		published, and whether two names may mean one party.  Plain C, no
 *		PostgreSQL headers; the caller supplies every buffer.
 */
#ifndef LEDGER_FINDINGS_H
#define LEDGER_FINDINGS_H

#include "core/civil.h"
#include "core/cursor.h"

/* What all days of a set have in common, as bits */
#define LEDGER_FIRST_OF_MONTH	0x01
#define LEDGER_FIRST_OF_QUARTER	0x02
#define LEDGER_FIRST_OF_YEAR	0x04
#define LEDGER_LAST_OF_MONTH	0x08
#define LEDGER_LAST_OF_QUARTER	0x10
#define LEDGER_LAST_OF_YEAR		0x20
#define LEDGER_ONE_DAY_OF_YEAR	0x40	/* the first or the last of one month */

/* Different days are counted up to so many */
#define LEDGER_DAYS_COUNTED		3

typedef struct LedgerDayPattern
{
	uint32_t	bits;
	int			month;			/* of the first day, 0 to 11 from March */
	uint32_t	n;				/* different days, no more than are counted */
	LedgerDay	days[LEDGER_DAYS_COUNTED];
} LedgerDayPattern;

/* What reading a corridor once shows */
typedef struct LedgerCorridorScan
{
	LedgerDayPattern pattern;
	uint32_t	gap_days;		/* greatest step in days of which all days are
								 * multiples; 0 for one day */
	uint32_t	gap_months;		/* the same in months, of first or last days */
	int64_t		least;			/* people of an entry, the fewest */
	int64_t		largest;		/* the most, and on which day */
	LedgerDay	largest_day;
	int64_t		second;			/* the most in any other entry */
	int64_t		lowest;			/* running total */
	LedgerDay	lowest_day;
	LedgerDay	below_first;	/* days between which the running total is below */
	LedgerDay	below_last;		/* zero; none where lowest >= 0 */
} LedgerCorridorScan;

extern void ledger_pattern_start(LedgerDayPattern *pattern);
/* Joins the days of another pattern to one. */
extern void ledger_pattern_join(LedgerDayPattern *pattern,
								const LedgerDayPattern *other);

extern LedgerStatus ledger_corridor_scan(const LedgerCorridor *corridor,
										 LedgerCorridorScan *scan,
										 LedgerCheckpoint checkpoint);

/* Stretches of steps that a corridor with a regular rhythm misses */
typedef struct LedgerMissedSteps
{
	LedgerCursor cursor;
	LedgerDay	previous;		/* day of the entry before */
	int32_t		months;			/* the step: so many months */
	int32_t		days;			/* or days, where that is 0 */
	bool		at_end;			/* steps of months end with their day */
} LedgerMissedSteps;

/*
 * Whether a corridor has entries in a regular rhythm, some steps of which are
 * missing, and each of them so large that a zero is not likely.  Starts
 * `missed` where it is so.
 */
extern bool ledger_missed_start(LedgerMissedSteps *missed,
								const LedgerCorridor *corridor,
								const LedgerCorridorScan *scan);

/*
 * The days of the next steps in a row that are missing: those of whole months,
 * or from the first day that is missing to the last.  LEDGER_DONE after the
 * last.  *steps is their number.
 */
extern LedgerStatus ledger_missed_next(LedgerMissedSteps *missed,
									   LedgerPeriod *days, uint32_t *steps);

/* An entry that is far outside what the corridor ever had */
extern bool ledger_is_spike(const LedgerCorridor *corridor,
							const LedgerCorridorScan *scan);

/*
 * Two names, letter by letter, that differ in one letter.  In names with a digit
 * every letter counts: they are codes or numbers.
 */
extern bool ledger_one_letter_apart(const uint32_t *a, uint32_t length_a,
									const uint32_t *b, uint32_t length_b);

/* Have two corridors an entry on the same day? */
extern LedgerStatus ledger_share_day(const LedgerCorridor *a,
									 const LedgerCorridor *b, bool *share,
									 LedgerCheckpoint checkpoint);

#endif							/* LEDGER_FINDINGS_H */
