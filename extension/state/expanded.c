/*
 * state/expanded.c
 *		The in-memory ledger: an expanded object that rows are added to.
 *
 * Everything lives in the object's own memory context or, what rows are added
 * to, in one below it.  There a hash table holds the corridors, by the codes
 * of origin and destination (state/corridor_table.c), so that a row costs one probe
 * and no comparison of text.  Another one gives names of more than eight bytes
 * their numbers.
 *
 * What a corridor keeps of its people by day is the matter of state/day_counts.c.
 *
 * A row finds the count of its day far from the cache, and the processor would
 * stand still for longer than the rest of the row takes.  So the row asks for
 * the count and waits while WAITING_ROWS others pass.  With so many corridors
 * that their slots are as far away, it has waited as long for the slot before.
 * Whatever moves slots, or reads them, settles those that wait first.
 *
 * An entry may be zero in here; the writer of the flat form leaves it out.
 *
 * As long as nothing but few ledgers, or such as follow one another in time,
 * is added, they are kept beside the table (state/kept.c), which stays
 * empty.  The flat form that an object keeps is such a ledger, and takes the
 * place of the table: mostly no row follows, and parallel workers and their
 * leader have use for the memory.
 */
#include "state/party_codes.h"
#include "state/expanded.h"
#include "state/kept.h"
#include "state/corridor_table.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* Rows between the request for a piece of memory and its use; a power of two */
#define WAITING_ROWS			16

/* Places for long names that were met lately: one for each value of a byte */
#define LONG_NAMES_MET			256

/* Rows taken away before which it is not worth a thought what they left */
#define TAKEN_MIN				64

/* Held memory from which on the size of the flat form is looked at */
#define SIZE_CHECK_START		((Size) 1024 * 1024 * 1024)

/* A row that waits for its corridor's slot to be read into the cache */
typedef struct WaitingRow
{
	CorridorKey key;
	uint32		hash;			/* of the key */
	LedgerDay	day;
	int64		people;			/* 0 where no row waits */
} WaitingRow;

/* People that wait for the count of their day to be read into the cache */
typedef struct WaitingPeople
{
	DayCounts *days;			/* of the corridor; NULL where nobody waits */
	CountRef	count;
	LedgerDay	day;
	int32		people;
} WaitingPeople;

typedef struct LongParty
{
	LedgerParty party;			/* owned */
	uint32		hash;
	uint32		number;
	char		status;			/* of the hash table */
} LongParty;

