/*
 * ledger_expanded.c
 *		The in-memory ledger: an expanded object that rows are added to.
 *
 * Everything lives in the object's own memory context.  One hash table holds
 * the corridors, by the codes of origin and destination.  The code of a party
 * of up to eight bytes is those bytes, the first one highest, filled up with
 * zero bytes: comparing codes compares names, and a row costs one probe and no
 * comparison of text.  A longer party gets a number from a second table; its
 * code is that number, whose highest byte is zero, which no name has.
 *
 * A corridor keeps its people by day in two places:
 *
 *	window	an array over consecutive days, of 32-bit counts until one does not
 *			fit, then of 64-bit counts;
 *	strays	days outside the window, as they come; sorted, and entries of one
 *			day summed, whenever there is no more room.
 *
 * When the strays are full, the window grows over those of them that make it
 * no sparser than one day in WINDOW_DAYS_PER_STRAY, where an array of 32-bit
 * counts is no larger than the strays it replaces may be: their room doubles,
 * so one takes 16 to 32 bytes.  So daily figures take four to eight bytes a day,
 * yearly ones 16 to 32, and one mistyped year does not make the window reach
 * there.
 *
 * A row finds its corridor's slot, and then its day of the window, far from the
 * cache, and the processor would stand still for longer than the rest of the row
 * takes.  So the row asks for the slot and waits while WAITING_ROWS others pass;
 * then it asks for the day and waits as long again.  Whatever moves slots or
 * windows, or reads them, settles those that wait first.
 *
 * A stray never lies inside the window.  An entry may be zero in here; the
 * writer of the flat form leaves it out.
 */
#include "ledger_expanded.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#define EXPANDED_LEDGER_MAGIC	0x4c454447	/* "LEDG" */

#define WINDOW_DAYS_PER_STRAY	8
#define WINDOW_MIN_DAYS			32
#define STRAYS_MIN				8

/* Rows between the request for a piece of memory and its use; a power of two */
#define WAITING_ROWS			16

/* Held memory from which on the size of the flat form is looked at */
#define SIZE_CHECK_START		((Size) 1024 * 1024 * 1024)

/* Up to here an allocation is rounded up to a power of two */
#define ROUNDED_ALLOCATION		8192

typedef struct CorridorKey
{
	uint64		origin;			/* codes */
	uint64		destination;
} CorridorKey;

typedef struct Stray
{
	LedgerDay	day;
	int64		people;
} Stray;

/*
 * What a row needs comes first; at 64 bytes a slot it then shares one cache
 * line.
 */
typedef struct CorridorSlot
{
	CorridorKey key;
	char		status;			/* of the hash table */
	bool		wide;
	LedgerDay	window_start;
	uint32		window_days;
	void	   *window;			/* owned; int32 or, where wide, int64 counts */
	Stray	   *strays;			/* owned */
	uint32		n_strays;
	uint32		max_strays;
	uint32		n_settled;		/* leading strays in order, one for each day */
	uint32		padding;
} CorridorSlot;

StaticAssertDecl(sizeof(void *) != 8 || sizeof(CorridorSlot) == 64,
				 "a corridor's slot fills a cache line");

/* A row that waits for its corridor's slot to be read into the cache */
typedef struct WaitingRow
{
	CorridorKey key;
	uint32		hash;			/* of the key */
	LedgerDay	day;
	int64		people;			/* 0 where no row waits */
} WaitingRow;

/* People that wait for their day of a window to be read into the cache */
typedef struct WaitingPeople
{
	CorridorSlot *slot;			/* NULL where nobody waits */
	uint32		offset;			/* of the day in the window */
	int32		people;
} WaitingPeople;

typedef struct LongParty
{
	LedgerParty party;			/* owned */
	uint32		hash;
	uint32		number;
	char		status;			/* of the hash table */
} LongParty;

/*
 * The table takes the low bits of a hash.  Those of the code of a short name
 * are all zero, and multiplying moves bits up only, hence the shifts back down.
 */
