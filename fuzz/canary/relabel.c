/*
 * canary/relabel.c
 *		answers/party_sums.c with a planted bug, which the fuzzer must find: the
 *		day on which `within` begins does not count.
 */
#define ledger_party_sums ledger_party_sums_as_it_is
#include <answers/party_sums.c>
#undef ledger_party_sums

LedgerStatus
ledger_party_sums(const LedgerFlat *flat, LedgerPeriod within,
				  LedgerPartySums *sums, uint32_t *next, bool *active,
				  LedgerCheckpoint checkpoint)
{
	if (within.start != LEDGER_DAY_UNBOUNDED_START)
		within.start++;
	return ledger_party_sums_as_it_is(flat, within, sums, next, active,
									  checkpoint);
}