#define SH_PREFIX long_parties
#define SH_ELEMENT_TYPE LongParty
#define SH_KEY_TYPE LedgerParty
#define SH_KEY party
#define SH_HASH_KEY(tb, k) hash_bytes((const unsigned char *) (k).name, (int) (k).length)
#define SH_EQUAL(tb, a, b) \
	((a).length == (b).length && memcmp((a).name, (b).name, (a).length) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct ExpandedLedger
{
	ExpandedObjectHeader header;	/* must be first */
	struct Node *escontext;		/* where errors are saved; NULL: thrown */
	KeptLedgers parts;			/* in place of the table, which then is empty */

	/* the table */
	MemoryContext table_context;	/* of all that it consists of */
	CorridorTable corridors;
	long_parties_hash *long_parties;	/* NULL while there is none */
	LedgerParty *long_names;	/* by number; names owned by long_parties */
	uint32		max_long_names;
	uint32		long_names_met[LONG_NAMES_MET]; /* numbers by place, each one
												 * higher; 0 where there is none */
	LedgerBlockSpace space;
	Size		next_size_check;	/* held memory at which to check again */
	Size		taken;			/* rows taken away since it was made */
	uint32		rows_seen;
	uint32		people_seen;
	WaitingRow	rows[WAITING_ROWS];
	WaitingPeople waiting[WAITING_ROWS];
};

/* A corridor on its way into the flat form */
typedef struct SortedCorridor
{
	uint64		position;		/* origin and destination by number */
	CorridorSlot *slot;
} SortedCorridor;

#define ST_SORT sort_corridors
#define ST_ELEMENT_TYPE SortedCorridor
#define ST_COMPARE(a, b) \
	(((a)->position > (b)->position) - ((a)->position < (b)->position))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static Size expanded_get_flat_size(ExpandedObjectHeader *header);
static void expanded_flatten_into(ExpandedObjectHeader *header, void *result,
								  Size allocated);

const ExpandedObjectMethods ledger_expanded_methods =
{
	expanded_get_flat_size,
	expanded_flatten_into
};

/*
 * Empties the table; nothing waits to be added to it.
 */
static void
start_table(ExpandedLedger *ledger)
{
	MemoryContextReset(ledger->table_context);
	ledger_corridor_table_start(&ledger->corridors, ledger->table_context);
	ledger->long_parties = NULL;
	ledger->long_names = NULL;
	ledger->max_long_names = 0;
	memset(ledger->long_names_met, 0, sizeof(ledger->long_names_met));
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
 * The number of a longer party, which gets one if it has none.
 */
static uint32
long_party_number(ExpandedLedger *ledger, LedgerParty party)
{
	MemoryContext context = ledger->table_context;
	LongParty  *entry;
	bool		found;
	char	   *name;

	if (ledger->long_parties == NULL)
		ledger->long_parties = long_parties_create(context, 16, NULL);
	entry = long_parties_lookup(ledger->long_parties, party);
	if (likely(entry != NULL))
		return entry->number;

	entry = long_parties_insert(ledger->long_parties, party, &found);
	entry->number = ledger->long_parties->members - 1;
	if (entry->number >= ledger->max_long_names)
	{
		uint32		room = Max(16, ledger->max_long_names * 2);

		if (ledger->long_names == NULL)
			ledger->long_names = MemoryContextAlloc(context,
													room * sizeof(LedgerParty));
		else
			ledger->long_names = repalloc_huge(ledger->long_names,
											   room * sizeof(LedgerParty));
		ledger->max_long_names = room;
	}
	name = MemoryContextAlloc(context, party.length);
	memcpy(name, party.name, party.length);
	entry->party.name = name;
	ledger->long_names[entry->number] = entry->party;
	return entry->number;
}

/*
 * A place for a long name, from its first and last eight bytes.
 */
static inline uint32
long_name_place(LedgerParty party)
{
	uint64		first;
	uint64		last;

	memcpy(&first, party.name, 8);
	memcpy(&last, party.name + party.length - 8, 8);
	first = (first ^ last * UINT64CONST(0xC2B2AE3D27D4EB4F)) *
		UINT64CONST(0x9E3779B97F4A7C15);
	return (uint32) (first >> 56);
}

/*
 * The code of a longer party.  Most rows have one that was met lately, which
 * spares them the hash of the whole name.
 */
static pg_noinline uint64
long_party_code(ExpandedLedger *ledger, LedgerParty party)
{
	uint32	   *met = &ledger->long_names_met[long_name_place(party)];

	if (unlikely(*met == 0 ||
				 ledger->long_names[*met - 1].length != party.length ||
				 memcmp(ledger->long_names[*met - 1].name, party.name,
						party.length) != 0))
		*met = long_party_number(ledger, party) + 1;
	return *met - 1;
}

/*
 * The code of a party, which is numbered if it is long and new.
 */
static inline uint64
party_code(ExpandedLedger *ledger, LedgerParty party)
{
	if (likely(party.length <= 8))
		return ledger_party_code(party);
	return long_party_code(ledger, party);
}

/*
 * Stops before memory runs out over a ledger that no value can hold: once the
 * held memory has passed SIZE_CHECK_START, and each time it has doubled since,
 * adds up what corridors and longer names take in the flat form at the least.
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
	for (i = 0; ledger->long_parties && i < ledger->long_parties->members; i++)
		needed += ledger->long_names[i].length;
	ledger_corridor_table_walk(&walk, &ledger->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		entries = ledger_day_counts_entries(&slot->days);
		needed += entries > 0 ? ledger_flat_corridor_min(entries) : 0;
	}
	if (needed > LEDGER_VALUE_MAX)
		ledger_save(ledger->escontext, LEDGER_TOO_LARGE);
	ledger->next_size_check = held * 2;
}

static void flush_people(ExpandedLedger *ledger);

/*
 * Adds people to a day of a corridor.
 */
static inline void
add_people(ExpandedLedger *ledger, DayCounts *days, LedgerDay day,
		   int64 people)
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

	for (i = 0; i < WAITING_ROWS; i++)
	{
		WaitingPeople waiting = ledger->waiting[i];

		/* what is added may make others settle */
		ledger->waiting[i].days = NULL;
		if (waiting.days != NULL)
			add_people(ledger, waiting.days, waiting.day, waiting.people);
	}
}

/*
 * A slot for a corridor that has none.
 */
static pg_noinline CorridorSlot *
make_slot(ExpandedLedger *ledger, CorridorKey key, uint32 hash)
{
	flush_people(ledger);
	return ledger_corridor_table_add(&ledger->corridors, key, hash);
}

/*
 * The slot of a corridor, new and empty where it has none.
 */
static inline CorridorSlot *
find_slot(ExpandedLedger *ledger, CorridorKey key, uint32 hash)
{
	CorridorSlot *slot;

	/* a look-up costs less than an insertion that finds its key */
	slot = ledger_corridor_table_find(&ledger->corridors, key, hash);
	if (likely(slot != NULL))
		return slot;
	return make_slot(ledger, key, hash);
}

/*
 * Lets people wait for the count of their day.
 */
static inline void
add_later(ExpandedLedger *ledger, DayCounts *days, CountRef count,
		  LedgerDay day, int32 people)
{
	WaitingPeople *waiting = &ledger->waiting[ledger->people_seen++ % WAITING_ROWS];
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
 * Adds a row whose corridor's slot should be in the cache by now.
 */
static pg_attribute_always_inline void
add_row(ExpandedLedger *ledger, CorridorKey key, uint32 hash, LedgerDay day,
		int64 people)
{
	DayCounts *days = &find_slot(ledger, key, hash)->days;
	CountRef	count = ledger_day_counts_count(days, day);

	if (likely(count != 0 && people == (int32) people))
		add_later(ledger, days, count, day, (int32) people);
	else
		add_people(ledger, days, day, people);
}

/*
 * Lets a row wait for the slot of its corridor.
 */
static pg_noinline void
add_row_later(ExpandedLedger *ledger, CorridorKey key, uint32 hash,
			  LedgerDay day, int64 people)
{
	WaitingRow *waiting = &ledger->rows[ledger->rows_seen++ % WAITING_ROWS];
	WaitingRow	row = *waiting;

	waiting->key = key;
	waiting->hash = hash;
	waiting->day = day;
	waiting->people = people;
	ledger_corridor_table_prefetch(&ledger->corridors, hash);
	if (likely(row.people != 0))
		add_row(ledger, row.key, row.hash, row.day, row.people);
}

/*
 * Adds all that waits.
 */
static void
flush_rows(ExpandedLedger *ledger)
{
	int			i;

	for (i = 0; i < WAITING_ROWS; i++)
	{
		WaitingRow	row = ledger->rows[i];

		ledger->rows[i].people = 0;
		if (row.people != 0)
			add_row(ledger, row.key, row.hash, row.day, row.people);
	}
	flush_people(ledger);
}

/*
 * Its ledgers are kept, or it has a table, never both; and only the table has
 * rows that wait.
 */
static void
check_invariants(const ExpandedLedger *ledger)
{
#ifdef USE_ASSERT_CHECKING
	int			i;

	Assert(ledger->parts.n == 0 || ledger->corridors.n == 0);
	for (i = 0; ledger->parts.n > 0 && i < WAITING_ROWS; i++)
		Assert(ledger->rows[i].people == 0 && ledger->waiting[i].days == NULL);
#endif
}

/*
 * Adds a whole ledger to the table, or takes it away where sign is -1.
 */
static void
add_to_table(ExpandedLedger *ledger, const LedgerFlat *flat, int sign)
{
	uint64	   *codes;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	CorridorSlot *slot;
	CorridorKey key;
	LedgerStatus status;
	uint32		i;

	flush_rows(ledger);
	codes = palloc_many(uint64, flat->parties);
	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;

		ledger_check(ledger_flat_party(flat, i, &party));
		codes[i] = party_code(ledger, party);
	}

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		key.origin = codes[corridor.origin];
		key.destination = codes[corridor.destination];
		slot = find_slot(ledger, key, corridor_hash(key));
		ledger_check(ledger_day_counts_add_corridor(&ledger->space, &slot->days,
											  &corridor, sign));
	}
	ledger_check(status);
	pfree(codes);
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
	CorridorKey key;
	uint32		hash;

	check_invariants(ledger);
	if (unlikely(ledger->parts.n > 0))
		open_table(ledger);
	key.origin = party_code(ledger, origin);
	key.destination = party_code(ledger, destination);
	hash = corridor_hash(key);
	if (likely(!ledger->corridors.distant))
		add_row(ledger, key, hash, day, people);
	else
		add_row_later(ledger, key, hash, day, people);
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
	flush_rows(ledger);
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
	char		names[2][8];

	open_table(ledger);
	flush_rows(ledger);
	ledger_corridor_table_walk(&walk, &ledger->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		corridor.origin = ledger_party_from_code(slot->key.origin,
												 ledger->long_names, names[0]);
		corridor.destination = ledger_party_from_code(slot->key.destination,
													  ledger->long_names,
													  names[1]);
		ledger_day_counts_visit(&slot->days, visit_day, &corridor);
	}
}

