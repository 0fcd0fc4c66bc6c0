/*
 * state/ledger_table.c
 *		The table of an in-memory ledger: corridors with their people by day.
 *
 * A row finds what it needs far from the cache, and the processor would stand
 * still for longer than the rest of the row takes.  So the row asks for it and
 * waits while LEDGER_WAITING_ROWS others pass: for the count of its day always,
 * and in a table that the cache does not hold, for the slot of its corridor and
 * for the days of that as well.  Whatever reads the table adds those that wait
 * first.  The order in which rows are added changes nothing.
 *
 * An entry may be zero in here; the writer of the flat form leaves it out.
 */
#include "state/ledger_table.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* Held memory from which on the size of the flat form is looked at */
#define SIZE_CHECK_START		((Size) 1024 * 1024 * 1024)

void
ledger_table_start(LedgerTable *table)
{
	MemoryContextReset(table->context);
	ledger_corridor_table_start(&table->corridors, table->context);
	ledger_party_table_start(&table->parties, table->context);
	memset(&table->space, 0, sizeof(table->space));
	table->space.context = table->context;
	table->next_size_check = SIZE_CHECK_START;
}

/*
 * Stops before memory runs out over a ledger that no value can hold: once the
 * held memory has passed SIZE_CHECK_START, and each time it has doubled since,
 * adds up what corridors and names take in the flat form at the least.
 */
static void
check_size(LedgerTable *table)
{
	Size		held = MemoryContextMemAllocated(table->context, false);
	CorridorTableWalk walk;
	CorridorSlot *slot;
	Size		entries;
	Size		needed = 0;
	uint32		i;

	if (likely(held < table->next_size_check))
		return;
	for (i = 0; i < table->parties.n; i++)
		needed += table->parties.parties[i].length;
	ledger_corridor_table_walk(&walk, &table->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		entries = slot->one_day ? 1 :
			ledger_day_counts_entries(corridor_slot_days(slot));
		needed += entries > 0 ? ledger_flat_corridor_min(entries) : 0;
	}
	if (needed > LEDGER_VALUE_MAX)
		ledger_raise(LEDGER_TOO_LARGE);
	table->next_size_check = held * 2;
}

static void flush_people(LedgerTable *table);

/*
 * Adds people to a day of a corridor that has more than one.
 */
static inline void
add_people(LedgerTable *table, DayCounts *days, LedgerDay day, int64 people)
{
	if (likely(!ledger_day_counts_add(&table->space, days, day, people)))
		return;
	if (days->cramped)
	{
		flush_people(table);
		ledger_day_counts_widen(&table->space, days);
	}
	check_size(table);
}

/*
 * Adds the people who wait to their counts.
 */
static void
flush_people(LedgerTable *table)
{
	int			i;

	for (i = 0; i < LEDGER_WAITING_ROWS; i++)
	{
		WaitingPeople waiting = table->waiting[i];

		/* what is added may have others added before it */
		table->waiting[i].days = NULL;
		if (waiting.days != NULL)
			add_people(table, waiting.days, waiting.day, waiting.people);
	}
}

/*
 * Lets people wait for the count of their day.
 */
static inline void
add_later(LedgerTable *table, DayCounts *days, CountRef count,
		  LedgerDay day, int32 people)
{
	WaitingPeople *waiting = &table->waiting[table->people_seen++ % LEDGER_WAITING_ROWS];
	WaitingPeople before = *waiting;

	waiting->days = days;
	waiting->count = count;
	waiting->day = day;
	waiting->people = people;
	__builtin_prefetch((void *) count, 1);
	if (likely(before.days != NULL) &&
		unlikely(!ledger_count_add(before.count, before.people)))
		add_people(table, before.days, before.day, before.people);
}

/*
 * The days of a corridor, which so far has no more than one entry.
 */
static pg_noinline DayCounts *
open_days(LedgerTable *table, CorridorSlot *slot)
{
	DayCounts  *days = ledger_day_counts_make(&table->space);
	const LedgerEntry entry = corridor_slot_entry(slot);

	if (entry.people != 0)
		add_people(table, days, entry.day, entry.people);
	corridor_slot_set_days(slot, days);
	return days;
}

/*
 * Adds people to a corridor that is new or has one entry.
 */
static pg_noinline void
add_to_one_day(LedgerTable *table, CorridorSlot *slot, LedgerDay day,
			   int64 people)
{
	LedgerEntry entry = corridor_slot_entry(slot);
	int64_t		sum;

	if (entry.day == day && ledger_checked_add(entry.people, people, &sum) &&
		corridor_slot_holds(sum))
		corridor_slot_set_entry(slot, day, sum);
	else
		add_people(table, open_days(table, slot), day, people);
}

/*
 * A slot for a corridor that has none, without people on a day that is its
 * first one.
 */
