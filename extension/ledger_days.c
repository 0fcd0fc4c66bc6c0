/*
 * ledger_days.c
 *		The people of one corridor by day, while rows are added to them.
 *
 * They are in two places, and a day's people may be in both:
 *
 *	blocks	LEDGER_BLOCK_DAYS consecutive days of 32-bit counts each, 256 bytes
 *			in all.  A directory has the blocks by number; it is an array of
 *			pointers and is kept no larger than the blocks it leads to.
 *	strays	(day, people) as they come: days that have no block, and people
 *			whom a 32-bit count does not hold.  Sorted, and those of one day
 *			summed, whenever there is no more room; their room doubles, so one
 *			takes 16 to 32 bytes.
 *
 * A block is made where STRAYS_PER_BLOCK strays share it, which is when it is
 * no larger than they may be, or beside a block that is as full, so that rows
 * in order of day leave no strays.  So daily figures take four to five bytes a
 * day, yearly ones 16 to 32, and one mistyped year costs one stray.
 *
 * Blocks never move, and those of all corridors are carved from common pieces
 * in the order they are needed.  Rows in order of day then work on a small,
 * dense part of memory, whatever the number of corridors: with one array of days
 * for each corridor every row touched a page of its own, and waiting for
 * addresses to be translated was a tenth of the time of the whole statement.
 *
 * Nothing is an error in here before it is written: sums that pass 64 bits on
 * the way stay apart as strays, so that only one that passes them in the end is
 * reported, whatever the order of the rows.
 */
#include "ledger_days.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#define STRAYS_PER_BLOCK	8

/* The directory may have so many places for each block, 256 bytes of them */
#define PLACES_PER_BLOCK	32

/* Whole size of the first strays, header included; a power of two */
#define STRAYS_MIN_SIZE		128

/* Blocks of a piece: from the first to the largest */
#define PIECE_MIN_BLOCKS	16
#define PIECE_MAX_BLOCKS	4096

#define CACHE_LINE			64

typedef struct Stray
{
	LedgerDay	day;
	int64		people;
} Stray;

struct LedgerStrays
{
	uint32		n;
	uint32		max;
	uint32		n_settled;		/* leading ones that are in order */
	uint32		padding;
	Stray		items[FLEXIBLE_ARRAY_MEMBER];
};

#define ST_SORT sort_strays
#define ST_ELEMENT_TYPE Stray
#define ST_COMPARE(a, b) (((a)->day > (b)->day) - ((a)->day < (b)->day))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline LedgerDay
block_first_day(uint32 number)
{
	return LEDGER_DAY_MIN + (LedgerDay) number * LEDGER_BLOCK_DAYS;
}

static inline int32 *
block_at(const LedgerDays *days, uint32 number)
{
	uint32		place = number - days->first_block;

	return place < days->n_blocks ? days->blocks[place] : NULL;
}

static uint32
block_entries(const int32 *block)
{
	uint32		n = 0;
	int			i;

	for (i = 0; i < LEDGER_BLOCK_DAYS; i++)
		n += block[i] != 0;
	return n;
}

/*
 * A new block, of zeros, from the current piece or from a new one, which is a
 * quarter of what has been taken so far.
 */
static int32 *
take_block(LedgerBlockSpace *space)
{
	const Size	size = LEDGER_BLOCK_DAYS * sizeof(int32);
	void	   *block;

	if (space->left == 0)
	{
		space->left = Min(Max(space->taken / 4, PIECE_MIN_BLOCKS),
						  PIECE_MAX_BLOCKS);
		space->next = MemoryContextAlloc(space->context,
										 space->left * size + CACHE_LINE);
		space->next = (char *) TYPEALIGN(CACHE_LINE, space->next);
	}
	block = space->next;
	space->next += size;
	space->left--;
	space->taken++;
	return memset(block, 0, size);
}

/*
 * Makes the directory reach a block, with spare places on the side it grows
 * to; false where it would become larger than the blocks it leads to.
 */
static bool
reach_block(LedgerBlockSpace *space, LedgerDays *days, uint32 number)
{
	uint32		old_end = days->first_block + days->n_blocks;
	uint32		start = number;
	uint32		end = number + 1;
	uint32		n = 1;
	uint32		room;
	uint32		i;
	int32	  **blocks;

	if (number - days->first_block < days->n_blocks)
		return true;
	if (days->n_blocks > 0)
	{
		start = Min(start, days->first_block);
		end = Max(end, old_end);
	}
	for (i = 0; i < days->n_blocks; i++)
		n += days->blocks[i] != NULL;
	if (end - start > n * PLACES_PER_BLOCK)
		return false;

	room = (end - start) + (end - start) / 2 + 2;
	if (days->n_blocks > 0 && start < days->first_block)
		start = end > room ? end - room : 0;
	else
		end = Min(start + room, LEDGER_BLOCK_COUNT);
	blocks = MemoryContextAllocZero(space->context,
									(end - start) * sizeof(int32 *));
	if (days->n_blocks > 0)
	{
		memcpy(blocks + (days->first_block - start), days->blocks,
			   days->n_blocks * sizeof(int32 *));
		pfree(days->blocks);
	}
	days->blocks = blocks;
	days->first_block = (uint16) start;
	days->n_blocks = (uint16) (end - start);
	return true;
}