static inline uint32
corridor_hash(CorridorKey key)
{
	uint64		h = (key.origin ^ (key.origin >> 32)) *
		UINT64CONST(0x9E3779B97F4A7C15);

	h ^= (key.destination ^ (key.destination >> 29)) *
		UINT64CONST(0xC2B2AE3D27D4EB4F);
	h = (h ^ (h >> 32)) * UINT64CONST(0xD6E8FEB86659FD93);
	return (uint32) (h ^ (h >> 32));
}

#define SH_PREFIX corridors
#define SH_ELEMENT_TYPE CorridorSlot
#define SH_KEY_TYPE CorridorKey
#define SH_KEY key
#define SH_HASH_KEY(tb, k) corridor_hash(k)
#define SH_EQUAL(tb, a, b) \
	((a).origin == (b).origin && (a).destination == (b).destination)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

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

#define ST_SORT sort_strays
#define ST_ELEMENT_TYPE Stray
#define ST_COMPARE(a, b) (((a)->day > (b)->day) - ((a)->day < (b)->day))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

struct ExpandedLedger
{
	ExpandedObjectHeader header;	/* must be first */
	int			magic;
	corridors_hash *corridors;
	long_parties_hash *long_parties;	/* NULL while there is none */
	LedgerParty *long_names;	/* by number; names owned by long_parties */
	uint32		max_long_names;
	Size		next_size_check;	/* held memory at which to check again */
	uint32		rows_seen;
	uint32		people_seen;
	WaitingRow	rows[WAITING_ROWS];
	WaitingPeople waiting[WAITING_ROWS];
	struct varlena *flat;		/* owned; NULL where out of date */
};

/* A corridor on its way into the flat form */
typedef struct SortedCorridor
{
	uint64		position;		/* origin and destination by number */
	CorridorSlot *slot;
} SortedCorridor;

#define ST_SORT sort_codes
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) ((*(a) > *(b)) - (*(a) < *(b)))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_corridors
#define ST_ELEMENT_TYPE SortedCorridor
#define ST_COMPARE(a, b) \
	(((a)->position > (b)->position) - ((a)->position < (b)->position))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

typedef LedgerParty *PartyPointer;

#define ST_SORT sort_parties
#define ST_ELEMENT_TYPE PartyPointer
#define ST_COMPARE(a, b) ledger_party_compare(**(a), **(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static Size expanded_get_flat_size(ExpandedObjectHeader *header);
static void expanded_flatten_into(ExpandedObjectHeader *header, void *result,
								  Size allocated);

static const ExpandedObjectMethods expanded_methods =
{
	expanded_get_flat_size,
	expanded_flatten_into
};

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
	EOH_init_header(&ledger->header, &expanded_methods, context);
	ledger->magic = EXPANDED_LEDGER_MAGIC;
	ledger->corridors = corridors_create(context, 16, NULL);
	ledger->next_size_check = SIZE_CHECK_START;
	return ledger;
}

ExpandedLedger *
ledger_expanded_from_datum(Datum datum)
{
	ExpandedLedger *ledger = (ExpandedLedger *) DatumGetEOHP(datum);

	if (ledger->magic != EXPANDED_LEDGER_MAGIC)
		elog(ERROR, "expanded object is not a ledger");
	return ledger;
}

Datum
ledger_expanded_rw_datum(ExpandedLedger *ledger)
{
	return EOHPGetRWDatum(&ledger->header);
}

void
ledger_expanded_free(ExpandedLedger *ledger)
{
	MemoryContextDelete(ledger->header.eoh_context);
}

/*
 * The code of a longer party, which gets one if it has none.
 */
