/*
 * functions/selectivity.c
 *		What part of the ledgers has a party, any of some, or all of them: the
 *		planner's estimates for the operators ?, ?| and ?&.
 *
 * They are taken from the most common parties that ANALYZE keeps of a column of
 * ledgers (functions/statistics.c).  Parties are taken to be independent of each
 * other, as the planner takes conditions to be.  Nothing that may fail is called
 * with a value from the statistics.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/pathnodes.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "functions/parties.h"

/* Names that an array has of which nothing is known */
#define ASSUMED_NAMES		3

PG_FUNCTION_INFO_V1(ledger_exists_sel);
PG_FUNCTION_INFO_V1(ledger_exists_any_sel);
PG_FUNCTION_INFO_V1(ledger_exists_all_sel);
PG_FUNCTION_INFO_V1(ledger_exists_joinsel);
PG_FUNCTION_INFO_V1(ledger_exists_any_joinsel);
PG_FUNCTION_INFO_V1(ledger_exists_all_joinsel);

/* What is looked for: one party, any of an array or all of it */
typedef enum Wanted
{
	WANTED_ONE,
	WANTED_ANY,
	WANTED_ALL
} Wanted;

/* How common the parties of a column of ledgers are */
typedef struct PartyShares
{
	AttStatsSlot slot;			/* parties, and the part of the ledgers that has
								 * each */
	double		others;			/* a party that is not in the slot */
	double		unknown;		/* a party of which nothing is known */
	double		not_null;		/* the part of the rows that has a ledger */
} PartyShares;

/*
 * Opens the statistics of a column of ledgers; false where it has none.
 */
