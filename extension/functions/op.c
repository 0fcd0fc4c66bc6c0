/*
 * functions/op.c
 *		Operators, questions that have one answer, and ledgers made of ledgers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "value/compat.h"
#include "functions/fetch.h"
#include "value/figures.h"
#include "state/kept.h"
#include "value/arguments.h"

/* Bytes hashed at a time; hash indexes and partitions depend on it */
#define HASH_PART		((Size) 1024 * 1024)

PG_FUNCTION_INFO_V1(ledger_add);
PG_FUNCTION_INFO_V1(ledger_subtract);
PG_FUNCTION_INFO_V1(ledger_negate);
PG_FUNCTION_INFO_V1(ledger_transpose);
PG_FUNCTION_INFO_V1(ledger_slice_within);
PG_FUNCTION_INFO_V1(ledger_slice_parties);
PG_FUNCTION_INFO_V1(ledger_eq);
PG_FUNCTION_INFO_V1(ledger_ne);
PG_FUNCTION_INFO_V1(ledger_lt);
PG_FUNCTION_INFO_V1(ledger_le);
PG_FUNCTION_INFO_V1(ledger_gt);
PG_FUNCTION_INFO_V1(ledger_ge);
PG_FUNCTION_INFO_V1(ledger_cmp);
PG_FUNCTION_INFO_V1(ledger_hash);
PG_FUNCTION_INFO_V1(ledger_hash_extended);
PG_FUNCTION_INFO_V1(ledger_contains_party);
PG_FUNCTION_INFO_V1(party_contained_by_ledger);
PG_FUNCTION_INFO_V1(gin_extract_ledger_parties);
PG_FUNCTION_INFO_V1(gin_extract_query_party);
PG_FUNCTION_INFO_V1(gin_consistent_party);
PG_FUNCTION_INFO_V1(ledger_total);
PG_FUNCTION_INFO_V1(ledger_flow);
PG_FUNCTION_INFO_V1(ledger_period);
PG_FUNCTION_INFO_V1(ledger_parties);
PG_FUNCTION_INFO_V1(reciprocal_balance_of_ledger);
PG_FUNCTION_INFO_V1(reciprocal_balance_of_flows);
PG_FUNCTION_INFO_V1(period_comparison_of_people);

/*
 * Ledgers made of ledgers
 */

/*
 * Two ledgers into one: a + b or a - b.
 */