static pg_noinline uint64
long_party_code(ExpandedLedger *ledger, LedgerParty party)
{
	MemoryContext context = ledger->header.eoh_context;
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

static inline uint64
party_code(ExpandedLedger *ledger, LedgerParty party)
{
	if (likely(party.length <= 8))
		return ledger_party_code(party);
	return long_party_code(ledger, party);
}

/*
 * The party of a code; a short one's bytes are put into `buffer`.
 */
static LedgerParty
party_from_code(const ExpandedLedger *ledger, uint64 code, char buffer[8])
{
	LedgerParty party;

	if (code >> 56 == 0)
		return ledger->long_names[code];
	party.name = buffer;
	party.length = 0;
	for (; code != 0; code <<= 8)
		buffer[party.length++] = (char) (code >> 56);
	return party;
}

static void
raise_people(const ExpandedLedger *ledger, const CorridorSlot *slot,
			 LedgerDay day)
{
	char		origin[8];
	char		destination[8];

	ledger_raise_people(day,
						party_from_code(ledger, slot->key.origin, origin),
						party_from_code(ledger, slot->key.destination,
										destination));
}

/*
 * The least that a corridor takes in the flat form: two bytes an entry, and its
 * place in the directory if it has any.  Entries of one day may still stand as
 * several strays, and count as often.
 */
static Size
slot_size(const CorridorSlot *slot)
{
	Size		n = slot->n_strays;
	uint32		i;

	for (i = 0; i < slot->window_days; i++)
		n += slot->wide ? ((int64 *) slot->window)[i] != 0 :
			((int32 *) slot->window)[i] != 0;
	return n > 0 ? n * 2 + LEDGER_FLAT_CORRIDOR : 0;
}

/*
 * Stops before memory runs out over a ledger that no value can hold: once the
 * held memory has passed SIZE_CHECK_START, and each time it has doubled since,
 * adds up what corridors and longer names take in the flat form at the least.
 */
static void
check_size(ExpandedLedger *ledger)
{
	Size		held = MemoryContextMemAllocated(ledger->header.eoh_context,
												 false);
	corridors_iterator iterator;
	CorridorSlot *slot;
	Size		needed = 0;
	uint32		i;

	if (likely(held < ledger->next_size_check))
		return;
	for (i = 0; ledger->long_parties && i < ledger->long_parties->members; i++)
		needed += ledger->long_names[i].length;
	corridors_start_iterate(ledger->corridors, &iterator);
	while ((slot = corridors_iterate(ledger->corridors, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		needed += slot_size(slot);
	}
	if (needed > MaxAllocSize)
		ledger_raise(LEDGER_TOO_LARGE);
	ledger->next_size_check = held * 2;
}

/*
 * Makes one stray of those of each day, which are in order.  Sums wrap and
 * count how often they did, so that only a sum that is out of range in the end
 * is an error, whatever the order.
 */
static void
sum_strays(const ExpandedLedger *ledger, CorridorSlot *slot)
{
	uint32		i;
	uint32		n = 0;

	for (i = 0; i < slot->n_strays; n++)
	{
		Stray		sum = slot->strays[i++];
		int			wraps = 0;

		for (; i < slot->n_strays && slot->strays[i].day == sum.day; i++)
			if (!ledger_add(sum.people, slot->strays[i].people, &sum.people))
				wraps += slot->strays[i].people > 0 ? 1 : -1;
		if (wraps != 0)
			raise_people(ledger, slot, sum.day);
		slot->strays[n] = sum;
	}
	slot->n_strays = n;
}

/*
 * Puts the strays in order, one for each day: sorts those that have come since
 * the last time, which are often in order already, and merges them with the
 * others from the end.
 */
static void
settle_strays(const ExpandedLedger *ledger, CorridorSlot *slot)
{
	Stray	   *strays = slot->strays;
	uint32		n = slot->n_strays;
	uint32		old = slot->n_settled;
	uint32		recent = n - old;
	Stray	   *copy;

	if (recent == 0)
		return;
	sort_strays(strays + old, recent);
	if (old > 0 && strays[old].day <= strays[old - 1].day)
	{
		copy = MemoryContextAlloc(ledger->header.eoh_context,
								  recent * sizeof(Stray));
		memcpy(copy, strays + old, recent * sizeof(Stray));
		while (recent > 0)
		{
			if (old > 0 && strays[old - 1].day > copy[recent - 1].day)
				strays[--n] = strays[--old];
			else
				strays[--n] = copy[--recent];
		}
		pfree(copy);
	}
	sum_strays(ledger, slot);
	slot->n_settled = slot->n_strays;
}

/*
 * Room for a window: a power of two while an allocation is rounded up to one
 * anyway, then a quarter more than asked for.
 */
static uint32
window_room(int64 days, bool wide)
{
	int64		room = WINDOW_MIN_DAYS;
	int64		rounded = ROUNDED_ALLOCATION / (wide ? 8 : 4);

	if (days > rounded)
		return (uint32) Min(days + days / 4,
							LEDGER_DAY_MAX - LEDGER_DAY_MIN + 1);
	while (room < days)
		room *= 2;
	return (uint32) room;
}

/*
 * Turns the window into one of 64-bit counts.
 */
static pg_noinline void
widen_window(ExpandedLedger *ledger, CorridorSlot *slot)
{
	int32	   *narrow = slot->window;
	int64	   *wide;
	uint32		i;

	wide = MemoryContextAlloc(ledger->header.eoh_context,
							  slot->window_days * sizeof(int64));
	for (i = 0; i < slot->window_days; i++)
		wide[i] = narrow[i];
	slot->window = wide;
	slot->wide = true;
	pfree(narrow);
}

/*
 * Adds to a day of the window.
 */
static inline void
add_to_window(ExpandedLedger *ledger, CorridorSlot *slot, uint32 offset,
			  int64 people)
{
	int64	   *cell;

	if (likely(!slot->wide))
	{
		int32	   *narrow = (int32 *) slot->window + offset;
		int32		sum;

		if (likely(!__builtin_add_overflow(*narrow, people, &sum)))
		{
			*narrow = sum;
			return;
		}
		widen_window(ledger, slot);
	}
	cell = (int64 *) slot->window + offset;
	if (unlikely(!ledger_add(*cell, people, cell)))
		raise_people(ledger, slot, slot->window_start + (LedgerDay) offset);
}

/*
 * Adds the people who wait to their windows.
 */
static void
settle_people(ExpandedLedger *ledger)
{
	int			i;

	for (i = 0; i < WAITING_ROWS; i++)
	{
		WaitingPeople *waiting = &ledger->waiting[i];

		if (waiting->slot == NULL)
			continue;
		add_to_window(ledger, waiting->slot, waiting->offset, waiting->people);
		waiting->slot = NULL;
	}
}

/*
 * Makes the window reach over [start, end), with spare days on the side it
 * grew to.
 */
static void
extend_window(ExpandedLedger *ledger, CorridorSlot *slot, int64 start, int64 end)
{
	int64		old_start = slot->window_start;
	int64		old_end = old_start + slot->window_days;
	bool		backward = slot->window_days > 0 && start < old_start;
	Size		width;
	char	   *window;
	int64		room;

	settle_people(ledger);
	width = slot->wide ? sizeof(int64) : sizeof(int32);
	if (slot->window_days > 0)
	{
		start = Min(start, old_start);
		end = Max(end, old_end);
	}
	room = window_room(end - start, slot->wide);
	if (backward)
		start = end - room;
	start = Max(start, LEDGER_DAY_MIN);
	end = Min(start + room, (int64) LEDGER_DAY_MAX + 1);

	window = MemoryContextAllocZero(ledger->header.eoh_context,
									(Size) (end - start) * width);
	if (slot->window_days > 0)
	{
		memcpy(window + (Size) (old_start - start) * width, slot->window,
			   slot->window_days * width);
		pfree(slot->window);
	}
	slot->window = window;
	slot->window_start = (LedgerDay) start;
	slot->window_days = (uint32) (end - start);
}

/*
 * Lets the window grow over the strays that pay for it, from the middle stray
 * where there is no window yet, and moves the strays it then covers into it.
 */
static void
grow_window(ExpandedLedger *ledger, CorridorSlot *slot)
{
	Stray	   *strays = slot->strays;
	uint32		n = slot->n_strays;
	int64		start = slot->window_start;
	int64		end = start + slot->window_days;
	int64		new_start;
	int64		new_end;
	uint32		before;
	uint32		kept = 0;
	uint32		i;

	if (slot->window_days == 0)
	{
		start = strays[n / 2].day;
		end = start + 1;
	}
	new_start = start;
	new_end = end;
	for (before = 0; before < n && strays[before].day < start; before++)
		;
	for (i = before; i > 0; i--)
		if (start - strays[i - 1].day <=
			(int64) (before - i + 1) * WINDOW_DAYS_PER_STRAY)
			new_start = strays[i - 1].day;
	for (i = before; i < n; i++)
		if ((int64) strays[i].day + 1 - end <=
			(int64) (i - before + 1) * WINDOW_DAYS_PER_STRAY)
			new_end = (int64) strays[i].day + 1;
	if (new_end < end)
		new_end = end;
	if (new_end - new_start <= (slot->window_days > 0 ? slot->window_days : 1))
		return;

	extend_window(ledger, slot, new_start, new_end);
	for (i = 0; i < n; i++)
	{
		uint32		offset = (uint32) strays[i].day - (uint32) slot->window_start;

		if (offset < slot->window_days)
			add_to_window(ledger, slot, offset, strays[i].people);
		else
			strays[kept++] = strays[i];
	}
	slot->n_strays = kept;
	slot->n_settled = kept;
}

/*
 * Keeps an entry that lies outside the window.
 */
static pg_noinline void
add_stray(ExpandedLedger *ledger, CorridorSlot *slot, LedgerDay day,
		  int64 people)
{
	if (slot->n_strays == slot->max_strays)
	{
		uint32		offset;

		settle_strays(ledger, slot);
		if (slot->n_strays > 0)
			grow_window(ledger, slot);
		check_size(ledger);
		offset = (uint32) day - (uint32) slot->window_start;
		if (offset < slot->window_days)
		{
			add_to_window(ledger, slot, offset, people);
			return;
		}
		if (slot->max_strays == 0)
		{
			slot->strays = MemoryContextAlloc(ledger->header.eoh_context,
											  STRAYS_MIN * sizeof(Stray));
			slot->max_strays = STRAYS_MIN;
		}
		else if (slot->n_strays > slot->max_strays / 2)
		{
			slot->strays = repalloc(slot->strays,
									(Size) slot->max_strays * 2 *
									sizeof(Stray));
			slot->max_strays *= 2;
		}
	}
	slot->strays[slot->n_strays].day = day;
	slot->strays[slot->n_strays].people = people;
	slot->n_strays++;
}

static inline void
add_to_slot(ExpandedLedger *ledger, CorridorSlot *slot, LedgerDay day,
			int64 people)
{
	uint32		offset = (uint32) day - (uint32) slot->window_start;

	if (likely(offset < slot->window_days))
		add_to_window(ledger, slot, offset, people);
	else
		add_stray(ledger, slot, day, people);
}

/*
 * The slot of a corridor, new and empty where it has none.
 */
static inline CorridorSlot *
find_slot(ExpandedLedger *ledger, CorridorKey key, uint32 hash)
{
	CorridorSlot *slot;
	bool		found;

	/* a look-up costs less than an insertion that finds its key */
	slot = corridors_lookup_hash(ledger->corridors, key, hash);
	if (likely(slot != NULL))
		return slot;
	settle_people(ledger);
	slot = corridors_insert_hash(ledger->corridors, key, hash, &found);
	slot->wide = false;
	slot->window_start = 0;
	slot->window_days = 0;
	slot->window = NULL;
	slot->strays = NULL;
	slot->n_strays = 0;
	slot->max_strays = 0;
	slot->n_settled = 0;
	return slot;
}

static inline void
forget_flat(ExpandedLedger *ledger)
{
	if (unlikely(ledger->flat != NULL))
	{
		pfree(ledger->flat);
		ledger->flat = NULL;
	}
}

/*
 * Lets people wait for their day of a window of 32-bit counts.
 */
static inline void
add_later(ExpandedLedger *ledger, CorridorSlot *slot, uint32 offset,
		  int32 people)
{
	WaitingPeople *waiting = &ledger->waiting[ledger->people_seen++ % WAITING_ROWS];

	if (likely(waiting->slot != NULL))
		add_to_window(ledger, waiting->slot, waiting->offset, waiting->people);
	waiting->slot = slot;
	waiting->offset = offset;
	waiting->people = people;
	__builtin_prefetch((int32 *) slot->window + offset, 1);
}

/*
 * Adds a row whose wait is over.
 */
static inline void
add_row(ExpandedLedger *ledger, const WaitingRow *row)
{
	CorridorSlot *slot = find_slot(ledger, row->key, row->hash);
	uint32		offset = (uint32) row->day - (uint32) slot->window_start;

	if (likely(offset < slot->window_days && !slot->wide &&
			   row->people == (int32) row->people))
		add_later(ledger, slot, offset, (int32) row->people);
	else
		add_to_slot(ledger, slot, row->day, row->people);
}

/*
 * Adds all that waits.
 */
static void
settle_rows(ExpandedLedger *ledger)
{
	int			i;

	for (i = 0; i < WAITING_ROWS; i++)
	{
		WaitingRow	row = ledger->rows[i];

		ledger->rows[i].people = 0;
		if (row.people != 0)
			add_row(ledger, &row);
	}
	settle_people(ledger);
}

/*
 * Adds one entry.  The caller has checked day and parties.
 */
void
ledger_expanded_add(ExpandedLedger *ledger, LedgerParty origin,
					LedgerParty destination, LedgerDay day, int64 people)
{
	corridors_hash *corridors = ledger->corridors;
	WaitingRow *row = &ledger->rows[ledger->rows_seen++ % WAITING_ROWS];

	forget_flat(ledger);
	if (likely(row->people != 0))
		add_row(ledger, row);
	row->key.origin = party_code(ledger, origin);
	row->key.destination = party_code(ledger, destination);
	row->hash = corridor_hash(row->key);
	row->day = day;
	row->people = people;
	__builtin_prefetch(&corridors->data[row->hash & corridors->sizemask]);
}

/*
 * Adds one corridor of a flat ledger.
 */
static void
add_corridor(ExpandedLedger *ledger, CorridorSlot *slot,
			 const LedgerCorridor *corridor, int sign)
{
	int64		start = corridor->first;
	int64		end = (int64) corridor->last + 1;
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	/* days that the window does not reach yet, if they are dense and near */
	if (slot->window_days > 0)
	{
		start = Min(start, slot->window_start);
		end = Max(end, (int64) slot->window_start + slot->window_days);
	}
	if (end - start > slot->window_days && slot->n_strays == 0 &&
		end - start - slot->window_days <=
		(int64) corridor->entries * WINDOW_DAYS_PER_STRAY)
		extend_window(ledger, slot, start, end);

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		/* the least bigint has no opposite and goes in two steps */
		if (sign < 0 && !ledger_subtract(0, entry.people, &entry.people))
		{
			add_to_slot(ledger, slot, entry.day, PG_INT64_MAX);
			entry.people = 1;
		}
		add_to_slot(ledger, slot, entry.day, entry.people);
	}
	ledger_check(status);
}

/*
 * Adds a whole ledger, or takes it away where sign is -1.
 */
void
ledger_expanded_add_flat(ExpandedLedger *ledger, const LedgerFlat *flat,
						 int sign)
{
	uint64	   *codes;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	CorridorKey key;
	LedgerStatus status;
	uint32		i;

	forget_flat(ledger);
	settle_rows(ledger);
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
		add_corridor(ledger, find_slot(ledger, key, corridor_hash(key)),
					 &corridor, sign);
	}
	ledger_check(status);
	pfree(codes);
	check_size(ledger);
}

/*
 * The parties of an in-memory ledger, in order of name and numbered so.
 */
typedef struct NumberedParties
{
	uint32		n;
	uint64	   *codes;			/* ascending */
	uint32	   *numbers;		/* of the party of each code */
	LedgerParty *parties;		/* by number */
} NumberedParties;

/*
 * All codes that occur in corridors, each once and ascending; palloc'd.
 */
static uint64 *
collect_codes(const ExpandedLedger *ledger, uint32 *n_codes)
{
	uint64	   *codes;
	corridors_iterator iterator;
	CorridorSlot *slot;
	uint32		n = 0;
	uint32		unique = 0;
	uint32		i;

	codes = palloc_many(uint64, (Size) ledger->corridors->members * 2);
	corridors_start_iterate(ledger->corridors, &iterator);
	while ((slot = corridors_iterate(ledger->corridors, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		codes[n++] = slot->key.origin;
		codes[n++] = slot->key.destination;
	}
	sort_codes(codes, n);
	for (i = 0; i < n; i++)
		if (unique == 0 || codes[unique - 1] != codes[i])
			codes[unique++] = codes[i];
	*n_codes = unique;
	return codes;
}

/*
 * Numbers the parties in the order of their names; all palloc'd.
 */
static void
number_parties(const ExpandedLedger *ledger, NumberedParties *numbered)
{
	LedgerParty *by_code;
	LedgerParty **order;
	char	   (*buffers)[8];
	uint32		n;
	uint32		i;

	numbered->codes = collect_codes(ledger, &n);
	numbered->n = n;
	numbered->numbers = palloc_many(uint32, n);
	numbered->parties = palloc_many(LedgerParty, n);
	by_code = palloc_many(LedgerParty, n);
	order = palloc_many(LedgerParty *, n);
	buffers = (char (*)[8]) palloc_many(uint64, n);

	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		by_code[i] = party_from_code(ledger, numbered->codes[i], buffers[i]);
		order[i] = &by_code[i];
	}
	sort_parties(order, n);
	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		numbered->parties[i] = *order[i];
		numbered->numbers[order[i] - by_code] = i;
	}
}

/*
 * The number of the party of a code that is there.
 */
static uint32
party_number(const NumberedParties *numbered, uint64 code)
{
	uint32		low = 0;
	uint32		high = numbered->n;

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;

		if (numbered->codes[middle] < code)
			low = middle + 1;
		else
			high = middle;
	}
	return numbered->numbers[low];
}

