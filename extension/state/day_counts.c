/*
 * state/day_counts.c
 *		The people of one corridor by day, while rows are added to them.
 *
 * They are in two places, and a day's people may be in both:
 *
 *	blocks	LEDGER_BLOCK_DAYS consecutive days of 16-bit counts each, 128 bytes
 *			in all, or of 32-bit counts in a corridor that needs them.  A
 *			directory has the blocks by number; it is an array of pointers and
 *			is kept no larger than the blocks it leads to.
 *	strays	(day, people) as they come: days that have no block, and people
 *			whom a count does not hold.  Sorted, and those of one day summed,
 *			whenever there is no more room; their room doubles, so one takes 16
 *			to 32 bytes.
 *
 * A block is made where so many strays share it that it is no larger than they
 * are, or beside a block that is as full, so that rows in order of day leave
 * no strays.  All counts of a corridor become wide where narrow ones alone
 * keep so many strays out of a block that they would pay for a wide one.  So
 * daily figures take two to three bytes a day, or twice that, yearly ones 16
 * to 32, and one mistyped year costs one stray.
 *
 * Blocks never move, and those of all corridors are carved from common pieces
 * in the order they are needed.  Rows in order of day then work on a small,
 * dense part of memory, whatever the number of corridors: with one array of
 * days for each corridor every row touched a page of its own, and much of the
 * time was waiting for addresses to be translated (docs/internals.md has
 * figures).
 *
 * Nothing is an error in here before it is written: sums that pass 64 bits on
 * the way stay apart as strays, so that only one that passes them in the end
 * is reported, whatever the order of the rows.
 */
#include "state/day_counts.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/mechanisms.h"

/* Strays that are as large as a block, of 32-bit counts twice as many */
#define STRAYS_PER_BLOCK	5

#define HALF_BLOCK_DAYS		(LEDGER_BLOCK_DAYS / 2)
#define BLOCK_SIZE			(LEDGER_BLOCK_DAYS * sizeof(int16))

/* The directory may have so many places for each block, 128 bytes of them */
#define PLACES_PER_BLOCK	16

/* Whole size of the first strays, header included; a power of two */
#define STRAYS_MIN_SIZE		64

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
	uint32		n_flushed;		/* leading ones that are in order */
	Stray		items[FLEXIBLE_ARRAY_MEMBER];
};

#define ST_SORT sort_strays
#define ST_ELEMENT_TYPE Stray
#define ST_COMPARE(a, b) (((a)->day > (b)->day) - ((a)->day < (b)->day))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The first day of a block.
 */
static inline LedgerDay
block_first_day(uint32 number)
{
	return LEDGER_DAY_MIN + (LedgerDay) number * LEDGER_BLOCK_DAYS;
}

/*
 * Are so many strays as large as a block?
 */
static inline bool
pays_for_block(uint32 strays, bool wide)
{
	return strays >= (wide ? 2 * STRAYS_PER_BLOCK : STRAYS_PER_BLOCK);
}

/*
 * The block of this number, or NULL.
 */
static inline void *
block_at(const DayCounts *days, uint32 number)
{
	uint32		place = number - days->first_block;

	return place < days->n_blocks ? days->blocks[place] : NULL;
}

/*
 * The days of one half of a block, the first (0) or the second, that have
 * people.
 */
static uint32
half_block_entries(const void *block, bool wide, int half)
{
	const int	start = half * HALF_BLOCK_DAYS;
	uint32		n = 0;
	int			i;

	if (wide)
		for (i = 0; i < HALF_BLOCK_DAYS; i++)
			n += ((const int32 *) block + start)[i] != 0;
	else
		for (i = 0; i < HALF_BLOCK_DAYS; i++)
			n += ((const int16 *) block + start)[i] != 0;
	return n;
}

/*
 * A new block, of zeros, from the current piece or from a new one, which is a
 * quarter of what has been taken so far.
 */
