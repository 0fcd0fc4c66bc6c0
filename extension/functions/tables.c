/*
 * functions/tables.c
 *		What a ledger says as a table: its entries and corridors, the balances
 *		of a home and of all pairs, and series of periods.
 *
 * Every function here gives its rows in a tuplestore.  What they have in
 * common: a NULL ledger gives no rows, a NULL `within` is everything.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "value/figures.h"
#include "core/cursor.h"
#include "functions/rows.h"

PG_FUNCTION_INFO_V1(ledger_entries);
PG_FUNCTION_INFO_V1(ledger_corridors);
PG_FUNCTION_INFO_V1(ledger_balances);
PG_FUNCTION_INFO_V1(ledger_pairs);
PG_FUNCTION_INFO_V1(ledger_series);

/*
 * All entries of a ledger, in canonical order.
 */
Datum
ledger_entries(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		DATEOID, TEXTOID, TEXTOID, INT8OID, InvalidOid
	};
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	Datum		values[4];
	bool		nulls[4] = {false};
	uint64		rows = 0;
	uint32		origin = 0;

	ledger_begin_rows(fcinfo, columns);
	PG_GETARG_LEDGER(0, &flat);
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		LedgerCursor cursor;
		LedgerEntry entry;

		if (rows == 0 || corridor.origin != origin)
		{
			origin = corridor.origin;
			values[1] = PointerGetDatum(ledger_party_to_text(&flat, origin));
		}
		values[2] = PointerGetDatum(ledger_party_to_text(&flat,
														 corridor.destination));
		ledger_cursor_start(&cursor, &corridor);
		while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
		{
			values[0] = DateADTGetDatum(entry.day);
			values[3] = Int64GetDatum(entry.people);
			ledger_put_row(fcinfo, values, nulls);
			if (rows++ % ROWS_PER_INTERRUPT == 0)
				CHECK_FOR_INTERRUPTS();
		}
		ledger_check(status);
		pfree(DatumGetPointer(values[2]));
	}
	ledger_check(status);
	return (Datum) 0;
}

/*
 * The corridors of a ledger that have entries within a period.
 */
Datum
ledger_corridors(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, TEXTOID, INT8OID, INT8OID, DATEOID, DATEOID, InvalidOid
	};
	LedgerPeriod within;
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	MemoryContext caller;
	Datum		values[6];
	bool		nulls[6] = {false};

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	within = within_argument(fcinfo, 1);
	ledger_fetch_corridors(PG_GETARG_DATUM(0), !PG_ARGISNULL(1), &flat);
	ledger_walk_start(&walk, &flat);
	caller = ledger_rows_start();
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		LedgerCorridorPart part;

		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_part(&corridor, within, &part));
		if (part.entries == 0)
			continue;
		values[0] = PointerGetDatum(ledger_party_to_text(&flat,
														 corridor.origin));
		values[1] = PointerGetDatum(ledger_party_to_text(&flat,
														 corridor.destination));
		values[2] = Int64GetDatum(part.people);
		values[3] = Int64GetDatum((int64) part.entries);
		values[4] = DateADTGetDatum(part.first);
		values[5] = DateADTGetDatum(part.last);
		ledger_put_row(fcinfo, values, nulls);
		ledger_row_done();
	}
	ledger_check(status);
	ledger_rows_end(caller);
	return (Datum) 0;
}

/* What one party sends and receives, where it has a corridor to another */
typedef struct PartyFlows
{
	uint32		party;
	bool		used;
	LedgerSum	sent;
	LedgerSum	received;
} PartyFlows;

/*
 * Gives a row for each of n partners that is used: what it sends is inflow.
 */
static void
put_balances(FunctionCallInfo fcinfo, const LedgerFlat *flat,
			 const PartyFlows *partners, uint32 n)
{
	MemoryContext caller;
	LedgerSum	whole = {0, 0};
	Datum		values[2 + RECIPROCAL_BALANCE_COLUMNS];
	bool		nulls[2 + RECIPROCAL_BALANCE_COLUMNS] = {false};
	uint32		i;

	for (i = 0; i < n; i++)
		whole = ledger_sum_plus(whole, ledger_sum_plus(partners[i].sent,
													   partners[i].received));
	caller = ledger_rows_start();
	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!partners[i].used)
			continue;
		values[0] = PointerGetDatum(ledger_party_to_text(flat, partners[i].party));
		reciprocal_balance_values(ledger_sum_check(partners[i].sent),
								  ledger_sum_check(partners[i].received),
								  values + 1, nulls + 1);
		values[1 + RECIPROCAL_BALANCE_COLUMNS] =
			ledger_share(DatumGetInt64(values[4]), whole,
						 &nulls[1 + RECIPROCAL_BALANCE_COLUMNS]);
		ledger_put_row(fcinfo, values, nulls);
		ledger_row_done();
	}
	ledger_rows_end(caller);
}

