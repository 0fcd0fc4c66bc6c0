/*
 * functions/fetch.h
 *		Between Datums and the lower half: fetch a ledger argument, whole or by
 *		slices; make a result; turn a status into an error.
 *
 * What is fetched lives in the current memory context or in the argument
 * itself, an expanded one included, which keeps its flat form from then on; it
 * must not be modified.
 */
#ifndef LEDGER_DATUM_H
#define LEDGER_DATUM_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/memutils.h"

#include "value/compat.h"
#include "core/flat.h"
#include "value/arguments.h"


/*
 * Opens a ledger argument whole: detoasted, and in the canonical form whatever
 * form the Datum is in.  This is the one place that meets old format versions.
 * Returns the copy that had to be made, for callers that must free it, or
 * NULL.
 */
extern struct varlena *ledger_fetch(Datum datum, LedgerFlat *flat);

#define PG_GETARG_LEDGER(n, flat)	ledger_fetch(PG_GETARG_DATUM(n), (flat))

/* What PostgreSQL lets a value have after its header */
#define LEDGER_VALUE_MAX	((Size) MaxAllocSize - VARHDRSZ)

/*
 * Rows or entries between two looks for a cancel where one takes next to no
 * time; and bytes, where they are copied or compared.
 */
#define ROWS_PER_INTERRUPT		4096
#define BYTES_PER_INTERRUPT		((Size) 1024 * 1024)

/*
 * The corridors between home and one partner, or every other party where
 * partner is NULL.  Of a large stored value only the head, the rows of the
 * directory and the segments that the question needs are read.  A party that
 * the ledger does not have takes part in no corridor.  The two corridors of a
 * partner stand side by side, inward first, partners in order.
 */
typedef struct LedgerView
{
	LedgerFlat	flat;			/* at least the head: parties, first, last */
	LedgerCorridor *corridors;
	bool	   *inward;			/* destination is home */
	uint32		n_corridors;
} LedgerView;

extern void ledger_fetch_view(Datum datum, const text *home,
							  const text *partner, bool with_segments,
							  LedgerView *view);

/* The same of the first three arguments of a function: ledger, home, partner */
static inline void
ledger_view_arguments(FunctionCallInfo fcinfo, bool with_segments,
					  LedgerView *view)
{
	ledger_fetch_view(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1),
					  PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2),
					  with_segments, view);
}

/*
 * All corridors of a ledger, and whether their segments are wanted.  Borrows
 * as ledger_fetch does; a copy is not given back.
 */
extern void ledger_fetch_corridors(Datum datum, bool with_segments,
								   LedgerFlat *flat);

/* As much of a ledger as its parties and its first and last day */
extern void ledger_fetch_head(Datum datum, LedgerFlat *flat);

/* One corridor, any; false where the ledger has no such corridor */
extern bool ledger_fetch_corridor(Datum datum, LedgerParty origin,
								  LedgerParty destination, bool with_segment,
								  LedgerCorridor *corridor);

/* The party of this index, as a new text */
extern text *ledger_party_to_text(const LedgerFlat *flat, uint32 index);

/*
 * Starts a writer for a value of these parties, which are borrowed, and at
 * most so many corridors.  It writes segments of up to `room` bytes into the
 * buffer that is given back, from `context`, after as much as all that stands
 * before them may take; what else it needs is in the current memory context.
 */
extern struct varlena *ledger_start_in_place(LedgerWriter *writer,
											 const LedgerParty *parties,
											 uint32 n_parties, uint32 corridors,
											 Size room, MemoryContext context);

/*
 * Finishes a writer that has come to `status`, LEDGER_OK unless it met an
 * error, and makes the value in its buffer.  NULL, and the buffer is freed,
 * where an error is saved in `escontext` rather than thrown.
 */
extern struct varlena *ledger_make_in_place(LedgerWriter *writer,
											LedgerStatus status,
											struct varlena *buffer,
											struct Node *escontext);

/* A new value of these bytes, which need not be a ledger */
extern struct varlena *ledger_copy(const void *data, Size length);

/*
 * The error for a status, wherever it comes from but input (functions/io.c) and
 * the calendar (value/arguments.h).  LEDGER_OK and LEDGER_DONE pass.
 */
pg_noreturn extern void ledger_raise(LedgerStatus status);

/*
 * An error unless a status is LEDGER_OK or LEDGER_DONE.
 */
static inline void
ledger_check(LedgerStatus status)
{
	if (unlikely(status != LEDGER_OK && status != LEDGER_DONE))
		ledger_raise(status);
}

/*
 * Room for `count` elements and for at least one, in the current context.  It
 * may pass what palloc gives: a stored entry takes two bytes, one in memory
 * sixteen.
 */
static inline void *
ledger_palloc_many(uint64 count, Size size)
{
	if (unlikely(count >= MaxAllocHugeSize / size))
		ledger_raise(LEDGER_TOO_LARGE);
	return MemoryContextAllocHuge(CurrentMemoryContext, ((Size) count + 1) * size);
}

#define palloc_many(type, count) \
	((type *) ledger_palloc_many(count, sizeof(type)))

/* A sum as a figure; an error where it passes bigint */
static inline int64
ledger_sum_check(LedgerSum sum)
{
	int64_t		value;

	if (unlikely(!ledger_sum_value(sum, &value)))
		ledger_raise(LEDGER_OUT_OF_RANGE);
	return value;
}

/* A form of a ledger ("flat", "text") that would have more bytes than it may */
pg_noreturn extern void ledger_raise_too_large(const char *form, Size limit);

/* A party that is empty or too long */
pg_noreturn extern void ledger_raise_party(LedgerParty party);

/* A party argument; an error where it is empty or too long.  Borrows. */
static inline LedgerParty
ledger_party_from_text(const text *name)
{
	LedgerParty party = {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};

	if (unlikely(party.length < 1 || party.length > LEDGER_PARTY_MAX))
		ledger_raise_party(party);
	return party;
}

/*
 * The same of argument n, without a call where the value is neither compressed
 * nor out of line; for functions that are called for each row of a table.
 */
static inline LedgerParty
ledger_party_argument(FunctionCallInfo fcinfo, int n)
{
	struct varlena *name = (struct varlena *) DatumGetPointer(PG_GETARG_DATUM(n));

	if (unlikely(VARATT_IS_EXTERNAL(name) || VARATT_IS_COMPRESSED(name)))
		name = PG_GETARG_TEXT_PP(n);
	return ledger_party_from_text(name);
}

/* An error for a day that no ledger holds, among them infinity */
static inline void
ledger_check_day(LedgerDay day)
{
	if (unlikely(!ledger_day_valid(day)))
		(void) period_day_from_date(day, "day");
}

/* CHECK_FOR_INTERRUPTS as a LedgerCheckpoint */
extern void ledger_checkpoint(void);

#endif							/* LEDGER_DATUM_H */
