/*
 * functions/json.c
 *		jsonb to ledger and back, and ledger to json.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "core/text.h"
#include "core/cursor.h"
#include "functions/fetch.h"
#include "state/expanded.h"
#include "value/compat.h"

PG_FUNCTION_INFO_V1(ledger_to_jsonb);
PG_FUNCTION_INFO_V1(ledger_to_json);
PG_FUNCTION_INFO_V1(jsonb_to_ledger);

/*
 * A string as jsonb wants it; borrows.
 */
static JsonbValue
jsonb_string(const char *string, size_t length)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, string);
	value.val.string.len = (int) length;
	return value;
}

/*
 * A jsonb being made, with the bytes that it takes at the least so far: what
 * it is made from takes several times as many, and PostgreSQL looks at the
 * size only once all of that is there.
 */
typedef struct JsonbForm
{
	JsonbInState state;
	Size		size;
} JsonbForm;

/*
 * Counts a key and what stands for it, of so many bytes together.
 */
static inline void
count_pair(JsonbForm *form, Size bytes)
{
	form->size += 2 * sizeof(JEntry) + bytes;
	if (form->size > JENTRY_OFFLENMASK)
		ledger_raise_too_large("jsonb", JENTRY_OFFLENMASK);
}

/*
 * Pushes a party as a key, and begins the object that it stands for.
 */
static void
push_party(JsonbForm *form, const LedgerFlat *flat, uint32 index)
{
	LedgerParty party;
	JsonbValue	key;

	ledger_check(ledger_flat_party(flat, index, &party));
	key = jsonb_string(party.name, party.length);
	pushJsonbValue(&form->state, WJB_KEY, &key);
	pushJsonbValue(&form->state, WJB_BEGIN_OBJECT, NULL);
	count_pair(form, party.length + sizeof(JsonbContainer));
}

/*
 * Pushes the entries of one corridor.
 */
static void
push_entries(JsonbForm *form, const LedgerCorridor *corridor)
{
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		char	   *written = palloc(LEDGER_TEXT_ENTRY_MAX);
		JsonbValue	value;

		CHECK_FOR_INTERRUPTS();
		/* the date is how an entry is written, up to the white space */
		ledger_text_write_entry(written, entry);
		value = jsonb_string(written, LEDGER_TEXT_DAY_LENGTH);
		pushJsonbValue(&form->state, WJB_KEY, &value);
		value.type = jbvNumeric;
		value.val.numeric = int64_to_numeric(entry.people);
		pushJsonbValue(&form->state, WJB_VALUE, &value);
		count_pair(form, LEDGER_TEXT_DAY_LENGTH + VARSIZE(value.val.numeric));
	}
	ledger_check(status);
}

/*
 * {"origin": {"destination": {"YYYY-MM-DD": people}}}
 */
Datum
ledger_to_jsonb(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	JsonbForm	form = {0};
	uint32		origin = UINT32_MAX;

	PG_GETARG_LEDGER(0, &flat);
	pushJsonbValue(&form.state, WJB_BEGIN_OBJECT, NULL);
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		if (corridor.origin != origin)
		{
			if (origin != UINT32_MAX)
				pushJsonbValue(&form.state, WJB_END_OBJECT, NULL);
			origin = corridor.origin;
			push_party(&form, &flat, origin);
		}
		push_party(&form, &flat, corridor.destination);
		push_entries(&form, &corridor);
		pushJsonbValue(&form.state, WJB_END_OBJECT, NULL);
	}
	ledger_check(status);
	if (origin != UINT32_MAX)
		pushJsonbValue(&form.state, WJB_END_OBJECT, NULL);
	pushJsonbValue(&form.state, WJB_END_OBJECT, NULL);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(form.state.result));
}

/*
 * Appends a party as a key and opens the object that it stands for, after what
 * parts it from the one before.
 */
static void
append_party(StringInfo out, const LedgerFlat *flat, uint32 index,
			 const char *separator)
{
	char		name[LEDGER_PARTY_MAX + 1];
	LedgerParty party;

	ledger_check(ledger_flat_party(flat, index, &party));
	memcpy(name, party.name, party.length);
	name[party.length] = '\0';
	/* six bytes for one at most, quotes, and what goes before and after them */
	ledger_make_room(out, "json", 6 * (Size) party.length + 2 + 8);
	appendStringInfoString(out, separator);
	escape_json(out, name);
	appendStringInfoString(out, ": {");
}

/*
 * Appends the entries of one corridor, and closes its object.
 */
