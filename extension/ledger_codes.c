/*
 * ledger_codes.c
 *		Parties as numbers of 64 bits while a ledger is being made.
 */
#include "ledger_codes.h"

#include "miscadmin.h"

#include "ledger_datum.h"

/* Up to so many codes, putting each into its place is faster than sorting */
#define FEW_CODES	40

#define ST_SORT sort_codes
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) ((*(a) > *(b)) - (*(a) < *(b)))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* A party on its way to its number */
typedef struct OrderedParty
{
	LedgerParty party;
	uint32		place;			/* of its code */
} OrderedParty;

#define ST_SORT sort_parties
#define ST_ELEMENT_TYPE OrderedParty
#define ST_COMPARE(a, b) ledger_party_compare((a)->party, (b)->party)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Puts n codes in order and leaves out those that occur again; gives how many
 * there are.
 */
static uint32
unique_codes(uint64 *codes, Size n)
{
	uint32		unique = 0;
	Size		i;

	if (n > FEW_CODES)
		sort_codes(codes, n);
	for (i = 0; i < n; i++)
	{
		const uint64 code = codes[i];
		uint32		place = unique;

		while (place > 0 && codes[place - 1] > code)
			place--;
		if (place > 0 && codes[place - 1] == code)
			continue;
		memmove(&codes[place + 1], &codes[place],
				(unique - place) * sizeof(uint64));
		codes[place] = code;
		unique++;
	}
	return unique;
}

/*
 * Codes of short names are in the order of names as they are; only where there
 * are long ones the names themselves are compared.
 */
void
ledger_number_parties(LedgerNumbering *numbering, uint64 *codes, Size n,
					  const LedgerParty *long_names)
{
	const uint32 unique = unique_codes(codes, n);
	OrderedParty *ordered;
	char	   (*buffers)[8];
	Size		i;

	/* one piece of memory, for with many groups this is done for each of them */
	numbering->n = unique;
	numbering->codes = codes;
	numbering->parties = (LedgerParty *)
		palloc_many(char, unique * (sizeof(LedgerParty) + sizeof(*buffers) +
									sizeof(uint32)));
	buffers = (char (*)[8]) &numbering->parties[unique];
	numbering->numbers = (uint32 *) &buffers[unique];
	for (i = 0; i < unique; i++)
	{
		numbering->numbers[i] = (uint32) i;
		numbering->parties[i] = ledger_party_from_code(codes[i], long_names,
													   buffers[i]);
	}
	if (unique == 0 || !ledger_code_is_long(codes[0]))
		return;

	ordered = palloc_many(OrderedParty, unique);
	for (i = 0; i < unique; i++)
	{
		ordered[i].party = numbering->parties[i];
		ordered[i].place = (uint32) i;
	}
	sort_parties(ordered, unique);
	for (i = 0; i < unique; i++)
	{
		numbering->parties[i] = ordered[i].party;
		numbering->numbers[ordered[i].place] = (uint32) i;
	}
	pfree(ordered);
}
