/*
 * target_text.c
 *		The text form.
 *
 * The input is taken as text.  The parser must accept what the naive reading
 * below accepts, with the same entries, and refuse the rest with a fault that
 * lies inside the text.  What it accepts goes round: to the flat form, from
 * there to text, and from that text to the same entries and the same text.
 */
#include <stdlib.h>

#include "core/text.h"
#include "model.h"

/* Entries with the names they point to. */
typedef struct TextModel
{
	Model		model;
	char	   *names;			/* owned; as long as the text is enough */
	size_t		names_length;
} TextModel;

static void
text_model_start(TextModel *text_model, size_t text_length)
{
	memset(text_model, 0, sizeof(*text_model));
	text_model->names = fuzz_allocate(text_length + 1);
}

static void
text_model_free(TextModel *text_model)
{
	model_free(&text_model->model);
	free(text_model->names);
}

static LedgerParty
keep_name(TextModel *text_model, const char *name, size_t length)
{
	LedgerParty party;

	party.name = text_model->names + text_model->names_length;
	party.length = (uint32_t) length;
	memcpy(text_model->names + text_model->names_length, name, length);
	text_model->names_length += length;
	return party;
}

/* Once `wrong`, what is read no longer means anything. */
typedef struct NaiveReader
{
	const uint8_t *next;
	const uint8_t *end;
	bool		wrong;
} NaiveReader;

static bool
naive_spaces(NaiveReader *reader)
{
	const uint8_t *start = reader->next;

	while (reader->next < reader->end && *reader->next != 0 &&
		   strchr(" \t\n\r\f\v", *reader->next) != NULL)
		reader->next++;
	return reader->next > start;
}

static bool
naive_accept(NaiveReader *reader, char c)
{
	naive_spaces(reader);
	if (reader->next == reader->end || *reader->next != (uint8_t) c)
		return false;
	reader->next++;
	return true;
}

static void
naive_demand(NaiveReader *reader, char c)
{
	if (!naive_accept(reader, c))
		reader->wrong = true;
}

/* Copies the bytes that are in `set` to `word`, which has room for all. */
static size_t
naive_word(NaiveReader *reader, const char *set, char *word)
{
	size_t		length = 0;

	while (reader->next < reader->end && *reader->next != 0 &&
		   strchr(set, *reader->next) != NULL)
		word[length++] = (char) *reader->next++;
	word[length] = '\0';
	return length;
}

static LedgerParty
naive_party(NaiveReader *reader, TextModel *into)
{
	char		name[FUZZ_INPUT_MAX * 3];
	size_t		length = 0;

	naive_spaces(reader);
	if (naive_accept(reader, '"'))
	{
		while (reader->next < reader->end && *reader->next != '"')
		{
			if (*reader->next == '\\' && ++reader->next == reader->end)
				break;
			name[length++] = (char) *reader->next++;
		}
		if (reader->next < reader->end)
			reader->next++;
		else
			reader->wrong = true;
	}
	else
		length = naive_word(reader, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
							"abcdefghijklmnopqrstuvwxyz0123456789_-.", name);
	if (length < 1 || length > 255 || memchr(name, 0, length) != NULL)
	{
		reader->wrong = true;
		length = 0;
	}
	return keep_name(into, name, length);
}

/* A date by counting from 0001-01-01, month by month. */
static LedgerDay
naive_day(NaiveReader *reader)
{
	char		word[FUZZ_INPUT_MAX * 3];
	int			lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int			year;
	int			month;
	int			day;
	LedgerDay	result = LEDGER_DAY_MIN - 1;

	naive_spaces(reader);
	if (naive_word(reader, "0123456789-", word) != 10 ||
		strspn(word, "0123456789") != 4 || word[4] != '-' ||
		strspn(word + 5, "0123456789") != 2 || word[7] != '-' ||
		strspn(word + 8, "0123456789") != 2)
	{
		reader->wrong = true;
		return 0;
	}
	year = atoi(word);
	month = atoi(word + 5);
	day = atoi(word + 8);
	for (int y = 1; y < year; y++)
		result += 365 + ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0);
	if ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0)
		lengths[1] = 29;
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
		day > lengths[month - 1])
	{
		reader->wrong = true;
		return 0;
	}
	for (int m = 1; m < month; m++)
		result += lengths[m - 1];
	return result + day;
}

