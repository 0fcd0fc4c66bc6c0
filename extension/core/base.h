/*
 * core/base.h
 *		What every part of transfer_ledger agrees on: days, limits, status
 *		codes and checked arithmetic.  Plain C, no PostgreSQL headers.
 *
 * A day is a signed count of days from 2000-01-01, the same number as
 * PostgreSQL's DateADT, so that no conversion stands between the two halves.
 * A period is half-open, [start, end).  Its bounds may lie one day past
 * LEDGER_DAY_MAX (an end is exclusive) or be unbounded.
 *
 * The functions of the lower half return a LedgerStatus and never allocate,
 * print or jump; what memory they need comes from the caller.
 */
#ifndef LEDGER_BASE_H
#define LEDGER_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* 0001-01-01 and 9999-12-31 as days from 2000-01-01 */
#define LEDGER_DAY_MIN			(-730119)
#define LEDGER_DAY_MAX			2921939

/* Bounds of a period that reaches without limit into the past or the future */
#define LEDGER_DAY_UNBOUNDED_START	INT32_MIN
#define LEDGER_DAY_UNBOUNDED_END	INT32_MAX

/* A party is a code of 1 to 255 bytes without a zero byte */
#define LEDGER_PARTY_MAX		255

/*
 * What must be true here, whatever the input: looked at by the fuzzers, and
 * where the server looks at its own.
 */
#if defined(LEDGER_ASSERTIONS) || defined(USE_ASSERT_CHECKING)
#undef NDEBUG
#include <assert.h>
#define LEDGER_ASSERT(condition)	assert(condition)
#else
#define LEDGER_ASSERT(condition)	((void) 0)
#endif

typedef int32_t LedgerDay;

typedef enum LedgerStatus
{
	LEDGER_OK = 0,
	LEDGER_DONE,				/* a cursor has nothing further to give */
	LEDGER_DAMAGED,				/* the bytes are not a ledger */
	LEDGER_UNKNOWN_VERSION,		/* a format version this build cannot read */
	LEDGER_MALFORMED,			/* text that does not follow the grammar */
	LEDGER_BAD_PARTY,			/* empty, or longer than LEDGER_PARTY_MAX */
	LEDGER_BAD_DAY,				/* outside LEDGER_DAY_MIN .. LEDGER_DAY_MAX */
	LEDGER_OUT_OF_RANGE,		/* a sum beyond a 64-bit integer */
	LEDGER_TOO_LARGE,			/* the flat form would pass its size limit */
	LEDGER_BAD_STEP,			/* not a positive number of days or of months */
	LEDGER_UNMATCHED_CORRECTION	/* a correction with nothing left to reduce */
} LedgerStatus;

/*
 * Called now and then by what can take long, so that the caller can react to a
 * cancel; it need not return.  NULL where nobody waits.
 */
typedef void (*LedgerCheckpoint) (void);

/* Work between two checkpoints: a party, a corridor or an entry each is one */
#define LEDGER_WORK_PER_CHECKPOINT	4096

/*
 * Calls the checkpoint once enough work has been done since it last was.
 */
static inline void
ledger_count_work(LedgerCheckpoint checkpoint, uint32_t *work, uint32_t done)
{
	*work += done;
	if (__builtin_expect(*work < LEDGER_WORK_PER_CHECKPOINT, 1))
		return;
	*work = 0;
	if (checkpoint != NULL)
		checkpoint();
}

/* A party's name; borrowed bytes, not terminated by zero. */
typedef struct LedgerParty
{
	const char *name;
	uint32_t	length;
} LedgerParty;

typedef struct LedgerEntry
{
	LedgerDay	day;
	int64_t		people;			/* never zero in a ledger */
} LedgerEntry;

/* Half-open: start <= day < end.  Empty where start >= end. */
typedef struct LedgerPeriod
{
	LedgerDay	start;
	LedgerDay	end;
} LedgerPeriod;

/*
 * Is it a day that a ledger can hold?
 */
static inline bool
ledger_day_valid(int64_t day)
{
	return day >= LEDGER_DAY_MIN && day <= LEDGER_DAY_MAX;
}

