/*
 * functions/captions.c
 *		What the functions that draw share.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "functions/captions.h"
#include "value/compat.h"

/* Adds what is drawn to the StringInfo `target`. */
static void
put_to_string(void *target, const char *text, size_t length)
{
	CHECK_FOR_INTERRUPTS();
	appendBinaryStringInfo(target, text, (int) length);
}

LedgerCanvas
ledger_string_canvas(StringInfo string)
{
	LedgerCanvas canvas = {put_to_string, string,
	GetDatabaseEncoding() == PG_UTF8};

	initStringInfo(string);
	return canvas;
}

int32
ledger_size_argument(FunctionCallInfo fcinfo, int n, const char *argument,
					 int32 by_default, int32 least, int32 most)
{
	int32		size = PG_ARGISNULL(n) ? by_default : PG_GETARG_INT32(n);

	if (size < least || size > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s: %d", argument, size),
				 errdetail("It has to be from %d to %d.", least, most)));
	return size;
}

void
ledger_append_printable(StringInfo string, const char *text, Size length)
{
	const char *end = text + length;

	while (text < end)
	{
		int			bytes = pg_mblen(text);

		CHECK_FOR_INTERRUPTS();
		/* a name from a damaged ledger may end within a character */
		if (bytes > end - text)
		{
			appendStringInfoChar(string, '?');
			break;
		}
		if (pg_dsplen(text) >= 0)
			appendBinaryStringInfo(string, text, bytes);
		else
			appendStringInfoChar(string,
								 *text >= '\t' && *text <= '\r' ? ' ' : '?');
		text += bytes;
	}
}

/*
 * What a character needs of a line: columns of a terminal, or halves of a
 * small letter where letters are of different widths.
 */
static int
character_width(const char *text, bool proportional)
{
	if (!proportional)
		return pg_dsplen(text);
	if (strchr("MWmw@%", *text) != NULL)
		return 4;
	if (*text >= 'A' && *text <= 'Z')
		return 3;
	return 2 * pg_dsplen(text);
}

/*
 * Takes one line of at most `width` (see character_width) off the text, which
 * ends with a zero; up to a blank, if it is to hold whole words.  Returns what
 * is left of the text.
 */
static const char *
take_line(const char *text, int width, bool proportional, bool words,
		  LedgerText *line)
{
	const char *next = text;
	const char *blank = NULL;
	int			taken = 0;

	while (*next != '\0')
	{
		taken += character_width(next, proportional);
		if (taken > width)
			break;
		if (words && *next == ' ')
			blank = next;
		next += pg_mblen(next);
	}
	line->text = text;
	if (*next != '\0' && blank != NULL && blank > text)
	{
		line->length = blank - text;
		return blank + 1;
	}
	line->length = next - text;
	return next;
}

uint32
ledger_wrap_text(const char *text, int width, bool proportional, uint32 most,
				 LedgerText *lines)
{
	uint32		n = 0;

	while (*text != '\0' && n < most)
	{
		const char *rest = take_line(text, width, proportional, true,
									 &lines[n++]);

		if (*rest != '\0' && n == most)
		{
			LedgerText *last = &lines[n - 1];

			/* once more, for as much as leaves room for the points */
			take_line(text, Max(width - (proportional ? 6 : 3), 1),
					  proportional, false, last);
			last->text = psprintf("%.*s...", (int) last->length, last->text);
			last->length = strlen(last->text);
		}
		text = rest;
	}
	return n;
}

void
ledger_append_party(StringInfo string, FunctionCallInfo fcinfo, int n)
{
	const text *party;

	if (PG_ARGISNULL(n))
	{
		appendStringInfoString(string, PG_ARGISNULL(1) && PG_ARGISNULL(2) ?
							   "any party" : "every other party");
		return;
	}
	party = PG_GETARG_TEXT_PP(n);
	ledger_append_printable(string, VARDATA_ANY(party), VARSIZE_ANY_EXHDR(party));
}

char *
ledger_name_sides(FunctionCallInfo fcinfo)
{
	StringInfoData name;

	initStringInfo(&name);
	ledger_append_party(&name, fcinfo, 1);
	appendStringInfoString(&name, " with ");
	ledger_append_party(&name, fcinfo, 2);
	return name.data;
}

LedgerText
ledger_whole_text(const char *text)
{
	LedgerText	whole = {.text = text, .length = strlen(text)};

	for (; *text != '\0'; text += pg_mblen(text))
		whole.halves += character_width(text, true);
	return whole;
}

/*
 * A text argument that may be left out, as a string; NULL where it is empty.
 */
static char *
note_argument(FunctionCallInfo fcinfo, int n)
{
	StringInfoData note;

	if (PG_ARGISNULL(n))
		return NULL;
	initStringInfo(&note);
	ledger_append_party(&note, fcinfo, n);
	return note.len > 0 ? note.data : NULL;
}

void
ledger_frame_arguments(FunctionCallInfo fcinfo, int n, const char *by_default,
					   int32 height, LedgerFrame *frame)
{
	const char *title = note_argument(fcinfo, n);
	const char *source = note_argument(fcinfo, n + 1);
	int			room;

	frame->width = ledger_size_argument(fcinfo, n + 2, "width", SVG_WIDTH_DEFAULT,
										LEDGER_SVG_WIDTH_MIN, LEDGER_SVG_SIZE_MAX);
	frame->height = ledger_size_argument(fcinfo, n + 3, "height", height,
										 LEDGER_SVG_HEIGHT_MIN, LEDGER_SVG_SIZE_MAX);
	room = frame->width * LEDGER_UNIT - 2 * LEDGER_MARGIN;
	if (title == NULL)
		title = by_default;
	frame->title = ledger_whole_text(title);
	frame->n_title_lines = ledger_wrap_text(title, room / LEDGER_TITLE_HALF, true,
											LEDGER_FRAME_LINES, frame->title_lines);
	if (source != NULL)
		frame->n_source_lines = ledger_wrap_text(psprintf("Source: %s", source),
												 room / LEDGER_TEXT_HALF, true,
												 LEDGER_FRAME_LINES, frame->source_lines);
}
