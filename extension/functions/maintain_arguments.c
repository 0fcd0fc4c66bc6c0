/*
 * functions/maintain_arguments.c
 *		The arguments of ledger_maintain; see functions/maintain_arguments.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "parser/parser.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/typcache.h"
#include "utils/varlena.h"

#include "value/arguments.h"
#include "value/compat.h"
#include "functions/maintain_arguments.h"

static const char *const argument_names[] = {
	[ROWS] = "rows",
	[DAY] = "day",
	[ORIGIN] = "origin",
	[DESTINATION] = "destination",
	[PEOPLE] = "people",
	[BY] = "by",
	[STEP] = "step",
	[ANCHOR] = "anchor",
	[FILTER] = "filter",
	[NAME] = "name",
	[VIEWS] = "views"
};

/* Columns of the ledgers' table that are not of "by" */
static const char *const own_columns[] = {
	"key", "period", "changed", "ledger", "ledgers", "ledger_day",
	"ledger_origin", "ledger_destination", "ledger_people"
};

/* An argument as a query, which has one column if the argument is right */
#define SELECT_TEXT		"SELECT %s"

/*
 * Says which argument an error is about, and turns a position in its text into
 * one that is shown with the text.
 */
typedef struct ArgumentText
{
	const char *name;
	const char *text;			/* "SELECT ..." */
} ArgumentText;

static void
tell_argument(void *argument)
{
	const ArgumentText *about = argument;
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(about->text);
	}
	/* a detail and not a hint: PostgreSQL's may name the nearest column */
	if (geterrcode() == ERRCODE_UNDEFINED_COLUMN &&
		(strcmp(about->name, "origin") == 0 ||
		 strcmp(about->name, "destination") == 0))
		errdetail("The argument is an expression. A text constant in it needs quotes of its own, as in destination => '''GBR'''.");
	errcontext("argument %s of ledger_maintain", about->name);
}

/*
 * Whether it is "*", which a list of columns alone may have.
 */
static bool
is_star(Node *expression)
{
	return IsA(expression, ColumnRef) &&
		IsA(llast(((ColumnRef *) expression)->fields), A_Star);
}

/*
 * The one expression of an argument's text, with the name it has or would get.
 */
static ResTarget *
parse_expression(const char *argument, const char *text)
{
	List	   *statements = raw_parser(psprintf(SELECT_TEXT, text),
										RAW_PARSE_DEFAULT);
	SelectStmt *select = NULL;

	if (list_length(statements) == 1)
		select = (SelectStmt *) linitial_node(RawStmt, statements)->stmt;
	if (select == NULL || !IsA(select, SelectStmt) ||
		list_length(select->targetList) != 1 ||
		is_star(linitial_node(ResTarget, select->targetList)->val) ||
		select->distinctClause != NIL || select->intoClause != NULL ||
		select->fromClause != NIL || select->whereClause != NULL ||
		select->groupClause != NIL || select->havingClause != NULL ||
		select->windowClause != NIL || select->valuesLists != NIL ||
		select->sortClause != NIL || select->limitOffset != NULL ||
		select->limitCount != NULL || select->lockingClause != NIL ||
		select->withClause != NULL || select->op != SETOP_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("%s is not one expression: \"%s\"", argument, text),
				 errhint("Give the name of a column, or an expression of columns.")));
	return linitial_node(ResTarget, select->targetList);
}

/*
 * A column of this name, whatever is in the name; else an expression.
 */
static ResTarget *
parse_column(const Wanted *wanted, const char *argument, const char *text)
{
	ColumnRef  *column;
	ResTarget  *target;
	AttrNumber	number = InvalidAttrNumber;

	/* of what is too long for a name, the cache would keep each miss */
	if (strlen(text) < NAMEDATALEN)
		number = get_attnum(RelationGetRelid(wanted->rows), text);
	if (number <= 0)
		return parse_expression(argument, text);
	column = makeNode(ColumnRef);
	column->fields = list_make1(makeString(pstrdup(text)));
	column->location = -1;
	target = makeNode(ResTarget);
	target->name = pstrdup(text);
	target->val = (Node *) column;
	target->location = -1;
	return target;
}

/*
 * Which columns an expression reads: stored columns of the row, by name.
 * Nothing else is in a transition table.
 */
