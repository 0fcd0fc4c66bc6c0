/*
 * state/party_codes.h
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

#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"

#include "core/base.h"

/*
 * Does a code stand for a longer party, by its number?
 */
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
	const uint64 name = pg_hton64(code);
	LedgerParty party;

	if (ledger_code_is_long(code))
		return long_names[code];
	memcpy(buffer, &name, sizeof(name));
	party.name = buffer;
	party.length = 8 - (uint32) pg_rightmost_one_pos64(code) / 8;
	return party;
}

/* The parties of a ledger, in order of name and numbered so; all palloc'd */
typedef struct PartyRanks
{
	uint32		n;
	LedgerParty *parties;		/* by number; long names borrowed */
	uint32	   *numbers;		/* of the party of each code, as they were given */
} PartyRanks;

/*
 * Numbers the parties of n codes, any of which may occur several times.  The
 * first n_ordered of them are in order, which spares sorting those.
 */
extern void ledger_rank_parties(PartyRanks *numbering,
								  const uint64 *codes, Size n_ordered, Size n,
								  const LedgerParty *long_names);

#endif							/* LEDGER_CODES_H */
