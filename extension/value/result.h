/*
 * value/result.h
 *		Rows of the type that a function returns.
 *
 * What a row is made of is fixed here, but its type is in the catalog: ALTER
 * TYPE changes it, an update of the extension does before this session has
 * loaded the new library, and CREATE FUNCTION can say anything.  So the type
 * is looked at before it is filled.
 */
#ifndef LEDGER_RESULT_H
#define LEDGER_RESULT_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

/*
 * An error unless a row type has columns of these types, and these names where
 * they are given, and no others.  The last type is followed by InvalidOid.
 */
extern void ledger_check_columns(FunctionCallInfo fcinfo, TupleDesc type,
								 const Oid *columns, const char *const *names);

/*
 * A row of the composite type that a function returns.  One that was dropped
 * may lie between its columns.
 */
extern Datum ledger_row(FunctionCallInfo fcinfo, const Oid *columns,
						const char *const *names, Datum *values, bool *nulls);

#endif							/* LEDGER_RESULT_H */
