/*
 * canary/validate.c
 *		core/validate.c with a planted bug, which the fuzzer must find: bytes after
 *		the last segment are let through.
 */
#define ledger_flat_validate ledger_flat_validate_as_it_is
#include <core/validate.c>
#undef ledger_flat_validate

extern LedgerStatus ledger_flat_validate(const uint8_t *data, size_t length,
										 LedgerCheckpoint checkpoint);

LedgerStatus
ledger_flat_validate(const uint8_t *data, size_t length,
					 LedgerCheckpoint checkpoint)
{
	LedgerStatus status;

	status = ledger_flat_validate_as_it_is(data, length, checkpoint);
	if (status != LEDGER_OK && length > 0)
		status = ledger_flat_validate_as_it_is(data, length - 1, checkpoint);
	return status;
}