static struct varlena *
merge_ledgers(const LedgerFlat *a, const LedgerFlat *b, int sign)
{
	LedgerPart	parts[2] = {{.flat = *a, .sign = 1}, {.flat = *b, .sign = sign}};

	return ledger_sum_parts(parts, 2, CurrentMemoryContext);
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
	LedgerPart	part = {.sign = -1};

	PG_GETARG_LEDGER(0, &part.flat);
	PG_RETURN_POINTER(ledger_sum_parts(&part, 1, CurrentMemoryContext));
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
	return ledger_start_in_place(writer, parties, flat->parties, corridors, room,
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
	PG_RETURN_POINTER(ledger_make_in_place(&writer, LEDGER_OK, buffer, NULL));
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
 * The entries of a period.
 */
Datum
ledger_slice_within(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 1);
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerWriter writer;
	struct varlena *buffer;
	LedgerCorridor corridor;
	LedgerStatus status = LEDGER_OK;
	LedgerStatus written = LEDGER_OK;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_GETARG_LEDGER(0, &flat);
	buffer = start_writer_like(&writer, &flat, flat.corridors,
							   flat.segments_length + LEDGER_FLAT_ENTRY_MAX);
	ledger_walk_start(&walk, &flat);
	while (written == LEDGER_OK &&
		   (status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		if (within.start < within.end && corridor.last >= within.start &&
			corridor.first < within.end)
			written = write_entries_within(&writer, &corridor, within);
	}
	ledger_check(status);
	PG_RETURN_POINTER(ledger_make_in_place(&writer, written, buffer, NULL));
}

/*
 * The corridors between home and a partner, or every other party.
 */
Datum
ledger_slice_parties(PG_FUNCTION_ARGS)
{
	LedgerView	view;
	LedgerWriter writer;
	struct varlena *buffer;
	size_t		room = 0;
	uint32		i;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	ledger_view_arguments(fcinfo, true, &view);
	for (i = 0; i < view.n_corridors; i++)
		room += view.corridors[i].segment_end - view.corridors[i].segment_start;
	sort_corridors(view.corridors, view.n_corridors);
	buffer = start_writer_like(&writer, &view.flat, view.n_corridors, room);
	for (i = 0; i < view.n_corridors; i++)
		ledger_check(ledger_writer_copy(&writer, view.corridors[i].origin,
										view.corridors[i].destination,
										&view.corridors[i]));
	PG_RETURN_POINTER(ledger_make_in_place(&writer, LEDGER_OK, buffer, NULL));
}

/*
 * Equality, order, hash: of the canonical bytes
 */

/*
 * Index code compares for long in one memory context, so copies are freed.
 */
static void
free_copies(struct varlena *a, struct varlena *b)
{
	if (a != NULL)
		pfree(a);
	if (b != NULL)
		pfree(b);
}

/*
 * The order of two stretches of bytes of the same length, as memcmp has it.
 */
static int
compare_bytes(const uint8_t *a, const uint8_t *b, Size length)
{
	int			order = 0;
	Size		done;

	for (done = 0; done < length && order == 0; done += BYTES_PER_INTERRUPT)
	{
		CHECK_FOR_INTERRUPTS();
		order = memcmp(a + done, b + done,
					   Min(BYTES_PER_INTERRUPT, length - done));
	}
	return order;
}

/*
 * Whether two ledgers are equal.
 */
static bool
equal_ledgers(FunctionCallInfo fcinfo)
{
	LedgerFlat	a;
	LedgerFlat	b;
	struct varlena *copy_a;
	struct varlena *copy_b;
	bool		equal;

	copy_a = PG_GETARG_LEDGER(0, &a);
	copy_b = PG_GETARG_LEDGER(1, &b);
	equal = a.length == b.length &&
		compare_bytes(a.data, b.data, a.length) == 0;
	free_copies(copy_a, copy_b);
	return equal;
}

/*
 * A total order of ledgers; it has no meaning beyond being one.
 */
static int
compare_ledgers(FunctionCallInfo fcinfo)
{
	LedgerFlat	a;
	LedgerFlat	b;
	struct varlena *copy_a;
	struct varlena *copy_b;
	int			order;

	copy_a = PG_GETARG_LEDGER(0, &a);
	copy_b = PG_GETARG_LEDGER(1, &b);
	order = compare_bytes(a.data, b.data, Min(a.length, b.length));
	if (order == 0)
		order = (a.length > b.length) - (a.length < b.length);
	free_copies(copy_a, copy_b);
	return order;
}

/*
 * Operator =
 */
Datum
ledger_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equal_ledgers(fcinfo));
}

/*
 * Operator <>
 */
Datum
ledger_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equal_ledgers(fcinfo));
}

/*
 * Operator <
 */
Datum
ledger_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) < 0);
}

/*
 * Operator <=
 */
Datum
ledger_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) <= 0);
}

/*
 * Operator >
 */
Datum
ledger_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) > 0);
}

/*
 * Operator >=
 */
Datum
ledger_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_ledgers(fcinfo) >= 0);
}

/*
 * The order of a btree index: less than, equal to or more than zero.
 */
Datum
ledger_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_ledgers(fcinfo));
}

/*
 * A part of a large ledger is hashed with the hash of the part before for its
 * seed.
 */