static void
check_columns(const Wanted *wanted, const char *argument, Node *expression)
{
	Bitmapset  *columns = NULL;
	TupleDesc	descriptor = RelationGetDescr(wanted->rows);
	int			column = -1;

	pull_varattnos(expression, 1, &columns);
	while ((column = bms_next_member(columns, column)) >= 0)
	{
		AttrNumber	number = column + FirstLowInvalidHeapAttributeNumber;

		if (number <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("%s reads a system column or a whole row", argument),
					 errhint("Name the columns that it needs.")));
		if (attribute_is_virtual(TupleDescAttr(descriptor, number - 1)))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("%s reads the virtual generated column \"%s\"",
							argument,
							NameStr(TupleDescAttr(descriptor, number - 1)->attname)),
					 errdetail("Triggers do not get the values of such columns."),
					 errhint("Use a stored generated column, or its expression.")));
	}
}

/*
 * What to do about a type that is not the one of the argument.
 */
static const char *
type_hint(int argument, Oid type)
{
	if (argument == DAY && type == TIMESTAMPTZOID)
		return "Say in which time zone a day begins, as in (moved_at AT TIME ZONE 'Europe/London')::date.";
	if (argument == DAY)
		return "Give an expression that is a date, as in moved_at::date.";
	if (argument == PEOPLE)
		return "Give an expression that is a whole number, as in round(people)::bigint.";
	if (argument == FILTER)
		return "Give a condition, as in people > 0.";
	return "Give an expression that is a text, as in code::text.";
}

/*
 * Analyzes an argument, coerced to a type (InvalidOid: as it is).
 */
static Column
analyze(const Wanted *wanted, int argument, ResTarget *target, Oid type)
{
	const char *name = argument_names[argument];
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *item = addRangeTableEntryForRelation(pstate, wanted->rows,
															 AccessShareLock, NULL,
															 true, true);
	Column		column;
	Node	   *expression;
	Oid			is;

	addNSItemToQuery(pstate, item, true, true, true);
	expression = transformExpr(pstate, target->val,
							   argument == FILTER ? EXPR_KIND_INDEX_PREDICATE :
							   EXPR_KIND_INDEX_EXPRESSION);
	is = exprType(expression);
	if (!OidIsValid(type))
		type = getBaseType(is) == UNKNOWNOID ? TEXTOID : is;
	expression = coerce_to_target_type(pstate, expression, is, type, -1,
									   COERCION_IMPLICIT, COERCE_EXPLICIT_CAST,
									   -1);
	if (expression == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s is of type %s, not %s", name, format_type_be(is),
						format_type_be(type)),
				 errhint("%s", type_hint(argument, is))));
	assign_expr_collations(pstate, expression);
	check_columns(wanted, name, expression);
	if (contain_mutable_functions((Node *) expression_planner(copyObject((Expr *) expression))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("functions in %s must be marked IMMUTABLE", name),
				 errdetail("When a row is deleted, the expression must return what it returned when the row was inserted."),
				 errhint("A cast may depend on a setting, as moved_at::date does; (moved_at AT TIME ZONE 'Europe/London')::date does not. A function of your own can be marked IMMUTABLE if it is.")));
	column.name = target->name != NULL ? target->name :
		FigureColname(target->val);
	column.expression = expression;
	free_parsestate(pstate);
	return column;
}

/*
 * An argument that may not be NULL.
 */
void
maintain_check_argument(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be NULL", argument_names[argument]),
				 argument == ROWS ? errhint("Give the name of a table.") :
				 argument == STEP || argument == ANCHOR ?
				 errhint("Leave it out for the default.") :
				 errhint("Give the name of a column, or an expression of columns.")));
}

/*
 * A column or an expression, from its text.
 */
static Column
read_column(const Wanted *wanted, int argument, const char *text, Oid type)
{
	ArgumentText about = {argument_names[argument], psprintf(SELECT_TEXT, text)};
	ErrorContextCallback context = {error_context_stack, tell_argument, &about};
	Column		column;

	error_context_stack = &context;
	column = analyze(wanted, argument,
					 parse_column(wanted, argument_names[argument], text), type);
	error_context_stack = context.previous;
	return column;
}

static Column
column_argument(FunctionCallInfo fcinfo, const Wanted *wanted, int argument,
				Oid type)
{
	maintain_check_argument(fcinfo, argument);
	return read_column(wanted, argument,
					   text_to_cstring(PG_GETARG_TEXT_PP(argument)), type);
}

/*
 * A name for a by column that the tables do not have already, and a type that
 * can be compared.
 */
