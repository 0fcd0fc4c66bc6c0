/*
 * target_merge.c
 *		Writing and merging, against the sorted-array model.
 *
 * The input is taken as the entries of two ledgers.  The writer must give the
 * bytes that the model encodes, and a + b and a - b the bytes of the model's
 * sum and difference, or LEDGER_OUT_OF_RANGE just where the model has a number
 * that does not fit.
 */
#include <stdlib.h>

#include "model.h"

static LedgerStatus
merge(const LedgerFlat *a, const LedgerFlat *b, int sign, ModelBytes *result)
{
	MergeInput	parts[2] = {{.flat = *a, .sign = 1}, {.flat = *b, .sign = sign}};

	return model_merge(parts, 2, result);
}

static bool
bytes_equal(ModelBytes a, ModelBytes b)
{
	return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static void
check_merge(const Model *a, const Model *b, const LedgerFlat *flat_a,
			const LedgerFlat *flat_b, int sign)
{
	Model		sum = {NULL, 0, 0};
	ModelBytes	merged;
	ModelBytes	expected;
	LedgerStatus status = merge(flat_a, flat_b, sign, &merged);

	model_sum(a, b, sign, &sum);
	if (model_fits(&sum))
	{
		FUZZ_REQUIRE(status == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_validate(merged.data, merged.length,
										  NULL) == LEDGER_OK);
		model_drop_zeros(&sum);
		expected = model_encode(&sum);
		FUZZ_REQUIRE(bytes_equal(merged, expected));
		free(expected.data);
	}
	else
		FUZZ_REQUIRE(status == LEDGER_OUT_OF_RANGE);
	free(merged.data);
	model_free(&sum);
}

/* Writes a model and checks the bytes; false where it does not fit. */
static bool
check_write(Model *model, ModelBytes *bytes)
{
	ModelBytes	encoded;
	LedgerStatus status;

	model_fold(model);
	status = model_write(model, bytes);
	if (!model_fits(model))
	{
		FUZZ_REQUIRE(status == LEDGER_OUT_OF_RANGE);
		return false;
	}
	FUZZ_REQUIRE(status == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_validate(bytes->data, bytes->length,
									  NULL) == LEDGER_OK);
	model_drop_zeros(model);
	encoded = model_encode(model);
	FUZZ_REQUIRE(bytes_equal(*bytes, encoded));
	free(encoded.data);
	return true;
}

/*
 * Merges a value some of whose bytes have been altered, as the end of the
 * input says, without having validated it: an error or some ledger, but no
 * step outside.  A merge may be given no such value only where the server
 * has lost data already.
 */
static void
merge_damaged(const LedgerFlat *a, ModelBytes bytes, const uint8_t *input,
			  size_t size)
{
	uint8_t    *data = fuzz_copy(bytes.data, bytes.length);
	LedgerFlat	damaged;
	ModelBytes	merged;

	for (size_t i = 0; i < 3 && i + 1 < size; i++)
		data[(input[size - 1 - i] * (i + 1) + size) % bytes.length] ^=
			(uint8_t) (1 << input[i] % 8);
	if (ledger_flat_open(&damaged, data, bytes.length) == LEDGER_OK)
	{
		(void) merge(a, &damaged, 1, &merged);
		free(merged.data);
		(void) merge(&damaged, a, -1, &merged);
		free(merged.data);
	}
	free(data);
}

static void
try_merge(const uint8_t *input, size_t size)
{
	Model		a = {NULL, 0, 0};
	Model		b = {NULL, 0, 0};
	ModelBytes	bytes_a;
	ModelBytes	bytes_b;
	bool		fits;
	size_t		half = size > 1 ? 1 + (size - 1) * input[0] / 256 : size;

	model_from_input(input + (size > 0), half - (size > 0), &a);
	model_from_input(input + half, size - half, &b);
	fits = check_write(&a, &bytes_a);
	fits = check_write(&b, &bytes_b) && fits;
	if (fits)
	{
		LedgerFlat	flat_a;
		LedgerFlat	flat_b;

		FUZZ_REQUIRE(ledger_flat_open(&flat_a, bytes_a.data,
									  bytes_a.length) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_open(&flat_b, bytes_b.data,
									  bytes_b.length) == LEDGER_OK);
		check_merge(&a, &b, &flat_a, &flat_b, 1);
		check_merge(&a, &b, &flat_a, &flat_b, -1);
		check_merge(&b, &a, &flat_b, &flat_a, -1);
		check_merge(&a, &a, &flat_a, &flat_a, -1);
		merge_damaged(&flat_a, bytes_b, input, size);
		fuzz_accepted++;
	}
	free(bytes_a.data);
	free(bytes_b.data);
	model_free(&a);
	model_free(&b);
}

const FuzzTarget fuzz_merge = {"merge", try_merge, NULL};
