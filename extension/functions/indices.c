/*
 * functions/indices.c
 *		ledger_indices: the indices of the literature, all flows at once.
 *
 * What is a ratio of whole numbers is a numeric, of figures that are exact;
 * what needs a root or a fit is a double precision.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "answers/indices.h"
#include "answers/report.h"
#include "functions/fetch.h"
#include "functions/parties.h"
#include "value/arguments.h"
#include "value/figures.h"
#include "value/result.h"

PG_FUNCTION_INFO_V1(ledger_indices);

/* A distance that is no more than what rounding leaves */
#define ROUNDING	1e-13

/* A flow between two different parties, more than nobody */
typedef struct Flow
{
	uint32		origin;
	uint32		destination;
	int64		people;
} Flow;

/* What the indices are made from */
typedef struct System
{
	LedgerFlat	flat;
	uint64		cells;			/* pairs of origin and destination */
	Flow	   *flows;
	uint32		n;				/* of them */
	int64	   *outflow;		/* by party */
	int64	   *inflow;
	int64		people;
	LedgerSum	inside;
	int64	   *figures;		/* room for the people of all flows */
} System;

/* Their places among the columns */
enum
{
	PARTIES, CORRIDORS, PEOPLE, INSIDE, EFFECTIVENESS, CONNECTIVITY,
	INEQUALITY, INEQUALITY_EXPECTED, GINI, GINI_OUT, GINI_IN,
	GINI_OUT_STANDARDIZED, GINI_IN_STANDARDIZED, WEIGHTED_GINI_OUT,
	WEIGHTED_GINI_IN, CV, ACV_OUT, ACV_IN, ACV, POPULATION, INTENSITY,
	NET_RATE, PREFERENCE, VELOCITY, COLUMNS
};

/* A row in the making: all that is not put there is NULL */
typedef struct Row
{
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS];
} Row;

static inline int
compare_figures(const int64 *a, const int64 *b)
{
	return (*a > *b) - (*a < *b);
}

#define ST_SORT sort_figures
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) compare_figures(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline int
compare_by_destination(const Flow *a, const Flow *b)
{
	return (a->destination > b->destination) - (a->destination < b->destination);
}

#define ST_SORT sort_by_destination
#define ST_ELEMENT_TYPE Flow
#define ST_COMPARE(a, b) compare_by_destination(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static void
put(Row *row, int column, Datum value)
{
	row->values[column] = value;
	row->nulls[column] = false;
}

/*
 * a / b as it is, a numeric
 */
static Datum
ratio(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_div, a, b);
}

static Datum
product(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_mul, a, b);
}

static Datum
whole(int64 number)
{
	return NumericGetDatum(int64_to_numeric(number));
}

static Datum
sum_numeric(LedgerSum sum)
{
	return NumericGetDatum(ledger_sum_to_numeric(sum));
}

/*
 * The error for more people who went back than came: no index is defined.
 */
pg_noreturn static void
raise_negative(const LedgerFlat *flat, const LedgerCorridor *corridor,
			   int64 people)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("indices need flows that are not negative"),
			 errdetail("The people from \"%s\" to \"%s\" sum to %lld.",
					   text_to_cstring(ledger_party_to_text(flat, corridor->origin)),
					   text_to_cstring(ledger_party_to_text(flat, corridor->destination)),
					   (long long) people),
			 errhint("Choose a period that includes both the correction and the figures that it corrects.")));
}

/*
 * Reads the flows within a period.
 */
static void
read_system(Datum ledger, LedgerPeriod within, System *system)
{
	LedgerFlat *flat = &system->flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	LedgerSum	people = {0, 0};

	memset(system, 0, sizeof(*system));
	ledger_fetch_within(ledger, within, flat);
	system->cells = (uint64) flat->parties * (flat->parties - (flat->parties > 0));
	system->flows = palloc_many(Flow, flat->corridors);
	system->figures = palloc_many(int64, flat->corridors);
	system->outflow = palloc_many(int64, flat->parties);
	system->inflow = palloc_many(int64, flat->parties);
	memset(system->outflow, 0, flat->parties * sizeof(int64));
	memset(system->inflow, 0, flat->parties * sizeof(int64));

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		Flow	   *flow = &system->flows[system->n];
		LedgerSum	sum = {0, 0};

		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_sum(&corridor, within, &sum));
		flow->origin = corridor.origin;
		flow->destination = corridor.destination;
		flow->people = ledger_sum_check(sum);
		if (flow->people < 0)
			raise_negative(flat, &corridor, flow->people);
		if (flow->origin == flow->destination)
			system->inside = ledger_sum_plus(system->inside, sum);
		else if (flow->people > 0)
		{
			people = ledger_sum_plus(people, sum);
			system->people = ledger_sum_check(people);
			system->outflow[flow->origin] += flow->people;
			system->inflow[flow->destination] += flow->people;
			system->n++;
		}
	}
	ledger_check(status);
}

/*
 * Effectiveness, connectivity and the distance from equal flows, of a system
 * in which somebody moved.
 */
