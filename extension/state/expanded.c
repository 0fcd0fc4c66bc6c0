/*
 * state/expanded.c
 *		The in-memory ledger: an expanded object that rows are added to.
 *
 * Everything lives in the object's own memory context or, what rows are added
 * to, in one below it.  There one hash table gives parties their numbers
 * (state/party_table.c), and another one holds the corridors by the numbers of
 * origin and destination (state/corridor_table.c).
 *
 * What a corridor keeps of its people by day, once there are several, is the
 * matter of state/day_counts.c.
 *
 * A row finds the count of its day far from the cache, and the processor would
 * stand still for longer than the rest of the row takes.  So the row asks for
 * the count and waits while LEDGER_WAITING_ROWS others pass.  Whatever reads
 * counts adds those that wait first.
 *
 * An entry may be zero in here; the writer of the flat form leaves it out.
 *
 * As long as nothing but few ledgers, or such as follow one another in time,
 * is added, they are kept beside the table (state/kept.c), which stays
 * empty.  The flat form that an object keeps is such a ledger, and takes the
 * place of the table: mostly no row follows, and parallel workers and their
 * leader have use for the memory.
 */
#include "state/expanded.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/mechanisms.h"
#include "state/corridor_table.h"
#include "state/kept.h"
#include "state/party_table.h"

/* Rows taken away before which it is not worth a thought what they left */
#define TAKEN_MIN				64

/* Held memory from which on the size of the flat form is looked at */
#define SIZE_CHECK_START		((Size) 1024 * 1024 * 1024)

/* People that wait for the count of their day to be read into the cache */
typedef struct WaitingPeople
{
	DayCounts  *days;			/* of the corridor; NULL where nobody waits */
	CountRef	count;
	LedgerDay	day;
	int32		people;
} WaitingPeople;

struct ExpandedLedger
{
	ExpandedObjectHeader header;	/* must be first */
	struct Node *escontext;		/* where errors are saved; NULL: thrown */
	KeptLedgers parts;			/* in place of the table, which then is empty */

	/* the table */
	MemoryContext table_context;	/* of all that it consists of */
	PartyTable	parties;
	CorridorTable corridors;
	LedgerBlockSpace space;
	Size		next_size_check;	/* held memory at which to check again */
	Size		taken;			/* rows taken away since it was made */
	uint32		people_seen;
	WaitingPeople waiting[LEDGER_WAITING_ROWS];
};

static Size expanded_get_flat_size(ExpandedObjectHeader *header);
static void expanded_flatten_into(ExpandedObjectHeader *header, void *result,
								  Size allocated);

const ExpandedObjectMethods ledger_expanded_methods =
{
	expanded_get_flat_size,
	expanded_flatten_into
};

/*
 * Empties the table.
 */
static void
start_table(ExpandedLedger *ledger)
{
	MemoryContextReset(ledger->table_context);
	ledger_corridor_table_start(&ledger->corridors, ledger->table_context);
	ledger_party_table_start(&ledger->parties, ledger->table_context);
	memset(&ledger->space, 0, sizeof(ledger->space));
	ledger->space.context = ledger->table_context;
	ledger->next_size_check = SIZE_CHECK_START;
}

/*
 * Makes an empty ledger.  As a state it must be a direct child of the
 * aggregate's context, so that the executor adopts it instead of copying.
 */
ExpandedLedger *
ledger_expanded_make(MemoryContext parent)
{
	MemoryContext context;
	ExpandedLedger *ledger;

	context = AllocSetContextCreate(parent, "transfer_ledger",
									ALLOCSET_SMALL_SIZES);
	ledger = MemoryContextAllocZero(context, sizeof(ExpandedLedger));
	EOH_init_header(&ledger->header, &ledger_expanded_methods, context);
	ledger->table_context = AllocSetContextCreate(context, "transfer_ledger table",
										  ALLOCSET_SMALL_SIZES);
	start_table(ledger);
	return ledger;
}

Datum
ledger_expanded_rw_datum(ExpandedLedger *ledger)
{
	return EOHPGetRWDatum(&ledger->header);
}

void
ledger_expanded_save_errors(ExpandedLedger *ledger, struct Node *escontext)
{
	ledger->escontext = escontext;
}

void
ledger_expanded_free(ExpandedLedger *ledger)
{
	MemoryContextDelete(ledger->header.eoh_context);
}

