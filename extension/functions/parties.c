/*
 * functions/parties.c
 *		The parties of a ledger, and the index over them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "functions/fetch.h"
#include "value/compat.h"

PG_FUNCTION_INFO_V1(ledger_parties);
PG_FUNCTION_INFO_V1(ledger_contains_party);
PG_FUNCTION_INFO_V1(party_contained_by_ledger);
PG_FUNCTION_INFO_V1(gin_extract_ledger_parties);
PG_FUNCTION_INFO_V1(gin_extract_query_party);
PG_FUNCTION_INFO_V1(gin_consistent_party);

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