/*
 * Numbers the parties in the order of their names.
 */
static void
number_parties(const ExpandedLedger *ledger, PartyRanks *numbering)
{
	uint64	   *codes;
	CorridorTableWalk walk;
	CorridorSlot *slot;
	Size		n = 0;

	codes = palloc_many(uint64, (Size) ledger->corridors.n * 2);
	ledger_corridor_table_walk(&walk, &ledger->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		codes[n++] = slot->key.origin;
		codes[n++] = slot->key.destination;
	}
	ledger_rank_parties(numbering, codes, 0, n, ledger->long_names);
}

/*
 * The corridors in canonical order; palloc'd.
 */
static SortedCorridor *
collect_corridors(const ExpandedLedger *ledger, const PartyRanks *numbering)
{
	SortedCorridor *sorted;
	CorridorTableWalk walk;
	CorridorSlot *slot;
	const uint32 *number = numbering->numbers;
	uint32		n = 0;

	sorted = palloc_many(SortedCorridor, ledger->corridors.n);
	ledger_corridor_table_walk(&walk, &ledger->corridors);
	while ((slot = ledger_corridor_table_next(&walk)) != NULL)
	{
		sorted[n].position = (uint64) number[0] << 32 | number[1];
		sorted[n++].slot = slot;
		number += 2;
	}
	sort_corridors(sorted, n);
	return sorted;
}

