/*
 * value/compat.h
 *		The differences between the PostgreSQL versions this builds on, 15 to
 *		19.  The only place that tests PG_VERSION_NUM.
 */
#ifndef LEDGER_COMPAT_H
#define LEDGER_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#endif
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/jsonb.h"

/* 18 put the mark of a function that does not return first. */
#ifndef pg_noreturn
#define pg_noreturn		pg_attribute_noreturn()
#endif

/* 18 shows a module's name and version in pg_get_loaded_modules(). */
#ifndef PG_MODULE_MAGIC_EXT
#define PG_MODULE_MAGIC_EXT(...)	PG_MODULE_MAGIC
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
#define SOFT_ERROR_OCCURRED(context)	false
#endif

/* 19 put what is known of a jsonb being made, its result too, in one struct. */
#if PG_VERSION_NUM < 190000
typedef struct JsonbInState
{
	JsonbValue *result;
	JsonbParseState *parseState;
} JsonbInState;

#define pushJsonbValue(state, token, value) \
	((void) ((state)->result = pushJsonbValue(&(state)->parseState, token, value)))
#endif

/* 18 tells ANALYZE from VACUUM where it waits as its cost asks. */
#if PG_VERSION_NUM >= 180000
#define ledger_analyze_delay_point()	vacuum_delay_point(true)
#else
#define ledger_analyze_delay_point()	vacuum_delay_point()
#endif

/* 17 took the statistics target of a column out of what describes it. */
#if PG_VERSION_NUM >= 170000
#define ledger_analyze_target(stats)	((stats)->attstattarget)
#else
#define ledger_analyze_target(stats)	((stats)->attr->attstattarget)
#endif

/* 16 has one function that checks the owner of anything. */
#if PG_VERSION_NUM < 160000
#define object_ownercheck(class, object, role) pg_class_ownercheck(object, role)
#endif

/* 16 and 19 gave what inserts into indexes other arguments. */
#if PG_VERSION_NUM >= 190000
#define ledger_insert_index_tuples(relation, state, slot) \
	ExecInsertIndexTuples(relation, state, 0, slot, NIL, NULL)
#elif PG_VERSION_NUM >= 160000
#define ledger_insert_index_tuples(relation, state, slot) \
	ExecInsertIndexTuples(relation, slot, state, false, false, NULL, NIL, false)
#else
#define ledger_insert_index_tuples(relation, state, slot) \
	ExecInsertIndexTuples(relation, slot, state, false, false, NULL, NIL)
#endif

/* 19 gave deleting a row options. */
#if PG_VERSION_NUM >= 190000
#define ledger_delete_row(relation, place, command, snapshot, failure) \
	table_tuple_delete(relation, place, command, 0, snapshot, \
					   InvalidSnapshot, false, failure)
#else
#define ledger_delete_row(relation, place, command, snapshot, failure) \
	table_tuple_delete(relation, place, command, snapshot, InvalidSnapshot, \
					   false, failure, false)
#endif

/* 18 has generated columns that are not stored. */
#if PG_VERSION_NUM >= 180000
#define attribute_is_virtual(attribute) \
	((attribute)->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
#else
#define attribute_is_virtual(attribute)	((void) (attribute), false)
#endif

#endif							/* LEDGER_COMPAT_H */
