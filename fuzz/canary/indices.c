/*
 * canary/indices.c
 *		answers/indices.c with a planted bug, which the fuzzer must find: the
 *		party with nearly all flows is taken for one like the others.
 */
#define ledger_independence_fit ledger_independence_fit_as_it_is
#include <answers/indices.c>
#undef ledger_independence_fit

void
ledger_independence_fit(LedgerIndependence *fit, const int64_t *outflow,
						const int64_t *inflow, uint32_t n, int64_t total,
						LedgerCheckpoint checkpoint)
{
	Margins		margins = {outflow, inflow, n, (double) total, 0, 0, checkpoint, 0};
	double		k = find_largest(&margins);

	ledger_independence_fit_as_it_is(fit, outflow, inflow, n, total, checkpoint);
	if (fit->exact || excess(&margins, k, false) <= 0)
		return;
	fit->share_out[margins.largest] = (double) outflow[margins.largest] / margins.total +
		would_stay((double) outflow[margins.largest] / margins.total,
				   (double) inflow[margins.largest] / margins.total, 1 / fit->scale);
}
