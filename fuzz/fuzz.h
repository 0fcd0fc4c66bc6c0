/*
 * fuzz.h
 *		What the fuzzers of the pure parts share.
 *
 * A target takes any bytes as its input and stops the process where the code
 * under test breaks a promise.  The same targets run under the seeded driver
 * (driver.c), which needs nothing but a C compiler, and under libFuzzer.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "core/cursor.h"
#include "core/validate.h"
#include "core/writer.h"

/* No input is longer. */
#define FUZZ_INPUT_MAX	2048

/* A small generator of random numbers, the same on every machine. */
typedef struct FuzzRandom
{
	uint64_t	state;
} FuzzRandom;

extern uint64_t fuzz_random(FuzzRandom *random);

/* A random number from 0 up to but without `bound`, which is positive. */
static inline uint32_t
fuzz_below(FuzzRandom *random, uint32_t bound)
{
	return (uint32_t) (fuzz_random(random) % bound);
}

/* Takes an input apart; any bytes will do, and after the end come zeros. */
typedef struct FuzzReader
{
	const uint8_t *next;
	const uint8_t *end;
} FuzzReader;

/* The next `count` bytes as an unsigned integer. */
static inline uint64_t
fuzz_take(FuzzReader *reader, int count)
{
	uint64_t	value = 0;

	for (int i = 0; i < count && reader->next < reader->end; i++)
		value |= (uint64_t) *reader->next++ << 8 * i;
	return value;
}

/* A day: most near to one another, some anywhere, some at the limits. */
extern LedgerDay fuzz_take_day(FuzzReader *reader);

typedef struct FuzzTarget
{
	const char *name;
	/* tries one input */
	void		(*try_input) (const uint8_t *data, size_t size);
	/* makes a well-formed input; NULL where any bytes are one */
	size_t		(*generate) (FuzzRandom *random, uint8_t *out);
} FuzzTarget;

/*
 * Every target_NAME.c defines fuzz_NAME; the Makefile writes the list of them,
 * which ends with NULL.
 */
extern const FuzzTarget *const fuzz_targets[];

/*
 * Inputs that were what they set out to be, such as bytes that are a ledger.
 * The driver fails a target for which there are next to none, since that would
 * have tested only how input is refused.
 */
extern uint64_t fuzz_accepted;

/* Reports a broken promise and aborts. */
extern void fuzz_fail(const char *condition, const char *file, int line)
			__attribute__((noreturn));

#define FUZZ_REQUIRE(condition) \
	((condition) ? (void) 0 : fuzz_fail(#condition, __FILE__, __LINE__))

/* Memory of exactly this size, so that a sanitizer sees a byte too far. */
extern void *fuzz_allocate(size_t size);
extern void *fuzz_copy(const void *data, size_t size);

#endif							/* FUZZ_H */