/*
 * Makes a block that is not there; NULL where the directory must not reach it.
 */
static int32 *
make_block(LedgerBlockSpace *space, LedgerDays *days, uint32 number)
{
	if (!reach_block(space, days, number))
		return NULL;
	days->recent = take_block(space);
	days->recent_number = (uint16) number;
	days->blocks[number - days->first_block] = days->recent;
	return days->recent;
}

/*
 * Is there a block beside this one whose days are as many as pay for a block?
 */
static bool
has_full_neighbour(const LedgerDays *days, uint32 number)
{
	const int32 *before = block_at(days, number - 1);
	const int32 *after = block_at(days, number + 1);

	return (before != NULL && block_entries(before) >= STRAYS_PER_BLOCK) ||
		(after != NULL && block_entries(after) >= STRAYS_PER_BLOCK);
}

/*
 * Makes one stray of those of each day, which are in order, unless their sum
 * passes 64 bits: a later one may bring it back.
 */
static void
sum_strays(LedgerStrays *strays)
{
	Stray	   *items = strays->items;
	uint32		n = 0;
	uint32		i;

	for (i = 0; i < strays->n; i++)
	{
		int64		sum;

		if (n > 0 && items[n - 1].day == items[i].day &&
			ledger_add(items[n - 1].people, items[i].people, &sum))
			items[n - 1].people = sum;
		else
			items[n++] = items[i];
	}
	strays->n = n;
}

/*
 * Puts the strays in order: sorts those that have come since the last time,
 * which are often in order already, and merges them with the others from the
 * end.
 */
static void
settle_strays(LedgerBlockSpace *space, LedgerStrays *strays)
{
	Stray	   *items = strays->items;
	uint32		n = strays->n;
	uint32		old = strays->n_settled;
	uint32		recent = n - old;

	if (recent == 0)
		return;
	sort_strays(items + old, recent);
	if (old > 0 && items[old].day < items[old - 1].day)
	{
		Stray	   *copy = MemoryContextAllocHuge(space->context,
												  recent * sizeof(Stray));

		memcpy(copy, items + old, recent * sizeof(Stray));
		while (recent > 0)
		{
			if (old > 0 && items[old - 1].day > copy[recent - 1].day)
				items[--n] = items[--old];
			else
				items[--n] = copy[--recent];
		}
		pfree(copy);
	}
	sum_strays(strays);
	strays->n_settled = strays->n;
}

/*
 * Moves the strays, which are in order, into the blocks that they pay for and
 * those that are there.
 */
static void
move_strays(LedgerBlockSpace *space, LedgerDays *days)
{
	LedgerStrays *strays = days->strays;
	Stray	   *items = strays->items;
	uint32		kept = 0;
	uint32		i = 0;

	while (i < strays->n)
	{
		uint32		number = ledger_block_number(items[i].day);
		int32	   *block = block_at(days, number);
		uint32		fit = 0;
		uint32		end;

		CHECK_FOR_INTERRUPTS();
		for (end = i; end < strays->n &&
			 ledger_block_number(items[end].day) == number; end++)
			fit += items[end].people == (int32) items[end].people;
		if (block == NULL && fit >= STRAYS_PER_BLOCK)
			block = make_block(space, days, number);
		for (; i < end; i++)
			if (block == NULL ||
				!ledger_cell_add(block + (items[i].day - block_first_day(number)),
								 items[i].people))
				items[kept++] = items[i];
	}
	strays->n = kept;
	strays->n_settled = kept;
}

/*
 * Makes room for one stray more: by moving strays into blocks where that
 * leaves half of the room, by doubling it otherwise.
 */
static void
make_stray_room(LedgerBlockSpace *space, LedgerDays *days)
{
	LedgerStrays *strays = days->strays;
	Size		size = STRAYS_MIN_SIZE;

	if (strays != NULL)
	{
		settle_strays(space, strays);
		move_strays(space, days);
		if (strays->n <= strays->max / 2)
			return;
		size = 2 * (offsetof(LedgerStrays, items) + strays->max * sizeof(Stray));
		strays = repalloc_huge(strays, size);
	}
	else
		strays = MemoryContextAllocZero(space->context, size);
	strays->max = (uint32) ((size - offsetof(LedgerStrays, items)) /
							sizeof(Stray));
	days->strays = strays;
}