/*
 * Does a day lie in a period?  None does in an empty one.
 */
static inline bool
ledger_period_contains(LedgerPeriod period, LedgerDay day)
{
	return period.start <= day && day < period.end;
}

/* The period that holds every day, what a NULL `within` stands for. */
static inline LedgerPeriod
ledger_period_everything(void)
{
	LedgerPeriod all = {LEDGER_DAY_UNBOUNDED_START, LEDGER_DAY_UNBOUNDED_END};

	return all;
}

/*
 * Byte order of two parties: the shorter of two that agree comes first.
 */
static inline int
ledger_party_compare(LedgerParty a, LedgerParty b)
{
	int			order;

	order = memcmp(a.name, b.name, a.length < b.length ? a.length : b.length);
	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

/*
 * Bytes as a number, the first one lowest.  Compilers make one load of each of
 * these where they can.
 */
static inline uint32_t
ledger_load_uint32(const uint8_t *p)
{
	return (uint32_t) p[0] | (uint32_t) p[1] << 8 |
		(uint32_t) p[2] << 16 | (uint32_t) p[3] << 24;
}

/*
 * Eight bytes as a number, the first one lowest.
 */
static inline uint64_t
ledger_load_uint64(const uint8_t *p)
{
	return (uint64_t) ledger_load_uint32(p) |
		(uint64_t) ledger_load_uint32(p + 4) << 32;
}

/* Four bytes as a number, the first one highest. */
static inline uint64_t
ledger_load_four(const uint8_t *p)
{
	return (uint64_t) p[0] << 24 | (uint64_t) p[1] << 16 |
		(uint64_t) p[2] << 8 | p[3];
}

/*
 * A name of one to eight bytes as a number, its first byte highest, filled up
 * with zero bytes: numbers then compare as names do, and none has zero for its
 * highest byte.
 */
static inline uint64_t
ledger_party_code(LedgerParty party)
{
	const uint8_t *name = (const uint8_t *) party.name;
	uint64_t	code;

	LEDGER_ASSERT(party.length >= 1 && party.length <= 8);
	if (party.length >= 4)
		return ledger_load_four(name) << 32 |
			(ledger_load_four(name + party.length - 4) <<
			 8 * (8 - party.length) & UINT32_MAX);
	code = (uint64_t) name[0] << 56;
	if (party.length > 1)
		code |= (uint64_t) name[1] << 48;
	if (party.length > 2)
		code |= (uint64_t) name[2] << 40;
	return code;
}

/* *sum = a + b; false where that passes a 64-bit integer. */
static inline bool
ledger_checked_add(int64_t a, int64_t b, int64_t *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

/* *difference = a - b; false where that passes a 64-bit integer. */
static inline bool
ledger_checked_subtract(int64_t a, int64_t b, int64_t *difference)
{
	return !__builtin_sub_overflow(a, b, difference);
}

/*
 * A sum of 64-bit integers that cannot overflow, in two's complement: what
 * accumulates on the way to an answer may pass 64 bits where the answer itself
 * does not.
 */
typedef struct LedgerSum
{
	int64_t		high;
	uint64_t	low;
} LedgerSum;

/*
 * Adds a value to a sum.
 */
static inline void
ledger_sum_add(LedgerSum *sum, int64_t value)
{
	sum->low += (uint64_t) value;
	sum->high += (sum->low < (uint64_t) value) - (value < 0);
}

/*
 * a + b
 */
static inline LedgerSum
ledger_sum_plus(LedgerSum a, LedgerSum b)
{
	LedgerSum	sum = {a.high + b.high, a.low + b.low};

	sum.high += sum.low < a.low;
	return sum;
}

/*
 * a - b
 */
static inline LedgerSum
ledger_sum_subtract(LedgerSum a, LedgerSum b)
{
	LedgerSum	difference = {a.high - b.high - (a.low < b.low), a.low - b.low};

	return difference;
}

/* false where the sum passes a 64-bit integer */
static inline bool
ledger_sum_value(LedgerSum sum, int64_t *value)
{
	*value = (int64_t) sum.low;
	return sum.high == (*value < 0 ? -1 : 0);
}

#endif							/* LEDGER_BASE_H */
