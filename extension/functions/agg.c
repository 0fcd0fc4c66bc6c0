/*
 * functions/agg.c
 *		ledger_agg.
 *
 * The state of ledger_agg is a transfer_ledger, so that one format serves
 * parallel workers, distributed engines, storage and the wire.  It starts as
 * '{}', becomes a small state (state/small.c) with the first row and an
 * expanded object (state/expanded.c) when it outgrows that.  Only states that
 * the aggregate itself made are modified in place: a small state, which no
 * user ever gets to see, and an expanded object that came through a read-write
 * pointer.  All but the final functions, which leave a state as it is, refuse
 * to run outside an aggregate.
 */
#include "postgres.h"

#include "utils/date.h"

#include "functions/aggregate.h"
#include "core/cursor.h"
#include "functions/fetch.h"
#include "state/expanded.h"
#include "state/small.h"
#include "value/arguments.h"

/* Bytes of segments whose entries may still fit a small state */
#define SMALL_SEGMENTS_LIMIT	(LEDGER_SMALL_LAST_SIZE / 8)

PG_FUNCTION_INFO_V1(ledger_agg_transition);
PG_FUNCTION_INFO_V1(ledger_agg_transition_integer);
PG_FUNCTION_INFO_V1(ledger_agg_transition_smallint);
PG_FUNCTION_INFO_V1(ledger_agg_transition_numeric);
PG_FUNCTION_INFO_V1(ledger_agg_inverse);
PG_FUNCTION_INFO_V1(ledger_agg_inverse_integer);
PG_FUNCTION_INFO_V1(ledger_agg_inverse_smallint);
PG_FUNCTION_INFO_V1(ledger_agg_combine);
PG_FUNCTION_INFO_V1(ledger_agg_combine_inverse);
PG_FUNCTION_INFO_V1(ledger_agg_final);

/*
 * The small state behind a Datum, or NULL where it is something else.
 */
static inline struct varlena *
datum_get_small(Datum datum)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);

	if (VARATT_IS_4B_U(value) &&
		ledger_is_small((const uint8_t *) VARDATA(value),
						VARSIZE(value) - VARHDRSZ))
		return value;
	return NULL;
}

/*
 * A state opened for adding: exactly one of the two is set.
 */
typedef struct LedgerState
{
	ExpandedLedger *expanded;
	struct varlena *small;
	FunctionCallInfo call;		/* by the aggregate */
} LedgerState;

/*
 * ledger_expanded_add as a LedgerVisitor
 */
static void
expanded_add_visited(void *ledger, LedgerParty origin, LedgerParty destination,
					 LedgerDay day, int64 people)
{
	ledger_expanded_add((ExpandedLedger *) ledger, origin, destination, day,
						people);
}

/*
 * Turns the small state into an expanded object, which must be a child of the
 * aggregate's context to be adopted rather than copied.
 */
static void
state_expand(LedgerState *state)
{
	state->expanded = ledger_expanded_make(ledger_aggregate_context(state->call));
	ledger_small_visit(state->small, expanded_add_visited, state->expanded);
	state->small = NULL;
}

/*
 * Adds one entry.
 */
static inline void
state_add(LedgerState *state, LedgerParty origin, LedgerParty destination,
		  LedgerDay day, int64 people)
{
	while (state->small != NULL)
	{
		struct varlena *grown;

		if (ledger_small_add(state->small, origin, destination, day, people))
			return;
		grown = ledger_small_grow(state->small);
		if (grown != NULL)
			state->small = grown;
		else
			state_expand(state);
	}
	ledger_expanded_add(state->expanded, origin, destination, day, people);
}

/*
 * Takes one entry away.  The least bigint has no opposite and goes in two
 * steps.
 */
static inline void
state_take(LedgerState *state, LedgerParty origin, LedgerParty destination,
		   LedgerDay day, int64 people)
{
	if (unlikely(people == PG_INT64_MIN))
	{
		state_add(state, origin, destination, day, PG_INT64_MAX);
		people = -1;
	}
	state_add(state, origin, destination, day, -people);
}

/*
 * Adds the entries of one corridor of a flat ledger.
 */
static void
state_add_corridor(LedgerState *state, const LedgerFlat *flat,
				   const LedgerCorridor *corridor, int sign)
{
	LedgerParty origin;
	LedgerParty destination;
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	ledger_check(ledger_flat_party(flat, corridor->origin, &origin));
	ledger_check(ledger_flat_party(flat, corridor->destination, &destination));
	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		if (sign > 0)
			state_add(state, origin, destination, entry.day, entry.people);
		else
			state_take(state, origin, destination, entry.day, entry.people);
	}
	ledger_check(status);
}

