/*
 * value/compat.h
 *		The differences between the PostgreSQL versions this builds on, 15 to
 *		18.  The only place that tests PG_VERSION_NUM.
 */
#ifndef LEDGER_COMPAT_H
#define LEDGER_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif
#include "datatype/timestamp.h"

/* 18 put the mark of a function that does not return first. */
#ifndef pg_noreturn
#define pg_noreturn		pg_attribute_noreturn()
#endif

/* 17 gave intervals an infinity. */
#ifndef INTERVAL_NOT_FINITE
#define INTERVAL_NOT_FINITE(i)	false
#define INTERVAL_IS_NOBEGIN(i)	false
#endif

/* 16 let input functions save an error; before, every error is thrown. */
#ifndef errsave
#define errsave(context, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); } while (0)
#endif

#endif							/* LEDGER_COMPAT_H */