static void
put_shape(const System *system, Row *row)
{
	const int64 mean = system->people / (int64) system->cells;
	LedgerSum	net = {0, 0};
	LedgerSum	above = {0, 0};
	int64		n_above = 0;
	Datum		distance;
	uint32		i;

	for (i = 0; i < system->flat.parties; i++)
		ledger_sum_add(&net, Max(system->inflow[i], system->outflow[i]) -
					   Min(system->inflow[i], system->outflow[i]));
	put(row, EFFECTIVENESS,
		ratio(product(sum_numeric(net), whole(100)),
			  product(whole(system->people), whole(2))));
	put(row, CONNECTIVITY, ratio(whole(system->n), whole((int64) system->cells)));

	/* half of all distances is what the flows above the mean have above it */
	for (i = 0; i < system->n; i++)
		if (system->flows[i].people > mean)
		{
			ledger_sum_add(&above, system->flows[i].people);
			n_above++;
		}
	distance = DirectFunctionCall2(numeric_sub,
								   product(sum_numeric(above), whole((int64) system->cells)),
								   product(whole(n_above), whole(system->people)));
	put(row, INEQUALITY,
		ratio(distance, product(whole((int64) system->cells), whole(system->people))));
}

/*
 * The distance from the flows that independent origins and destinations would
 * have.
 */
static void
put_independence(const System *system, Row *row)
{
	LedgerIndependence fit;
	double		distance = 1;
	uint32		i;

	fit.share_out = palloc_many(double, system->flat.parties);
	fit.share_in = palloc_many(double, system->flat.parties);
	ledger_independence_fit(&fit, system->outflow, system->inflow,
							system->flat.parties, system->people,
							ledger_checkpoint);
	/* a pair without a flow is as far from what is expected as that is large */
	for (i = 0; i < system->n && !fit.exact; i++)
	{
		const Flow *flow = &system->flows[i];
		double		expected = fit.share_out[flow->origin] *
			fit.share_in[flow->destination] * fit.scale;
		double		share = (double) flow->people / (double) system->people;

		distance += fabs(share - expected) - expected;
	}
	put(row, INEQUALITY_EXPECTED,
		Float8GetDatum(fit.exact || distance < ROUNDING ? 0 : distance / 2));
}

/*
 * Adds up the differences within the flows of each party, which are side by
 * side: those from it, or to it.  The aggregate coefficient of variation goes
 * to *variation.
 */
static LedgerSum
differences_by_party(const System *system, bool by_origin, double *variation)
{
	LedgerSum	sum = {0, 0};
	uint32		i = 0;

	*variation = 0;
	while (i < system->n)
	{
		uint32		party = by_origin ? system->flows[i].origin : system->flows[i].destination;
		int64		total = by_origin ? system->outflow[party] : system->inflow[party];
		uint32		n = 0;

		CHECK_FOR_INTERRUPTS();
		for (; i < system->n && party == (by_origin ? system->flows[i].origin :
										  system->flows[i].destination); i++)
			system->figures[n++] = system->flows[i].people;
		sort_figures(system->figures, n);
		sum = ledger_sum_plus(sum, ledger_pair_differences(system->figures, n,
														   system->flat.parties - 1));
		*variation += ledger_variation(system->figures, n, system->flat.parties - 1, total) *
			((double) total / (double) system->people);
	}
	return sum;
}

/*
 * The Gini indices of one direction: absolute, as a share of the index of all
 * flows, and the mean of those of the parties, weighted by their flows.
 */
static void
put_gini_of_parties(const System *system, Row *row, LedgerSum differences,
					LedgerSum all, int column, int standardized, int weighted)
{
	Datum		sum = sum_numeric(differences);
	int64		parties = system->flat.parties;

	put(row, column, ratio(sum, product(whole((int64) system->cells), whole(system->people))));
	if (all.high != 0 || all.low != 0)
		put(row, standardized, ratio(product(sum, whole(100)), sum_numeric(all)));
	if (parties > 2)
		put(row, weighted,
			ratio(sum, product(product(whole(parties - 2), whole(parties)),
							   whole(system->people))));
}

/*
 * Gini indices and coefficients of variation.
 */
static void
put_concentration(System *system, Row *row)
{
	LedgerSum	all;
	LedgerSum	differences;
	double		acv_out;
	double		acv_in;
	uint32		i;

	for (i = 0; i < system->n; i++)
		system->figures[i] = system->flows[i].people;
	sort_figures(system->figures, system->n);
	all = ledger_pair_differences(system->figures, system->n, system->cells);
	put(row, GINI, ratio(sum_numeric(all),
						 product(whole((int64) system->cells - 1), whole(system->people))));
	put(row, CV, Float8GetDatum(ledger_variation(system->figures, system->n,
												 system->cells, system->people)));

	differences = differences_by_party(system, true, &acv_out);
	put_gini_of_parties(system, row, differences, all, GINI_OUT,
						GINI_OUT_STANDARDIZED, WEIGHTED_GINI_OUT);
	sort_by_destination(system->flows, system->n);
	differences = differences_by_party(system, false, &acv_in);
	put_gini_of_parties(system, row, differences, all, GINI_IN,
						GINI_IN_STANDARDIZED, WEIGHTED_GINI_IN);
	put(row, ACV_OUT, Float8GetDatum(acv_out));
	put(row, ACV_IN, Float8GetDatum(acv_in));
	put(row, ACV, Float8GetDatum(acv_out + acv_in));
}