static ModelPeople
naive_people(NaiveReader *reader)
{
	char		word[FUZZ_INPUT_MAX * 3];
	ModelPeople people = 0;
	int			sign = 1;

	if (!naive_spaces(reader))
		reader->wrong = true;
	if (naive_accept(reader, '-'))
		sign = -1;
	else
		(void) naive_accept(reader, '+');
	if (naive_word(reader, "0123456789", word) == 0)
		reader->wrong = true;
	for (const char *digit = word; *digit != '\0'; digit++)
	{
		if (people < (ModelPeople) 100 * INT64_MAX)
			people = people * 10 + (*digit - '0');
	}
	people *= sign;
	if (people < INT64_MIN || people > INT64_MAX)
		reader->wrong = true;
	return people;
}

/*
 * Reads a text by the grammar, with no care for speed or messages; false where
 * it does not follow it.
 */
static bool
naive_read(const uint8_t *text, size_t length, TextModel *into)
{
	NaiveReader reader = {text, text + length, false};

	naive_demand(&reader, '{');
	if (!reader.wrong && !naive_accept(&reader, '}'))
	{
		do
		{
			LedgerParty origin = naive_party(&reader, into);
			LedgerParty destination;

			naive_demand(&reader, '>');
			destination = naive_party(&reader, into);
			naive_demand(&reader, ':');
			do
			{
				LedgerDay	day = naive_day(&reader);

				if (!reader.wrong)
					model_add(&into->model, origin, destination, day,
							  naive_people(&reader));
			} while (!reader.wrong && naive_accept(&reader, ','));
		} while (!reader.wrong && naive_accept(&reader, ';'));
		if (!reader.wrong)
			naive_demand(&reader, '}');
	}
	naive_spaces(&reader);
	return !reader.wrong && reader.next == reader.end;
}

/* What holds after the parser has given up. */
static void
check_fault(LedgerTextParser *parser, LedgerStatus status)
{
	LedgerParty party;
	LedgerEntry entry;

	FUZZ_REQUIRE(status == LEDGER_MALFORMED || status == LEDGER_BAD_PARTY ||
				 status == LEDGER_BAD_DAY || status == LEDGER_OUT_OF_RANGE);
	FUZZ_REQUIRE(parser->fault <= parser->length);
	FUZZ_REQUIRE(parser->fault_length <= parser->length - parser->fault);
	FUZZ_REQUIRE((parser->fault_length == 0) ==
				 (parser->fault == parser->length));
	FUZZ_REQUIRE(parser->expected != NULL);
	FUZZ_REQUIRE(ledger_text_parse_next(parser, &party, &party, &entry) ==
				 status);
}

/* Reads a text by the parser under test. */
static LedgerStatus
parse(const uint8_t *text, size_t length, TextModel *into)
{
	LedgerTextParser parser;
	LedgerParty origin;
	LedgerParty destination;
	LedgerEntry entry;
	LedgerStatus status;
	LedgerParty kept_origin = {NULL, 0};
	LedgerParty kept_destination = {NULL, 0};

	ledger_text_parse_start(&parser, (const char *) text, length);
	while ((status = ledger_text_parse_next(&parser, &origin, &destination,
											&entry)) == LEDGER_OK)
	{
		FUZZ_REQUIRE(origin.length >= 1 && origin.length <= 255);
		FUZZ_REQUIRE(destination.length >= 1 && destination.length <= 255);
		FUZZ_REQUIRE(ledger_day_valid(entry.day));
		if (kept_origin.name == NULL ||
			ledger_party_compare(kept_origin, origin) != 0 ||
			ledger_party_compare(kept_destination, destination) != 0)
		{
			kept_origin = keep_name(into, origin.name, origin.length);
			kept_destination = keep_name(into, destination.name,
										 destination.length);
		}
		model_add(&into->model, kept_origin, kept_destination, entry.day,
				  entry.people);
	}
	if (status != LEDGER_DONE)
		check_fault(&parser, status);
	FUZZ_REQUIRE(parser.offset <= length);
	return status;
}