static void
append_entries(StringInfo out, const LedgerCorridor *corridor)
{
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;
	const char *separator = "\"";

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		char		written[LEDGER_TEXT_ENTRY_MAX];
		int			length = (int) ledger_text_write_entry(written, entry);

		/* and room for all that is open to be closed */
		ledger_make_room(out, "json", LEDGER_TEXT_ENTRY_MAX + 6 + 4);
		appendStringInfoString(out, separator);
		appendBinaryStringInfo(out, written, LEDGER_TEXT_DAY_LENGTH);
		/* the number is what follows the date and one blank */
		appendBinaryStringInfo(out, "\":", 2);
		appendBinaryStringInfo(out, written + LEDGER_TEXT_DAY_LENGTH,
							   length - LEDGER_TEXT_DAY_LENGTH);
		separator = ", \"";
		if (cursor.left % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	ledger_check(status);
	appendStringInfoChar(out, '}');
}

/*
 * The same as json, in the order of the ledger.  A cast to it is also what
 * to_json, to_jsonb and their kind look for in a type that is not their own.
 */
Datum
ledger_to_json(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	StringInfoData out;
	uint32		origin = UINT32_MAX;

	PG_GETARG_LEDGER(0, &flat);
	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		const bool	same = corridor.origin == origin;

		CHECK_FOR_INTERRUPTS();
		if (!same)
			append_party(&out, &flat, corridor.origin,
						 origin == UINT32_MAX ? "" : "}, ");
		origin = corridor.origin;
		append_party(&out, &flat, corridor.destination, same ? ", " : "");
		append_entries(&out, &corridor);
	}
	ledger_check(status);
	appendStringInfoString(&out, origin == UINT32_MAX ? "}" : "}}");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/*
 * The error for jsonb that is no ledger, with its cause.
 */
pg_noreturn static void
raise_jsonb(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("jsonb value is not a ledger"),
			 errdetail("%s", detail),
			 errhint("A ledger is {\"origin\": {\"destination\": {\"YYYY-MM-DD\": people}}}.")));
}

/*
 * Whether a number lies between two others.
 */
static bool
numeric_between(Datum number, int64 least, int64 greatest)
{
	return DatumGetBool(DirectFunctionCall2(numeric_ge, number,
											NumericGetDatum(int64_to_numeric(least)))) &&
		DatumGetBool(DirectFunctionCall2(numeric_le, number,
										 NumericGetDatum(int64_to_numeric(greatest))));
}

/*
 * The people of an entry: a whole number within bigint.
 */
static int64
people_from_jsonb(const JsonbValue *value, const JsonbValue *day)
{
	Datum		numeric;
	Datum		whole;
	char	   *written;

	if (value->type != jbvNumeric)
		raise_jsonb(psprintf("The people of day \"%.*s\" are not a number.",
							 day->val.string.len, day->val.string.val));
	numeric = NumericGetDatum(value->val.numeric);
	whole = DirectFunctionCall2(numeric_trunc, numeric, Int32GetDatum(0));
	if (DatumGetBool(DirectFunctionCall2(numeric_eq, numeric, whole)) &&
		numeric_between(numeric, PG_INT64_MIN, PG_INT64_MAX))
		return DatumGetInt64(DirectFunctionCall1(numeric_int8, numeric));

	written = DatumGetCString(DirectFunctionCall1(numeric_out, numeric));
	written = ledger_shown(written, strlen(written));
	if (DatumGetBool(DirectFunctionCall2(numeric_ne, numeric, whole)))
		raise_jsonb(psprintf("The people of day \"%.*s\" are not a whole number: %s.",
							 day->val.string.len, day->val.string.val, written));
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("number of people \"%s\" is out of range for type bigint",
					written),
			 errdetail("They are those of day \"%.*s\".",
					   day->val.string.len, day->val.string.val)));
	pg_unreachable();
}

/*
 * The day that a key names; an error where it names none.
 */
static LedgerDay
day_from_jsonb(const JsonbValue *key)
{
	LedgerDay	day;

	if (key->val.string.len != LEDGER_TEXT_DAY_LENGTH ||
		ledger_text_read_day(key->val.string.val,
							 (size_t) key->val.string.len, &day) != LEDGER_OK)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("day \"%s\" is not a day of a ledger",
						ledger_shown(key->val.string.val,
							  (size_t) key->val.string.len)),
				 errdetail("Expected a date as YYYY-MM-DD, from 0001-01-01 to 9999-12-31.")));
	return day;
}

/*
 * The party that a key names; an error where it is too long or empty.
 * Borrows.
 */
static LedgerParty
party_from_jsonb(const JsonbValue *key)
{
	LedgerParty party = {key->val.string.val, (uint32) key->val.string.len};

	if (party.length < 1 || party.length > LEDGER_PARTY_MAX)
		ledger_raise_party(party);
	return party;
}

/*
 * Reads the jsonb form: objects three deep, keys before what they stand for.
 */
Datum
jsonb_to_ledger(PG_FUNCTION_ARGS)
{
	Jsonb	   *jsonb = PG_GETARG_JSONB_P(0);
	ExpandedLedger *ledger;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;
	JsonbValue	day_key = {0};
	LedgerParty parties[2] = {0};
	LedgerDay	day = 0;
	int			depth = 0;
	struct varlena *flat;

	if (!JB_ROOT_IS_OBJECT(jsonb))
		raise_jsonb("It is not an object.");
	ledger = ledger_expanded_make(CurrentMemoryContext);
	iterator = JsonbIteratorInit(&jsonb->root);
	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (token == WJB_BEGIN_OBJECT && depth < 3)
			depth++;
		else if (token == WJB_END_OBJECT)
			depth--;
		else if (token == WJB_KEY && depth < 3)
			parties[depth - 1] = party_from_jsonb(&value);
		else if (token == WJB_KEY)
		{
			day_key = value;
			day = day_from_jsonb(&day_key);
		}
		else if (token == WJB_VALUE && depth == 3)
			ledger_expanded_add(ledger, parties[0], parties[1], day,
								people_from_jsonb(&value, &day_key));
		else
			raise_jsonb(depth == 3 ?
						"An entry is not a number of people." :
						"The value of an origin or a destination is not an object.");
	}
	flat = ledger_expanded_to_flat(ledger);
	ledger_expanded_free(ledger);
	PG_RETURN_POINTER(flat);
}