/*
 * Stops before memory runs out over a ledger that no value can hold: once the
 * held memory has passed SIZE_CHECK_START, and each time it has doubled since,
 * adds up what corridors and names take in the flat form at the least.
 */
static void
check_size(ExpandedLedger *ledger)
{
	Size		held = MemoryContextMemAllocated(ledger->table_context, false);
	CorridorTableWalk walk;
	CorridorSlot *slot;
	Size		entries;
	Size		needed = 0;
	uint32		i;

	if (likely(held < ledger->next_size_check))
		return;
	for (i = 0; i < ledger->parties.n; i++)
		needed += ledger->parties.parties[i].length;
	ledger_corridor_table_walk(&walk, &ledger->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		entries = slot->one_day ? 1 :
			ledger_day_counts_entries(corridor_slot_days(slot));
		needed += entries > 0 ? ledger_flat_corridor_min(entries) : 0;
	}
	if (needed > LEDGER_VALUE_MAX)
		ledger_raise(LEDGER_TOO_LARGE);
	ledger->next_size_check = held * 2;
}

static void flush_people(ExpandedLedger *ledger);

/*
 * Adds people to a day of a corridor that has more than one.
 */
static inline void
add_people(ExpandedLedger *ledger, DayCounts *days, LedgerDay day, int64 people)
{
	if (likely(!ledger_day_counts_add(&ledger->space, days, day, people)))
		return;
	if (days->cramped)
	{
		flush_people(ledger);
		ledger_day_counts_widen(&ledger->space, days);
	}
	check_size(ledger);
}

/*
 * Adds the people who wait to their counts.
 */
static void
flush_people(ExpandedLedger *ledger)
{
	int			i;

	for (i = 0; i < LEDGER_WAITING_ROWS; i++)
	{
		WaitingPeople waiting = ledger->waiting[i];

		/* what is added may have others added before it */
		ledger->waiting[i].days = NULL;
		if (waiting.days != NULL)
			add_people(ledger, waiting.days, waiting.day, waiting.people);
	}
}

/*
 * Lets people wait for the count of their day.
 */
static inline void
add_later(ExpandedLedger *ledger, DayCounts *days, CountRef count,
		  LedgerDay day, int32 people)
{
	WaitingPeople *waiting = &ledger->waiting[ledger->people_seen++ % LEDGER_WAITING_ROWS];
	WaitingPeople before = *waiting;

	waiting->days = days;
	waiting->count = count;
	waiting->day = day;
	waiting->people = people;
	__builtin_prefetch((void *) count, 1);
	if (likely(before.days != NULL) &&
		unlikely(!ledger_count_add(before.count, before.people)))
		add_people(ledger, before.days, before.day, before.people);
}

/*
 * The days of a corridor, which so far has no more than one entry.
 */
static pg_noinline DayCounts *
open_days(ExpandedLedger *ledger, CorridorSlot *slot)
{
	DayCounts  *days = ledger_day_counts_make(&ledger->space);

	const LedgerEntry entry = corridor_slot_entry(slot);

	if (entry.people != 0)
		add_people(ledger, days, entry.day, entry.people);
	corridor_slot_set_days(slot, days);
	return days;
}

/*
 * Adds people to a corridor that is new or has one entry.
 */
static pg_noinline void
add_to_one_day(ExpandedLedger *ledger, CorridorSlot *slot, LedgerDay day,
			   int64 people)
{
	LedgerEntry entry = corridor_slot_entry(slot);
	int64_t		sum;

	if (entry.day == day && ledger_checked_add(entry.people, people, &sum) &&
		corridor_slot_holds(sum))
		corridor_slot_set_entry(slot, day, sum);
	else
		add_people(ledger, open_days(ledger, slot), day, people);
}

/*
 * A slot for a corridor that has none, without people on a day that is its
 * first one.
 */
static pg_noinline CorridorSlot *
make_slot(ExpandedLedger *ledger, uint64 key, LedgerDay day)
{
	CorridorSlot *slot;
	bool		found;

	check_size(ledger);
	corridors_keep_sparse(ledger->corridors.table);
	slot = corridors_insert(ledger->corridors.table, key, &found);
	Assert(!found);
	corridor_slot_set_entry(slot, day, 0);
	ledger->corridors.n++;
	return slot;
}

/*
 * The slot of a corridor, new where it has none.
 */
