/*
 * canary/line.c
 *		answers/cumulative_svg.c with a planted bug, which the fuzzer must find:
 *		a line goes on after its last day.
 */
#include "answers/cumulative_svg.h"

#define ledger_line_at line_that_ends
#include <answers/cumulative_svg.c>
#undef ledger_line_at

bool
ledger_line_at(const LedgerLine *line, int32_t day_number, int64_t *cumulative)
{
	const LedgerPoint *last = &line->points[line->n - 1];

	return line_that_ends(line, day_number < last->day_number ? day_number :
						  last->day_number, cumulative);
}
