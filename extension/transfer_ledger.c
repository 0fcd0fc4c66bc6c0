/*
 * transfer_ledger.c
 *		What PostgreSQL looks for in a module, and nothing else.
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