static void *
take_block(LedgerBlockSpace *space, bool wide)
{
	const uint32 n = wide ? 2 : 1;
	void	   *block;

	if (space->left < n)
	{
		space->left = Min(Max(space->taken / 4, PIECE_MIN_BLOCKS),
						  PIECE_MAX_BLOCKS);
		space->next = MemoryContextAlloc(space->context,
										 space->left * BLOCK_SIZE + CACHE_LINE);
		space->next = (char *) TYPEALIGN(CACHE_LINE, space->next);
	}
	block = space->next;
	space->next += n * BLOCK_SIZE;
	space->left -= n;
	space->taken += n;
	return memset(block, 0, n * BLOCK_SIZE);
}

DayCounts *
ledger_day_counts_make(LedgerBlockSpace *space)
{
	DayCounts  *made;

	if (space->days_left == 0)
	{
		space->days_left = Min(Max(space->days_taken / 4, PIECE_MIN_BLOCKS),
							   PIECE_MAX_BLOCKS);
		space->next_days = MemoryContextAlloc(space->context,
											  space->days_left * sizeof(DayCounts) +
											  CACHE_LINE);
		space->next_days = (DayCounts *) TYPEALIGN(CACHE_LINE, space->next_days);
	}
	space->days_left--;
	space->days_taken++;
	made = memset(space->next_days++, 0, sizeof(DayCounts));
	made->wide = !LEDGER_NARROW_COUNTS;
	return made;
}

/*
 * The blocks that the directory leads to.
 */
static uint32
count_blocks(const DayCounts *days)
{
	uint32		n = 0;
	uint32		i;

	for (i = 0; i < days->n_blocks; i++)
		n += days->blocks[i] != NULL;
	return n;
}

/*
 * Makes the directory reach a block, with spare places on the side it grows
 * to; false where it would become larger than the blocks it leads to.
 */
static bool
reach_block(LedgerBlockSpace *space, DayCounts *days, uint32 number)
{
	uint32		old_end = days->first_block + days->n_blocks;
	uint32		start = number;
	uint32		end = number + 1;
	uint32		room;
	void	  **blocks;

	if (number - days->first_block < days->n_blocks)
		return true;
	if (days->n_blocks > 0)
	{
		start = Min(start, days->first_block);
		end = Max(end, old_end);
	}
	if (end - start > (count_blocks(days) + 1) * PLACES_PER_BLOCK)
		return false;

	room = (end - start) + (end - start) / 2 + 2;
	if (days->n_blocks > 0 && start < days->first_block)
		start = end > room ? end - room : 0;
	else
		end = Min(start + room, LEDGER_BLOCK_COUNT);
	blocks = MemoryContextAllocZero(space->context,
									(end - start) * sizeof(void *));
	if (days->n_blocks > 0)
	{
		memcpy(blocks + (days->first_block - start), days->blocks,
			   days->n_blocks * sizeof(void *));
		pfree(days->blocks);
	}
	days->blocks = blocks;
	days->first_block = (uint16) start;
	days->n_blocks = (uint16) (end - start);
	return true;
}

/*
 * Makes a block that is not there; false where the directory must not reach
 * it.
 */
static bool
make_block(LedgerBlockSpace *space, DayCounts *days, uint32 number)
{
	if (!reach_block(space, days, number))
		return false;
	days->blocks[number - days->first_block] = take_block(space, days->wide);
	return true;
}

/*
 * Are there, in a block, as many days as pay for one?  Rows in order of day
 * have written to one half lately; for the other one, further back, one would
 * have to wait, and that one half alone is full enough mostly.
 */
static bool
is_full(const void *block, bool wide, int recent_half)
{
	uint32		n;

	if (block == NULL)
		return false;
	n = half_block_entries(block, wide, recent_half);
	return pays_for_block(n, wide) ||
		pays_for_block(n + half_block_entries(block, wide, 1 - recent_half), wide);
}

/*
 * Is there a block beside this one whose days are as many as pay for a block?
 */
