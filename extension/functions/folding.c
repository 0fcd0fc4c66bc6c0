/*
 * functions/folding.c
 *		Folds rows of ledgers that follow others; see functions/folding.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "common/pg_prng.h"
#include "executor/instrument.h"
#include "storage/itemptr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "functions/folding.h"

/* One change in so many is followed by a fold of its key and period */
#define CHANGES_PER_FOLD		32
/* Keys and periods that one statement folds, rows that are looked at for it */
#define FOLDS_PER_STATEMENT		4
#define FOLD_ROWS				1024
/*
 * Most folds look at rows with the last so many numbers, one in RECENT_FOLDS at
 * those with MANY_KEYS, one in RECENT_FOLDS of these at all; and all are looked
 * at where FEW_RECENT are found.  Between those that are there, most are dead
 * until a vacuum.
 */
#define RECENT_KEYS				1024
#define MANY_KEYS				(INT64CONST(64) * 1024)
#define ALL_KEYS				(PG_INT64_MAX / 2)
#define FEW_RECENT				8
#define RECENT_FOLDS			32
/* Rows of more bytes than this are left to ledger_compact */
#define FOLD_BYTES				(INT64CONST(1024) * 1024)
/* Pages that a change pays for, and what can be saved */
#define PAGES_PER_CHANGE		16
#define PAGES_SAVED				(INT64CONST(32) * 1024)
/* The plans that fold, for by columns of which those in a mask are NULL */
struct FoldPlans
{
	uint32		nulls;
	SPIPlanPtr	find;
	SPIPlanPtr	fold;
	FoldPlans  *next;
};

static SPIPlanPtr
prepare_plan(const char *sql, int n_arguments, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, n_arguments, types,
											CURSOR_OPT_GENERIC_PLAN);

	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", sql,
			 SPI_result_code_string(SPI_result));
	return plan;
}

SPIPlanPtr
keep_plan(const char *sql, int n_arguments, Oid *types)
{
	SPIPlanPtr	plan = prepare_plan(sql, n_arguments, types);

	(void) SPI_keepplan(plan);
	return plan;
}

/*
 * The operator "=" of a type, as SQL.
 */
static char *
equal_operator(Oid type)
{
	Oid			operator = lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator row;
	char	   *sql;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "type %u has no operator \"=\"", type);
	row = (Form_pg_operator) GETSTRUCT(tuple);
	sql = psprintf("OPERATOR(%s.%s)",
				   quote_identifier(get_namespace_name(row->oprnamespace)),
				   NameStr(row->oprname));
	ReleaseSysCache(tuple);
	return sql;
}

/*
 * " AND " for each by column and the period: equal to parameters, or NULL.
 */
static void
append_key_matches(StringInfo sql, const Followed *followed, uint32 nulls)
{
	int			parameter = 0;

	for (int i = 0; i < followed->n_by; i++)
	{
		if (nulls & (1U << i))
			appendStringInfo(sql, "%s IS NULL AND ", followed->by[i]);
		else
			appendStringInfo(sql, "%s %s $%d AND ", followed->by[i],
							 equal_operator(followed->by_types[i]),
							 ++parameter);
	}
	appendStringInfo(sql, "period = $%d", parameter + 1);
}

/*
 * Deletes the rows at given places that nobody has locked, and inserts their
 * sum.  A place may have another row by now, so that its key is looked at.
 */
static char *
fold_statement(const Followed *followed, uint32 nulls, int n_parameters)
{
	const char *table = relation_name(followed->ledgers);
	StringInfoData sql;
	int			parameter = 0;

	initStringInfo(&sql);
	appendStringInfo(&sql, "WITH gone AS (DELETE FROM %s WHERE ctid = ANY (ARRAY("
					 "SELECT ctid FROM %s WHERE ctid = ANY ($%d) AND ",
					 table, table, n_parameters + 1);
	append_key_matches(&sql, followed, nulls);
	appendStringInfo(&sql, " FOR UPDATE SKIP LOCKED)) RETURNING changed, ledger)"
					 " INSERT INTO %s (", table);
	append_by(&sql, followed);
	appendStringInfoString(&sql, "period, changed, ledger) SELECT ");
	for (int i = 0; i < followed->n_by; i++)
	{
		if (nulls & (1U << i))
			appendStringInfoString(&sql, "NULL, ");
		else
			appendStringInfo(&sql, "$%d, ", ++parameter);
	}
	appendStringInfo(&sql, "$%d, max(changed), %s.ledger_agg(ledger) FROM gone HAVING ",
					 parameter + 1, followed->schema);
	append_not_empty(&sql, followed,
					 psprintf("%s.ledger_agg(ledger)", followed->schema));
	return sql.data;
}