static uint64
hash_ledger(FunctionCallInfo fcinfo, uint64 seed)
{
	LedgerFlat	flat;
	struct varlena *copy = PG_GETARG_LEDGER(0, &flat);
	Size		done;

	for (done = 0; done < flat.length; done += HASH_PART)
	{
		CHECK_FOR_INTERRUPTS();
		seed = hash_bytes_extended(flat.data + done,
								   (int) Min(HASH_PART, flat.length - done),
								   seed);
	}
	free_copies(copy, NULL);
	return seed;
}

/*
 * The low half of the other with 0 for its seed, as PostgreSQL wants it.
 */
Datum
ledger_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) hash_ledger(fcinfo, 0));
}

/*
 * With a seed, 64 bits.
 */
Datum
ledger_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(hash_ledger(fcinfo, (uint64) PG_GETARG_INT64(1)));
}

/*
 * Containment of a party, and its index
 */

/*
 * Whether a ledger has a party; only its head is read.
 */
static Datum
contains_party(Datum ledger, const text *name)
{
	LedgerFlat	flat;
	uint32		index;
	bool		found;

	ledger_fetch_head(ledger, &flat);
	ledger_check(ledger_flat_find_party(&flat, ledger_party_from_text(name),
										&index, &found));
	PG_RETURN_BOOL(found);
}

/*
 * ledger @> party: whether anybody moved from or to it
 */
Datum
ledger_contains_party(PG_FUNCTION_ARGS)
{
	return contains_party(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1));
}

/*
 * party <@ ledger
 */
Datum
party_contained_by_ledger(PG_FUNCTION_ARGS)
{
	return contains_party(PG_GETARG_DATUM(1), PG_GETARG_TEXT_PP(0));
}

/*
 * All parties of a ledger as palloc'd texts, in byte order.
 */
static Datum *
party_datums(Datum ledger, uint32 *n)
{
	LedgerFlat	flat;
	Datum	   *parties;
	uint32		i;

	ledger_fetch_head(ledger, &flat);
	parties = palloc_many(Datum, flat.parties);
	for (i = 0; i < flat.parties; i++)
	{
		CHECK_FOR_INTERRUPTS();
		parties[i] = PointerGetDatum(ledger_party_to_text(&flat, i));
	}
	*n = flat.parties;
	return parties;
}

/*
 * GIN extractValue: the keys of a ledger are its parties.
 */
Datum
gin_extract_ledger_parties(PG_FUNCTION_ARGS)
{
	int32	   *n_keys = (int32 *) PG_GETARG_POINTER(1);
	uint32		n;
	Datum	   *keys = party_datums(PG_GETARG_DATUM(0), &n);

	*n_keys = (int32) n;
	PG_RETURN_POINTER(keys);
}

/*
 * GIN extractQuery: the one party that is looked for.
 */
Datum
gin_extract_query_party(PG_FUNCTION_ARGS)
{
	text	   *party = PG_GETARG_TEXT_PP(0);
	int32	   *n_keys = (int32 *) PG_GETARG_POINTER(1);
	Datum	   *keys = palloc(sizeof(Datum));

	(void) ledger_party_from_text(party);
	keys[0] = PointerGetDatum(party);
	*n_keys = 1;
	PG_RETURN_POINTER(keys);
}

/*
 * GIN consistent: a ledger with the key has the party, nothing to recheck.
 */
Datum
gin_consistent_party(PG_FUNCTION_ARGS)
{
	bool	   *check = (bool *) PG_GETARG_POINTER(0);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);

	*recheck = false;
	PG_RETURN_BOOL(check[0]);
}

/*
 * Questions that have one answer
 */

/*
 * All people of a ledger, those who moved inside a party included.
 */
Datum
ledger_total(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 1);
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	LedgerSum	total = {0, 0};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	ledger_fetch_corridors(PG_GETARG_DATUM(0), !PG_ARGISNULL(1), &flat);
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_sum(&corridor, within, &total));
	}
	ledger_check(status);
	PG_RETURN_INT64(ledger_sum_check(total));
}