static bool
has_full_neighbour(const DayCounts *days, uint32 number)
{
	return is_full(block_at(days, number - 1), days->wide, 1) ||
		is_full(block_at(days, number + 1), days->wide, 0);
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
		int64_t		sum;

		Assert(n == 0 || items[n - 1].day <= items[i].day);
		if (n > 0 && items[n - 1].day == items[i].day &&
			ledger_checked_add(items[n - 1].people, items[i].people, &sum))
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
flush_strays(LedgerBlockSpace *space, LedgerStrays *strays)
{
	Stray	   *items = strays->items;
	uint32		n = strays->n;
	uint32		old = strays->n_flushed;
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
	strays->n_flushed = strays->n;
}

/*
 * Does a count hold so many people?
 */
static inline bool
fits_count(int64 people, bool wide)
{
	return people == (wide ? (int32) people : (int16) people);
}

/*
 * Moves the strays, which are in order, into the blocks that they pay for and
 * those that are there.
 */
static void
move_strays(LedgerBlockSpace *space, DayCounts *days)
{
	LedgerStrays *strays = days->strays;
	Stray	   *items = strays->items;
	uint32		kept = 0;
	uint32		i = 0;

	Assert(strays->n_flushed == strays->n);
	while (i < strays->n)
	{
		uint32		number = ledger_block_number(items[i].day);
		uint32		fit = 0;
		uint32		cramped = 0;
		uint32		end;

		CHECK_FOR_INTERRUPTS();
		for (end = i; end < strays->n &&
			 ledger_block_number(items[end].day) == number; end++)
			fit += fits_count(items[end].people, days->wide);
		if (block_at(days, number) == NULL && pays_for_block(fit, days->wide))
			make_block(space, days, number);
		for (; i < end; i++)
		{
			CountRef	count = ledger_day_counts_count(days, items[i].day);

			if (count != 0 && ledger_count_add(count, items[i].people))
				continue;
			cramped += !days->wide && fits_count(items[i].people, true);
			items[kept++] = items[i];
		}
		days->cramped |= pays_for_block(cramped, true);
	}
	Assert(kept <= strays->n);
	strays->n = kept;
	strays->n_flushed = kept;
}

/*
 * Makes room for one stray more: by moving strays into blocks where that
 * leaves half of the room, by doubling it otherwise.
 */
static void
make_stray_room(LedgerBlockSpace *space, DayCounts *days)
{
	LedgerStrays *strays = days->strays;
	Size		size = STRAYS_MIN_SIZE;

	if (strays != NULL)
	{
		flush_strays(space, strays);
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
ledger_day_counts_add_stray(LedgerBlockSpace *space, DayCounts *days, LedgerDay day,
					  int64 people)
{
	uint32		number = ledger_block_number(day);
	bool		took_memory = false;
	CountRef	count;
	Stray	   *stray;

	if (block_at(days, number) == NULL && has_full_neighbour(days, number))
		took_memory = make_block(space, days, number);
	else if (days->strays == NULL || days->strays->n == days->strays->max)
	{
		make_stray_room(space, days);
		took_memory = true;
	}

	/* the day may have a block by now */
	count = ledger_day_counts_count(days, day);
	if (count != 0 && ledger_count_add(count, people))
		return took_memory;
	if (days->strays == NULL || days->strays->n == days->strays->max)
	{
		make_stray_room(space, days);
		took_memory = true;
	}
	stray = &days->strays->items[days->strays->n++];
	stray->day = day;
	stray->people = people;
	return took_memory;
}

void
ledger_day_counts_widen(LedgerBlockSpace *space, DayCounts *days)
{
	uint32		i;
	int			j;

	if (!days->wide)
		for (i = 0; i < days->n_blocks; i++)
		{
			const int16 *narrow = days->blocks[i];
			int32	   *wide;

			if (narrow == NULL)
				continue;
			wide = take_block(space, true);
			for (j = 0; j < LEDGER_BLOCK_DAYS; j++)
				wide[j] = narrow[j];
			days->blocks[i] = wide;
		}
	days->wide = true;
	days->cramped = false;
	days->recent = 0;
	flush_strays(space, days->strays);
	move_strays(space, days);
}

/*
 * The days of a corridor that is dense enough get blocks at once.
 */
LedgerStatus
ledger_day_counts_add_corridor(LedgerBlockSpace *space, DayCounts *days,
						 const LedgerCorridor *corridor, int sign)
{
	const int64 span = (int64) corridor->last - corridor->first + 1;
	const int64 blocks = (span + LEDGER_BLOCK_DAYS - 1) / LEDGER_BLOCK_DAYS;
	const bool	dense = pays_for_block(corridor->entries / blocks, days->wide);
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		if (days->cramped)
			ledger_day_counts_widen(space, days);
		if (dense && ledger_day_counts_count(days, entry.day) == 0)
		{
			CHECK_FOR_INTERRUPTS();
			make_block(space, days, ledger_block_number(entry.day));
		}
		/* the least bigint has no opposite and goes in two steps */
		if (sign < 0 && !ledger_checked_subtract(0, entry.people, &entry.people))
		{
			ledger_day_counts_add(space, days, entry.day, PG_INT64_MAX);
			entry.people = 1;
		}
		ledger_day_counts_add(space, days, entry.day, entry.people);
	}
	return status;
}

Size
ledger_day_counts_places(const DayCounts *days)
{
	return (days->strays != NULL ? days->strays->n : 0) +
		(Size) count_blocks(days) * LEDGER_BLOCK_DAYS;
}

Size
ledger_day_counts_entries(const DayCounts *days)
{
	Size		n = days->strays != NULL ? days->strays->n : 0;
	uint32		i;

	for (i = 0; i < days->n_blocks; i++)
		if (days->blocks[i] != NULL)
			n += half_block_entries(days->blocks[i], days->wide, 0) +
				half_block_entries(days->blocks[i], days->wide, 1);
	return n;
}

void
ledger_day_counts_visit(const DayCounts *days, LedgerDaysVisitor visit,
				  void *target)
{
	uint32		i;

	for (i = 0; i < days->n_blocks; i++)
	{
		const DayVector block = {
			block_first_day(days->first_block + i),
			days->wide,
			days->blocks[i]
		};
		uint64_t	left = block.people != NULL ? ledger_day_vector_days(block) : 0;

		CHECK_FOR_INTERRUPTS();
		for (; left != 0; left &= left - 1)
		{
			const int	day = __builtin_ctzll(left);

			visit(target, block.first + day, ledger_day_vector_people(block, day));
		}
	}
	for (i = 0; days->strays != NULL && i < days->strays->n; i++)
	{
		const Stray *stray = &days->strays->items[i];

		CHECK_FOR_INTERRUPTS();
		if (stray->people != 0)
			visit(target, stray->day, stray->people);
	}
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
 * Writes the counts of a block day by day, with the strays of its days.
 */
static LedgerStatus
write_block_with_strays(DayVector block, const LedgerStrays *strays,
						uint32 *next, LedgerWriter *writer)
{
	LedgerStatus status = LEDGER_OK;
	int			i;

	for (i = 0; i < LEDGER_BLOCK_DAYS && status == LEDGER_OK; i++)
	{
		const LedgerDay day = block.first + i;
		LedgerSum	sum = {0, 0};

		ledger_sum_add(&sum, ledger_day_vector_people(block, i));
		for (; *next < strays->n && strays->items[*next].day == day; (*next)++)
			ledger_sum_add(&sum, strays->items[*next].people);
		status = ledger_writer_sum(writer, day, sum);
	}
	return status;
}

LedgerStatus
ledger_day_counts_write(LedgerBlockSpace *space, DayCounts *days,
				  LedgerWriter *writer)
{
	LedgerStrays *strays = days->strays;
	LedgerStatus status = LEDGER_OK;
	uint32		next = 0;
	uint32		i;

	if (strays != NULL)
		flush_strays(space, strays);
	for (i = 0; i < days->n_blocks && status == LEDGER_OK; i++)
	{
		DayVector block = {
			block_first_day(days->first_block + i),
			days->wide,
			days->blocks[i]
		};

		if (block.people == NULL)
			continue;
		status = write_strays(strays, &next, block.first, writer);
		if (status != LEDGER_OK)
			break;
		if (strays != NULL && next < strays->n &&
			strays->items[next].day < block.first + LEDGER_BLOCK_DAYS)
			status = write_block_with_strays(block, strays, &next, writer);
		else
			status = ledger_writer_days(writer, block);
	}
	if (status != LEDGER_OK)
		return status;
	return write_strays(strays, &next, LEDGER_DAY_MAX + 1, writer);
}
