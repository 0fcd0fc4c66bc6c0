/*
 * functions/maintain_arguments.h
 *		The arguments of ledger_maintain: columns and expressions, analyzed and
 *		checked.
 */
#ifndef LEDGER_MAINTAIN_ARGUMENTS_H
#define LEDGER_MAINTAIN_ARGUMENTS_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/relcache.h"

#include "functions/followed.h"

/* The arguments of ledger_maintain */
enum
{
	ROWS,
	DAY,
	ORIGIN,
	DESTINATION,
	PEOPLE,
	BY,
	STEP,
	ANCHOR,
	FILTER,
	NAME,
	VIEWS
};

/* One expression about the rows */
typedef struct Column
{
	char	   *name;			/* of a "by" column */
	Node	   *expression;
} Column;

/* What is to be made */
typedef struct Wanted
{
	Relation	rows;
	Column		day;
	Column		origin;
	Column		destination;
	Column		people;
	Column		by[FOLLOWED_BY_MAX];
	int			n_by;
	Column		filter;			/* expression NULL: none */
	char	   *step;			/* as literals */
	char	   *anchor;
	char	   *namespace;
	char	   *name;			/* of the ledgers' table */
	char	   *table;			/* the same, for SQL */
	char	   *view;
	char	   *schema;			/* of the extension */
} Wanted;

/* Fills all but the relation and the schema of the extension */
extern void maintain_arguments(FunctionCallInfo fcinfo, Wanted *wanted);
/* An error where an argument is NULL */
extern void maintain_check_argument(FunctionCallInfo fcinfo, int argument);

#endif							/* LEDGER_MAINTAIN_ARGUMENTS_H */