/*
 * The people of one corridor; 0 where the ledger does not have it.
 */
Datum
ledger_flow(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 3);
	LedgerCorridor corridor;
	LedgerSum	sum = {0, 0};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (ledger_fetch_corridor(PG_GETARG_DATUM(0),
							  ledger_party_from_text(PG_GETARG_TEXT_PP(1)),
							  ledger_party_from_text(PG_GETARG_TEXT_PP(2)),
							  !PG_ARGISNULL(3), &corridor))
		ledger_check(ledger_corridor_sum(&corridor, within, &sum));
	PG_RETURN_INT64(ledger_sum_check(sum));
}

/*
 * From the first day of a ledger to its last; empty for {}.
 */
Datum
ledger_period(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerPeriod period = {0, 0};

	ledger_fetch_head(PG_GETARG_DATUM(0), &flat);
	if (flat.corridors > 0)
	{
		period.start = flat.first;
		period.end = flat.last + 1;
	}
	PG_RETURN_PERIOD(period);
}

/*
 * The parties of a ledger in byte order.
 */
Datum
ledger_parties(PG_FUNCTION_ARGS)
{
	uint32		n;
	Datum	   *parties = party_datums(PG_GETARG_DATUM(0), &n);

	PG_RETURN_ARRAYTYPE_P(construct_array(parties, (int) n, TEXTOID, -1, false,
										  TYPALIGN_INT));
}

/*
 * The balance of home with a partner, or with every other party.
 */
Datum
reciprocal_balance_of_ledger(PG_FUNCTION_ARGS)
{
	LedgerPeriod within = within_argument(fcinfo, 3);
	LedgerView	view;
	LedgerSum	inflow = {0, 0};
	LedgerSum	outflow = {0, 0};
	Datum		values[RECIPROCAL_BALANCE_COLUMNS];
	bool		nulls[RECIPROCAL_BALANCE_COLUMNS];
	uint32		i;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	ledger_view_arguments(fcinfo, !PG_ARGISNULL(3), &view);
	for (i = 0; i < view.n_corridors; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_sum(&view.corridors[i], within,
										 view.inward[i] ? &inflow : &outflow));
	}
	reciprocal_balance_values(ledger_sum_check(inflow),
							  ledger_sum_check(outflow), values, nulls);
	PG_RETURN_DATUM(ledger_row(fcinfo, values, nulls));
}

/*
 * The balance of two given flows.
 */
Datum
reciprocal_balance_of_flows(PG_FUNCTION_ARGS)
{
	Datum		values[RECIPROCAL_BALANCE_COLUMNS];
	bool		nulls[RECIPROCAL_BALANCE_COLUMNS];

	reciprocal_balance_values(PG_GETARG_INT64(0), PG_GETARG_INT64(1), values,
							  nulls);
	PG_RETURN_DATUM(ledger_row(fcinfo, values, nulls));
}

/*
 * The comparison of two given figures.  Where one of them is not known
 * (NULL) the other still stands, and nothing is said of a change.
 */
Datum
period_comparison_of_people(PG_FUNCTION_ARGS)
{
	Datum		values[PERIOD_COMPARISON_COLUMNS] = {0};
	bool		nulls[PERIOD_COMPARISON_COLUMNS];

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
	{
		memset(nulls, true, sizeof(nulls));
		nulls[0] = PG_ARGISNULL(0);
		nulls[1] = PG_ARGISNULL(1);
		values[0] = nulls[0] ? (Datum) 0 : PG_GETARG_DATUM(0);
		values[1] = nulls[1] ? (Datum) 0 : PG_GETARG_DATUM(1);
	}
	else
		period_comparison_values(PG_GETARG_INT64(0), PG_GETARG_INT64(1),
								 values, nulls);
	PG_RETURN_DATUM(ledger_row(fcinfo, values, nulls));
}