/*
 * The corridors in canonical order; palloc'd.
 */
static SortedCorridor *
collect_corridors(const ExpandedLedger *ledger, const NumberedParties *numbered)
{
	SortedCorridor *sorted;
	corridors_iterator iterator;
	CorridorSlot *slot;
	uint32		n = 0;

	sorted = palloc_many(SortedCorridor, ledger->corridors->members);
	corridors_start_iterate(ledger->corridors, &iterator);
	while ((slot = corridors_iterate(ledger->corridors, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		sorted[n].position =
			(uint64) party_number(numbered, slot->key.origin) << 32 |
			party_number(numbered, slot->key.destination);
		sorted[n++].slot = slot;
	}
	sort_corridors(sorted, n);
	return sorted;
}

/*
 * Writes a run of strays; returns the status of the writer.
 */
static LedgerStatus
write_strays(LedgerWriter *writer, const CorridorSlot *slot, uint32 from,
			 uint32 to)
{
	LedgerStatus status = LEDGER_OK;

	for (; from < to && status == LEDGER_OK; from++)
		status = ledger_writer_entry(writer, slot->strays[from].day,
									 slot->strays[from].people);
	return status;
}

/*
 * Writes the entries of a corridor, by day: strays before the window, the
 * window, strays after it.
 */
static LedgerStatus
write_slot(LedgerWriter *writer, const CorridorSlot *slot)
{
	LedgerStatus status;
	uint32		before = 0;
	uint32		i;

	while (before < slot->n_strays &&
		   (slot->window_days == 0 ||
			slot->strays[before].day < slot->window_start))
		before++;

	status = write_strays(writer, slot, 0, before);
	for (i = 0; i < slot->window_days && status == LEDGER_OK; i++)
	{
		int64		people = slot->wide ? ((int64 *) slot->window)[i] :
			((int32 *) slot->window)[i];

		if (people != 0)
			status = ledger_writer_entry(writer,
										 slot->window_start + (LedgerDay) i,
										 people);
	}
	if (status == LEDGER_OK)
		status = write_strays(writer, slot, before, slot->n_strays);
	return status;
}

/*
 * Makes room in the writer for the entries of one more corridor.
 */
static void
ensure_segment_room(LedgerWriter *writer, const CorridorSlot *slot)
{
	Size		needed = writer->segments_length +
		((Size) slot->window_days + slot->n_strays + 1) * LEDGER_FLAT_ENTRY_MAX;

	if (needed <= writer->max_segments)
		return;
	if (writer->segments_length > MaxAllocSize)
		ledger_raise(LEDGER_TOO_LARGE);
	writer->max_segments = Max(needed, writer->max_segments * 2);
	writer->segments = repalloc_huge(writer->segments, writer->max_segments);
}

/*
 * The canonical flat form, palloc'd; all scratch space is taken from the
 * current memory context and given back.
 */
static struct varlena *
make_flat(ExpandedLedger *ledger)
{
	MemoryContext scratch;
	MemoryContext result;
	NumberedParties numbered;
	SortedCorridor *sorted;
	LedgerWriter writer;
	struct varlena *flat;
	uint32		n;
	uint32		i;

	scratch = AllocSetContextCreate(CurrentMemoryContext, "ledger writer",
									ALLOCSET_DEFAULT_SIZES);
	result = MemoryContextSwitchTo(scratch);
	settle_rows(ledger);
	n = ledger->corridors->members;
	number_parties(ledger, &numbered);
	sorted = collect_corridors(ledger, &numbered);
	ledger_writer_start(&writer, numbered.parties, numbered.n,
						palloc_many(uint32, numbered.n),
						palloc_many(LedgerCorridor, n), n,
						palloc(1024), 1024);
	writer.checkpoint = ledger_checkpoint;

	for (i = 0; i < n; i++)
	{
		CorridorSlot *slot = sorted[i].slot;
		LedgerStatus status;

		CHECK_FOR_INTERRUPTS();
		settle_strays(ledger, slot);
		ensure_segment_room(&writer, slot);
		status = ledger_writer_corridor(&writer,
										(uint32) (sorted[i].position >> 32),
										(uint32) sorted[i].position);
		if (status == LEDGER_OK)
			status = write_slot(&writer, slot);
		if (status == LEDGER_OUT_OF_RANGE)
			raise_people(ledger, slot, (LedgerDay) writer.previous);
		ledger_check(status);
	}

	MemoryContextSwitchTo(result);
	flat = (struct varlena *) DatumGetPointer(ledger_make(&writer));
	MemoryContextDelete(scratch);
	return flat;
}

struct varlena *
ledger_expanded_to_flat(ExpandedLedger *ledger)
{
	if (ledger->flat == NULL)
		return make_flat(ledger);
	return ledger_copy(VARDATA(ledger->flat), VARSIZE(ledger->flat) - VARHDRSZ);
}

struct varlena *
ledger_expanded_cached_flat(ExpandedLedger *ledger)
{
	if (ledger->flat == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(ledger->header.eoh_context);

		ledger->flat = make_flat(ledger);
		MemoryContextSwitchTo(old);
	}
	return ledger->flat;
}

/*
 * Size of the flat form, varlena header included.  What is made here is kept,
 * since flattening must not allocate: PostgreSQL may call it where the current
 * context can only ever grow.
 */
static Size
expanded_get_flat_size(ExpandedObjectHeader *header)
{
	return VARSIZE(ledger_expanded_cached_flat((ExpandedLedger *) header));
}

static void
expanded_flatten_into(ExpandedObjectHeader *header, void *result,
					  Size allocated)
{
	ExpandedLedger *ledger = (ExpandedLedger *) header;

	Assert(ledger->flat != NULL && VARSIZE(ledger->flat) == allocated);
	memcpy(result, ledger->flat, allocated);
}
