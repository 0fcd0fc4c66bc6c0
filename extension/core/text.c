/*
 * core/text.c
 *		The text form of a ledger: a pull parser and the leaves of the printer.
 *		Plain C, no PostgreSQL headers, no allocation.
 *
 * Character classes are spelled out here and not asked of <ctype.h>, whose
 * answers depend on the locale.
 */
#include "core/text.h"

/*
 * Is it white space of the grammar?
 */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Is it a decimal digit?
 */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether a party may hold this byte and yet be written without quotes. */
static bool
is_bare(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) ||
		c == '_' || c == '-' || c == '.';
}

/* Stops at a fault of `length` bytes from `offset` on. */
static LedgerStatus
stop(LedgerTextParser *parser, LedgerStatus status, size_t offset,
	 size_t length, const char *expected)
{
	parser->state = LEDGER_TEXT_STOPPED;
	parser->stopped = status;
	parser->fault = offset;
	parser->fault_length = length;
	parser->expected = expected;
	return status;
}

/* Whether a byte stands between tokens, or is one on its own. */
static bool
is_delimiter(char c)
{
	return is_space(c) || c == '{' || c == '}' || c == ',' || c == ';' ||
		c == ':' || c == '>' || c == '"';
}

/*
 * Stops at what is to be read next, up to the next delimiter.  All of these
 * are ASCII, so that no character of several bytes is cut.
 */
static LedgerStatus
stop_here(LedgerTextParser *parser, const char *expected)
{
	size_t		end = parser->offset;

	if (end < parser->length && is_delimiter(parser->text[end]))
		end++;
	else
	{
		while (end < parser->length && !is_delimiter(parser->text[end]))
			end++;
	}
	return stop(parser, LEDGER_MALFORMED, parser->offset, end - parser->offset,
				expected);
}

/*
 * Passes white space.
 */
static void
skip_space(LedgerTextParser *parser)
{
	while (parser->offset < parser->length &&
		   is_space(parser->text[parser->offset]))
		parser->offset++;
}

/* Whether the next byte, white space aside, is `c`, which is then taken. */
static bool
take(LedgerTextParser *parser, char c)
{
	skip_space(parser);
	if (parser->offset >= parser->length || parser->text[parser->offset] != c)
		return false;
	parser->offset++;
	return true;
}

/*
 * Reads the rest of a quoted party, the opening quote taken.  The name is
 * counted beyond what fits, so that the fault spans the whole of it.
 */
static LedgerStatus
parse_quoted(LedgerTextParser *parser, char *name, size_t *length)
{
	*length = 0;
	while (parser->offset < parser->length)
	{
		char		c = parser->text[parser->offset++];

		if (c == '"')
			return LEDGER_OK;
		if (c == '\\')
		{
			if (parser->offset >= parser->length)
				break;
			c = parser->text[parser->offset++];
		}
		if (c == '\0')
			return stop(parser, LEDGER_BAD_PARTY, parser->offset - 1, 1,
						"a party without a zero byte");
		if (*length < LEDGER_PARTY_MAX)
			name[*length] = c;
		(*length)++;
	}
	return stop(parser, LEDGER_MALFORMED, parser->length, 0,
				"the closing quote of a party");
}

/*
 * Reads a party without quotes, of which at most LEDGER_PARTY_MAX bytes are
 * kept; all are counted in *length.
 */
static void
parse_bare(LedgerTextParser *parser, char *name, size_t *length)
{
	*length = 0;
	while (parser->offset < parser->length &&
		   is_bare(parser->text[parser->offset]))
	{
		if (*length < LEDGER_PARTY_MAX)
			name[*length] = parser->text[parser->offset];
		(*length)++;
		parser->offset++;
	}
}

/* Reads a party into one of the parser's two names. */
static LedgerStatus
parse_party(LedgerTextParser *parser, char *name, uint32_t *name_length,
			const char *expected)
{
	size_t		start;
	size_t		length;

	skip_space(parser);
	start = parser->offset;
	if (take(parser, '"'))
	{
		LedgerStatus status = parse_quoted(parser, name, &length);

		if (status != LEDGER_OK)
			return status;
	}
	else
	{
		parse_bare(parser, name, &length);
		if (length == 0)
			return stop_here(parser, expected);
	}
	if (length == 0 || length > LEDGER_PARTY_MAX)
		return stop(parser, LEDGER_BAD_PARTY, start, parser->offset - start,
					"a party of 1 to 255 bytes");
	*name_length = (uint32_t) length;
	return LEDGER_OK;
}

