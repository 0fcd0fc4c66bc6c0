/*
 * core/flat.h
 *		The flat form of a ledger: one canonical string of bytes, the same in
 *		storage, between processes and on the wire.  Plain C, no PostgreSQL
 *		headers; the caller supplies every buffer.
 *
 * Layout (all integers little-endian and unaligned; offsets from the first
 * byte after the varlena header):
 *
 *		 0	uint8	format version, LEDGER_FLAT_VERSION
 *		 1	uint8	form, LEDGER_FORM_CANONICAL
 *		 2	uint16	zero
 *		 4	uint32	number of parties			P
 *		 8	uint32	number of corridors			C
 *		12	uint32	length of all names			N
 *		16	int32	first day of the ledger		(0 where C = 0)
 *		20	int32	last day of the ledger		(0 where C = 0)
 *		24	uint32	name_end[P]		end of each name in the names area
 *			uint32	row_end[P]		end, in the directory, of the corridors
 *								whose origin is this party
 *			byte	names[N]		the names in byte order, no separators
 *			28 bytes directory[C]	see LedgerCorridor; by origin, then destination
 *			byte	segments[]		one per corridor, in directory order
 *
 * A directory entry is: uint32 destination (index of the party), uint32 end of
 * the segment in the segments area, uint32 number of entries, int32 first day,
 * int32 last day, int64 total people.
 *
 * A segment is its entries by day, each two variable-length integers (7 bits
 * a byte, low bits first, top bit set where another byte follows, no needless
 * bytes):
 *
 *		(day - previous day - 1) << 1 | (people < 0)	the first entry counts
 *														from the corridor's
 *														first day and has 0
 *														here
 *		|people| - 1
 *
 * so neither a zero count nor a day out of order can be written down at all.
 *
 * Invariants, all checked by ledger_flat_validate: names strictly ascending in
 * byte order, each 1 to 255 bytes without a zero byte, and used by a corridor;
 * corridors strictly ascending; no corridor without entries; days, counts and
 * totals as the directory and header say; the running total of a corridor, by
 * day, within 64 bits; nothing after the last segment.  Equal ledgers are
 * therefore equal bytes.
 *
 * Why this shape: a question about one corridor reads the head (header, ends,
 * names), one row of the directory and one segment, each a slice of a stored
 * value, however many other corridors there are.  Sign and gap share an
 * integer because that leaves one byte for counts up to 128 and for gaps up to
 * 64 days.
 */
#ifndef LEDGER_FLAT_H
#define LEDGER_FLAT_H

#include "core/base.h"

#define LEDGER_FLAT_VERSION		1
#define LEDGER_FORM_CANONICAL	0
#define LEDGER_FLAT_HEADER		24	/* bytes before name_end */
#define LEDGER_FLAT_PARTY		8	/* bytes of name_end and row_end */
#define LEDGER_FLAT_CORRIDOR	28	/* bytes of a directory entry */

/* The longest form of one entry, two variable-length integers */
#define LEDGER_FLAT_ENTRY_MAX	14

/*
 * Nearly all entries are short: one byte for gap and sign, one or two for
 * people.  Up to so many days are left out before one, and so many people are
 * in it.
 */
#define LEDGER_SHORT_ENTRY_MAX	3
#define LEDGER_SHORT_GAP		63
#define LEDGER_SHORT_PEOPLE		(1 << 14)

/*
 * Bits of four entries in a row, as ledger_load_uint64 gives them, that are
 * zero where each takes two bytes and has people who came, not such as are
 * taken away.
 */
#define LEDGER_NOT_FOUR_SHORT	UINT64_C(0x8081808180818081)

/*
 * A ledger in its flat form, opened for reading.  All pointers are borrowed.
 * `directory` and `segments` are NULL where only the head was read.
 */
typedef struct LedgerFlat
{
	const uint8_t *data;
	size_t		length;			/* of the whole value; 0 where only the head was
								 * read */
	uint32_t	parties;
	uint32_t	corridors;
	uint32_t	names_length;
	LedgerDay	first;			/* meaningless where corridors = 0 */
	LedgerDay	last;
	const uint8_t *name_end;
	const uint8_t *row_end;
	const uint8_t *names;
	const uint8_t *directory;
	const uint8_t *segments;
	size_t		segments_length;
} LedgerFlat;

