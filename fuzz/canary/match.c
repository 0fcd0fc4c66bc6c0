/*
 * canary/match.c
 *		answers/match.c with a planted bug, which the fuzzer must find: the day
 *		as_of itself is left out.
 */
#define ledger_matching_add ledger_matching_add_as_it_is
#include <answers/match.c>
#undef ledger_matching_add

extern LedgerStatus ledger_matching_add(LedgerMatching *matching,
										const LedgerCorridor *corridor,
										bool inward, LedgerDay as_of);

LedgerStatus
ledger_matching_add(LedgerMatching *matching, const LedgerCorridor *corridor,
					bool inward, LedgerDay as_of)
{
	return ledger_matching_add_as_it_is(matching, corridor, inward, as_of - 1);
}
