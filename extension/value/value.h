/*
 * value/value.h
 *		A value begun, finished and copied; a status turned into an error;
 *		memory and arguments that every function needs.
 */
#ifndef LEDGER_VALUE_H
#define LEDGER_VALUE_H

#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "core/validate.h"
#include "core/writer.h"
#include "value/arguments.h"
#include "value/compat.h"

/* What PostgreSQL lets a value have after its header */
#define LEDGER_VALUE_MAX	((Size) MaxAllocSize - VARHDRSZ)

/*
 * Rows or entries between two looks for a cancel where one takes next to no
 * time; and bytes, where they are copied or compared.
 */
#define ROWS_PER_INTERRUPT		4096
#define BYTES_PER_INTERRUPT		((Size) 1024 * 1024)

/*
 * Starts a writer for a value of these parties, which are borrowed, and at
 * most so many corridors.  It writes segments of up to `room` bytes into the
 * buffer that is given back, from `context`, after as much as all that stands
 * before them may take; what else it needs is in the current memory context.
 */
extern struct varlena *ledger_result_begin(LedgerWriter *writer,
											 const LedgerParty *parties,
											 uint32 n_parties, uint32 corridors,
											 Size room, MemoryContext context);

/*
 * Finishes a writer that has come to `status`, LEDGER_OK unless it met an
 * error, and makes the value in its buffer.  NULL, and the buffer is freed,
 * where an error is saved in `escontext` rather than thrown.
 */
extern struct varlena *ledger_result_finish(LedgerWriter *writer,
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
 * The same, saved in `escontext` unless that is NULL.  What is saved lives in
 * the current memory context, which has to be that of whoever gave it.
 */
extern void ledger_save(struct Node *escontext, LedgerStatus status);

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

/*
 * Makes room for `needed` bytes more of a form of a ledger; an error where it
 * would have more bytes than a value may.
 */
extern void ledger_make_room(StringInfo out, const char *form, Size needed);

/*
 * A stretch of input as an error message shows it: cut off where it is long.
 */
extern char *ledger_shown(const char *text, size_t length);

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

/*
 * Called for what a state holds, in no order: an entry may come in parts.
 * Parties are borrowed for the call.
 */
typedef void (*LedgerVisitor) (void *target, LedgerParty origin,
							   LedgerParty destination, LedgerDay day,
							   int64 people);

/* CHECK_FOR_INTERRUPTS as a LedgerCheckpoint */
extern void ledger_checkpoint(void);

#endif							/* LEDGER_VALUE_H */