/*
 * The balance of everyone else with each party: what it sends is their inflow.
 */
static void
put_everyone_balances(FunctionCallInfo fcinfo)
{
	LedgerPeriod within = within_argument(fcinfo, 2);
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	PartyFlows *parties;

	ledger_fetch_corridors(PG_GETARG_DATUM(0), !PG_ARGISNULL(2), &flat);
	parties = palloc_many(PartyFlows, flat.parties);
	memset(parties, 0, (Size) flat.parties * sizeof(PartyFlows));
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		PartyFlows *origin = &parties[corridor.origin];
		PartyFlows *destination = &parties[corridor.destination];
		LedgerSum	people = {0, 0};

		if (origin == destination)
			continue;
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_sum(&corridor, within, &people));
		origin->used = destination->used = true;
		origin->party = corridor.origin;
		destination->party = corridor.destination;
		origin->sent = ledger_sum_plus(origin->sent, people);
		destination->received = ledger_sum_plus(destination->received, people);
	}
	ledger_check(status);

	put_balances(fcinfo, &flat, parties, flat.parties);
}

/*
 * The balance of home with each party that it shares a corridor with, in byte
 * order of the parties.
 */
Datum
ledger_balances(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, RECIPROCAL_BALANCE_TYPES, NUMERICOID, InvalidOid
	};
	LedgerPeriod within;
	HomeCorridors between;
	PartyFlows *partners;
	uint32		n = 0;
	uint32		i;

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	if (PG_ARGISNULL(1))
	{
		put_everyone_balances(fcinfo);
		return (Datum) 0;
	}

	within = within_argument(fcinfo, 2);
	ledger_fetch_home(PG_GETARG_DATUM(0), PG_GETARG_TEXT_PP(1), NULL,
					  !PG_ARGISNULL(2), &between);
	partners = palloc_many(PartyFlows, between.n_corridors);
	for (i = 0; i < between.n_corridors; i++)
	{
		const LedgerCorridor *corridor = &between.corridors[i];
		uint32		party = between.inward[i] ? corridor->origin : corridor->destination;

		CHECK_FOR_INTERRUPTS();
		/* one corridor of each direction, side by side */
		if (n == 0 || partners[n - 1].party != party)
		{
			memset(&partners[n], 0, sizeof(PartyFlows));
			partners[n].party = party;
			partners[n++].used = true;
		}
		ledger_check(ledger_corridor_sum(corridor, within,
										 between.inward[i] ? &partners[n - 1].sent :
										 &partners[n - 1].received));
	}
	put_balances(fcinfo, &between.flat, partners, n);
	return (Datum) 0;
}

/* One direction of a pair; home is the party that comes first. */
typedef struct PairFlow
{
	uint32		home;
	uint32		partner;
	bool		inward;
	int64		people;
} PairFlow;

/*
 * By home, then by partner.
 */
static inline int
compare_pair_flows(const PairFlow *a, const PairFlow *b)
{
	if (a->home != b->home)
		return a->home < b->home ? -1 : 1;
	if (a->partner != b->partner)
		return a->partner < b->partner ? -1 : 1;
	return 0;
}

#define ST_SORT sort_pair_flows
#define ST_ELEMENT_TYPE PairFlow
#define ST_COMPARE(a, b) compare_pair_flows(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The corridors between two different parties that have entries within a
 * period, the two directions of a pair side by side.  Their number goes to *n.
 */
static PairFlow *
collect_pair_flows(const LedgerFlat *flat, LedgerPeriod within, uint32 *n)
{
	PairFlow   *flows;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	flows = palloc_many(PairFlow, flat->corridors);
	*n = 0;
	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		LedgerCorridorPart part;
		PairFlow   *flow = &flows[*n];

		if (corridor.origin == corridor.destination)
			continue;
		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_corridor_part(&corridor, within, &part));
		if (part.entries == 0)
			continue;
		flow->home = Min(corridor.origin, corridor.destination);
		flow->partner = Max(corridor.origin, corridor.destination);
		flow->inward = corridor.destination == flow->home;
		flow->people = part.people;
		(*n)++;
	}
	ledger_check(status);
	sort_pair_flows(flows, *n);
	return flows;
}