bool
ledger_days_add_stray(LedgerBlockSpace *space, LedgerDays *days, LedgerDay day,
					  int64 people)
{
	uint32		number = ledger_block_number(day);
	bool		took_memory = false;
	int32	   *cell;
	Stray	   *stray;

	if (block_at(days, number) == NULL && has_full_neighbour(days, number))
		took_memory = make_block(space, days, number) != NULL;
	else if (days->strays == NULL || days->strays->n == days->strays->max)
	{
		make_stray_room(space, days);
		took_memory = true;
	}

	/* the day may have a block by now */
	cell = ledger_days_cell(days, day);
	if (cell != NULL && ledger_cell_add(cell, people))
		return took_memory;
	if (days->strays == NULL || days->strays->n == days->strays->max)
		make_stray_room(space, days);
	stray = &days->strays->items[days->strays->n++];
	stray->day = day;
	stray->people = people;
	return took_memory;
}

/*
 * The days of a corridor that is dense enough get blocks at once.
 */
LedgerStatus
ledger_days_add_corridor(LedgerBlockSpace *space, LedgerDays *days,
						 const LedgerCorridor *corridor, int sign)
{
	const int64 span = (int64) corridor->last - corridor->first + 1;
	const bool	dense = corridor->entries >= STRAYS_PER_BLOCK &&
		span <= (int64) corridor->entries * LEDGER_BLOCK_DAYS / STRAYS_PER_BLOCK;
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		if (dense && ledger_days_cell(days, entry.day) == NULL)
		{
			CHECK_FOR_INTERRUPTS();
			(void) make_block(space, days, ledger_block_number(entry.day));
		}
		/* the least bigint has no opposite and goes in two steps */
		if (sign < 0 && !ledger_subtract(0, entry.people, &entry.people))
		{
			ledger_days_add(space, days, entry.day, PG_INT64_MAX);
			entry.people = 1;
		}
		ledger_days_add(space, days, entry.day, entry.people);
	}
	return status;
}

Size
ledger_days_entries(const LedgerDays *days)
{
	Size		n = days->strays != NULL ? days->strays->n : 0;
	uint32		i;

	for (i = 0; i < days->n_blocks; i++)
		if (days->blocks[i] != NULL)
			n += block_entries(days->blocks[i]);
	return n;
}

/*
 * Writes the strays before `end`, from number *next on, which it moves on.
 */
static LedgerStatus
write_strays(const LedgerStrays *strays, uint32 *next, LedgerDay end,
			 LedgerWriter *writer)
{
	LedgerStatus status = LEDGER_OK;

	while (status == LEDGER_OK && strays != NULL && *next < strays->n &&
		   strays->items[*next].day < end)
	{
		LedgerDay	day = strays->items[*next].day;
		LedgerSum	sum = {0, 0};

		for (; *next < strays->n && strays->items[*next].day == day; (*next)++)
			ledger_sum_add(&sum, strays->items[*next].people);
		status = ledger_writer_sum(writer, day, sum);
	}
	return status;
}

/*
 * Writes a block day by day, with the strays of its days.
 */
static LedgerStatus
write_block_with_strays(const int32 *block, LedgerDay first,
						const LedgerStrays *strays, uint32 *next,
						LedgerWriter *writer)
{
	LedgerStatus status = LEDGER_OK;
	LedgerDay	day;

	for (day = first; day < first + LEDGER_BLOCK_DAYS && status == LEDGER_OK;
		 day++)
	{
		LedgerSum	sum = {0, 0};

		ledger_sum_add(&sum, block[day - first]);
		for (; *next < strays->n && strays->items[*next].day == day; (*next)++)
			ledger_sum_add(&sum, strays->items[*next].people);
		status = ledger_writer_sum(writer, day, sum);
	}
	return status;
}

LedgerStatus
ledger_days_write(LedgerBlockSpace *space, LedgerDays *days,
				  LedgerWriter *writer)
{
	LedgerStrays *strays = days->strays;
	LedgerStatus status = LEDGER_OK;
	uint32		next = 0;
	uint32		i;

	if (strays != NULL)
		settle_strays(space, strays);
	for (i = 0; i < days->n_blocks && status == LEDGER_OK; i++)
	{
		LedgerDay	first = block_first_day(days->first_block + i);
		const int32 *block = days->blocks[i];

		if (block == NULL)
			continue;
		status = write_strays(strays, &next, first, writer);
		if (status != LEDGER_OK)
			break;
		if (strays != NULL && next < strays->n &&
			strays->items[next].day < first + LEDGER_BLOCK_DAYS)
			status = write_block_with_strays(block, first, strays, &next, writer);
		else
			status = ledger_writer_days(writer, first, block,
										LEDGER_BLOCK_DAYS);
	}
	if (status != LEDGER_OK)
		return status;
	return write_strays(strays, &next, LEDGER_DAY_MAX + 1, writer);
}