/* Reads party > party : */
static LedgerStatus
parse_corridor(LedgerTextParser *parser, const char *expected)
{
	LedgerStatus status;

	status = parse_party(parser, parser->origin, &parser->origin_length,
						 expected);
	if (status != LEDGER_OK)
		return status;
	if (!take(parser, '>'))
		return stop_here(parser, "\">\" between origin and destination");
	status = parse_party(parser, parser->destination,
						 &parser->destination_length, "a party");
	if (status != LEDGER_OK)
		return status;
	if (!take(parser, ':'))
		return stop_here(parser, "\":\" between corridor and entries");
	return LEDGER_OK;
}

/* The number that `count` digits write; the caller has seen that they are. */
static int32_t
digits_value(const char *digits, int count)
{
	int32_t		value = 0;

	while (count-- > 0)
		value = value * 10 + (*digits++ - '0');
	return value;
}

/* Whether ten bytes have the shape of a date, whatever they say. */
static bool
has_date_shape(const char *text)
{
	for (int i = 0; i < LEDGER_TEXT_DAY_LENGTH; i++)
	{
		if (i == 4 || i == 7 ? text[i] != '-' : !is_digit(text[i]))
			return false;
	}
	return true;
}

/*
 * Reads a date, YYYY-MM-DD, from the start of a text; one that a digit follows
 * at once is none.  LEDGER_MALFORMED where there is no date, LEDGER_BAD_DAY
 * where the calendar has no such day.
 */
LedgerStatus
ledger_text_read_day(const char *text, size_t length, LedgerDay *day)
{
	int32_t		year;
	int32_t		month;
	int32_t		day_of_month;

	if (length < LEDGER_TEXT_DAY_LENGTH || !has_date_shape(text) ||
		(length > LEDGER_TEXT_DAY_LENGTH &&
		 is_digit(text[LEDGER_TEXT_DAY_LENGTH])))
		return LEDGER_MALFORMED;
	year = digits_value(text, 4);
	month = digits_value(text + 5, 2);
	day_of_month = digits_value(text + 8, 2);
	if (!ledger_civil_valid(year, month, day_of_month))
		return LEDGER_BAD_DAY;
	*day = ledger_day_from_civil(year, month, day_of_month);
	return LEDGER_OK;
}

/*
 * Reads a day, white space before it aside.
 */
static LedgerStatus
parse_day(LedgerTextParser *parser, LedgerDay *day)
{
	LedgerStatus status;

	skip_space(parser);
	status = ledger_text_read_day(parser->text + parser->offset,
								  parser->length - parser->offset, day);
	if (status == LEDGER_MALFORMED)
		return stop_here(parser, "a date as YYYY-MM-DD");
	if (status == LEDGER_BAD_DAY)
		return stop(parser, status, parser->offset, LEDGER_TEXT_DAY_LENGTH,
					"a date of the calendar from 0001-01-01 to 9999-12-31");
	parser->offset += LEDGER_TEXT_DAY_LENGTH;
	return LEDGER_OK;
}

/*
 * Reads a number of people, which white space must part from the date.  It is
 * built up as a negative one, since the least of 64 bits has no positive.
 */
static LedgerStatus
parse_people(LedgerTextParser *parser, int64_t *people)
{
	size_t		before = parser->offset;
	size_t		start;
	size_t		digits;
	bool		negative = false;
	bool		fits = true;
	int64_t		value = 0;

	skip_space(parser);
	if (parser->offset == before)
		return stop_here(parser, "white space and a number of people");
	start = parser->offset;
	if (start < parser->length &&
		(parser->text[start] == '-' || parser->text[start] == '+'))
	{
		negative = parser->text[start] == '-';
		parser->offset++;
	}

	digits = parser->offset;
	while (parser->offset < parser->length &&
		   is_digit(parser->text[parser->offset]))
	{
		int64_t		digit = parser->text[parser->offset++] - '0';

		fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
			ledger_checked_subtract(value, digit, &value);
	}
	if (parser->offset == digits)
		return stop_here(parser, "a number of people");
	if (!fits || (!negative && value == INT64_MIN))
		return stop(parser, LEDGER_OUT_OF_RANGE, start, parser->offset - start,
					"a number of people within 64 bits");
	*people = negative ? value : -value;
	return LEDGER_OK;
}

