/*
 * functions/gin.c
 *		The GIN index over the parties of ledgers.
 *
 * A ledger's keys are its parties, whole, so what the index finds needs no
 * second look at the ledger.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "utils/array.h"

#include "functions/parties.h"

/* Strategies, numbered as those of jsonb_ops */
#define EXISTS_STRATEGY			9
#define EXISTS_ANY_STRATEGY		10
#define EXISTS_ALL_STRATEGY		11

PG_FUNCTION_INFO_V1(gin_extract_ledger);
PG_FUNCTION_INFO_V1(gin_extract_ledger_query);
PG_FUNCTION_INFO_V1(gin_consistent_ledger);
PG_FUNCTION_INFO_V1(gin_triconsistent_ledger);

/*
 * extractValue: the parties of a ledger.
 */
Datum
gin_extract_ledger(PG_FUNCTION_ARGS)
{
	int32	   *n_keys = (int32 *) PG_GETARG_POINTER(1);
	uint32		n;
	Datum	   *keys = ledger_party_datums(PG_GETARG_DATUM(0), &n);

	*n_keys = (int32) n;
	PG_RETURN_POINTER(keys);
}

/*
 * extractQuery: the party, or parties, that are looked for.  Where all of none
 * are, every ledger has them.
 */
Datum
gin_extract_ledger_query(PG_FUNCTION_ARGS)
{
	int32	   *n_keys = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	int32	   *search_mode = (int32 *) PG_GETARG_POINTER(6);
	Datum	   *keys;
	int			n = 1;

	if (strategy == EXISTS_STRATEGY)
	{
		keys = palloc(sizeof(Datum));
		keys[0] = PointerGetDatum(PG_GETARG_TEXT_PP(0));
	}
	else
		keys = ledger_names(PG_GETARG_ARRAYTYPE_P(0), &n);
	if (n == 0 && strategy == EXISTS_ALL_STRATEGY)
		*search_mode = GIN_SEARCH_MODE_ALL;
	*n_keys = n;
	PG_RETURN_POINTER(keys);
}

/*
 * What is known of a ledger when this is known of each key: GIN_TRUE where it
 * has the parties that are looked for.
 */
static GinTernaryValue
found_keys(const GinTernaryValue *keys, int n, StrategyNumber strategy)
{
	bool		all = strategy == EXISTS_ALL_STRATEGY;
	GinTernaryValue decisive = all ? GIN_FALSE : GIN_TRUE;
	GinTernaryValue result = all ? GIN_TRUE : GIN_FALSE;
	int			i;

	for (i = 0; i < n; i++)
	{
		if (keys[i] == decisive)
			return decisive;
		if (keys[i] == GIN_MAYBE)
			result = GIN_MAYBE;
	}
	return result;
}

/*
 * consistent
 */
Datum
gin_consistent_ledger(PG_FUNCTION_ARGS)
{
	/* false and true are GIN_FALSE and GIN_TRUE */
	const GinTernaryValue *keys = (GinTernaryValue *) PG_GETARG_POINTER(0);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);

	*recheck = false;
	PG_RETURN_BOOL(found_keys(keys, PG_GETARG_INT32(3),
							  PG_GETARG_UINT16(1)) == GIN_TRUE);
}

/*
 * triConsistent
 */
Datum
gin_triconsistent_ledger(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *keys = (GinTernaryValue *) PG_GETARG_POINTER(0);

	PG_RETURN_GIN_TERNARY_VALUE(found_keys(keys, PG_GETARG_INT32(3),
										   PG_GETARG_UINT16(1)));
}
