/*
 * canary/discrepancy.c
 *		answers/discrepancy.c with a planted bug, which the fuzzer must find: the
 *		day on which `within` ends counts.
 */
#define ledger_discrepancy_start ledger_discrepancy_start_as_it_is
#include <answers/discrepancy.c>
#undef ledger_discrepancy_start

LedgerStatus
ledger_discrepancy_start(LedgerDiscrepancyStream *stream,
						 const LedgerFlat *a, const uint32_t *from_a,
						 const LedgerFlat *b, const uint32_t *from_b,
						 const PeriodCalendar *calendar, LedgerPeriod within,
						 LedgerCheckpoint checkpoint)
{
	if (within.end != LEDGER_DAY_UNBOUNDED_END)
		within.end++;
	return ledger_discrepancy_start_as_it_is(stream, a, from_a, b, from_b,
											 calendar, within, checkpoint);
}