static inline CorridorSlot *
find_slot(ExpandedLedger *ledger, uint64 key, LedgerDay day)
{
	CorridorSlot *slot;

	if (unlikely(ledger->corridors.table == NULL))
		ledger_corridor_table_open(&ledger->corridors);
	/* a look-up costs less than an insertion that finds its key */
	slot = corridors_lookup(ledger->corridors.table, key);
	if (likely(slot != NULL))
		return slot;
	return make_slot(ledger, key, day);
}

/*
 * Its ledgers are kept, or it has a table, never both; and only the table has
 * people that wait.
 */
static void
check_invariants(const ExpandedLedger *ledger)
{
#ifdef USE_ASSERT_CHECKING
	int			i;

	Assert(ledger->parts.n == 0 || ledger->corridors.n == 0);
	for (i = 0; ledger->parts.n > 0 && i < LEDGER_WAITING_ROWS; i++)
		Assert(ledger->waiting[i].days == NULL);
#endif
}

/*
 * Adds a corridor of a flat ledger with one entry to a corridor that has no more
 * than one.
 */
static void
add_one_entry(ExpandedLedger *ledger, CorridorSlot *slot,
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
		DayCounts  *days = open_days(ledger, slot);

		add_people(ledger, days, entry.day, PG_INT64_MAX);
		add_people(ledger, days, entry.day, 1);
	}
	else
		add_to_one_day(ledger, slot, entry.day, entry.people);
}

/*
 * Adds a whole ledger to the table, or takes it away where sign is -1.
 */
static void
add_to_table(ExpandedLedger *ledger, const LedgerFlat *flat, int sign)
{
	uint32	   *numbers = palloc_many(uint32, flat->parties);
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	uint32		i;

	flush_people(ledger);
	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;

		ledger_check(ledger_flat_party(flat, i, &party));
		numbers[i] = ledger_party_table_number(&ledger->parties, party);
	}

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CorridorSlot *slot;

		CHECK_FOR_INTERRUPTS();
		slot = find_slot(ledger, corridor_key(numbers[corridor.origin],
											  numbers[corridor.destination]),
						 corridor.first);
		if (slot->one_day && corridor.entries == 1)
			add_one_entry(ledger, slot, &corridor, sign);
		else
			ledger_check(ledger_day_counts_add_corridor(&ledger->space,
														slot->one_day ?
														open_days(ledger, slot) :
														corridor_slot_days(slot),
														&corridor, sign));
	}
	ledger_check(status);
	pfree(numbers);
	check_size(ledger);
}

/*
 * Makes the table what the ledger consists of, so that it can be added to.
 */
static pg_noinline void
open_table(ExpandedLedger *ledger)
{
	uint32		i;

	for (i = 0; i < ledger->parts.n; i++)
		add_to_table(ledger, &ledger->parts.flats[i], 1);
	ledger_kept_free(&ledger->parts);
}

/*
 * Adds one entry.  The caller has checked day and parties.
 */
void
ledger_expanded_add(ExpandedLedger *ledger, LedgerParty origin,
					LedgerParty destination, LedgerDay day, int64 people)
{
	uint64		key;
	CorridorSlot *slot;
	DayCounts  *days;
	CountRef	count;

	check_invariants(ledger);
	if (unlikely(ledger->parts.n > 0))
		open_table(ledger);
	key = corridor_key(ledger_party_table_number(&ledger->parties, origin),
					   ledger_party_table_number(&ledger->parties, destination));
	slot = find_slot(ledger, key, day);
	if (unlikely(slot->one_day))
	{
		add_to_one_day(ledger, slot, day, people);
		return;
	}
	days = corridor_slot_days(slot);
	count = ledger_day_counts_count(days, day);
	if (likely(count != 0 && people == (int32) people))
		add_later(ledger, days, count, day, (int32) people);
	else
		add_people(ledger, days, day, people);
}

/*
 * Ledgers that are worth it are kept until something else comes.
 */
void
ledger_expanded_add_flat(ExpandedLedger *ledger, const LedgerFlat *flat,
						 int sign)
{
	if (flat->corridors == 0)
		return;
	if (sign > 0 && ledger->corridors.n == 0 &&
		ledger_kept_add(&ledger->parts, ledger->header.eoh_context, flat))
	{
		check_invariants(ledger);
		return;
	}
	open_table(ledger);
	add_to_table(ledger, flat, sign);
}