/*
 * Takes what stands between two entries.  LEDGER_OK where an entry follows,
 * with its corridor read; LEDGER_DONE after the closing brace.
 */
static LedgerStatus
parse_between(LedgerTextParser *parser)
{
	if (parser->state == LEDGER_TEXT_START)
	{
		if (!take(parser, '{'))
			return stop_here(parser, "\"{\"");
		if (!take(parser, '}'))
			return parse_corridor(parser, "a party or \"}\"");
	}
	else if (take(parser, ','))
		return LEDGER_OK;
	else if (take(parser, ';'))
		return parse_corridor(parser, "a party");
	else if (!take(parser, '}'))
		return stop_here(parser, "\",\", \";\" or \"}\"");

	skip_space(parser);
	if (parser->offset < parser->length)
		return stop_here(parser, "end of input");
	return stop(parser, LEDGER_DONE, parser->offset, 0, NULL);
}

void
ledger_text_parse_start(LedgerTextParser *parser, const char *text,
						size_t length)
{
	parser->text = text;
	parser->length = length;
	parser->offset = 0;
	parser->state = LEDGER_TEXT_START;
	parser->stopped = LEDGER_DONE;
	parser->fault = 0;
	parser->fault_length = 0;
	parser->expected = NULL;
	parser->origin_length = 0;
	parser->destination_length = 0;
}

LedgerStatus
ledger_text_parse_next(LedgerTextParser *parser, LedgerParty *origin,
					   LedgerParty *destination, LedgerEntry *entry)
{
	LedgerStatus status;

	if (parser->state == LEDGER_TEXT_STOPPED)
		return parser->stopped;
	status = parse_between(parser);
	if (status != LEDGER_OK)
		return status;
	status = parse_day(parser, &entry->day);
	if (status != LEDGER_OK)
		return status;
	status = parse_people(parser, &entry->people);
	if (status != LEDGER_OK)
		return status;

	parser->state = LEDGER_TEXT_ENTRY;
	origin->name = parser->origin;
	origin->length = parser->origin_length;
	destination->name = parser->destination;
	destination->length = parser->destination_length;
	return LEDGER_OK;
}

/* Writes a party, in quotes unless every byte of it can stand bare. */
size_t
ledger_text_write_party(char *out, LedgerParty party)
{
	char	   *start = out;
	uint32_t	bare = 0;

	while (bare < party.length && is_bare(party.name[bare]))
		bare++;
	if (bare == party.length && bare > 0)
	{
		memcpy(out, party.name, party.length);
		return party.length;
	}

	*out++ = '"';
	for (uint32_t i = 0; i < party.length; i++)
	{
		if (party.name[i] == '"' || party.name[i] == '\\')
			*out++ = '\\';
		*out++ = party.name[i];
	}
	*out++ = '"';
	return (size_t) (out - start);
}

/* Writes `count` digits of a number that is not negative. */
static char *
write_digits(char *out, int32_t value, int count)
{
	for (int i = count - 1; i >= 0; i--)
	{
		out[i] = (char) ('0' + value % 10);
		value /= 10;
	}
	return out + count;
}

/* Writes an entry as the date, a space and the number of people. */
size_t
ledger_text_write_entry(char *out, LedgerEntry entry)
{
	char	   *start = out;
	char		digits[20];
	int			count = 0;
	uint64_t	rest = (uint64_t) entry.people;
	int32_t		year;
	int32_t		month;
	int32_t		day_of_month;

	ledger_day_to_civil(entry.day, &year, &month, &day_of_month);
	out = write_digits(out, year, 4);
	*out++ = '-';
	out = write_digits(out, month, 2);
	*out++ = '-';
	out = write_digits(out, day_of_month, 2);
	*out++ = ' ';

	if (entry.people < 0)
	{
		*out++ = '-';
		rest = 0 - rest;
	}
	do
	{
		digits[count++] = (char) ('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	while (count > 0)
		*out++ = digits[--count];
	LEDGER_ASSERT(out - start <= LEDGER_TEXT_ENTRY_MAX);
	return (size_t) (out - start);
}
