/*
 * core/writer.h
 *		The flat form written: the one place that makes the canonical form.
 */
#ifndef LEDGER_WRITER_H
#define LEDGER_WRITER_H

#include "core/flat.h"

/* The longest form of one entry, two variable-length integers */
#define LEDGER_FLAT_ENTRY_MAX	14

/* One for each bit of a set of them */
#define LEDGER_DAY_VECTOR_DAYS		64

/* The people of so many days in a row */
typedef struct DayVector
{
	LedgerDay	first;
	bool		wide;			/* counts have 32 bits rather than 16 */
	const void *people;			/* borrowed; LEDGER_DAY_VECTOR_DAYS counts */
} DayVector;

/*
 * The people of day i of a vector.
 */
static inline int32_t
ledger_day_vector_people(DayVector vector, int i)
{
	return vector.wide ? ((const int32_t *) vector.people)[i] :
		((const int16_t *) vector.people)[i];
}

/* The days that have people, the first one the lowest bit */
extern uint64_t ledger_day_vector_days(DayVector vector);

/*
 * Writing.  LedgerWriter is the one place that makes the canonical form: it
 * drops entries that are zero, corridors without entries and parties without
 * corridors.  Call order:
 *
 *		ledger_writer_start (buffers, of which `scratch` has room for two numbers
 *			for each party, and all parties that may occur, sorted)
 *		for each corridor, ascending:
 *			ledger_writer_corridor
 *			ledger_writer_entry, _sum, _days or _append
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
	uint32_t   *row_end;		/* n_parties: end of its row; scratch */
	uint32_t	max_corridors;
	uint8_t    *segments;		/* room for max_segments bytes, and before it
								 * for ledger_writer_head_max, where the
								 * directory is written; the caller may move
								 * and enlarge it between two calls */
	size_t		max_segments;
	LedgerCheckpoint checkpoint;	/* NULL from ledger_writer_start, and may be
									 * set at any time */

	/* the writer's own */
	uint32_t	work;			/* since the last checkpoint */
	uint32_t	n_corridors;
	size_t		segments_length;
	LedgerCorridor open;		/* the one being written, or written last */
	bool		is_open;
	bool		any;			/* there was one */
	int64_t		previous;		/* day of its last entry, or of the one at
								 * which a sum passed 64 bits */
	uint32_t	used_parties;
	uint64_t	names_length;
	LedgerDay	first;
	LedgerDay	last;
	bool		finished;
} LedgerWriter;

extern void ledger_writer_start(LedgerWriter *writer,
								const LedgerParty *parties, uint32_t n_parties,
								uint32_t *scratch, uint32_t max_corridors,
								uint8_t *segments, size_t max_segments);
/* Bytes before the segments, of a value of all these parties, at most */
extern size_t ledger_writer_head_max(const LedgerParty *parties,
									 uint32_t n_parties, uint32_t corridors);
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

/*
 * Adds the entries of a vector, which comes after those that are there, to
 * the open corridor of a writer.
 */
extern LedgerStatus ledger_writer_days(LedgerWriter *writer,
									   DayVector vector);

#endif							/* LEDGER_WRITER_H */
