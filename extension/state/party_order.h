/*
 * state/party_order.h
 *		Parties put in the order of their names.
 */
#ifndef LEDGER_PARTY_ORDER_H
#define LEDGER_PARTY_ORDER_H

#include "postgres.h"

#include "core/base.h"

/*
 * Puts parties in order in place.  Returns where each has come, by where it was,
 * in the current memory context.
 */
extern uint32 *ledger_order_parties(LedgerParty *parties, uint32 n);

#endif							/* LEDGER_PARTY_ORDER_H */
