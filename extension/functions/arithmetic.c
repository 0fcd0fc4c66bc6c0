/*
 * functions/arithmetic.c
 *		Ledgers made of ledgers.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "core/cursor.h"
#include "functions/home.h"
#include "state/kept.h"
#include "value/arguments.h"

PG_FUNCTION_INFO_V1(ledger_add);
PG_FUNCTION_INFO_V1(ledger_subtract);
PG_FUNCTION_INFO_V1(ledger_negate);
PG_FUNCTION_INFO_V1(ledger_transpose);
PG_FUNCTION_INFO_V1(ledger_slice);

/*
 * Two ledgers into one: a + b or a - b.
 */
static struct varlena *
merge_ledgers(const LedgerFlat *a, const LedgerFlat *b, int sign)
{
	MergeInput	parts[2] = {{.flat = *a, .sign = 1}, {.flat = *b, .sign = sign}};

	return ledger_merge_values(parts, 2, CurrentMemoryContext);
}

/*
 * Operator +
 */
Datum
ledger_add(PG_FUNCTION_ARGS)
{
	LedgerFlat	a;
	LedgerFlat	b;

	PG_GETARG_LEDGER(0, &a);
	PG_GETARG_LEDGER(1, &b);
	PG_RETURN_POINTER(merge_ledgers(&a, &b, 1));
}

/*
 * Operator -
 */
Datum
ledger_subtract(PG_FUNCTION_ARGS)
{
	LedgerFlat	a;
	LedgerFlat	b;

	PG_GETARG_LEDGER(0, &a);
	PG_GETARG_LEDGER(1, &b);
	PG_RETURN_POINTER(merge_ledgers(&a, &b, -1));
}

/*
 * Operator - before a ledger: what would have to be added to get {}.
 */
Datum
ledger_negate(PG_FUNCTION_ARGS)
{
	MergeInput	part = {.sign = -1};

	PG_GETARG_LEDGER(0, &part.flat);
	PG_RETURN_POINTER(ledger_merge_values(&part, 1, CurrentMemoryContext));
}

/*
 * Starts a writer for corridors of one value under their own numbers; gives
 * its buffer.  `corridors` and `room` (bytes of segments) are the most it may
 * be given.
 */
static struct varlena *
start_writer_like(LedgerWriter *writer, const LedgerFlat *flat,
				  uint32 corridors, size_t room)
{
	LedgerParty *parties = palloc_many(LedgerParty, flat->parties);
	uint32		i;

	for (i = 0; i < flat->parties; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flat_party(flat, i, &parties[i]));
	}
	return ledger_result_begin(writer, parties, flat->parties, corridors, room,
								 CurrentMemoryContext);
}

/*
 * By origin, then by destination.
 */
static inline int
compare_corridors(const LedgerCorridor *a, const LedgerCorridor *b)
{
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return (a->destination > b->destination) -
		(a->destination < b->destination);
}

/* Into canonical order */
#define ST_SORT sort_corridors
#define ST_ELEMENT_TYPE LedgerCorridor
#define ST_COMPARE(a, b) compare_corridors(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The same movements seen from the other end: origin and destination change
 * places.
 */
Datum
ledger_transpose(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerWriter writer;
	struct varlena *buffer;
	LedgerCorridor *corridors;
	LedgerStatus status;
	uint32		n = 0;
	uint32		i;

	PG_GETARG_LEDGER(0, &flat);
	corridors = palloc_many(LedgerCorridor, flat.corridors);
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridors[n])) == LEDGER_OK)
	{
		uint32		origin = corridors[n].origin;

		CHECK_FOR_INTERRUPTS();
		corridors[n].origin = corridors[n].destination;
		corridors[n++].destination = origin;
	}
	ledger_check(status);
	sort_corridors(corridors, n);

	buffer = start_writer_like(&writer, &flat, n, flat.segments_length);
	for (i = 0; i < n; i++)
		ledger_check(ledger_writer_copy(&writer, corridors[i].origin,
										corridors[i].destination,
										&corridors[i]));
	PG_RETURN_POINTER(ledger_result_finish(&writer, LEDGER_OK, buffer, NULL));
}

/*
 * Writes those entries of a corridor whose days lie in `within`.
 */
static LedgerStatus
write_entries_within(LedgerWriter *writer, const LedgerCorridor *corridor,
					 LedgerPeriod within)
{
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	if (within.start >= within.end || corridor->last < within.start ||
		corridor->first >= within.end)
		return LEDGER_OK;
	if (ledger_period_contains(within, corridor->first) &&
		ledger_period_contains(within, corridor->last))
		return ledger_writer_copy(writer, corridor->origin,
								  corridor->destination, corridor);

	status = ledger_writer_corridor(writer, corridor->origin,
									corridor->destination);
	ledger_cursor_start(&cursor, corridor);
	if (status == LEDGER_OK)
		status = ledger_cursor_pass(&cursor, within.start);
	while (status == LEDGER_OK &&
		   (status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK &&
		   entry.day < within.end)
		status = ledger_writer_entry(writer, entry.day, entry.people);
	return ledger_cursor_finish(&cursor, status);
}

/*
 * Every corridor of a ledger, within a period.
 */
static struct varlena *
slice_everything(Datum ledger, LedgerPeriod within)
{
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerWriter writer;
	struct varlena *buffer;
	LedgerCorridor corridor;
	LedgerStatus status = LEDGER_OK;
	LedgerStatus written = LEDGER_OK;

	ledger_fetch(ledger, &flat);
	buffer = start_writer_like(&writer, &flat, flat.corridors,
							   flat.segments_length + LEDGER_FLAT_ENTRY_MAX);
	ledger_walk_start(&walk, &flat);
	while (written == LEDGER_OK &&
		   (status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		written = write_entries_within(&writer, &corridor, within);
	}
	ledger_check(status);
	return ledger_result_finish(&writer, written, buffer, NULL);
}

/*
 * The corridors between home and a partner, within a period.
 */
static struct varlena *
slice_between(HomeCorridors *between, LedgerPeriod within)
{
	LedgerWriter writer;
	struct varlena *buffer;
	LedgerStatus written = LEDGER_OK;
	size_t		room = LEDGER_FLAT_ENTRY_MAX;
	uint32		i;

	for (i = 0; i < between->n_corridors; i++)
		room += between->corridors[i].segment_end - between->corridors[i].segment_start;
	sort_corridors(between->corridors, between->n_corridors);
	buffer = start_writer_like(&writer, &between->flat, between->n_corridors, room);
	for (i = 0; i < between->n_corridors && written == LEDGER_OK; i++)
	{
		CHECK_FOR_INTERRUPTS();
		written = write_entries_within(&writer, &between->corridors[i], within);
	}
	return ledger_result_finish(&writer, written, buffer, NULL);
}

/*
 * ledger_slice(ledger, home, partner, within): a part of a ledger.  Without any
 * party every corridor is kept, inside ones too.
 */
Datum
ledger_slice(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 3);
	HomeCorridors between;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
		PG_RETURN_POINTER(slice_everything(PG_GETARG_DATUM(0), within));
	ledger_home_arguments(fcinfo, true, &between);
	PG_RETURN_POINTER(slice_between(&between, within));
}