/*
 * Makes room in the writer, and in the buffer its segments are in, for the
 * entries of one more corridor.
 */
static LedgerStatus
ensure_segment_room(LedgerWriter *writer, struct varlena **buffer,
					const DayCounts *days)
{
	const Size	head = (Size) (writer->segments - (uint8_t *) *buffer);
	Size		needed = writer->segments_length +
		ledger_day_counts_places(days) * LEDGER_FLAT_ENTRY_MAX;

	if (needed <= writer->max_segments)
		return LEDGER_OK;
	if (writer->segments_length > LEDGER_VALUE_MAX)
		return LEDGER_TOO_LARGE;
	writer->max_segments = Max(needed, writer->max_segments * 2);
	*buffer = repalloc_huge(*buffer, head + writer->max_segments);
	writer->segments = (uint8_t *) *buffer + head;
	return LEDGER_OK;
}

/*
 * Writes all corridors into a buffer of the context `result`, and returns in
 * it: an error that is saved there must not be freed with what else is
 * allocated here.
 */
static struct varlena *
write_corridors(ExpandedLedger *ledger, MemoryContext result)
{
	uint32		n = ledger->corridors.n;
	PartyRanks numbering;
	SortedCorridor *sorted;
	LedgerWriter writer;
	LedgerStatus status = LEDGER_OK;
	struct varlena *buffer;
	uint32		i;

	number_parties(ledger, &numbering);
	sorted = collect_corridors(ledger, &numbering);
	/* two bytes for each day that has a place, as most take, and an eighth more */
	buffer = ledger_result_begin(&writer, numbering.parties, numbering.n, n,
								   Max((Size) ledger->space.taken *
									   LEDGER_BLOCK_DAYS * 2 / 8 * 9,
									   LEDGER_FLAT_ENTRY_MAX),
								   result);
	for (i = 0; i < n && status == LEDGER_OK; i++)
	{
		DayCounts *days = &sorted[i].slot->days;

		CHECK_FOR_INTERRUPTS();
		status = ensure_segment_room(&writer, &buffer, days);
		if (status == LEDGER_OK)
			status = ledger_writer_corridor(&writer,
											(uint32) (sorted[i].position >> 32),
											(uint32) sorted[i].position);
		if (status == LEDGER_OK)
			status = ledger_day_counts_write(&ledger->space, days, &writer);
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

	flush_rows(ledger);
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