/*
 * Adds a whole ledger, or takes it away where sign is -1.
 */
static void
state_add_flat(LedgerState *state, const LedgerFlat *flat, int sign)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	if (state->small != NULL && flat->segments_length > SMALL_SEGMENTS_LIMIT)
		state_expand(state);
	if (state->small == NULL)
	{
		ledger_expanded_add_flat(state->expanded, flat, sign);
		return;
	}
	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
		state_add_corridor(state, flat, &corridor, sign);
	ledger_check(status);
}

/*
 * Makes a small state of the initial '{}', or of a ledger that another state
 * was replaced by.
 */
static pg_noinline void
state_start(LedgerState *state, Datum datum)
{
	LedgerFlat	flat;

	ledger_fetch(datum, &flat);
	state->small = ledger_small_make(LEDGER_SMALL_FIRST_SIZE);
	state_add_flat(state, &flat, 1);
}

/*
 * Adds what an expanded object has to a state (a LedgerVisitor).
 */
static void
state_add_visited(void *state, LedgerParty origin, LedgerParty destination,
				  LedgerDay day, int64 people)
{
	state_add(state, origin, destination, day, people);
}

/*
 * After n rows, or corridors, have been taken away: makes another state of one
 * that keeps too much of what has left it, so that a moving window takes as long
 * as what is in it.  The executor frees the one before.
 */
static void
state_taken(LedgerState *state, uint32 n)
{
	ExpandedLedger *worn = state->expanded;

	if (worn == NULL || !ledger_expanded_is_worn(worn, n))
		return;
	state->expanded = NULL;
	state->small = ledger_small_make(LEDGER_SMALL_FIRST_SIZE);
	ledger_expanded_visit(worn, state_add_visited, state);
}

/*
 * Opens the state that an aggregate passes as its first argument; an error
 * where none calls.
 */
static inline void
state_open(LedgerState *state, FunctionCallInfo fcinfo)
{
	Datum		datum = PG_GETARG_DATUM(0);

	ledger_check_aggregate(fcinfo);
	state->call = fcinfo;
	state->expanded = NULL;
	state->small = NULL;
	if (likely(VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum))))
	{
		state->expanded = ledger_expanded_from_datum(datum);
		return;
	}
	state->small = datum_get_small(datum);
	if (unlikely(state->small == NULL))
		state_start(state, datum);
}

/*
 * What the aggregate keeps of an opened state; the small one or the object
 * itself.
 */
static inline Datum
state_datum(const LedgerState *state)
{
	if (state->expanded != NULL)
		return ledger_expanded_rw_datum(state->expanded);
	return PointerGetDatum(state->small);
}

/*
 * Adds or takes away a row, whatever the state is.
 */
static pg_noinline Datum
open_and_apply_row(FunctionCallInfo fcinfo, LedgerParty origin,
				  LedgerParty destination, LedgerDay day, int64 people, int sign)
{
	LedgerState state;

	state_open(&state, fcinfo);
	if (sign > 0)
		state_add(&state, origin, destination, day, people);
	else
	{
		state_take(&state, origin, destination, day, people);
		state_taken(&state, 1);
	}
	PG_RETURN_DATUM(state_datum(&state));
}

/*
 * Adds or takes away the row of a call (state, day, origin, destination [,
 * people]); the executor has seen to it that none is NULL.  A row that a plain
 * aggregate adds to an expanded object goes the short way.
 */
static inline Datum
apply_row(FunctionCallInfo fcinfo, int64 people, int sign)
{
	Datum		state = PG_GETARG_DATUM(0);
	LedgerDay	day = PG_GETARG_DATEADT(1);
	LedgerParty origin = ledger_party_argument(fcinfo, 2);
	LedgerParty destination = ledger_party_argument(fcinfo, 3);

	ledger_check_day(day);
	if (sign > 0 &&
		likely(VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state)) &&
			   ledger_in_plain_aggregate(fcinfo)))
	{
		ledger_expanded_add(ledger_expanded_from_datum(state), origin,
							destination, day, people);
		PG_RETURN_DATUM(state);
	}
	return open_and_apply_row(fcinfo, origin, destination, day, people, sign);
}

/*
 * The people of a call: one person where they are not among the arguments.
 */
