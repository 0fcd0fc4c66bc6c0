/*
 * canary/findings.c
 *		answers/findings.c with a planted bug, which the fuzzer must find: a day
 *		on which the running total is zero is one below zero.
 */
#define ledger_corridor_scan ledger_corridor_scan_as_it_is
#include <answers/findings.c>
#undef ledger_corridor_scan

LedgerStatus
ledger_corridor_scan(const LedgerCorridor *corridor, LedgerCorridorScan *scan,
					 LedgerCheckpoint checkpoint)
{
	LedgerStatus status = ledger_corridor_scan_as_it_is(corridor, scan, checkpoint);

	if (scan->lowest < 0 && corridor->total == 0)
		scan->below_last++;
	return status;
}
