/*
 * ledger_compat.h
 *		The differences between the PostgreSQL versions this builds on, 15 to 18.
 *		The only place that tests PG_VERSION_NUM.
 */
#ifndef LEDGER_COMPAT_H
#define LEDGER_COMPAT_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* 17 gave intervals an infinity. */
#ifndef INTERVAL_NOT_FINITE
#define INTERVAL_NOT_FINITE(i)	false
#define INTERVAL_IS_NOBEGIN(i)	false
#endif

#endif							/* LEDGER_COMPAT_H */
