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
 *			32 bytes totals[P]		see LedgerPartyTotals; only where
 *								C >= 4096 and C >= 16 * P
 *			28 bytes directory[C]	see LedgerCorridor; by origin, then destination
 *			byte	segments[]		one per corridor, in directory order
 *
 * A directory entry is: uint32 destination (index of the party), uint32 end of
 * the segment in the segments area, uint32 number of entries, int32 first day,
 * int32 last day, int64 total people.
 *
 * The totals of a party are two integers of 128 bits, inflow and outflow: the
 * sums of the corridors from all others to it and from it to them, of which
 * there are fewer than 2^32.  People inside it are in neither.
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
 * day, within 64 bits; the totals of parties those of their corridors; nothing
 * after the last segment.  Equal ledgers are therefore equal bytes.
 *
 * Why this shape: a question about one corridor reads the head (header, ends,
 * names), one row of the directory and one segment, each a slice of a stored
 * value, however many other corridors there are.  One about a party and all
 * others would read a row of each other party, so a ledger in which that is
 * much has the totals.  They add at most a fourteenth to the directory.  Sign
 * and gap share an integer because that leaves one byte for counts up to 128
 * and for gaps up to 64 days.
 */
#ifndef LEDGER_FLAT_H
#define LEDGER_FLAT_H

#include "core/base.h"

#define LEDGER_FLAT_VERSION		1

/*
 * A ledger in its flat form, opened for reading.  All pointers are borrowed.
 * `directory` and `segments` are NULL where only the head was read, `totals`
 * there and where the ledger has none.
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
	const uint8_t *totals;
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

/*
 * Reading.  Every function checks the bounds and the form of what it reads, and
 * returns LEDGER_DAMAGED where they are wrong.  A name, a total or a place in
 * the directory that was changed into another one is not noticed here: the
 * cursor compares entries with their row (core/cursor.h), and only
 * ledger_flat_validate checks everything.
 */
extern LedgerStatus ledger_flat_head_length(const uint8_t *header,
											size_t available, size_t *length);
extern LedgerStatus ledger_flat_open_head(LedgerFlat *flat, const uint8_t *data,
										  size_t available);
extern LedgerStatus ledger_flat_open(LedgerFlat *flat, const uint8_t *data,
									 size_t length);
extern LedgerStatus ledger_flat_party(const LedgerFlat *flat, uint32_t index,
									  LedgerParty *party);
extern LedgerStatus ledger_flat_find_party(const LedgerFlat *flat,
										   LedgerParty party,
										   uint32_t *index, bool *found);

/* The destination of the corridor at a place in the directory of a value */
extern uint32_t ledger_flat_destination(const LedgerFlat *flat, uint32_t place);
extern LedgerStatus ledger_flat_row(const LedgerFlat *flat, uint32_t origin,
									uint32_t *start, uint32_t *end);
extern LedgerStatus ledger_flat_find_corridor(const LedgerFlat *flat,
											  uint32_t origin,
											  uint32_t destination,
											  LedgerCorridor *corridor,
											  bool *found);

/* What came to a party from all others, and what went from it to them */
typedef struct LedgerPartyTotals
{
	LedgerSum	inflow;
	LedgerSum	outflow;
} LedgerPartyTotals;

/*
 * Bytes of the totals, which stand between the head and the directory: 0 where
 * the ledger has none.  Those of one party are a slice of them.
 */
extern size_t ledger_flat_totals_length(const LedgerFlat *flat);
extern void ledger_flat_totals_slice(uint32_t party, size_t *offset,
									 size_t *length);
extern LedgerPartyTotals ledger_flat_totals_read(const uint8_t *slice);

/* Bytes of the directory, and of a corridor with its entries at the least */
extern size_t ledger_flat_directory_length(const LedgerFlat *flat);
extern size_t ledger_flat_corridor_min(size_t entries);

/*
 * The directory entries [start, end) of one origin on their own, as a slice of
 * a stored value gives them: `row` is what ledger_flat_row_slice says.  That is
 * one entry more, where there is one before them, since a segment starts where
 * the one before it ends.
 */
extern void ledger_flat_row_slice(uint32_t start, uint32_t end, size_t *offset,
								  size_t *length);
extern LedgerStatus ledger_flat_find_in_row(const LedgerFlat *flat,
											const uint8_t *row, uint32_t start,
											uint32_t end, uint32_t origin,
											uint32_t destination,
											LedgerCorridor *corridor,
											bool *found);

/* The lowest and the highest destination of such entries, of which there is one */
extern void ledger_flat_row_ends(const uint8_t *row, uint32_t start, uint32_t end,
								 uint32_t *first, uint32_t *last);

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

#endif							/* LEDGER_FLAT_H */