/*
 * The error for populations that are none, with its cause.
 */
pg_noreturn static void
raise_populations(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("populations are not an object with a positive number for each party"),
			 errdetail("%s", detail),
			 errhint("Populations are {\"party\": people}, as jsonb_object_agg(party, population) gives it.")));
}

/*
 * The populations of all parties; of others none is taken.
 */
static Numeric *
read_populations(const LedgerFlat *flat, Jsonb *populations)
{
	Numeric    *result = palloc0((Size) (flat->parties + 1) * sizeof(Numeric));
	JsonbIterator *members;
	JsonbValue	value;
	LedgerParty party;
	uint32		i;

	if (!JB_ROOT_IS_OBJECT(populations))
		raise_populations("They are not an object.");
	members = JsonbIteratorInit(&populations->root);
	while (ledger_next_member(&members, &party, &value))
	{
		bool		found;

		if (value.type != jbvNumeric ||
			!DatumGetBool(DirectFunctionCall2(numeric_gt,
											  NumericGetDatum(value.val.numeric),
											  whole(0))))
			raise_populations(psprintf("The value of \"%s\" is not a positive number.",
									   ledger_shown(party.name, party.length)));
		ledger_check(ledger_flat_find_party(flat, party, &i, &found));
		if (found)
			result[i] = value.val.numeric;
	}
	for (i = 0; i < flat->parties; i++)
		if (result[i] == NULL)
			raise_populations(psprintf("There is no population for \"%s\", a party of the ledger.",
									   text_to_cstring(ledger_party_to_text(flat, i))));
	return result;
}

/*
 * Indices of flows as shares of the populations of the parties.
 */
static void
put_rates(const System *system, Row *row, Jsonb *given)
{
	Numeric    *populations = read_populations(&system->flat, given);
	double	   *sizes = palloc_many(double, system->flat.parties);
	Datum		all = whole(0);
	LedgerSum	net = {0, 0};
	double		total;
	double		velocity = 0;
	uint32		i;

	for (i = 0; i < system->flat.parties; i++)
	{
		Datum		population = NumericGetDatum(populations[i]);

		CHECK_FOR_INTERRUPTS();
		all = DirectFunctionCall2(numeric_add, all, population);
		sizes[i] = DatumGetFloat8(DirectFunctionCall1(numeric_float8, population));
		ledger_sum_add(&net, Max(system->inflow[i], system->outflow[i]) -
					   Min(system->inflow[i], system->outflow[i]));
	}
	if (system->flat.parties == 0)
		return;
	put(row, POPULATION, all);
	put(row, INTENSITY, ratio(product(whole(100), whole(system->people)), all));
	put(row, NET_RATE, ratio(product(whole(50), sum_numeric(net)), all));
	total = DatumGetFloat8(DirectFunctionCall1(numeric_float8, all));
	for (i = 0; i < system->n; i++)
		velocity += (double) system->flows[i].people / sizes[system->flows[i].origin] *
			(total / sizes[system->flows[i].destination]);
	put(row, VELOCITY, Float8GetDatum(velocity));
	if (system->people > 0)
		put(row, PREFERENCE, Float8GetDatum(velocity * (total / (double) system->people)));
}

/*
 * ledger_indices(ledger, within, populations)
 */
Datum
ledger_indices(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		INT8OID, INT8OID, INT8OID, INT8OID, NUMERICOID, NUMERICOID, NUMERICOID,
		FLOAT8OID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID, NUMERICOID,
		NUMERICOID, NUMERICOID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID,
		NUMERICOID, NUMERICOID, NUMERICOID, FLOAT8OID, FLOAT8OID, InvalidOid
	};
	LedgerPeriod within = within_argument(fcinfo, 1);
	System		system;
	Row			row;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	memset(row.nulls, true, sizeof(row.nulls));
	read_system(PG_GETARG_DATUM(0), within, &system);
	put(&row, PARTIES, Int64GetDatum((int64) system.flat.parties));
	put(&row, CORRIDORS, Int64GetDatum((int64) system.n));
	put(&row, PEOPLE, Int64GetDatum(system.people));
	put(&row, INSIDE, Int64GetDatum(ledger_sum_check(system.inside)));
	if (system.people > 0)
	{
		put_shape(&system, &row);
		put_independence(&system, &row);
		put_concentration(&system, &row);
	}
	else if (system.cells > 0)
		put(&row, CONNECTIVITY, whole(0));
	if (!PG_ARGISNULL(2))
		put_rates(&system, &row, PG_GETARG_JSONB_P(2));
	PG_RETURN_DATUM(ledger_row(fcinfo, columns, NULL, row.values,
							   row.nulls));
}
