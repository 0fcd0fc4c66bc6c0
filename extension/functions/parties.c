/*
 * functions/parties.c
 *		The parties of a ledger: which there are, and whether these are.
 *
 * Only the head of a large stored ledger is read.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "functions/fetch.h"
#include "functions/parties.h"

PG_FUNCTION_INFO_V1(ledger_parties);
PG_FUNCTION_INFO_V1(ledger_exists);
PG_FUNCTION_INFO_V1(ledger_exists_any);
PG_FUNCTION_INFO_V1(ledger_exists_all);

Datum *
ledger_party_datums(Datum ledger, uint32 *n)
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

bool
ledger_next_member(JsonbIterator **members, LedgerParty *party,
				   JsonbValue *value)
{
	JsonbIteratorToken token;
	JsonbValue	key;

	CHECK_FOR_INTERRUPTS();
	while ((token = JsonbIteratorNext(members, &key, true)) != WJB_KEY)
		if (token == WJB_DONE)
			return false;
	(void) JsonbIteratorNext(members, value, true);
	party->name = key.val.string.val;
	party->length = (uint32) key.val.string.len;
	return true;
}

Datum *
ledger_names(ArrayType *array, int *n)
{
	Datum	   *names;
	bool	   *nulls;
	int			elements;
	int			i;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT,
					  &names, &nulls, &elements);
	*n = 0;
	for (i = 0; i < elements; i++)
	{
		if (!nulls[i])
			names[(*n)++] = names[i];
	}
	return names;
}

/*
 * The parties of a ledger in byte order.
 */
Datum
ledger_parties(PG_FUNCTION_ARGS)
{
	uint32		n;
	Datum	   *parties = ledger_party_datums(PG_GETARG_DATUM(0), &n);

	PG_RETURN_ARRAYTYPE_P(construct_array(parties, (int) n, TEXTOID, -1, false,
										  TYPALIGN_INT));
}

/*
 * Whether a ledger has a party.  It has none whose name no party can have.
 */
static bool
has_party(const LedgerFlat *flat, Datum name)
{
	uint32		index;
	bool		found;

	ledger_check(ledger_flat_find_party(flat, ledger_party_from_datum(name),
										&index, &found));
	return found;
}

/*
 * ledger ? party: whether anybody moved from or to it
 */
Datum
ledger_exists(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;

	ledger_fetch_head(PG_GETARG_DATUM(0), &flat);
	PG_RETURN_BOOL(has_party(&flat, PointerGetDatum(PG_GETARG_TEXT_PP(1))));
}

/*
 * Whether some party of an array that a ledger has, or has not, is found: the
 * one that decides.
 */
static bool
some_party(FunctionCallInfo fcinfo, bool has)
{
	int			n;
	Datum	   *names = ledger_names(PG_GETARG_ARRAYTYPE_P(1), &n);
	LedgerFlat	flat;
	int			i;

	ledger_fetch_head(PG_GETARG_DATUM(0), &flat);
	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (has_party(&flat, names[i]) == has)
			return true;
	}
	return false;
}

/*
 * ledger ?| parties: whether it has any of them
 */
Datum
ledger_exists_any(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(some_party(fcinfo, true));
}

/*
 * ledger ?& parties: whether it has all of them
 */
Datum
ledger_exists_all(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!some_party(fcinfo, false));
}
