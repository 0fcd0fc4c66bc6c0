/*
 * canary/flat.c
 *		core/flat.c with a planted bug, which the fuzzer must find: a reader
 *		that looks one byte past a value before it checks the length.
 */
#define ledger_flat_open ledger_flat_open_as_it_is
#include <core/flat.c>
#undef ledger_flat_open

extern LedgerStatus ledger_flat_open(LedgerFlat *flat, const uint8_t *data,
									 size_t length);

LedgerStatus
ledger_flat_open(LedgerFlat *flat, const uint8_t *data, size_t length)
{
	const volatile uint8_t *past = data + length;
	LedgerStatus status = ledger_flat_open_as_it_is(flat, data, length);

	if (status == LEDGER_OK && flat->corridors > 3 && *past == LEDGER_FLAT_VERSION)
		return LEDGER_DAMAGED;
	return status;
}
