/*
 * target_indices.c
 *		Sums of differences and the model of independence.
 *
 * The input is taken as a matrix of flows.  The sum of differences over all
 * pairs must be that of 128-bit arithmetic pair by pair.  What is expected of
 * independent origins and destinations must have the sums of rows and columns
 * that the matrix has.
 */
#include <math.h>
#include <stdlib.h>

#include "answers/indices.h"
#include "model.h"

#define PARTIES_MAX		7

static int
figure_order(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *) a;
	const int64_t y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

static void
check_differences(const int64_t *figures, uint32_t n, uint64_t zeros)
{
	ModelPeople expected = 0;
	int64_t    *sorted = fuzz_copy(figures, n * sizeof(int64_t));

	qsort(sorted, n, sizeof(int64_t), figure_order);
	for (uint32_t i = 0; i < n; i++)
	{
		expected += (ModelPeople) sorted[i] * (ModelPeople) zeros;
		for (uint32_t j = 0; j < i; j++)
			expected += (ModelPeople) sorted[i] - sorted[j];
	}
	FUZZ_REQUIRE(model_sum_value(ledger_pair_differences(sorted, n, n + zeros)) == expected);
	free(sorted);
}

/* Do the expected flows add up to what each party sent and received? */
static void
check_independence(const int64_t *outflow, const int64_t *inflow, uint32_t n,
				   int64_t total)
{
	LedgerIndependence fit;
	bool		star = false;

	fit.share_out = fuzz_allocate(n * sizeof(double));
	fit.share_in = fuzz_allocate(n * sizeof(double));
	ledger_independence_fit(&fit, outflow, inflow, n, total, NULL);
	for (uint32_t i = 0; i < n; i++)
		star |= total - outflow[i] == inflow[i];
	FUZZ_REQUIRE(fit.exact == star);
	for (uint32_t i = 0; i < n && !fit.exact; i++)
	{
		double		out = 0;
		double		in = 0;

		for (uint32_t j = 0; j < n; j++)
			if (j != i)
			{
				out += fit.share_out[i] * fit.share_in[j] * fit.scale;
				in += fit.share_out[j] * fit.share_in[i] * fit.scale;
			}
		FUZZ_REQUIRE(fit.share_out[i] >= 0 && fit.share_in[i] >= 0);
		FUZZ_REQUIRE(fabs(out - (double) outflow[i] / (double) total) < 1e-7);
		FUZZ_REQUIRE(fabs(in - (double) inflow[i] / (double) total) < 1e-7);
	}
	free(fit.share_out);
	free(fit.share_in);
}

static void
try_indices(const uint8_t *input, size_t size)
{
	FuzzReader	reader = {input, input + size};
	const uint32_t n = 2 + (uint32_t) fuzz_take(&reader, 1) % (PARTIES_MAX - 1);
	int			width = 1 + (int) fuzz_take(&reader, 1) % 8;
	uint64_t	zeros = fuzz_take(&reader, 1) % 2 ? fuzz_take(&reader, 6) : fuzz_take(&reader, 1);
	int64_t		outflow[PARTIES_MAX] = {0};
	int64_t		inflow[PARTIES_MAX] = {0};
	int64_t		figures[PARTIES_MAX * PARTIES_MAX];
	uint32_t	n_figures = 0;
	int64_t		total = 0;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < n; j++)
		{
			uint8_t		kind = (uint8_t) fuzz_take(&reader, 1);
			int64_t		people = 0;

			if (i == j || kind < 64)
				continue;
			people = (int64_t) (fuzz_take(&reader, kind < 200 ? 1 : width) & INT64_MAX);
			if (people == 0 || !ledger_checked_add(total, people, &people))
				continue;
			people -= total;
			total += people;
			outflow[i] += people;
			inflow[j] += people;
			figures[n_figures++] = people;
		}
	check_differences(figures, n_figures, zeros);
	if (total > 0)
	{
		check_independence(outflow, inflow, n, total);
		fuzz_accepted++;
	}
}

const FuzzTarget fuzz_indices = {"indices", try_indices, NULL};
