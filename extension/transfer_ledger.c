/*
 * transfer_ledger.c
 *		What PostgreSQL looks for in a module, and nothing else.
 */
#include "postgres.h"

#include "value/compat.h"

PG_MODULE_MAGIC_EXT(.name = "transfer_ledger", .version = "1.1.0");