static void
check_by(const Wanted *wanted, const Column *column)
{
	bool		taken = false;
	Oid			type = exprType(column->expression);

	for (int i = 0; i < lengthof(own_columns); i++)
		taken |= strcmp(column->name, own_columns[i]) == 0;
	for (int i = 0; i < wanted->n_by; i++)
		taken |= strcmp(column->name, wanted->by[i].name) == 0;
	if (taken)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("by: the table of ledgers has a column \"%s\" already",
						column->name),
				 errhint("Give it another name, as in by => ARRAY['%s AS other_name'].",
						 quote_identifier(column->name))));
	if (!OidIsValid(lookup_type_cache(type, TYPECACHE_LT_OPR)->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("by: values of type %s cannot be sorted",
						format_type_be(type)),
				 errhint("Cast it to a type that can, such as text.")));
}

static void
by_argument(FunctionCallInfo fcinfo, Wanted *wanted)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;

	if (PG_ARGISNULL(BY))
		return;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(BY), TEXTOID, -1, false,
					  TYPALIGN_INT, &values, &nulls, &n);
	if (n > FOLLOWED_BY_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_COLUMNS),
				 errmsg("by has %d columns", n),
				 errhint("At most %d are possible.", FOLLOWED_BY_MAX)));
	for (int i = 0; i < n; i++)
	{
		Column		column;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("by must not have nulls"),
					 errhint("Leave out the element, or name a column.")));
		column = read_column(wanted, BY, TextDatumGetCString(values[i]),
							 InvalidOid);
		check_by(wanted, &column);
		wanted->by[wanted->n_by++] = column;
	}
}

/*
 * The calendar, as literals that do not depend on a setting.
 */
static void
calendar_arguments(FunctionCallInfo fcinfo, Wanted *wanted)
{
	PeriodCalendar calendar;
	char		anchor[PERIOD_DAY_MAX];

	maintain_check_argument(fcinfo, STEP);
	maintain_check_argument(fcinfo, ANCHOR);
	period_calendar_from_arguments(&calendar, PG_GETARG_INTERVAL_P(STEP),
								   PG_GETARG_DATEADT(ANCHOR), NULL);
	period_write_date(PG_GETARG_DATEADT(ANCHOR), anchor);
	wanted->anchor = quote_literal_cstr(anchor);
	wanted->step = quote_literal_cstr(period_interval_text(PG_GETARG_INTERVAL_P(STEP)));
}

/*
 * The name of what is made: in the schema of the rows by default.
 */
static void
name_argument(FunctionCallInfo fcinfo, Wanted *wanted)
{
	wanted->namespace = get_namespace_name(RelationGetNamespace(wanted->rows));
	if (PG_ARGISNULL(NAME))
		wanted->name = makeObjectName(RelationGetRelationName(wanted->rows),
									  NULL, "ledgers");
	else
	{
		RangeVar   *name = makeRangeVarFromNameList(
			textToQualifiedNameList(PG_GETARG_TEXT_PP(NAME)));

		if (name->schemaname != NULL)
			wanted->namespace = name->schemaname;
		wanted->name = name->relname;
	}
	wanted->table = quote_qualified_identifier(wanted->namespace, wanted->name);
	wanted->view = quote_qualified_identifier(wanted->namespace,
											  makeObjectName(wanted->name, NULL,
															 "rows"));
	if (OidIsValid(get_relname_relid(wanted->name,
									 get_namespace_oid(wanted->namespace, false))))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation %s already exists", wanted->table),
				 errhint("Choose another with the argument name, or drop it.")));
}

static void
people_and_filter(FunctionCallInfo fcinfo, Wanted *wanted)
{
	if (PG_ARGISNULL(PEOPLE))
		wanted->people = read_column(wanted, PEOPLE, "1", INT8OID);
	else
		wanted->people = column_argument(fcinfo, wanted, PEOPLE, INT8OID);
	if (PG_ARGISNULL(FILTER))
		wanted->filter.expression = NULL;
	else
		wanted->filter = column_argument(fcinfo, wanted, FILTER, BOOLOID);
}

void
maintain_arguments(FunctionCallInfo fcinfo, Wanted *wanted)
{
	/* expressions as the caller's path has them, texts with all of it */
	wanted->day = column_argument(fcinfo, wanted, DAY, DATEOID);
	wanted->origin = column_argument(fcinfo, wanted, ORIGIN, TEXTOID);
	wanted->destination = column_argument(fcinfo, wanted, DESTINATION, TEXTOID);
	people_and_filter(fcinfo, wanted);
	by_argument(fcinfo, wanted);
	calendar_arguments(fcinfo, wanted);
	name_argument(fcinfo, wanted);
}