/* One corridor, with its segment where that has been read. */
typedef struct LedgerCorridor
{
	uint32_t	origin;			/* index of the party */
	uint32_t	destination;
	uint32_t	entries;
	LedgerDay	first;
	LedgerDay	last;
	int64_t		total;
	size_t		segment_start;	/* in the segments area */
	size_t		segment_end;
	const uint8_t *segment;		/* borrowed; NULL where not read */
} LedgerCorridor;

/* Reads the entries of one corridor in order of day. */
typedef struct LedgerCursor
{
	const uint8_t *next;
	const uint8_t *end;
	int64_t		day;			/* of the entry given last; first - 1 before */
	int64_t		total;			/* of the entries given so far */
	uint32_t	left;			/* entries not yet given */
	LedgerDay	last;			/* what the directory promises */
	int64_t		expected;		/* the total it promises */
} LedgerCursor;

/*
 * Reading.  Every function checks the bounds of what it reads and returns
 * LEDGER_DAMAGED rather than a wrong number.
 */
extern LedgerStatus ledger_flat_head_length(const uint8_t *header,
											size_t available, size_t *length);
extern LedgerStatus ledger_flat_open_head(LedgerFlat *flat, const uint8_t *data,
										  size_t available);
extern LedgerStatus ledger_flat_open(LedgerFlat *flat, const uint8_t *data,
									 size_t length);
/* The whole check, as hard as that of the text form. */
extern LedgerStatus ledger_flat_validate(const uint8_t *data, size_t length,
										 LedgerCheckpoint checkpoint);

extern LedgerStatus ledger_flat_party(const LedgerFlat *flat, uint32_t index,
									  LedgerParty *party);
extern LedgerStatus ledger_flat_find_party(const LedgerFlat *flat,
										   LedgerParty party,
										   uint32_t *index, bool *found);

extern LedgerStatus ledger_flat_row(const LedgerFlat *flat, uint32_t origin,
									uint32_t *start, uint32_t *end);
extern LedgerStatus ledger_flat_find_corridor(const LedgerFlat *flat,
											  uint32_t origin,
											  uint32_t destination,
											  LedgerCorridor *corridor,
											  bool *found);

/*
 * The directory entries of one origin on their own, as a slice of a stored
 * value gives them: `row` holds the entries from `start - (start > 0)` to
 * `end`, since a segment starts where the one before it ends.
 */
extern LedgerStatus ledger_flat_find_in_row(const LedgerFlat *flat,
											const uint8_t *row, uint32_t start,
											uint32_t end, uint32_t origin,
											uint32_t destination,
											LedgerCorridor *corridor,
											bool *found);

/* Walks the whole directory in order, with the origin of each corridor. */
typedef struct LedgerWalk
{
	const LedgerFlat *flat;
	uint32_t	position;
	uint32_t	origin;
	uint32_t	row_end;
} LedgerWalk;

extern void ledger_walk_start(LedgerWalk *walk, const LedgerFlat *flat);
extern LedgerStatus ledger_walk_next(LedgerWalk *walk, LedgerCorridor *corridor);

extern void ledger_cursor_start(LedgerCursor *cursor,
								const LedgerCorridor *corridor);
extern LedgerStatus ledger_cursor_next_any(LedgerCursor *cursor,
										   LedgerEntry *entry);

/*
 * Reads a short entry with the days left out before it; its length, or 0 where
 * it is another one or could reach past `end`.
 */
static inline int
ledger_read_short(const uint8_t *p, const uint8_t *end, int32_t *gap,
				  int32_t *people)
{
	int32_t		magnitude;
	int			length = 2;

	if (end - p < LEDGER_SHORT_ENTRY_MAX || p[0] >= 0x80)
		return 0;
	magnitude = p[1];
	if (magnitude >= 0x80)
	{
		/* a second byte of zero would be needless */
		if (p[2] == 0 || p[2] >= 0x80)
			return 0;
		magnitude = (magnitude & 0x7F) | p[2] << 7;
		length = 3;
	}
	*gap = p[0] >> 1;
	*people = p[0] & 1 ? -1 - magnitude : magnitude + 1;
	return length;
}

/*
 * Moves a cursor on to the entry that it has just read, unless that is not
 * what the directory promised.  `gap` is the number of days left out before
 * it.
 */
static inline LedgerStatus
ledger_cursor_take(LedgerCursor *cursor, uint64_t gap, int64_t people,
				   LedgerEntry *entry)
{
	if (gap > (uint64_t) (LEDGER_DAY_MAX - LEDGER_DAY_MIN))
		return LEDGER_DAMAGED;
	cursor->day += 1 + (int64_t) gap;
	if (cursor->day > cursor->last ||
		!ledger_checked_add(cursor->total, people, &cursor->total))
		return LEDGER_DAMAGED;
	cursor->left--;
	entry->day = (LedgerDay) cursor->day;
	entry->people = people;
	return LEDGER_OK;
}

