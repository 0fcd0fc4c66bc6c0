/*
 * value/arguments.c
 *		Between Datums and answers/period.h.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/multirangetypes.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "value/compat.h"
#include "value/arguments.h"


char *
period_interval_text(const Interval *interval)
{
	struct pg_itm parts;
	char		buffer[MAXDATELEN + 1];

	if (INTERVAL_NOT_FINITE(interval))
		return pstrdup(INTERVAL_IS_NOBEGIN(interval) ? "-infinity" : "infinity");
	interval2itm(*interval, &parts);
	EncodeInterval(&parts, INTSTYLE_POSTGRES, buffer);
	return pstrdup(buffer);
}

/* Raises the error for a length that holds hours or is infinite. */
pg_noreturn static void
raise_not_whole_days(const Interval *interval, const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid %s: \"%s\"", argument, period_interval_text(interval)),
			 INTERVAL_NOT_FINITE(interval) ?
			 errdetail("It is infinite.") :
			 errdetail("It has a time of day, and periods are whole days."),
			 !INTERVAL_NOT_FINITE(interval) &&
			 interval->time % USECS_PER_DAY == 0 ?
			 errhint("Write 24 hours as \"1 day\".") : 0));
}

PeriodStep
period_length_from_interval(const Interval *interval, const char *argument)
{
	PeriodStep	length = {interval->month, interval->day};

	if (interval->time != 0 || INTERVAL_NOT_FINITE(interval))
		raise_not_whole_days(interval, argument);
	return length;
}

PeriodStep
period_step_from_interval(const Interval *interval, const char *argument)
{
	PeriodStep	step = period_length_from_interval(interval, argument);

	if ((step.months > 0 && step.days == 0) ||
		(step.days > 0 && step.months == 0))
		return step;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid %s: \"%s\"", argument, period_interval_text(interval)),
			 step.months != 0 && step.days != 0 ?
			 errdetail("It has both months and days, and has to be one or the other.") :
			 step.months == 0 && step.days == 0 ?
			 errdetail("It is zero, and has to be at least a day.") :
			 errdetail("It is negative, and has to be at least a day.")));
}

void
period_write_date(DateADT date, char text[PERIOD_DAY_MAX])
{
	if (DATE_NOT_FINITE(date))
		strlcpy(text, DATE_IS_NOBEGIN(date) ? EARLY : LATE, PERIOD_DAY_MAX);
	else
		period_write_day(date, text);
}

LedgerDay
period_day_from_date(DateADT date, const char *argument)
{
	char		day[PERIOD_DAY_MAX];

	if (likely(ledger_day_valid(date)))
		return date;
	period_write_date(date, day);
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("%s out of range: \"%s\"", argument, day),
			 errdetail("Days run from 0001-01-01 to 9999-12-31.")));
}

void
period_calendar_from_arguments(PeriodCalendar *calendar, const Interval *step,
							   DateADT anchor, const Interval *rolling)
{
	calendar->step = period_step_from_interval(step, "step");
	calendar->anchor = period_day_from_date(anchor, "anchor");
	calendar->rolling = calendar->step;
	if (rolling == NULL)
		return;
	calendar->rolling = period_step_from_interval(rolling, "rolling");
	if (period_calendar_check(calendar) != LEDGER_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rolling \"%s\" is shorter than step \"%s\"",
						period_interval_text(rolling), period_interval_text(step)),
				 errdetail("Some days could be in no period.")));
}

/*
 * The argument that a text looks as if it were meant for, which a call in
 * another call's order gives in place of a name; NULL for none.
 */
static const char *
argument_meant(const char *text)
{
	int			year;
	int			month;
	int			day;

	if (*text == '{')
		return "covered";
	if (*text == '[' || *text == '(' || strcmp(text, "empty") == 0)
		return "within";
	if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3)
		return "anchor";
	if (isdigit((unsigned char) *text) &&
		strpbrk(text, "abcdefghijklmnopqrstuvwxyz") != NULL)
		return "step";
	return NULL;
}

/*
 * Whether the function that is called has an argument of that name.
 */
static bool
has_argument(FunctionCallInfo fcinfo, const char *argument)
{
	HeapTuple	function = SearchSysCache1(PROCOID,
										   ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
	Oid		   *types;
	char	  **names = NULL;
	char	   *modes;
	int			n;
	bool		found = false;

	if (!HeapTupleIsValid(function))
		return false;
	n = get_func_arg_info(function, &types, &names, &modes);
	for (int i = 0; i < n && names != NULL && !found; i++)
		found = (modes == NULL || modes[i] == PROARGMODE_IN) &&
			strcmp(names[i], argument) == 0;
	ReleaseSysCache(function);
	return found;
}

int
period_choice_argument(FunctionCallInfo fcinfo, int n, const char *argument,
					   const char *const *names, int n_names, int by_default)
{
	StringInfoData valid;
	const char *meant;
	char	   *name;
	int			i;

	if (PG_ARGISNULL(n))
		return by_default;
	name = text_to_cstring(PG_GETARG_TEXT_PP(n));
	for (i = 0; i < n_names; i++)
	{
		if (strcmp(name, names[i]) == 0)
			return i;
	}

	initStringInfo(&valid);
	for (i = 0; i < n_names; i++)
		appendStringInfo(&valid, "%s\"%s\"",
						 i == 0 ? "" : i < n_names - 1 ? ", " : " and ",
						 names[i]);
	meant = argument_meant(name);
	if (meant != NULL && !has_argument(fcinfo, meant))
		meant = NULL;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s: \"%s\"", argument, name),
			 meant == NULL ? 0 :
			 errdetail("Argument %d of this function is the %s, and \"%s\" looks like another one.",
					   n + 1, argument, name),
			 meant == NULL ?
			 errhint("Valid values are %s.", valid.data) :
			 errhint("Valid values are %s. Name the other argument, as in %s => '%s'.",
					 valid.data, meant, name)));
}

