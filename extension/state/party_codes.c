/*
 * state/party_codes.c
 *		Parties as numbers of 64 bits while a ledger is being made.
 */
#include "state/party_codes.h"

#include "miscadmin.h"

#include "core/mechanisms.h"
#include "state/party_order.h"
#include "value/value.h"

/* Up to so many codes, comparing each with each other is faster than sorting */
#define FEW_CODES	40

/* A code on its way to its number */
typedef struct PlacedCode
{
	uint64		code;
	Size		place;			/* among the codes that were given */
} PlacedCode;

#define ST_SORT sort_codes
#define ST_ELEMENT_TYPE PlacedCode
#define ST_COMPARE(a, b) (((a)->code > (b)->code) - ((a)->code < (b)->code))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Puts few codes in order by counting for each how many come before it.  With
 * many groups this is done for each of them, and no processor foresees the
 * branches of a sort.
 */
static void
order_few_codes(const uint64 *codes, uint32 n, PlacedCode *ordered)
{
	uint32		i;
	uint32		j;

	for (i = 0; i < n; i++)
	{
		const uint64 code = codes[i];
		uint32		rank = 0;

		for (j = 0; j < i; j++)
			rank += codes[j] <= code;
		for (j++; j < n; j++)
			rank += codes[j] < code;
		ordered[rank].code = code;
		ordered[rank].place = i;
	}
}

/*
 * The codes in order, with the highest there is after them; palloc'd.
 */
static PlacedCode *
order_codes(const uint64 *codes, Size n)
{
	PlacedCode *ordered = palloc_many(PlacedCode, n + 1);
	Size		i;

	ordered[n].code = PG_UINT64_MAX;
	ordered[n].place = 0;
	if (LEDGER_COUNTED_ORDER && n <= FEW_CODES)
	{
		order_few_codes(codes, (uint32) n, ordered);
		return ordered;
	}
	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ordered[i].code = codes[i];
		ordered[i].place = i;
	}
	sort_codes(ordered, n);
	return ordered;
}

/*
 * Puts the parties, which are in the order of their codes, in that of their
 * names, and renumbers them so.
 */
static void
order_by_name(PartyRanks *numbering, Size n)
{
	uint32	   *renumber = ledger_order_parties(numbering->parties, numbering->n);
	Size		i;

	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		numbering->numbers[i] = renumber[numbering->numbers[i]];
	}
	pfree(renumber);
}

/*
 * Takes the codes that were given in order and the others by turns.  Codes of
 * short names are in the order of names as they are; only where there are long
 * ones the names themselves are compared.
 */
void
ledger_rank_parties(PartyRanks *numbering, const uint64 *codes,
					  Size n_ordered, Size n, const LedgerParty *long_names)
{
	PlacedCode *rest = order_codes(codes + n_ordered, n - n_ordered);
	uint32	   *numbers = palloc_many(uint32, n);
	LedgerParty *parties = palloc_many(LedgerParty, n);
	uint64	   *names = palloc_many(uint64, n);
	uint64		code = 0;
	uint32		number = 0;
	bool		any_long = false;
	Size		i = 0;
	Size		j = 0;

	while (i + j < n)
	{
		/* choices without a branch: no processor foresees them */
		const bool	from_ordered = (i < n_ordered) & (codes[i] <= rest[j].code);
		const uint64 mask = from_ordered ? PG_UINT64_MAX : 0;
		const uint64 previous = code;

		CHECK_FOR_INTERRUPTS();
		code = (codes[i] & mask) | (rest[j].code & ~mask);
		number += (i + j > 0) & (code != previous);
		numbers[(i & mask) | ((n_ordered + rest[j].place) & ~mask)] = number;
		parties[number] = ledger_party_from_code(code, long_names,
												 (char *) &names[number]);
		any_long |= ledger_code_is_long(code);
		i += from_ordered;
		j += !from_ordered;
	}
	numbering->n = n > 0 ? number + 1 : 0;
	numbering->numbers = numbers;
	numbering->parties = parties;
	if (any_long)
		order_by_name(numbering, n);
	pfree(rest);
}