static bool
shares_open(const VariableStatData *column, PartyShares *shares)
{
	AttStatsSlot *slot = &shares->slot;
	double		sum = 0;
	double		squares = 0;
	int			i;

	if (!HeapTupleIsValid(column->statsTuple) ||
		!get_attstatsslot(slot, column->statsTuple, STATISTIC_KIND_MCELEM,
						  InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return false;
	if (slot->valuetype != TEXTOID || slot->nvalues == 0 ||
		slot->nnumbers != slot->nvalues + 3)
	{
		free_attstatsslot(slot);
		return false;
	}
	for (i = 0; i < slot->nvalues; i++)
	{
		sum += slot->numbers[i];
		squares += slot->numbers[i] * slot->numbers[i];
	}
	/* as common as a party met in a ledger is on average */
	shares->unknown = squares / sum;
	/* all that is known of others is that they are less common than this */
	shares->others = slot->numbers[slot->nvalues + 2] / 2;
	shares->not_null = 1 -
		((Form_pg_statistic) GETSTRUCT(column->statsTuple))->stanullfrac;
	return true;
}

/*
 * The part of the ledgers that has a party.
 */
static double
share_of_party(const PartyShares *shares, LedgerParty party)
{
	int			low = 0;
	int			high = shares->slot.nvalues;

	if (party.length == 0 || party.length > LEDGER_PARTY_MAX)
		return 0;
	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			order = ledger_party_compare(party,
												 ledger_party_from_datum(shares->slot.values[middle]));

		if (order == 0)
			return shares->slot.numbers[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return shares->others;
}

/*
 * The part of the ledgers that has any, or all, of some parties.
 */
static double
share_of_names(const PartyShares *shares, ArrayType *array, Wanted wanted)
{
	int			n;
	Datum	   *names = ledger_names(array, &n);
	double		product = 1;
	int			i;

	for (i = 0; i < n; i++)
	{
		double		share = share_of_party(shares, ledger_party_from_datum(names[i]));

		CHECK_FOR_INTERRUPTS();
		product *= wanted == WANTED_ALL ? share : 1 - share;
	}
	return wanted == WANTED_ALL ? product : 1 - product;
}

/*
 * The same of parties of which nothing is known but what part of the ledgers
 * has one of them.
 */
static double
share_of_unknown(double one, Wanted wanted)
{
	if (wanted == WANTED_ONE)
		return one;
	if (wanted == WANTED_ALL)
		return pow(one, ASSUMED_NAMES);
	return 1 - pow(1 - one, ASSUMED_NAMES);
}

/*
 * Restriction: a column of ledgers, and what is looked for in it.
 */
static double
column_selectivity(const VariableStatData *column, Node *sought, Wanted wanted)
{
	PartyShares shares;
	double		share;
	Datum		value;

	if (IsA(sought, Const) && ((Const *) sought)->constisnull)
		return 0;
	if (!shares_open(column, &shares))
		return share_of_unknown(DEFAULT_MATCHING_SEL, wanted);

	if (!IsA(sought, Const))
		share = share_of_unknown(shares.unknown, wanted);
	else
	{
		value = PointerGetDatum(PG_DETOAST_DATUM(((Const *) sought)->constvalue));
		share = wanted == WANTED_ONE ?
			share_of_party(&shares, ledger_party_from_datum(value)) :
			share_of_names(&shares, DatumGetArrayTypeP(value), wanted);
	}
	share *= shares.not_null;
	free_attstatsslot(&shares.slot);
	return share;
}

/*
 * The restriction selectivity of an operator
 */
static Datum
restriction_selectivity(FunctionCallInfo fcinfo, Wanted wanted)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			relation = PG_GETARG_INT32(3);
	VariableStatData column;
	Node	   *other;
	bool		on_left;
	double		share;

	if (!get_restriction_variable(root, args, relation, &column, &other,
								  &on_left))
		PG_RETURN_FLOAT8(share_of_unknown(DEFAULT_MATCHING_SEL, wanted));
	/* a column of names and one ledger are tried with the column's values */
	share = on_left ? column_selectivity(&column, other, wanted) :
		generic_restriction_selectivity(root, operator, PG_GET_COLLATION(), args,
										relation, DEFAULT_MATCHING_SEL);
	ReleaseVariableStats(column);
	CLAMP_PROBABILITY(share);
	PG_RETURN_FLOAT8(share);
}

Datum
ledger_exists_sel(PG_FUNCTION_ARGS)
{
	return restriction_selectivity(fcinfo, WANTED_ONE);
}

Datum
ledger_exists_any_sel(PG_FUNCTION_ARGS)
{
	return restriction_selectivity(fcinfo, WANTED_ANY);
}

Datum
ledger_exists_all_sel(PG_FUNCTION_ARGS)
{
	return restriction_selectivity(fcinfo, WANTED_ALL);
}

/*
 * Are the values of a slot texts, or bytes of the same form?
 */
static bool
slot_has_texts(const AttStatsSlot *slot)
{
	Oid			type = getBaseType(slot->valuetype);

	return type == TEXTOID || type == VARCHAROID;
}

/*
 * The chance that at least one of so many rows is found where each is with this
 * one.  One row: the chance itself.
 */
static double
at_least_one(double chance, double rows)
{
	return rows > 1 ? 1 - pow(1 - chance, rows) : chance;
}

/*
 * Join: a column of ledgers with one of names.  Its most common names count as
 * often as they come, those of its histogram for all others.  Each name is
 * looked for in so many ledgers.
 */
static double
names_selectivity(const PartyShares *shares, const VariableStatData *column,
				  double ledgers)
{
	AttStatsSlot common;
	AttStatsSlot histogram;
	double		rest;
	double		share = 0;
	double		of_rest = 0;
	int			i;

	if (!HeapTupleIsValid(column->statsTuple))
		return at_least_one(shares->unknown * shares->not_null, ledgers);
	rest = 1 - ((Form_pg_statistic) GETSTRUCT(column->statsTuple))->stanullfrac;

	if (get_attstatsslot(&common, column->statsTuple, STATISTIC_KIND_MCV,
						 InvalidOid, ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		for (i = 0; i < common.nvalues && slot_has_texts(&common); i++)
		{
			LedgerParty party = ledger_party_from_datum(common.values[i]);

			share += common.numbers[i] *
				at_least_one(share_of_party(shares, party) * shares->not_null,
							 ledgers);
			rest -= common.numbers[i];
		}
		free_attstatsslot(&common);
	}

	of_rest = at_least_one(shares->unknown * shares->not_null, ledgers);
	if (get_attstatsslot(&histogram, column->statsTuple,
						 STATISTIC_KIND_HISTOGRAM, InvalidOid,
						 ATTSTATSSLOT_VALUES))
	{
		double		sum = 0;

		for (i = 0; i < histogram.nvalues && slot_has_texts(&histogram); i++)
			sum += at_least_one(share_of_party(shares,
											   ledger_party_from_datum(histogram.values[i])) *
								shares->not_null, ledgers);
		if (i > 0)
			of_rest = sum / i;
		free_attstatsslot(&histogram);
	}
	return share + Max(rest, 0) * of_rest;
}

/*
 * Join: a column of ledgers with one of arrays of names, of which each name is
 * in an array, and in a ledger, with a chance of its own.
 */
static double
arrays_selectivity(const PartyShares *shares, const VariableStatData *column,
				   Wanted wanted)
{
	AttStatsSlot names;
	double		product = 1;
	int			i;

	if (!HeapTupleIsValid(column->statsTuple) ||
		!get_attstatsslot(&names, column->statsTuple, STATISTIC_KIND_MCELEM,
						  InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return share_of_unknown(shares->unknown, wanted) * shares->not_null;

	for (i = 0; i < Min(names.nvalues, names.nnumbers) &&
		 slot_has_texts(&names); i++)
	{
		double		share = share_of_party(shares,
										   ledger_party_from_datum(names.values[i]));

		product *= 1 - names.numbers[i] *
			(wanted == WANTED_ALL ? 1 - share : share);
	}
	free_attstatsslot(&names);
	if (i == 0)
		return share_of_unknown(shares->unknown, wanted) * shares->not_null;
	product = wanted == WANTED_ALL ? product : 1 - product;
	return product * shares->not_null *
		(1 - ((Form_pg_statistic) GETSTRUCT(column->statsTuple))->stanullfrac);
}

/*
 * Rows of the relation of a column, at least one.
 */
static double
rows_of(const VariableStatData *column)
{
	return column->rel != NULL ? Max(column->rel->rows, 1) : 1;
}

/*
 * Join: ledgers on the left, what is looked for on the right.  Of a semijoin
 * or antijoin, the part of its outer rows that find an inner one is asked for.
 */
static double
join_selectivity(const VariableStatData *ledgers,
				 const VariableStatData *sought, Wanted wanted,
				 bool semi, bool reversed)
{
	PartyShares shares;
	double		share;
	double		ledgers_each = semi && reversed ? rows_of(ledgers) : 1;
	double		sought_each = semi && !reversed ? rows_of(sought) : 1;

	if (!shares_open(ledgers, &shares))
		return at_least_one(share_of_unknown(DEFAULT_MATCHING_SEL, wanted),
							Max(ledgers_each, sought_each));
	if (wanted == WANTED_ONE)
		share = names_selectivity(&shares, sought, ledgers_each);
	else
		share = at_least_one(arrays_selectivity(&shares, sought, wanted),
							 ledgers_each);
	free_attstatsslot(&shares.slot);
	return at_least_one(share, sought_each);
}

/*
 * The join selectivity of an operator
 */
static Datum
join_selectivity_of(FunctionCallInfo fcinfo, Wanted wanted)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	SpecialJoinInfo *join = (SpecialJoinInfo *) PG_GETARG_POINTER(4);
	VariableStatData ledgers;
	VariableStatData sought;
	bool		reversed;
	double		share;

	get_join_variables(root, args, join, &ledgers, &sought, &reversed);
	share = join_selectivity(&ledgers, &sought, wanted,
							 join->jointype == JOIN_SEMI ||
							 join->jointype == JOIN_ANTI,
							 reversed);
	ReleaseVariableStats(ledgers);
	ReleaseVariableStats(sought);
	CLAMP_PROBABILITY(share);
	PG_RETURN_FLOAT8(share);
}

Datum
ledger_exists_joinsel(PG_FUNCTION_ARGS)
{
	return join_selectivity_of(fcinfo, WANTED_ONE);
}

Datum
ledger_exists_any_joinsel(PG_FUNCTION_ARGS)
{
	return join_selectivity_of(fcinfo, WANTED_ANY);
}

Datum
ledger_exists_all_joinsel(PG_FUNCTION_ARGS)
{
	return join_selectivity_of(fcinfo, WANTED_ALL);
}
