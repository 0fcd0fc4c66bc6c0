/*
 * canary/text.c
 *		core/text.c with a planted bug, which the fuzzer must find: a year
 *		before 1000 loses its leading zero where it is printed.
 */
#define ledger_text_write_entry ledger_text_write_entry_as_it_is
#include <core/text.c>
#undef ledger_text_write_entry

extern size_t ledger_text_write_entry(char *out, LedgerEntry entry);

size_t
ledger_text_write_entry(char *out, LedgerEntry entry)
{
	size_t		length = ledger_text_write_entry_as_it_is(out, entry);

	if (out[0] != '0')
		return length;
	memmove(out, out + 1, length - 1);
	return length - 1;
}
