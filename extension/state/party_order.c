/*
 * state/party_order.c
 *		Parties put in the order of their names.
 */
#include "state/party_order.h"

#include "miscadmin.h"

#include "value/value.h"

/* A party on its way to its place */
typedef struct OrderedParty
{
	LedgerParty party;
	uint32		number;			/* where it was */
} OrderedParty;

#define ST_SORT sort_parties
#define ST_ELEMENT_TYPE OrderedParty
#define ST_COMPARE(a, b) ledger_party_compare((a)->party, (b)->party)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

uint32 *
ledger_order_parties(LedgerParty *parties, uint32 n)
{
	OrderedParty *ordered = palloc_many(OrderedParty, n);
	uint32	   *places = palloc_many(uint32, n);
	uint32		i;

	for (i = 0; i < n; i++)
	{
		ordered[i].party = parties[i];
		ordered[i].number = i;
	}
	sort_parties(ordered, n);
	for (i = 0; i < n; i++)
	{
		Assert(i == 0 || ledger_party_compare(ordered[i - 1].party,
											  ordered[i].party) <= 0);
		parties[i] = ordered[i].party;
		places[ordered[i].number] = i;
	}
	pfree(ordered);
	return places;
}
