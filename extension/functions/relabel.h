/*
 * functions/relabel.h
 *		A ledger with other names for its parties.
 */
#ifndef LEDGER_RELABEL_H
#define LEDGER_RELABEL_H

#include "functions/fetch.h"

/*
 * The ledger in which party i of `flat`, which was opened whole, is called
 * names[i].  Where names meet, so do the parties, and their entries of one day
 * and corridor are added up.
 */
extern struct varlena *ledger_with_names(const LedgerFlat *flat,
										 const LedgerParty *names);

#endif							/* LEDGER_RELABEL_H */
