/*
 * core/validate.h
 *		The whole check of a flat ledger.
 */
#ifndef LEDGER_VALIDATE_H
#define LEDGER_VALIDATE_H

#include "core/flat.h"

/* The whole check, as hard as that of the text form. */
extern LedgerStatus ledger_flat_validate(const uint8_t *data, size_t length,
										 LedgerCheckpoint checkpoint);

#endif							/* LEDGER_VALIDATE_H */
