/*
 * answers/indices.c
 *		How unequal the flows between parties are.
 *
 * The model of independence has one number a[i] for each origin and one b[j]
 * for each destination, and expects a[i] * b[j] people between two different
 * parties.  With A and B for the sums of all a and all b, what party i sends and
 * receives is
 *
 *		out[i] = a[i] * (B - b[i])		in[i] = b[i] * (A - a[i])
 *
 * and with x[i] = a[i] * b[i], what would stay, and K = A * B, that is
 *
 *		(out[i] + x[i]) * (in[i] + x[i]) = K * x[i]
 *		sum of all (out[i] + x[i]) = K
 *
 * The first is a quadratic equation for each party, so that one number K is
 * all that has to be found, and bisection finds it.  Usual ways to fit the
 * model go over all pairs of parties, again and again, and converge slowly
 * where one party has nearly all flows.
 */
#include "answers/indices.h"

#include <math.h>

/* More steps than a double has bits between two bounds */
#define BISECTIONS_MAX		2200

/*
 * Adds factor * value, of which the value is not negative.
 */
static void
add_product(LedgerSum *sum, int64_t value, int64_t factor)
{
	const uint64_t v = (uint64_t) value;
	const uint64_t f = factor < 0 ? -(uint64_t) factor : (uint64_t) factor;
	const uint64_t low = (v & UINT32_MAX) * (f & UINT32_MAX);
	const uint64_t middle1 = (v >> 32) * (f & UINT32_MAX);
	const uint64_t middle2 = (v & UINT32_MAX) * (f >> 32);
	const uint64_t carry = (low >> 32) + (middle1 & UINT32_MAX) +
		(middle2 & UINT32_MAX);
	LedgerSum	product;

	product.low = carry << 32 | (low & UINT32_MAX);
	product.high = (int64_t) ((v >> 32) * (f >> 32) + (middle1 >> 32) +
							  (middle2 >> 32) + (carry >> 32));
	*sum = factor < 0 ? ledger_sum_subtract(*sum, product) :
		ledger_sum_plus(*sum, product);
}

/*
 * In order, figure k of n is the larger one of k - 1 pairs and the smaller one
 * of n - k.
 */
LedgerSum
ledger_pair_differences(const int64_t *figures, uint32_t n_given, uint64_t n)
{
	LedgerSum	sum = {0, 0};
	uint32_t	i;

	for (i = 0; i < n_given; i++)
	{
		const uint64_t smaller = n - n_given + i;

		LEDGER_ASSERT(figures[i] >= (i > 0 ? figures[i - 1] : 0));
		add_product(&sum, figures[i],
					(int64_t) smaller - (int64_t) (n - 1 - smaller));
	}
	return sum;
}

double
ledger_variation(const int64_t *figures, uint32_t n_given, uint64_t n,
				 int64_t total)
{
	const double mean = (double) total / (double) n;
	double		squares = (double) (n - n_given) * mean * mean;
	uint32_t	i;

	for (i = 0; i < n_given; i++)
		squares += ((double) figures[i] - mean) * ((double) figures[i] - mean);
	return sqrt(squares / (double) n) / mean;
}

/*
 * What would stay in a party, the smaller solution, and in a form in which
 * nothing is lost.
 */
static double
would_stay(double out, double in, double k)
{
	const double middle = k - out - in;
	const double square = middle * middle - 4 * out * in;

	if (out * in == 0)
		return 0;
	return 2 * out * in / (middle + sqrt(square > 0 ? square : 0));
}

/* What is fitted, as shares of all people */
typedef struct Margins
{
	const int64_t *outflow;
	const int64_t *inflow;
	uint32_t	n;
	double		total;
	uint32_t	largest;		/* the party with the largest least K */
	double		left;			/* share of flows that do not touch it */
	LedgerCheckpoint checkpoint;
	uint32_t	work;
} Margins;

/*
 * How far K is from what it has to be.  In the party with the largest flows
 * it may be the larger solution that stays: `dominant`.
 */
static double
excess(Margins *margins, double k, bool dominant)
{
	double		result = dominant ? -margins->left : k - 1;
	uint32_t	i;

	for (i = 0; i < margins->n; i++)
	{
		double		stays = would_stay((double) margins->outflow[i] / margins->total,
									   (double) margins->inflow[i] / margins->total,
									   k);

		ledger_count_work(margins->checkpoint, &margins->work, 1);
		result += dominant && i == margins->largest ? stays : -stays;
	}
	return result;
}

/*
 * Finds the party that K has to be the largest for, and that least K.
 */
static double
find_largest(Margins *margins)
{
	double		least = 0;
	uint32_t	i;

	for (i = 0; i < margins->n; i++)
	{
		double		root = sqrt((double) margins->outflow[i] / margins->total) +
			sqrt((double) margins->inflow[i] / margins->total);

		if (root * root > least)
		{
			least = root * root;
			margins->largest = i;
		}
	}
	return least;
}

/*
 * Finds K, which is no less than `least`.
 */
static double
find_k(Margins *margins, double least, bool dominant)
{
	const double sign = dominant ? -1 : 1;
	double		low = least;
	double		high = 2 * least + 2;
	int			i;

	while (sign * excess(margins, high, dominant) < 0)
		high *= 2;
	for (i = 0; i < BISECTIONS_MAX; i++)
	{
		double		middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			break;
		if (sign * excess(margins, middle, dominant) < 0)
			low = middle;
		else
			high = middle;
	}
	return high;
}

void
ledger_independence_fit(LedgerIndependence *fit, const int64_t *outflow,
						const int64_t *inflow, uint32_t n, int64_t total,
						LedgerCheckpoint checkpoint)
{
	Margins		margins = {outflow, inflow, n, (double) total, 0, 0, checkpoint, 0};
	double		least = find_largest(&margins);
	const uint32_t largest = margins.largest;
	bool		dominant;
	double		k;
	uint32_t	i;

	fit->exact = false;
	for (i = 0; i < n; i++)
		fit->exact |= total - outflow[i] == inflow[i];
	if (fit->exact)
		return;
	margins.left = (double) (total - outflow[largest] - inflow[largest]) /
		(double) total;
	dominant = excess(&margins, least, false) > 0;
	k = find_k(&margins, least, dominant);
	for (i = 0; i < n; i++)
	{
		double		out = (double) outflow[i] / margins.total;
		double		in = (double) inflow[i] / margins.total;
		double		stays = would_stay(out, in, k);

		fit->share_out[i] = dominant && i == largest ? k - in - stays : out + stays;
		fit->share_in[i] = dominant && i == largest ? k - out - stays : in + stays;
	}
	fit->scale = 1 / k;
}
