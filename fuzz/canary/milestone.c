/*
 * canary/milestone.c
 *		answers/comparison.c with a planted bug, which the fuzzer must find: a
 *		milestone is counted from the day after its first.
 */
#include "answers/comparison.h"

#define ledger_milestones_find ledger_milestones_find_as_it_is
#include <answers/comparison.c>
#undef ledger_milestones_find

LedgerStatus
ledger_milestones_find(LedgerMilestone *milestones, uint32_t n,
					   LedgerMeasure measure, LedgerDay end,
					   LedgerFlowStream *stream,
					   uint64_t *order, uint64_t *scratch,
					   LedgerMilestone **heap)
{
	LedgerStatus status;

	for (uint32_t i = 0; i < n; i++)
		milestones[i].start++;
	status = ledger_milestones_find_as_it_is(milestones, n, measure, end,
											 stream, order, scratch, heap);
	for (uint32_t i = 0; i < n; i++)
		milestones[i].start--;
	return status;
}
