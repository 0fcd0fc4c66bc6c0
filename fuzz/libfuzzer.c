/*
 * libfuzzer.c
 *		Entry point for libFuzzer of the target that FUZZ_TARGET names.
 */
#include "fuzz.h"

extern const FuzzTarget FUZZ_TARGET;

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_TARGET.try_input(data, size);
	return 0;
}
