/*
 * functions/order.c
 *		Equality, order and hashing of ledgers: those of their bytes.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "functions/fetch.h"

/* Bytes hashed at a time; hash indexes and partitions depend on it */
#define HASH_PART		((Size) 1024 * 1024)

PG_FUNCTION_INFO_V1(ledger_eq);
PG_FUNCTION_INFO_V1(ledger_ne);
PG_FUNCTION_INFO_V1(ledger_lt);
PG_FUNCTION_INFO_V1(ledger_le);
PG_FUNCTION_INFO_V1(ledger_gt);
PG_FUNCTION_INFO_V1(ledger_ge);
PG_FUNCTION_INFO_V1(ledger_cmp);
PG_FUNCTION_INFO_V1(ledger_hash);
PG_FUNCTION_INFO_V1(ledger_hash_extended);

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