/* Puts one piece of text, written into memory of just the size it may take. */
static uint8_t *
put_party(uint8_t *out, LedgerParty party)
{
	size_t		room = ledger_text_party_max(party.length);
	char	   *piece = fuzz_allocate(room);
	size_t		length = ledger_text_write_party(piece, party);

	FUZZ_REQUIRE(length <= room);
	memcpy(out, piece, length);
	free(piece);
	return out + length;
}

static uint8_t *
put_string(uint8_t *out, const char *string)
{
	memcpy(out, string, strlen(string));
	return out + strlen(string);
}

/* The text of a model, in the order it stands in; owned by the caller. */
static ModelBytes
print(const Model *model)
{
	ModelBytes	text;
	uint8_t    *out;
	size_t		room = 2;

	for (size_t i = 0; i < model->n; i++)
		room += ledger_text_party_max(model->entries[i].origin.length) +
			ledger_text_party_max(model->entries[i].destination.length) +
			LEDGER_TEXT_ENTRY_MAX + 5;
	text.data = fuzz_allocate(room);
	out = put_string(text.data, "{");
	for (size_t i = 0; i < model->n; i++)
	{
		const ModelEntry *entry = &model->entries[i];
		LedgerEntry written = {entry->day, (int64_t) entry->people};
		char		piece[LEDGER_TEXT_ENTRY_MAX];
		size_t		length;

		if (i == 0 ||
			ledger_party_compare(entry->origin, entry[-1].origin) != 0 ||
			ledger_party_compare(entry->destination,
								 entry[-1].destination) != 0)
		{
			out = put_string(out, i == 0 ? "" : "; ");
			out = put_party(out, entry->origin);
			out = put_string(out, ">");
			out = put_party(out, entry->destination);
			out = put_string(out, ": ");
		}
		else
			out = put_string(out, ", ");
		length = ledger_text_write_entry(piece, written);
		FUZZ_REQUIRE(length <= sizeof(piece));
		memcpy(out, piece, length);
		out += length;
	}
	out = put_string(out, "}");
	text.length = (size_t) (out - text.data);
	FUZZ_REQUIRE(text.length <= room);
	return text;
}

/* From entries to the flat form, to text, and back to the same entries. */
static void
check_round(Model *model)
{
	ModelBytes	bytes;
	ModelBytes	text;
	ModelBytes	again;
	LedgerFlat	flat;
	Model		read = {NULL, 0, 0};
	TextModel	parsed;

	model_fold(model);
	if (!model_fits(model))
	{
		FUZZ_REQUIRE(model_write(model, &bytes) == LEDGER_OUT_OF_RANGE);
		return;
	}
	FUZZ_REQUIRE(model_write(model, &bytes) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_validate(bytes.data, bytes.length,
									  NULL) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_open(&flat, bytes.data, bytes.length) ==
				 LEDGER_OK);
	FUZZ_REQUIRE(model_read(&flat, &read) == LEDGER_OK);
	model_drop_zeros(model);
	FUZZ_REQUIRE(model_equal(&read, model));

	text = print(&read);
	text_model_start(&parsed, text.length);
	FUZZ_REQUIRE(parse(text.data, text.length, &parsed) == LEDGER_DONE);
	again = print(&parsed.model);
	FUZZ_REQUIRE(again.length == text.length);
	FUZZ_REQUIRE(memcmp(again.data, text.data, text.length) == 0);
	FUZZ_REQUIRE(model_equal(&parsed.model, model));

	free(bytes.data);
	free(text.data);
	free(again.data);
	model_free(&read);
	text_model_free(&parsed);
	fuzz_accepted++;
}