/*
 * The balance of each pair of parties that has a flow, as the one that comes
 * first in byte order sees it.
 */
Datum
ledger_pairs(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		TEXTOID, TEXTOID, RECIPROCAL_BALANCE_TYPES, NUMERICOID, InvalidOid
	};
	LedgerPeriod within;
	LedgerFlat	flat;
	PairFlow   *flows;
	LedgerSum	whole = {0, 0};
	MemoryContext caller;
	Datum		values[3 + RECIPROCAL_BALANCE_COLUMNS];
	bool		nulls[3 + RECIPROCAL_BALANCE_COLUMNS] = {false};
	uint32		n;
	uint32		i;

	ledger_begin_rows(fcinfo, columns);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	within = within_argument(fcinfo, 1);
	ledger_fetch_corridors(PG_GETARG_DATUM(0), !PG_ARGISNULL(1), &flat);
	flows = collect_pair_flows(&flat, within, &n);
	for (i = 0; i < n; i++)
		ledger_sum_add(&whole, flows[i].people);
	caller = ledger_rows_start();
	i = 0;
	while (i < n)
	{
		const PairFlow *pair = &flows[i];
		int64		inflow = 0;
		int64		outflow = 0;

		CHECK_FOR_INTERRUPTS();
		for (; i < n && compare_pair_flows(pair, &flows[i]) == 0; i++)
		{
			if (flows[i].inward)
				inflow = flows[i].people;
			else
				outflow = flows[i].people;
		}
		values[0] = PointerGetDatum(ledger_party_to_text(&flat, pair->home));
		values[1] = PointerGetDatum(ledger_party_to_text(&flat, pair->partner));
		reciprocal_balance_values(inflow, outflow, values + 2, nulls + 2);
		values[2 + RECIPROCAL_BALANCE_COLUMNS] =
			ledger_share(DatumGetInt64(values[5]), whole,
						 &nulls[2 + RECIPROCAL_BALANCE_COLUMNS]);
		ledger_put_row(fcinfo, values, nulls);
		ledger_row_done();
	}
	ledger_rows_end(caller);
	return (Datum) 0;
}

/*
 * Gives one row of ledger_series.
 */
static void
put_series_row(FunctionCallInfo fcinfo, const LedgerSeriesRow *row)
{
	char		label[PERIOD_LABEL_MAX];
	Datum		values[9];
	bool		nulls[9] = {false};
	int			length;

	length = ledger_series_label(row, label);
	values[0] = RangeTypePGetDatum(period_to_range(row->period));
	values[1] = PointerGetDatum(cstring_to_text_with_len(label, length));
	values[2] = BoolGetDatum(row->complete);
	values[3] = Int32GetDatum(row->days);
	values[4] = Int64GetDatum(row->inflow);
	values[5] = Int64GetDatum(row->outflow);
	values[6] = Int64GetDatum(row->net);
	values[7] = Int64GetDatum(row->gross);
	values[8] = Int64GetDatum(row->balance);
	memset(nulls + 4, !ledger_series_row_known(row), 5 * sizeof(bool));
	ledger_put_row(fcinfo, values, nulls);
}

/*
 * The flows and the balance of home by the periods of a calendar.
 */
Datum
ledger_series(PG_FUNCTION_ARGS)
{
	static const Oid columns[] = {
		DATERANGEOID, TEXTOID, BOOLOID, INT4OID, INT8OID, INT8OID, INT8OID,
		INT8OID, INT8OID, InvalidOid
	};
	PeriodCalendar calendar;
	LedgerScope scope;
	HomeCorridors between;
	LedgerSeries *series;
	LedgerSeriesRow row;
	LedgerStatus status;
	MemoryContext caller;
	uint64		rows = 0;

	if (!ledger_start_rows(fcinfo, columns, &between))
		return (Datum) 0;
	ledger_calendar_arguments(fcinfo, 3, 1, 4, 5, &calendar);
	ledger_scope_arguments(fcinfo, 6, 7, &between.flat, &scope);
	series = ledger_start_series(&between, &calendar, &scope);

	caller = ledger_rows_start();
	while ((status = ledger_series_next(series, &row)) == LEDGER_OK)
	{
		put_series_row(fcinfo, &row);
		ledger_row_done();
		if (rows++ % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	ledger_check(status);
	ledger_rows_end(caller);
	return (Datum) 0;
}