static pg_noinline CorridorSlot *
make_slot(LedgerTable *table, uint64 key, LedgerDay day)
{
	CorridorSlot *slot;
	bool		found;

	check_size(table);
	corridors_keep_sparse(table->corridors.table);
	slot = corridors_insert(table->corridors.table, key, &found);
	Assert(!found);
	corridor_slot_set_entry(slot, day, 0);
	table->corridors.n++;
	return slot;
}

/*
 * The slot of a corridor, new where it has none.
 */
static inline CorridorSlot *
find_slot(LedgerTable *table, uint64 key, LedgerDay day)
{
	CorridorSlot *slot;

	if (unlikely(table->corridors.table == NULL))
		ledger_corridor_table_open(&table->corridors);
	/* a look-up costs less than an insertion that finds its key */
	slot = corridors_lookup(table->corridors.table, key);
	if (likely(slot != NULL))
		return slot;
	return make_slot(table, key, day);
}

/*
 * Adds people to a corridor that has more than one entry.
 */
static inline void
add_to_days(LedgerTable *table, DayCounts *days, LedgerDay day, int64 people)
{
	CountRef	count = ledger_day_counts_count(days, day);

	if (likely(count != 0 && people == (int32) people))
		add_later(table, days, count, day, (int32) people);
	else
		add_people(table, days, day, people);
}

/*
 * Adds a row whose corridor is in the cache.
 */
static inline void
add_row(LedgerTable *table, uint64 key, LedgerDay day, int64 people)
{
	CorridorSlot *slot = find_slot(table, key, day);

	if (unlikely(slot->one_day))
		add_to_one_day(table, slot, day, people);
	else
		add_to_days(table, corridor_slot_days(slot), day, people);
}

/*
 * Lets a row wait for the days of its corridor.
 */
static inline void
add_after_days(LedgerTable *table, DayCounts *days, LedgerDay day, int64 people)
{
	WaitingRow *waiting = &table->for_days[table->days_seen++ % LEDGER_WAITING_ROWS];
	const WaitingRow before = *waiting;

	__builtin_prefetch(days, 1);
	waiting->waits = true;
	waiting->days = days;
	waiting->day = day;
	waiting->people = people;
	if (likely(before.waits))
		add_to_days(table, before.days, before.day, before.people);
}

/*
 * Lets a row wait for the slot of its corridor.
 */
static inline void
add_after_slot(LedgerTable *table, uint64 key, LedgerDay day, int64 people)
{
	WaitingRow *waiting = &table->for_slot[table->slots_seen++ % LEDGER_WAITING_ROWS];
	const WaitingRow before = *waiting;
	CorridorSlot *slot;

	corridors_prefetch(table->corridors.table, key);
	waiting->waits = true;
	waiting->key = key;
	waiting->day = day;
	waiting->people = people;
	if (unlikely(!before.waits))
		return;
	slot = find_slot(table, before.key, before.day);
	if (slot->one_day)
		add_to_one_day(table, slot, before.day, before.people);
	else
		add_after_days(table, corridor_slot_days(slot), before.day, before.people);
}

/*
 * Adds the rows that wait for something else than their count.
 */
static pg_noinline void
flush_rows(LedgerTable *table)
{
	int			i;

	for (i = 0; i < LEDGER_WAITING_ROWS; i++)
	{
		const WaitingRow row = table->for_slot[i];

		table->for_slot[i].waits = false;
		if (row.waits)
			add_row(table, row.key, row.day, row.people);
	}
	for (i = 0; i < LEDGER_WAITING_ROWS; i++)
	{
		const WaitingRow row = table->for_days[i];

		table->for_days[i].waits = false;
		if (row.waits)
			add_to_days(table, row.days, row.day, row.people);
	}
}

/*
 * Adds all that waits.
 */
static void
flush(LedgerTable *table)
{
	flush_rows(table);
	flush_people(table);
}

void
ledger_table_add(LedgerTable *table, LedgerParty origin,
				 LedgerParty destination, LedgerDay day, int64 people)
{
	const uint64 key = corridor_key(ledger_party_table_number(&table->parties, origin),
									ledger_party_table_number(&table->parties, destination));

	if (LEDGER_WAITING_SLOTS && corridors_are_far(table->corridors.table))
		add_after_slot(table, key, day, people);
	else
		add_row(table, key, day, people);
}

/*
 * Adds a corridor of a flat ledger with one entry to a corridor that has no more
 * than one.
 */
static void
add_one_entry(LedgerTable *table, CorridorSlot *slot,
			  const LedgerCorridor *corridor, int sign)
{
	LedgerCursor cursor;
	LedgerEntry entry;

	ledger_cursor_start(&cursor, corridor);
	ledger_check(ledger_cursor_next(&cursor, &entry));
	ledger_check(ledger_cursor_finish(&cursor, LEDGER_OK));
	/* the least bigint has no opposite and goes in two steps */
	if (sign < 0 && !ledger_checked_subtract(0, entry.people, &entry.people))
	{
		DayCounts  *days = open_days(table, slot);

		add_people(table, days, entry.day, PG_INT64_MAX);
		add_people(table, days, entry.day, 1);
	}
	else
		add_to_one_day(table, slot, entry.day, entry.people);
}

