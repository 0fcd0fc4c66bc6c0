/*
 * canary/comparison.c
 *		answers/comparison.c with a planted bug, which the fuzzer must find: an
 *		equal value before a row is no high for it.
 */
#define ledger_highest_since ledger_highest_since_as_it_is
#include <answers/comparison.c>
#undef ledger_highest_since

extern void ledger_highest_since(const int64_t *values, uint32_t n,
								 uint32_t *since);

void
ledger_highest_since(const int64_t *values, uint32_t n, uint32_t *since)
{
	ledger_highest_since_as_it_is(values, n, since);
	for (uint32_t i = 0; i < n; i++)
		while (since[i] != LEDGER_NO_ROW && values[since[i]] == values[i])
			since[i] = since[since[i]];
}