/*
 * The next entry in order of day.  After the last one LEDGER_DONE, provided
 * that what was read is what the directory promised.  Inline for short
 * entries; copies go to the function, so that a loop over a cursor of its own
 * can keep that in registers.
 */
static inline LedgerStatus
ledger_cursor_next(LedgerCursor *cursor, LedgerEntry *entry)
{
	int32_t		gap;
	int32_t		people;
	int			length;

	if (cursor->left == 0 ||
		(length = ledger_read_short(cursor->next, cursor->end, &gap,
									&people)) == 0)
	{
		LedgerCursor copy = *cursor;
		LedgerEntry read = {0, 0};
		LedgerStatus status = ledger_cursor_next_any(&copy, &read);

		*cursor = copy;
		*entry = read;
		return status;
	}
	cursor->next += length;
	return ledger_cursor_take(cursor, (uint64_t) gap, people, entry);
}

extern LedgerStatus ledger_cursor_pass(LedgerCursor *cursor, LedgerDay day);
extern LedgerStatus ledger_cursor_finish(LedgerCursor *cursor,
										 LedgerStatus status);

/*
 * Adds to `sum` the entries of a corridor whose days lie in `within`.
 * Answered from the directory where the corridor lies wholly inside or
 * outside.
 */
extern LedgerStatus ledger_corridor_sum(const LedgerCorridor *corridor,
										LedgerPeriod within, LedgerSum *sum);

/*
 * Writing.  LedgerWriter is the one place that makes the canonical form: it
 * drops entries that are zero, corridors without entries and parties without
 * corridors.  Call order:
 *
 *		ledger_writer_start (buffers, and all parties that may occur, sorted)
 *		for each corridor, ascending:
 *			ledger_writer_corridor
 *			ledger_writer_entry, _sum, _stretch (core/stretch.h) or _append
 *			for the entries, by day; or, in place of all these,
 *			ledger_writer_copy to take a corridor over as it stands
 *		ledger_writer_finish, which gives the length
 *		ledger_writer_output into a buffer of that length
 */
typedef struct LedgerWriter
{
	/* supplied by the caller, owned by it */
	const LedgerParty *parties; /* strictly ascending */
	uint32_t	n_parties;
	uint32_t   *renumber;		/* n_parties: final index; scratch */
	LedgerCorridor *corridors;	/* room for max_corridors */
	uint32_t	max_corridors;
	uint8_t    *segments;		/* room for max_segments bytes; the caller may
								 * move and enlarge it between two calls */
	size_t		max_segments;
	LedgerCheckpoint checkpoint;	/* NULL from ledger_writer_start, and may be
									 * set at any time */

	/* the writer's own */
	uint32_t	work;			/* since the last checkpoint */
	uint32_t	n_corridors;
	size_t		segments_length;
	LedgerCorridor *open;		/* of `corridors`, the one being written, or
								 * written last */
	bool		is_open;
	int64_t		previous;		/* day of its last entry, or of the one at
								 * which a sum passed 64 bits */
	uint32_t	used_parties;
	uint32_t	names_length;
	LedgerDay	first;
	LedgerDay	last;
} LedgerWriter;

extern void ledger_writer_start(LedgerWriter *writer,
								const LedgerParty *parties, uint32_t n_parties,
								uint32_t *renumber,
								LedgerCorridor *corridors, uint32_t max_corridors,
								uint8_t *segments, size_t max_segments);
extern LedgerStatus ledger_writer_corridor(LedgerWriter *writer,
										   uint32_t origin, uint32_t destination);
extern LedgerStatus ledger_writer_entry(LedgerWriter *writer, LedgerDay day,
										int64_t people);
extern LedgerStatus ledger_writer_sum(LedgerWriter *writer, LedgerDay day,
									  LedgerSum sum);
extern LedgerStatus ledger_writer_append(LedgerWriter *writer,
										 const LedgerCorridor *corridor);
extern LedgerStatus ledger_writer_copy(LedgerWriter *writer, uint32_t origin,
									   uint32_t destination,
									   const LedgerCorridor *corridor);
extern LedgerStatus ledger_writer_finish(LedgerWriter *writer, size_t limit,
										 size_t *length);
extern void ledger_writer_output(const LedgerWriter *writer, uint8_t *data);

#endif							/* LEDGER_FLAT_H */
