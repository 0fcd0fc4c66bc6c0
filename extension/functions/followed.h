/*
 * functions/followed.h
 *		A table of ledgers that follows rows: what it consists of, and the SQL
 *		that the rest of functions/ needs about it.
 *
 * ledger_maintain makes three things in the name of the owner of the rows: a
 * table of ledgers, a view of the rows, and triggers on the rows.  The view is
 * the definition.  Its columns are
 *
 *		ledgers				the table of ledgers, a constant of type regclass
 *		(the by columns)	as in the table of ledgers
 *		period				the period that has the row's day
 *		ledger_day, ledger_origin, ledger_destination, ledger_people
 *
 * and each trigger has a condition that names the view, 'view'::regclass IS NOT
 * NULL.  PostgreSQL keeps all of this as parsed expressions.  So a table or a
 * column can be renamed, a dump restores it, and what somebody wants to drop
 * is protected by PostgreSQL's own dependencies.
 */
#ifndef LEDGER_FOLLOWED_H
#define LEDGER_FOLLOWED_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/relcache.h"

/* The columns of the view after those of "by" */
enum
{
	FOLLOWED_PERIOD,
	FOLLOWED_DAY,
	FOLLOWED_ORIGIN,
	FOLLOWED_DESTINATION,
	FOLLOWED_PEOPLE,
	FOLLOWED_COLUMNS
};

/* More columns than this make no sense and would not fit the mask of NULLs */
#define FOLLOWED_BY_MAX			16

/* The names of the transition tables */
#define FOLLOWED_NEW			"new_rows"
#define FOLLOWED_OLD			"old_rows"

typedef struct Followed
{
	Oid			view;
	Oid			rows;
	Oid			ledgers;
	Oid			owner;			/* of all three */
	int			n_by;
	char	  **by_names;		/* columns of the ledgers */
	char	  **by;				/* the same, quoted */
	Oid		   *by_types;
	char	  **expressions;	/* of the rows, n_by + FOLLOWED_COLUMNS */
	char	   *filter;			/* of the rows, or NULL */
	List	   *nodes;			/* expressions and filter, parsed; the rows are */
	Node	   *filter_node;	/* the relation number 1 */
	char	   *schema;			/* of the extension, quoted */
	Oid			type;			/* transfer_ledger */
	Oid			namespace;		/* of the extension */
} Followed;

/*
 * Where everything of the owner runs, and the way back: with a search_path
 * that nobody can write to, as the owner, who cannot change the session.  An
 * error ends it, too.  The path takes a good part of the time that one row
 * takes, and so is set where something asks for it: a plan, or an expression
 * that is not path_free.
 */
typedef struct OwnerContext
{
	Oid			user;
	int			security;
	int			nest_level;
} OwnerContext;

/* Remembers the way back; the path, for the current user; the owner */
extern void owner_begin(OwnerContext *context);
extern void safe_path_set(void);
/* The first two of them */
extern void safe_path_begin(OwnerContext *context);
extern void owner_set(const OwnerContext *context, Oid owner);
extern void owner_end(const OwnerContext *context);

/*
 * Reads the definition of a view, in the current memory context, with the
 * path of safe_path_begin.  False where the view is none and missing_ok.
 * `function` is any function of the extension.
 */
extern bool followed_read(Oid view, Oid function, bool missing_ok,
						  Followed *followed);
/*
 * The definition whose ledgers are in a table.  An error where there is none,
 * or where the current user does not have the rights of its owner.
 */
extern void followed_of_ledgers(Oid ledgers, Oid function, Followed *followed);

/* The type transfer_ledger, which is in the schema of a function */
extern Oid	ledger_type(Oid function);

/* What keeps these ledgers from following at all, or NULL */
extern char *followed_fault(const Followed *followed);

/* The quoted and qualified name of a relation, for SQL and for messages */
extern char *relation_name(Oid relation);
/*
 * Whether an expression, or a list of them, calls nothing but functions in C of
 * PostgreSQL and of a schema, the extension's: no search_path and no function
 * of a user has a part in what it does.
 */
extern bool path_free(Node *expression, Oid namespace);
/* "b1, b2, " or "" */
extern void append_by(StringInfo sql, const Followed *followed);
/* INSERT INTO ledgers (by, period, ledger) */
extern void append_insert(StringInfo sql, const Followed *followed);
/*
 * SELECT by, period, ledger_day, ledger_origin, ledger_destination,
 * ledger_people of rows that are in `source`, with turned signs for rows that
 * are gone.
 */
extern void append_rows(StringInfo sql, const Followed *followed,
						const char *source, bool gone);
/* SELECT by, period, ledger of a source that has the columns of append_rows */
extern void append_fold(StringInfo sql, const Followed *followed,
						const char *source);
/* ledger <> '{}' of an expression */
extern void append_not_empty(StringInfo sql, const Followed *followed,
							 const char *ledger);

/* Executes one statement with the latest snapshot; an error where it fails */
extern uint64 execute(const char *sql);

/* Deletes all ledgers and folds all rows, which nobody may change meanwhile */
extern void ledgers_start_anew(const Followed *followed);

/* Makes the triggers on the rows, or on a partition or a child of them */
extern void create_triggers(const Followed *followed, Oid relation);

#endif							/* LEDGER_FOLLOWED_H */