static inline int64
people_argument(FunctionCallInfo fcinfo)
{
	return PG_NARGS() > 4 ? PG_GETARG_INT64(4) : 1;
}

/*
 * Adds a row to a state.
 */
Datum
ledger_agg_transition(PG_FUNCTION_ARGS)
{
	return apply_row(fcinfo, people_argument(fcinfo), 1);
}

/*
 * The same of people of smaller types: a cast would be a step of its own for
 * each row.
 */
Datum
ledger_agg_transition_integer(PG_FUNCTION_ARGS)
{
	return apply_row(fcinfo, PG_GETARG_INT32(4), 1);
}

Datum
ledger_agg_transition_smallint(PG_FUNCTION_ARGS)
{
	return apply_row(fcinfo, PG_GETARG_INT16(4), 1);
}

/*
 * Refuses numeric, which sum(bigint) gives.  "function does not exist" would not
 * say why, and a cast of each row would round fractions unseen.  Refuses NULL
 * too, so that it does not depend on the values.
 */
Datum
ledger_agg_transition_numeric(PG_FUNCTION_ARGS)
{
	ledger_check_aggregate(fcinfo);
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("ledger_agg does not take people of type numeric"),
			 errdetail("The people of a ledger are whole numbers of type bigint, and sum(bigint) gives numeric."),
			 errhint("Cast whole numbers, as in sum(people)::bigint. For fractions, round their sum or count in a smaller unit.")));
}

/*
 * Takes a row away from a state, for moving windows.
 */
Datum
ledger_agg_inverse(PG_FUNCTION_ARGS)
{
	return apply_row(fcinfo, people_argument(fcinfo), -1);
}

Datum
ledger_agg_inverse_integer(PG_FUNCTION_ARGS)
{
	return apply_row(fcinfo, PG_GETARG_INT32(4), -1);
}

Datum
ledger_agg_inverse_smallint(PG_FUNCTION_ARGS)
{
	return apply_row(fcinfo, PG_GETARG_INT16(4), -1);
}

/*
 * Adds a ledger to a state: another state in a parallel plan, a row's ledger
 * in ledger_agg(transfer_ledger).
 */
Datum
ledger_agg_combine(PG_FUNCTION_ARGS)
{
	Datum		first = PG_GETARG_DATUM(0);
	struct varlena *value = (struct varlena *) PG_GETARG_POINTER(1);
	struct varlena *copy;
	LedgerState state;
	LedgerFlat	flat;
	LedgerFlat	flat_first;

	ledger_check_aggregate(fcinfo);
	copy = ledger_fetch(PointerGetDatum(value), &flat);
	/* a small first ledger is not taken apart; the executor copies it */
	if (flat.segments_length <= SMALL_SEGMENTS_LIMIT &&
		!VARATT_IS_EXTERNAL_EXPANDED(value) &&
		!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(first)) &&
		datum_get_small(first) == NULL)
	{
		ledger_fetch(first, &flat_first);
		if (flat_first.corridors == 0)
			PG_RETURN_POINTER(copy != NULL ? copy : value);
	}

	state_open(&state, fcinfo);
	state_add_flat(&state, &flat, 1);
	PG_RETURN_DATUM(state_datum(&state));
}

/*
 * Takes a ledger away from a state, for moving windows.
 */
Datum
ledger_agg_combine_inverse(PG_FUNCTION_ARGS)
{
	LedgerState state;
	LedgerFlat	flat;

	state_open(&state, fcinfo);
	ledger_fetch(PG_GETARG_DATUM(1), &flat);
	state_add_flat(&state, &flat, -1);
	state_taken(&state, flat.corridors);
	PG_RETURN_DATUM(state_datum(&state));
}

/*
 * The canonical form of a state, which stays as it is: other final functions
 * or further rows may follow.
 */
Datum
ledger_agg_final(PG_FUNCTION_ARGS)
{
	Datum		state = PG_GETARG_DATUM(0);
	struct varlena *value = (struct varlena *) DatumGetPointer(state);

	if (VARATT_IS_EXTERNAL_EXPANDED(value))
		PG_RETURN_POINTER(ledger_expanded_to_flat(ledger_expanded_from_datum(state)));
	value = PG_DETOAST_DATUM(state);
	if (datum_get_small(PointerGetDatum(value)) != NULL)
		PG_RETURN_POINTER(ledger_small_to_flat((const uint8_t *) VARDATA(value),
											   VARSIZE(value) - VARHDRSZ));
	PG_RETURN_POINTER(value);
}