static void
try_text(const uint8_t *input, size_t size)
{
	uint8_t    *text = fuzz_copy(input, size);
	TextModel	parsed;
	TextModel	naive;
	LedgerStatus status;

	if (size > FUZZ_INPUT_MAX)
	{
		free(text);
		return;
	}
	text_model_start(&parsed, size);
	text_model_start(&naive, size);
	status = parse(text, size, &parsed);
	FUZZ_REQUIRE(naive_read(text, size, &naive) == (status == LEDGER_DONE));
	if (status == LEDGER_DONE)
	{
		FUZZ_REQUIRE(naive.model.n == parsed.model.n);
		model_fold(&naive.model);
		model_fold(&parsed.model);
		FUZZ_REQUIRE(model_equal(&parsed.model, &naive.model));
		check_round(&parsed.model);
	}
	text_model_free(&parsed);
	text_model_free(&naive);
	free(text);
}

/* Puts white space of some kind, mostly none. */
static uint8_t *
put_spaces(FuzzRandom *random, uint8_t *out)
{
	while (fuzz_below(random, 4) == 0)
		*out++ = (uint8_t) " \t\n\r\f\v"[fuzz_below(random, 6)];
	return out;
}

/* A party, at times with quotes and escapes that it does not need. */
static uint8_t *
put_any_party(FuzzRandom *random, uint8_t *out, LedgerParty party)
{
	out = put_spaces(random, out);
	if (fuzz_below(random, 4) != 0)
		return put_spaces(random, put_party(out, party));
	*out++ = '"';
	for (uint32_t i = 0; i < party.length; i++)
	{
		if (party.name[i] == '"' || party.name[i] == '\\' ||
			fuzz_below(random, 4) == 0)
			*out++ = '\\';
		*out++ = (uint8_t) party.name[i];
	}
	*out++ = '"';
	return put_spaces(random, out);
}

/* An entry, at times with a plus or with needless zeros before the number. */
static uint8_t *
put_any_entry(FuzzRandom *random, uint8_t *out, LedgerEntry entry)
{
	char		piece[LEDGER_TEXT_ENTRY_MAX];
	size_t		length = ledger_text_write_entry(piece, entry);

	out = put_spaces(random, out);
	memcpy(out, piece, 11);
	out = put_spaces(random, out + 11);
	if (entry.people >= 0 && fuzz_below(random, 4) == 0)
		*out++ = '+';
	if (entry.people >= 0 && fuzz_below(random, 4) == 0)
		out = put_string(out, "00");
	memcpy(out, piece + 11, length - 11);
	return put_spaces(random, out + length - 11);
}

/* A well-formed text with its corridors and days in any order. */
static size_t
generate_text(FuzzRandom *random, uint8_t *out)
{
	uint8_t		text[FUZZ_INPUT_MAX * 2];
	uint8_t    *next = put_string(put_spaces(random, text), "{");
	Model		model = {NULL, 0, 0};

	model_random(random, &model);
	for (size_t i = 0; i < model.n && next < text + FUZZ_INPUT_MAX - 1300; i++)
	{
		const ModelEntry *entry = &model.entries[fuzz_below(random,
															(uint32_t) model.n)];
		LedgerEntry written = {entry->day, (int64_t) entry->people};

		if (i > 0)
			*next++ = ';';
		next = put_any_party(random, next, entry->origin);
		*next++ = '>';
		next = put_any_party(random, next, entry->destination);
		*next++ = ':';
		next = put_any_entry(random, next, written);
		while (fuzz_below(random, 2) == 0)
		{
			written.day += fuzz_below(random, 40) - 5;
			written.people = fuzz_below(random, 9) - INT64_C(2);
			if (ledger_day_valid(written.day))
			{
				*next++ = ',';
				next = put_any_entry(random, next, written);
			}
		}
	}
	next = put_spaces(random, put_string(next, "}"));
	model_free(&model);
	FUZZ_REQUIRE(next <= text + sizeof(text));
	memcpy(out, text, FUZZ_INPUT_MAX);
	return next - text <= FUZZ_INPUT_MAX ? (size_t) (next - text) :
		FUZZ_INPUT_MAX;
}

const FuzzTarget fuzz_text = {"text", try_text, generate_text};