static FoldPlans *
plans_of_fold(Folds *folds, const Followed *followed, uint32 nulls)
{
	Oid			types[FOLLOWED_BY_MAX + 2];
	const char *table = relation_name(followed->ledgers);
	int			n = 0;
	StringInfoData sql;
	SPIPlanPtr	find;
	SPIPlanPtr	take;
	FoldPlans  *fold;

	for (fold = folds->plans; fold != NULL; fold = fold->next)
	{
		if (fold->nulls == nulls && SPI_plan_is_valid(fold->find) &&
			SPI_plan_is_valid(fold->fold))
			return fold;
	}
	for (int i = 0; i < followed->n_by; i++)
	{
		if (!(nulls & (1U << i)))
			types[n++] = followed->by_types[i];
	}
	types[n++] = DATERANGEOID;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT ctid, pg_column_size(ledger) FROM %s WHERE ",
					 table);
	append_key_matches(&sql, followed, nulls);
	appendStringInfo(&sql, " AND key > (SELECT max(key) FROM %s WHERE ", table);
	append_key_matches(&sql, followed, nulls);
	appendStringInfo(&sql, ") - $%d", n + 1);

	/*
	 * The table has few rows when the plan is made, and many dead ones later.
	 * A plain index scan stops after the rows that are wanted, and marks dead
	 * entries, so that the next one passes over them.  The settings end with
	 * the call, which makes the one plan that there is.
	 */
	(void) set_config_option("enable_seqscan", "off", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("enable_bitmapscan", "off", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);

	/* kept when both can be prepared */
	types[n] = INT8OID;
	find = prepare_plan(sql.data, n + 1, types);
	types[n] = TIDARRAYOID;
	take = prepare_plan(fold_statement(followed, nulls, n), n + 1, types);
	(void) SPI_keepplan(find);
	(void) SPI_keepplan(take);
	fold = MemoryContextAllocZero(folds->context, sizeof(FoldPlans));
	fold->nulls = nulls;
	fold->find = find;
	fold->fold = take;
	fold->next = folds->plans;
	folds->plans = fold;
	return fold;
}

static int
compare_waiting(const void *a, const void *b)
{
	int64		bytes_of_a = ((const Waiting *) a)->bytes;
	int64		bytes_of_b = ((const Waiting *) b)->bytes;

	return (bytes_of_a > bytes_of_b) - (bytes_of_a < bytes_of_b);
}

/*
 * Sorts rows and returns how many of them are to be folded, or 0.  From the
 * smallest on up to the last row that is no larger than all before it together.
 */
static int
choose_rows(Waiting *rows, int n)
{
	int			chosen = 0;
	int64		bytes = 0;

	qsort(rows, n, sizeof(Waiting), compare_waiting);
	for (int i = 0; i < n && rows[i].bytes <= FOLD_BYTES; i++)
	{
		if (i > 0 && rows[i].bytes <= bytes)
			chosen = i + 1;
		bytes += rows[i].bytes;
	}
	return chosen;
}

/*
 * Folds rows of a key and period without a query.
 */
static void
fold_directly(LedgersInsert *insert, const Datum *key, const bool *nulls,
			  int64 range)
{
	Waiting    *rows = palloc(sizeof(Waiting) * FOLD_ROWS);
	Snapshot	snapshot;
	int			n;

	/* the row that was inserted is among them */
	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	n = ledgers_find_rows(insert, snapshot, key, nulls, range, rows, FOLD_ROWS);
	if (n < FEW_RECENT && range != ALL_KEYS)
		n = ledgers_find_rows(insert, snapshot, key, nulls, ALL_KEYS, rows,
							  FOLD_ROWS);
	n = choose_rows(rows, n);
	if (n > 0)
		ledgers_fold_rows(insert, snapshot, key, nulls, rows, n);
	UnregisterSnapshot(snapshot);
}