void
ledger_table_add_flat(LedgerTable *table, const LedgerFlat *flat, int sign)
{
	uint32	   *numbers = palloc_many(uint32, flat->parties);
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	uint32		i;

	flush(table);
	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;

		ledger_check(ledger_flat_party(flat, i, &party));
		numbers[i] = ledger_party_table_number(&table->parties, party);
	}

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CorridorSlot *slot;

		CHECK_FOR_INTERRUPTS();
		slot = find_slot(table, corridor_key(numbers[corridor.origin],
											  numbers[corridor.destination]),
						 corridor.first);
		if (slot->one_day && corridor.entries == 1)
			add_one_entry(table, slot, &corridor, sign);
		else
			ledger_check(ledger_day_counts_add_corridor(&table->space,
														slot->one_day ?
														open_days(table, slot) :
														corridor_slot_days(slot),
														&corridor, sign));
	}
	ledger_check(status);
	pfree(numbers);
	check_size(table);
}

/* A corridor that is visited */
typedef struct VisitedCorridor
{
	LedgerParty origin;
	LedgerParty destination;
	LedgerVisitor visit;
	void	   *target;
} VisitedCorridor;

static void
visit_day(void *target, LedgerDay day, int64 people)
{
	const VisitedCorridor *corridor = target;

	corridor->visit(corridor->target, corridor->origin, corridor->destination,
					day, people);
}

void
ledger_table_visit(LedgerTable *table, LedgerVisitor visit, void *target)
{
	VisitedCorridor corridor = {.visit = visit, .target = target};
	CorridorTableWalk walk;
	CorridorSlot *slot;

	flush(table);
	ledger_corridor_table_walk(&walk, &table->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		corridor.origin = table->parties.parties[slot->key >> 32];
		corridor.destination = table->parties.parties[(uint32) slot->key];
		if (slot->one_day)
		{
			LedgerEntry entry = corridor_slot_entry(slot);

			if (entry.people != 0)
				visit_day(&corridor, entry.day, entry.people);
		}
		else
			ledger_day_counts_visit(corridor_slot_days(slot), visit_day, &corridor);
	}
}

/*
 * Makes room in the writer, and in the buffer its segments are in, for so many
 * entries.
 */
static LedgerStatus
ensure_segment_room(LedgerWriter *writer, struct varlena **buffer, Size entries)
{
	const Size	head = (Size) (writer->segments - (uint8_t *) *buffer);
	Size		needed = writer->segments_length + entries * LEDGER_FLAT_ENTRY_MAX;

	if (likely(needed <= writer->max_segments))
		return LEDGER_OK;
	if (writer->segments_length > LEDGER_VALUE_MAX)
		return LEDGER_TOO_LARGE;
	writer->max_segments = Max(needed, writer->max_segments / 2 * 3);
	*buffer = repalloc_huge(*buffer, head + writer->max_segments);
	writer->segments = (uint8_t *) *buffer + head;
	return LEDGER_OK;
}

/*
 * Writes one corridor.
 */
static LedgerStatus
write_corridor(LedgerTable *table, const CorridorSlot *slot,
			   LedgerWriter *writer, struct varlena **buffer)
{
	DayCounts  *days = slot->one_day ? NULL : corridor_slot_days(slot);
	LedgerStatus status;
	LedgerEntry entry;

	status = ensure_segment_room(writer, buffer, slot->one_day ? 1 :
								 ledger_day_counts_places(days));
	if (status == LEDGER_OK)
		status = ledger_writer_corridor(writer, (uint32) (slot->key >> 32),
										(uint32) slot->key);
	if (status != LEDGER_OK)
		return status;
	if (!slot->one_day)
		return ledger_day_counts_write(&table->space, days, writer);
	entry = corridor_slot_entry(slot);
	return ledger_writer_entry(writer, entry.day, entry.people);
}

struct varlena *
ledger_table_write(LedgerTable *table, MemoryContext result,
				   struct Node *escontext)
{
	CorridorTable *corridors = &table->corridors;
	LedgerWriter writer;
	LedgerStatus status = LEDGER_OK;
	struct varlena *buffer;
	uint32		i;

	flush(table);
	ledger_corridor_table_order(corridors,
								ledger_party_table_order(&table->parties));
	/* two bytes for each day that has a place, as most take, and an eighth more */
	buffer = ledger_result_begin(&writer, table->parties.parties,
								 table->parties.n, corridors->n,
								 ((Size) corridors->n + (Size) table->space.taken *
								  LEDGER_BLOCK_DAYS) * 2 / 8 * 9 +
								 LEDGER_FLAT_ENTRY_MAX,
								 result);
	for (i = 0; i < corridors->n && status == LEDGER_OK; i++)
	{
		CHECK_FOR_INTERRUPTS();
		status = write_corridor(table, &corridors->ordered[i], &writer, &buffer);
	}
	MemoryContextSwitchTo(result);
	return ledger_result_finish(&writer, status, buffer, escontext);
}
