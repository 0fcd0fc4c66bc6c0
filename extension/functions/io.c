/*
 * functions/io.c
 *		What turns a ledger into other forms and back: text, binary, jsonb.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "value/compat.h"
#include "functions/fetch.h"
#include "state/expanded.h"
#include "core/text.h"

/* How much of a malformed literal an error message shows, in bytes */
#define SHOWN_LITERAL		64

PG_FUNCTION_INFO_V1(transfer_ledger_in);
PG_FUNCTION_INFO_V1(transfer_ledger_out);
PG_FUNCTION_INFO_V1(transfer_ledger_recv);
PG_FUNCTION_INFO_V1(transfer_ledger_send);
PG_FUNCTION_INFO_V1(ledger_to_jsonb);
PG_FUNCTION_INFO_V1(jsonb_to_ledger);

/*
 * A stretch of input as an error message shows it: cut off where it is long.
 */
static char *
shown(const char *text, size_t length)
{
	int			clipped;

	if (length <= SHOWN_LITERAL)
		return pnstrdup(text, length);
	clipped = pg_mbcliplen(text, (int) Min(length, PG_INT32_MAX), SHOWN_LITERAL);
	return psprintf("%.*s...", clipped, text);
}

/*
 * Characters of a stretch of input, which may be long.
 */
static int
count_characters(const char *text, size_t length)
{
	const char *end = text + length;
	int			n;

	for (n = 0; text < end; n++)
	{
		CHECK_FOR_INTERRUPTS();
		text += Min(pg_mblen(text), (int) Min(end - text, PG_INT32_MAX));
	}
	return n;
}

/*
 * The error for a text that is no ledger; returns where errors are saved
 * rather than thrown.
 */
static void
raise_malformed(struct Node *escontext, const LedgerTextParser *parser,
				LedgerStatus status)
{
	char	   *literal = shown(parser->text, parser->length);
	char	   *fault = shown(parser->text + parser->fault,
							  parser->fault_length);
	int			position = count_characters(parser->text, parser->fault) + 1;

	if (status == LEDGER_BAD_DAY)
		errsave(escontext,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("day \"%s\" is not a day of a ledger", fault),
				 errdetail("Expected %s at character %d of \"%s\".",
						   parser->expected, position, literal)));
	else if (status == LEDGER_OUT_OF_RANGE)
		errsave(escontext,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number of people \"%s\" is out of range for type bigint",
						fault),
				 errdetail("Expected %s at character %d of \"%s\".",
						   parser->expected, position, literal)));
	else if (parser->fault_length == 0)
		errsave(escontext,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("malformed transfer_ledger literal: \"%s\"", literal),
				 errdetail("Expected %s at character %d, but the text ends there.",
						   parser->expected, position)));
	else
		errsave(escontext,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("malformed transfer_ledger literal: \"%s\"", literal),
				 errdetail("Expected %s at character %d, found \"%s\".",
						   parser->expected, position, fault),
				 IS_HIGHBIT_SET(fault[0]) ?
				 errhint("A party has to be in double quotes unless it consists of the letters A to Z and a to z, digits, \"_\", \"-\" and \".\".") : 0));
}

/*
 * Reads the text form.
 */
Datum
transfer_ledger_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	ExpandedLedger *ledger = ledger_expanded_make(CurrentMemoryContext);
	LedgerTextParser parser;
	LedgerParty origin;
	LedgerParty destination;
	LedgerEntry entry;
	LedgerStatus status;
	struct varlena *flat;

	ledger_text_parse_start(&parser, literal, strlen(literal));
	while ((status = ledger_text_parse_next(&parser, &origin, &destination,
											&entry)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_expanded_add(ledger, origin, destination, entry.day,
							entry.people);
	}
	if (status != LEDGER_DONE)
	{
		ledger_expanded_free(ledger);
		raise_malformed(fcinfo->context, &parser, status);
		PG_RETURN_NULL();
	}

	flat = ledger_expanded_to_flat(ledger, fcinfo->context);
	ledger_expanded_free(ledger);
	if (flat == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(flat);
}

/*
 * Makes room for `needed` bytes more of the text form.
 */
static void
make_room(StringInfo out, Size needed)
{
	if (needed > LEDGER_VALUE_MAX - out->len)
		ledger_raise_too_large("text", LEDGER_VALUE_MAX);
	enlargeStringInfo(out, (int) needed);
}

/*
 * Appends one corridor to the text form.
 */
static void
append_corridor(StringInfo out, const LedgerFlat *flat,
				const LedgerCorridor *corridor)
{
	LedgerParty origin;
	LedgerParty destination;
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;
	const char *separator = ": ";

	ledger_check(ledger_flat_party(flat, corridor->origin, &origin));
	ledger_check(ledger_flat_party(flat, corridor->destination, &destination));
	make_room(out, ledger_text_party_max(origin.length) +
			  ledger_text_party_max(destination.length) + 1);
	out->len += ledger_text_write_party(out->data + out->len, origin);
	out->data[out->len++] = '>';
	out->len += ledger_text_write_party(out->data + out->len, destination);

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		/* and two bytes for what follows the last one */
		make_room(out, 2 + LEDGER_TEXT_ENTRY_MAX + 2);
		memcpy(out->data + out->len, separator, 2);
		out->len += 2;
		out->len += ledger_text_write_entry(out->data + out->len, entry);
		separator = ", ";
		if (cursor.left % ROWS_PER_INTERRUPT == 0)
			CHECK_FOR_INTERRUPTS();
	}
	ledger_check(status);
	out->data[out->len] = '\0';
}