/*
 * The places of rows to be folded, out of those in SPI_tuptable, as an array;
 * false where there are less than two.
 */
static bool
choose_places(Datum *places)
{
	int			n = (int) SPI_tuptable->numvals;
	Waiting    *rows = palloc(sizeof(Waiting) * (n + 1));
	Datum	   *chosen = palloc(sizeof(Datum) * (n + 1));
	bool		isnull;

	for (int i = 0; i < n; i++)
	{
		rows[i].tuple = SPI_tuptable->vals[i];
		rows[i].bytes = DatumGetInt32(SPI_getbinval(rows[i].tuple,
													SPI_tuptable->tupdesc, 2,
													&isnull));
	}
	n = choose_rows(rows, n);
	if (n == 0)
		return false;
	for (int i = 0; i < n; i++)
		chosen[i] = SPI_getbinval(rows[i].tuple, SPI_tuptable->tupdesc, 1,
								  &isnull);
	*places = PointerGetDatum(construct_array(chosen, n, TIDOID,
											  sizeof(ItemPointerData), false,
											  TYPALIGN_SHORT));
	return true;
}

/*
 * Finds rows of a key and period, at most so many numbers before the last.
 */
static void
find_rows(const FoldPlans *fold, Datum *values, int n, int64 range)
{
	values[n] = Int64GetDatum(range);
	if (SPI_execute_plan(fold->find, values, NULL, false, FOLD_ROWS) != SPI_OK_SELECT)
		elog(ERROR, "could not look for rows to fold");
	if (range != ALL_KEYS && SPI_processed < FEW_RECENT)
		find_rows(fold, values, n, ALL_KEYS);
}

/*
 * Folds rows of a key and period with plans.
 */
static void
fold_with_plans(Folds *folds, const Followed *followed, const Datum *key,
				const bool *key_nulls, int64 range)
{
	Datum		values[FOLLOWED_BY_MAX + 2];
	int			n = 0;
	uint32		nulls = 0;
	FoldPlans  *fold;

	for (int i = 0; i <= followed->n_by; i++)
	{
		if (key_nulls[i])
			nulls |= 1U << i;
		else
			values[n++] = key[i];
	}
	safe_path_set();
	fold = plans_of_fold(folds, followed, nulls);
	find_rows(fold, values, n, range);
	if (!choose_places(&values[n]))
		return;
	if (SPI_execute_plan(fold->fold, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not fold rows");
}

/* Pages that this session has looked at */
static int64
pages_used(void)
{
	return pgBufferUsage.shared_blks_hit + pgBufferUsage.shared_blks_read;
}

static int64
choose_range(void)
{
	uint32		random = pg_prng_uint32(&pg_global_prng_state);

	if (random % RECENT_FOLDS != 0)
		return RECENT_KEYS;
	return random / RECENT_FOLDS % RECENT_FOLDS != 0 ? MANY_KEYS : ALL_KEYS;
}

void
fold_now_and_then(Folds *folds, const Followed *followed, LedgersInsert *insert,
				  const Datum *key, const bool *nulls, int *made)
{
	int64		before;
	int64		range;

	folds->pages = Min(folds->pages + PAGES_PER_CHANGE, PAGES_SAVED);
	if (IsolationUsesXactSnapshot() || folds->pages < 0 ||
		*made == FOLDS_PER_STATEMENT ||
		pg_prng_uint32(&pg_global_prng_state) % CHANGES_PER_FOLD != 0)
		return;
	(*made)++;
	before = pages_used();
	range = choose_range();
	if (insert != NULL && OidIsValid(insert->table->index))
		fold_directly(insert, key, nulls, range);
	else
		fold_with_plans(folds, followed, key, nulls, range);
	folds->pages -= pages_used() - before;
}

void
folds_start(Folds *folds, MemoryContext context)
{
	folds->context = context;
	folds->plans = NULL;
	folds->pages = PAGES_SAVED / 32;
}

void
folds_end(Folds *folds)
{
	for (FoldPlans *fold = folds->plans; fold != NULL; fold = fold->next)
	{
		SPI_freeplan(fold->find);
		SPI_freeplan(fold->fold);
	}
}
