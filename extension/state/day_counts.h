/*
 * state/day_counts.h
 *		The people of one corridor by day, while rows are added to them: what
 *		an in-memory ledger has for each of its corridors.
 */
#ifndef LEDGER_DAYS_H
#define LEDGER_DAYS_H

#include "postgres.h"

#include "core/cursor.h"
#include "core/writer.h"

/* Days of a block; the first one of block 0 is LEDGER_DAY_MIN */
#define LEDGER_BLOCK_DAYS	LEDGER_DAY_VECTOR_DAYS
#define LEDGER_BLOCK_COUNT \
	((LEDGER_DAY_MAX - LEDGER_DAY_MIN) / LEDGER_BLOCK_DAYS + 1)

typedef struct LedgerStrays LedgerStrays;

/* A count: where it is, and in the lowest bit whether it is wide; 0 for none */
typedef uintptr_t CountRef;

/* Zeroed, it holds nobody. */
typedef struct DayCounts
{
	CountRef	recent;			/* the first count of the block that was used
								 * last, or 0 */
	void	  **blocks;			/* owned; by number from first_block, NULL where
								 * there is no block */
	LedgerStrays *strays;		/* owned; NULL where there was none yet */
	uint16		recent_number;
	uint16		first_block;
	uint16		n_blocks;		/* length of `blocks` */
	bool		wide;			/* counts have 32 bits rather than 16 */
	bool		cramped;		/* and should: ledger_day_counts_widen */
} DayCounts;

StaticAssertDecl(64 % sizeof(DayCounts) == 0,
				 "one takes a whole part of a cache line");
StaticAssertDecl(LEDGER_BLOCK_COUNT <= PG_UINT16_MAX,
				 "the number of a block fits 16 bits");

/* Where the blocks of many corridors come from */
typedef struct LedgerBlockSpace
{
	MemoryContext context;		/* of every allocation for the corridors */
	char	   *next;			/* the next block, on a cache line of its own */
	uint32		left;			/* blocks from there on, a wide one being two */
	uint32		taken;
	DayCounts  *next_days;		/* the next corridor, like that */
	uint32		days_left;
	uint32		days_taken;
} LedgerBlockSpace;

/* A new one that holds nobody */
extern DayCounts *ledger_day_counts_make(LedgerBlockSpace *space);

/*
 * The number of the block that a day is in.
 */
static inline uint32
ledger_block_number(LedgerDay day)
{
	return (uint32) (day - LEDGER_DAY_MIN) / LEDGER_BLOCK_DAYS;
}

/*
 * The count of a day, or 0 where the day has no block.
 */
static inline CountRef
ledger_day_counts_count(DayCounts *days, LedgerDay day)
{
	uint32		number = ledger_block_number(day);

	if (unlikely(number != days->recent_number || days->recent == 0))
	{
		uint32		place = number - days->first_block;

		if (place >= days->n_blocks || days->blocks[place] == NULL)
			return 0;
		days->recent = (CountRef) days->blocks[place] | days->wide;
		days->recent_number = (uint16) number;
	}
	return days->recent +
		((uint32) (day - LEDGER_DAY_MIN) % LEDGER_BLOCK_DAYS * 2 << days->wide);
}

/* Adds to a count; false, and nothing is done, where it does not fit. */
static inline bool
ledger_count_add(CountRef count, int64 people)
{
	int16	   *narrow = (int16 *) count;
	int32	   *wide = (int32 *) (count - 1);
	int16		narrow_sum;
	int32		wide_sum;

	if (likely((count & 1) == 0))
	{
		if (unlikely(__builtin_add_overflow(*narrow, people, &narrow_sum)))
			return false;
		*narrow = narrow_sum;
		return true;
	}
	if (unlikely(__builtin_add_overflow(*wide, people, &wide_sum)))
		return false;
	*wide = wide_sum;
	return true;
}

/*
 * Adds people whose day has no block, or does not take them; true where that
 * took memory.
 */
extern bool ledger_day_counts_add_stray(LedgerBlockSpace *space, DayCounts *days,
								  LedgerDay day, int64 people);

/*
 * Adds people to a day; true where that took memory.
 */
static inline bool
ledger_day_counts_add(LedgerBlockSpace *space, DayCounts *days, LedgerDay day,
				int64 people)
{
	CountRef	count = ledger_day_counts_count(days, day);

	if (likely(count != 0 && ledger_count_add(count, people)))
		return false;
	return ledger_day_counts_add_stray(space, days, day, people);
}

/*
 * Makes its counts wide, once they are cramped: so many people are strays for
 * that reason that this takes less memory.  Nobody may hold one of its counts.
 */
extern void ledger_day_counts_widen(LedgerBlockSpace *space, DayCounts *days);

/*
 * Adds (sign = 1) or takes away (sign = -1) a corridor of a flat ledger.
 * Nobody may hold one of its counts.
 */
extern LedgerStatus ledger_day_counts_add_corridor(LedgerBlockSpace *space,
											 DayCounts *days,
											 const LedgerCorridor *corridor,
											 int sign);

/* An upper bound of the days that have people */
extern Size ledger_day_counts_entries(const DayCounts *days);

/* A higher one, for which no count has to be read */
extern Size ledger_day_counts_places(const DayCounts *days);

/*
 * Calls `visit` for all that is there, none of it zero: a day may come in parts,
 * and days come in no order.
 */
typedef void (*LedgerDaysVisitor) (void *target, LedgerDay day, int64 people);
extern void ledger_day_counts_visit(const DayCounts *days, LedgerDaysVisitor visit,
							  void *target);

/*
 * Writes all entries into the open corridor of a writer, by day; the strays
 * are put in order first.
 */
extern LedgerStatus ledger_day_counts_write(LedgerBlockSpace *space, DayCounts *days,
									  LedgerWriter *writer);

#endif							/* LEDGER_DAYS_H */