/*
 * Writes the text form.
 */
Datum
transfer_ledger_out(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	StringInfoData out;

	PG_GETARG_LEDGER(0, &flat);
	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		if (walk.position > 1)
			appendBinaryStringInfo(&out, "; ", 2);
		append_corridor(&out, &flat, &corridor);
	}
	ledger_check(status);
	appendStringInfoChar(&out, '}');
	PG_RETURN_CSTRING(out.data);
}

/*
 * Makes a ledger of the same entries under other names.  `names` has one for
 * each party of `flat`.
 */
static struct varlena *
rename_parties(const LedgerFlat *flat, const LedgerParty *names)
{
	ExpandedLedger *ledger = ledger_expanded_make(CurrentMemoryContext);
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	struct varlena *renamed;

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		LedgerCursor cursor;
		LedgerEntry entry;

		ledger_cursor_start(&cursor, &corridor);
		while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
		{
			CHECK_FOR_INTERRUPTS();
			ledger_expanded_add(ledger, names[corridor.origin],
								names[corridor.destination], entry.day,
								entry.people);
		}
		ledger_check(status);
	}
	ledger_check(status);
	renamed = ledger_expanded_to_flat(ledger, NULL);
	ledger_expanded_free(ledger);
	return renamed;
}

/*
 * The error for a party whose name takes more bytes in the client's encoding
 * than the binary form has room for.
 */
pg_noreturn static void
raise_too_long_to_send(LedgerParty party, uint32 length)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("party \"%s\" is too long in encoding \"%s\"",
					shown(party.name, party.length),
					pg_get_client_encoding_name()),
			 errdetail("It has %u bytes there, and the binary form has room for %d.",
					   length, LEDGER_PARTY_MAX),
			 errhint("Read the ledger as text, or set client_encoding to \"%s\".",
					 GetDatabaseEncodingName())));
}

/*
 * Converts the names of a ledger, with pg_client_to_server or its opposite,
 * which also check them.  Returns NULL where that changes none of them.
 */
static struct varlena *
convert_names(const LedgerFlat *flat, char *(*convert) (const char *, int))
{
	LedgerParty *names;
	bool		changed = false;
	uint32		i;

	names = palloc_many(LedgerParty, flat->parties);
	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;
		char	   *converted;

		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flat_party(flat, i, &party));
		names[i] = party;
		converted = convert(party.name, (int) party.length);
		if (converted == party.name)
			continue;
		names[i].name = converted;
		names[i].length = (uint32) strlen(converted);
		if (names[i].length > LEDGER_PARTY_MAX && convert == pg_server_to_client)
			raise_too_long_to_send(party, names[i].length);
		if (names[i].length < 1 || names[i].length > LEDGER_PARTY_MAX)
			ledger_raise_party(names[i]);
		changed = true;
	}
	return changed ? rename_parties(flat, names) : NULL;
}

/*
 * Reads the binary form: the flat form, with names in the client's encoding.
 */
Datum
transfer_ledger_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	const char *data = pq_getmsgbytes(message, length);
	LedgerStatus status;
	LedgerFlat	flat;
	struct varlena *value;

	status = ledger_flat_validate((const uint8_t *) data, (size_t) length,
								  ledger_checkpoint);
	if (status == LEDGER_UNKNOWN_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unknown format version %d in external transfer_ledger value",
						(int) (unsigned char) data[0]),
				 errdetail("This version of the extension reads format version %d.",
						   LEDGER_FLAT_VERSION)));
	if (status != LEDGER_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid external transfer_ledger value of %d bytes",
						length),
				 errdetail("The bytes do not form a ledger.")));

	ledger_check(ledger_flat_open(&flat, (const uint8_t *) data,
								  (size_t) length));
	value = convert_names(&flat, pg_client_to_server);
	if (value == NULL)
		value = ledger_copy(data, (Size) length);
	PG_RETURN_POINTER(value);
}

/*
 * Writes the binary form.
 */
Datum
transfer_ledger_send(PG_FUNCTION_ARGS)
{
	LedgerFlat	flat;
	struct varlena *sent;

	PG_GETARG_LEDGER(0, &flat);
	sent = convert_names(&flat, pg_server_to_client);
	if (sent == NULL)
		sent = ledger_copy(flat.data, flat.length);
	PG_RETURN_BYTEA_P(sent);
}

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
	JsonbParseState *state;
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
	JsonbForm	form = {NULL, 0};
	uint32		origin = UINT32_MAX;
	JsonbValue *result;

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
	result = pushJsonbValue(&form.state, WJB_END_OBJECT, NULL);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(result));
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
	written = shown(written, strlen(written));
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
						shown(key->val.string.val,
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
						"An origin or a destination does not stand for an object.");
	}
	flat = ledger_expanded_to_flat(ledger, NULL);
	ledger_expanded_free(ledger);
	PG_RETURN_POINTER(flat);
}
