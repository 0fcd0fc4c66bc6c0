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

#include "value/compat.h"
#include "core/cursor.h"
#include "functions/fetch.h"
#include "state/expanded.h"
#include "core/text.h"

PG_FUNCTION_INFO_V1(transfer_ledger_in);
PG_FUNCTION_INFO_V1(transfer_ledger_out);
PG_FUNCTION_INFO_V1(transfer_ledger_recv);
PG_FUNCTION_INFO_V1(transfer_ledger_send);

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
	char	   *literal = ledger_shown(parser->text, parser->length);
	char	   *fault = ledger_shown(parser->text + parser->fault,
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
	struct varlena *flat = NULL;

	ledger_expanded_save_errors(ledger, fcinfo->context);
	ledger_text_parse_start(&parser, literal, strlen(literal));
	while ((status = ledger_text_parse_next(&parser, &origin, &destination,
											&entry)) == LEDGER_OK)
	{
		CHECK_FOR_INTERRUPTS();
		ledger_expanded_add(ledger, origin, destination, entry.day,
							entry.people);
		if (SOFT_ERROR_OCCURRED(fcinfo->context))
			break;
	}
	if (status == LEDGER_DONE)
		flat = ledger_expanded_to_flat(ledger);
	else if (status != LEDGER_OK)
		raise_malformed(fcinfo->context, &parser, status);
	ledger_expanded_free(ledger);
	if (flat == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(flat);
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
	ledger_make_room(out, "text", ledger_text_party_max(origin.length) +
			  ledger_text_party_max(destination.length) + 1);
	out->len += ledger_text_write_party(out->data + out->len, origin);
	out->data[out->len++] = '>';
	out->len += ledger_text_write_party(out->data + out->len, destination);

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		/* and two bytes for what follows the last one */
		ledger_make_room(out, "text", 2 + LEDGER_TEXT_ENTRY_MAX + 2);
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
	renamed = ledger_expanded_to_flat(ledger);
	ledger_expanded_free(ledger);
	return renamed;
}

/*
 * The error for a party whose name takes more bytes in UTF-8 than the binary
 * form has room for.
 */
pg_noreturn static void
raise_too_long_to_send(LedgerParty party, uint32 length)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("party \"%s\" is too long for the binary form",
					ledger_shown(party.name, party.length)),
			 errdetail("It has %u bytes in encoding \"UTF8\", and the binary form has room for %d.",
					   length, LEDGER_PARTY_MAX),
			 errhint("Read the ledger as text.")));
}

/*
 * Converts a name from or to UTF-8, with pg_any_to_server or its opposite.
 * Names of ASCII are the same in every encoding that a database can have; one
 * that is borrowed is given back as it is.
 */
static LedgerParty
convert_name(LedgerParty party, char *(*convert) (const char *, int, int))
{
	const bool	sends = convert == pg_server_to_any;
	LedgerParty converted = party;
	uint32		i;

	for (i = 0; i < party.length && !IS_HIGHBIT_SET(party.name[i]); i++)
		;
	if (i == party.length)
		return party;
	converted.name = convert(party.name, (int) party.length, PG_UTF8);
	if (converted.name == party.name)
		return party;
	converted.length = (uint32) strlen(converted.name);
	if (converted.length > LEDGER_PARTY_MAX && sends)
		raise_too_long_to_send(party, converted.length);
	if (converted.length < 1 || converted.length > LEDGER_PARTY_MAX)
		ledger_raise_party(converted);
	return converted;
}

/*
 * Converts the names of a ledger as convert_name does, which also checks what
 * comes in.  Returns NULL where that changes none of them.  The encoding of
 * the binary form is always UTF-8: servers exchange it too, and whoever is
 * connected to one of them has no part in that.  A database without an
 * encoding has bytes, which stay what they are.
 */
static struct varlena *
convert_names(const LedgerFlat *flat, char *(*convert) (const char *, int, int))
{
	LedgerParty *names;
	bool		changed = false;
	uint32		i;

	if (GetDatabaseEncoding() == PG_SQL_ASCII)
		return NULL;
	names = palloc_many(LedgerParty, flat->parties);
	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;

		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flat_party(flat, i, &party));
		names[i] = convert_name(party, convert);
		changed |= names[i].name != party.name;
	}
	return changed ? rename_parties(flat, names) : NULL;
}

/*
 * Reads the binary form: the flat form, with names in UTF-8.
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
	value = convert_names(&flat, pg_any_to_server);
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
	sent = convert_names(&flat, pg_server_to_any);
	if (sent == NULL)
		sent = ledger_copy(flat.data, flat.length);
	PG_RETURN_BYTEA_P(sent);
}