PeriodAlign
period_align_argument(FunctionCallInfo fcinfo, int n)
{
	static const char *const names[] = {
		[PERIOD_ALIGN_BOUNDS] = "bounds",
		[PERIOD_ALIGN_LAST_DAY] = "last_day",
		[PERIOD_ALIGN_SAME_DAYS] = "same_days"
	};

	return (PeriodAlign) period_choice_argument(fcinfo, n, "align", names,
												lengthof(names),
												PERIOD_ALIGN_BOUNDS);
}

/*
 * Periods and dateranges
 */

/*
 * What is known of the type daterange.  An entry of the type cache is never
 * freed, so that one look-up serves the session; fn_extra is not always there
 * to keep it in.
 */
static TypeCacheEntry *
daterange_type(void)
{
	static TypeCacheEntry *type = NULL;

	if (unlikely(type == NULL))
		type = lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO);
	return type;
}

LedgerPeriod
period_from_range(const RangeType *range)
{
	LedgerPeriod period = {0, 0};
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(daterange_type(), range, &lower, &upper, &empty);
	if (empty)
		return period;

	/* a stored daterange is half-open, but for infinite dates */
	period.start = lower.infinite ? LEDGER_DAY_UNBOUNDED_START :
		DatumGetDateADT(lower.val);
	period.end = upper.infinite ? LEDGER_DAY_UNBOUNDED_END :
		DatumGetDateADT(upper.val);
	return period;
}

LedgerPeriod *
period_ranges_from_multirange(Datum multirange, uint32 *n)
{
	RangeType **ranges;
	LedgerPeriod *periods;
	int32		count;
	int32		i;

	multirange_deserialize(daterange_type(), DatumGetMultirangeTypeP(multirange),
						   &count, &ranges);
	periods = palloc(Max(count, 1) * sizeof(LedgerPeriod));
	*n = 0;
	for (i = 0; i < count; i++)
	{
		LedgerPeriod period = period_from_range(ranges[i]);

		CHECK_FOR_INTERRUPTS();
		period.start = Max(period.start, PERIOD_BOUND_MIN);
		period.end = Min(period.end, PERIOD_BOUND_MAX);
		if (!period_is_empty(period))
			periods[(*n)++] = period;
	}
	return periods;
}

/*
 * Writes the daterange byte by byte as range_serialize would, which would
 * first compare the bounds through the function manager and ask the type for
 * alignments: that is half the cost of a call of period_of, made for every row
 * of a GROUP BY.  The form is the one ranges have on disk: the type's OID, the
 * bounds that are not infinite, and a byte of flags.
 */
RangeType *
period_to_range(LedgerPeriod period)
{
	RangeType  *range = palloc(sizeof(RangeType) + 2 * sizeof(DateADT) + 1);
	char	   *next = (char *) (range + 1);
	char		flags = 0;

	range->rangetypid = DATERANGEOID;
	if (period_is_empty(period))
		flags = RANGE_EMPTY;
	else
	{
		if (period.start == LEDGER_DAY_UNBOUNDED_START)
			flags |= RANGE_LB_INF;
		else
		{
			flags |= RANGE_LB_INC;
			memcpy(next, &period.start, sizeof(DateADT));
			next += sizeof(DateADT);
		}
		if (period.end == LEDGER_DAY_UNBOUNDED_END)
			flags |= RANGE_UB_INF;
		else
		{
			memcpy(next, &period.end, sizeof(DateADT));
			next += sizeof(DateADT);
		}
	}
	*next++ = flags;
	SET_VARSIZE(range, next - (char *) range);
	return range;
}

void
period_raise_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("period out of range"),
			 errdetail("It would begin before 4714-11-24 BC or end after 5874897-12-31, where dates end.")));
}

void
period_numbers_within(const PeriodCalendar *calendar, LedgerPeriod within,
					  int64_t *first, int64_t *last)
{
	char		label[PERIOD_LABEL_MAX];

	*first = 0;
	*last = -1;
	if (period_is_empty(within))
		return;
	period_write_label(within, label);
	if (!period_is_bounded(within))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("within has to have both bounds, not \"%s\"", label)));
	if (period_calendar_numbers(calendar, within, first, last) != LEDGER_OK)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("within out of range: \"%s\"", label),
				 errdetail("Days run from 0001-01-01 to 9999-12-31.")));
	if (*last - *first >= PERIOD_SERIES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many periods in \"%s\"", label),
				 errdetail("There are %lld, and the limit is %d.",
						   (long long) (*last - *first + 1),
						   PERIOD_SERIES_MAX),
				 errhint("Take a longer step or a shorter range.")));
}