bool
ledger_expanded_is_worn(ExpandedLedger *ledger, uint32 n)
{
	ledger->taken += n;
	return ledger->taken >= Max(TAKEN_MIN, ((Size) ledger->corridors.n +
											ledger->space.taken) / 2);
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
ledger_expanded_visit(ExpandedLedger *ledger, LedgerVisitor visit, void *target)
{
	VisitedCorridor corridor = {.visit = visit, .target = target};
	CorridorTableWalk walk;
	CorridorSlot *slot;

	open_table(ledger);
	flush_people(ledger);
	ledger_corridor_table_walk(&walk, &ledger->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		corridor.origin = ledger->parties.parties[slot->key >> 32];
		corridor.destination = ledger->parties.parties[(uint32) slot->key];
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
write_corridor(ExpandedLedger *ledger, const CorridorSlot *slot,
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
		return ledger_day_counts_write(&ledger->space, days, writer);
	entry = corridor_slot_entry(slot);
	return ledger_writer_entry(writer, entry.day, entry.people);
}

/*
 * Writes all corridors into a buffer of the context `result`, and returns in
 * it: an error that is saved there must not be freed with what else is
 * allocated here.
 */
static struct varlena *
write_corridors(ExpandedLedger *ledger, MemoryContext result)
{
	CorridorTable *corridors = &ledger->corridors;
	LedgerWriter writer;
	LedgerStatus status = LEDGER_OK;
	struct varlena *buffer;
	uint32		i;

	ledger_corridor_table_order(corridors,
								ledger_party_table_order(&ledger->parties));
	/* two bytes for each day that has a place, as most take, and an eighth more */
	buffer = ledger_result_begin(&writer, ledger->parties.parties,
								 ledger->parties.n, corridors->n,
								 ((Size) corridors->n + (Size) ledger->space.taken *
								  LEDGER_BLOCK_DAYS) * 2 / 8 * 9 +
								 LEDGER_FLAT_ENTRY_MAX,
								 result);
	for (i = 0; i < corridors->n && status == LEDGER_OK; i++)
	{
		CHECK_FOR_INTERRUPTS();
		status = write_corridor(ledger, &corridors->ordered[i], &writer, &buffer);
	}
	MemoryContextSwitchTo(result);
	return ledger_result_finish(&writer, status, buffer, ledger->escontext);
}

struct varlena *
ledger_expanded_to_flat(ExpandedLedger *ledger)
{
	MemoryContext scratch;
	MemoryContext result;
	struct varlena *flat;

	flush_people(ledger);
	check_invariants(ledger);
	if (ledger->parts.n > 0)
		return ledger_kept_to_flat(&ledger->parts);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "ledger writer",
									ALLOCSET_DEFAULT_SIZES);
	result = MemoryContextSwitchTo(scratch);
	flat = write_corridors(ledger, result);
	Assert(flat == NULL ||
		   ledger_flat_validate((uint8_t *) VARDATA(flat), VARSIZE(flat) - VARHDRSZ,
								NULL) == LEDGER_OK);
	MemoryContextDelete(scratch);
	return flat;
}

/*
 * Its flat form, kept by the object until it next changes.
 */
static struct varlena *
cached_flat(ExpandedLedger *ledger)
{
	MemoryContext context = ledger->header.eoh_context;

	if (ledger->parts.n != 1)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		struct varlena *flat = ledger_expanded_to_flat(ledger);

		MemoryContextSwitchTo(old);
		start_table(ledger);
		ledger_kept_replace(&ledger->parts, context, flat);
	}
	return ledger_kept_value(&ledger->parts);
}

/*
 * Size of the flat form, varlena header included.  What is made here is kept,
 * since flattening must not allocate: PostgreSQL may call it where the current
 * context can only ever grow.
 */
static Size
expanded_get_flat_size(ExpandedObjectHeader *header)
{
	return VARSIZE(cached_flat((ExpandedLedger *) header));
}

/*
 * Copies the flat form that expanded_get_flat_size has made.
 */
static void
expanded_flatten_into(ExpandedObjectHeader *header, void *result,
					  Size allocated)
{
	const ExpandedLedger *ledger = (const ExpandedLedger *) header;
	const struct varlena *flat = ledger_kept_value(&ledger->parts);

	Assert(VARSIZE(flat) == allocated);
	memcpy(result, flat, allocated);
}
