/*
 * ledger_codes.h
 *		Parties as numbers of 64 bits while a ledger is being made.
 *
 * The code of a party of up to eight bytes is those bytes, the first one
 * highest, filled up with zero bytes (ledger_party_code): comparing codes
 * compares names.  A longer party gets the next number of its ledger; its code
 * is that number, whose highest byte is zero, which no name has.
 */
#ifndef LEDGER_CODES_H
#define LEDGER_CODES_H

#include "postgres.h"

#include "ledger_base.h"

static inline bool
ledger_code_is_long(uint64 code)
{
	return code >> 56 == 0;
}

/*
 * The party of a code: a long one from `long_names`, which is by number, a
 * short one put together in `buffer`.
 */
static inline LedgerParty
ledger_party_from_code(uint64 code, const LedgerParty *long_names,
					   char buffer[8])
{
	LedgerParty party;

	if (ledger_code_is_long(code))
		return long_names[code];
	party.name = buffer;
	party.length = 0;
	for (; code != 0; code <<= 8)
		buffer[party.length++] = (char) (code >> 56);
	return party;
}

/* The parties of a ledger, in order of name and numbered so; all palloc'd */
typedef struct LedgerNumbering
{
	uint32		n;
	uint64	   *codes;			/* ascending */
	uint32	   *numbers;		/* of the party of each code */
	LedgerParty *parties;		/* by number; long names borrowed */
} LedgerNumbering;

/*
 * Numbers the parties of n codes, any of which may occur several times; takes
 * `codes` over and changes it.
 */
extern void ledger_number_parties(LedgerNumbering *numbering, uint64 *codes,
								  Size n, const LedgerParty *long_names);

/*
 * The number of the party of a code that is there.  Halves without a branch,
 * which no processor would foresee.
 */
static inline uint32
ledger_party_number(const LedgerNumbering *numbering, uint64 code)
{
	const uint64 *codes = numbering->codes;
	uint32		n = numbering->n;

	while (n > 1)
	{
		codes += (codes[n / 2 - 1] < code) * (n / 2);
		n -= n / 2;
	}
	return numbering->numbers[codes - numbering->codes];
}

#endif							/* LEDGER_CODES_H */
