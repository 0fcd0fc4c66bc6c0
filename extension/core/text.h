/*
 * core/text.h
 *		The text form of a ledger: a pull parser and the leaves of the printer.
 *		Plain C, no PostgreSQL headers, no allocation.
 *
 *		{FRA>GBR: 2025-09-24 3, 2025-10-02 12; GBR>FRA: 2025-09-18 1}
 *
 *		ledger		{ [corridor [; corridor]...] }
 *		corridor	party > party : entry [, entry]...
 *		entry		YYYY-MM-DD white-space people
 *		people		optional + or -, then digits
 *		party		letters, digits, _ - . of ASCII, or anything between double
 *					quotes, where a backslash takes the next byte as it stands
 *
 * White space (space, tab, newline, carriage return, form feed, vertical tab)
 * may surround every token.  The parser knows the shape only: order of
 * corridors and days, duplicates and zeros are for whoever makes the canonical
 * form.
 */
#ifndef LEDGER_TEXT_H
#define LEDGER_TEXT_H

#include "core/civil.h"

#define LEDGER_TEXT_DAY_LENGTH	10	/* YYYY-MM-DD */

/* No entry is printed longer: 10 bytes of date, a space, 20 of a number */
#define LEDGER_TEXT_ENTRY_MAX	32

/* What the parser has just read, and so what may follow. */
typedef enum LedgerTextState
{
	LEDGER_TEXT_START,			/* nothing */
	LEDGER_TEXT_ENTRY,			/* an entry */
	LEDGER_TEXT_STOPPED			/* the whole text, or a fault */
} LedgerTextState;

/*
 * The parser.  `text` is borrowed and need not end with a zero byte.  After a
 * status other than LEDGER_OK and LEDGER_DONE, the text from `fault` on, for
 * `fault_length` bytes (0 where the text ends too early), is what is wrong,
 * and `expected` says what should be there, to follow the word "expected".
 */
typedef struct LedgerTextParser
{
	const char *text;
	size_t		length;
	size_t		offset;			/* of the next byte to read */
	LedgerTextState state;
	LedgerStatus stopped;		/* what further calls give once stopped */

	size_t		fault;
	size_t		fault_length;
	const char *expected;		/* static, never freed */

	/* the corridor being read, with escapes resolved */
	uint32_t	origin_length;
	uint32_t	destination_length;
	char		origin[LEDGER_PARTY_MAX + 1];
	char		destination[LEDGER_PARTY_MAX + 1];
} LedgerTextParser;

extern void ledger_text_parse_start(LedgerTextParser *parser,
									const char *text, size_t length);

/*
 * LEDGER_OK with the next entry, LEDGER_DONE at the end of a well-formed text,
 * else an error, as LedgerTextParser says.  The parties point into the parser
 * and stay as they are until an entry of another corridor is given.
 */
extern LedgerStatus ledger_text_parse_next(LedgerTextParser *parser,
										   LedgerParty *origin,
										   LedgerParty *destination,
										   LedgerEntry *entry);

/* A date on its own, with nothing but no digit required after it */
extern LedgerStatus ledger_text_read_day(const char *text, size_t length,
										 LedgerDay *day);

/*
 * The printer.  Each function writes at `out`, without a closing zero, and
 * returns the number of bytes written: for a party at most
 * ledger_text_party_max of its length, for an entry LEDGER_TEXT_ENTRY_MAX.
 */
static inline size_t
ledger_text_party_max(uint32_t length)
{
	return 2 * (size_t) length + 2;
}

extern size_t ledger_text_write_party(char *out, LedgerParty party);
extern size_t ledger_text_write_entry(char *out, LedgerEntry entry);

#endif							/* LEDGER_TEXT_H */
