/*
 * fuzz.c
 *		What the fuzzers of the pure parts share.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

uint64_t	fuzz_accepted;

/* The splitmix64 sequence (Steele, Lea and Flood 2014). */
uint64_t
fuzz_random(FuzzRandom *random)
{
	uint64_t	z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

LedgerDay
fuzz_take_day(FuzzReader *reader)
{
	uint8_t		kind = (uint8_t) fuzz_take(reader, 1);

	if (kind < 200)
		return 9000 + kind % 64;
	if (kind < 220)
		return 9000 + (LedgerDay) fuzz_take(reader, 2);
	if (kind < 240)
		return LEDGER_DAY_MIN +
			(LedgerDay) (fuzz_take(reader, 4) %
						 (LEDGER_DAY_MAX - LEDGER_DAY_MIN + 1));
	return kind % 2 == 0 ? LEDGER_DAY_MIN + (kind - 240) / 2 :
		LEDGER_DAY_MAX - (kind - 240) / 2;
}

void
fuzz_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

void *
fuzz_allocate(size_t size)
{
	void	   *memory = malloc(size);

	if (memory == NULL && size > 0)
	{
		fprintf(stderr, "out of memory\n");
		exit(2);
	}
	return memory;
}

void *
fuzz_copy(const void *data, size_t size)
{
	void	   *copy = fuzz_allocate(size);

	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

/* Both sanitizers shall abort, so that the driver can keep the input. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "abort_on_error=1:allocator_may_return_null=1";
}

const char *
__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}
