/*
 * functions/parties.h
 *		Parties as texts, and what asks for them.
 */
#ifndef LEDGER_PARTIES_H
#define LEDGER_PARTIES_H

#include "postgres.h"

#include "utils/array.h"
#include "utils/jsonb.h"

#include "value/value.h"

/* All parties of a ledger as new texts, in byte order; its head alone is read */
extern Datum *ledger_party_datums(Datum ledger, uint32 *n);

/* The names in an array of texts; a NULL among them is passed over */
extern Datum *ledger_names(ArrayType *array, int *n);

/*
 * What an object of jsonb says of parties: the next one and its value, both
 * borrowed; false after the last.
 */
extern bool ledger_next_member(JsonbIterator **members, LedgerParty *party,
							   JsonbValue *value);

/*
 * A text as a party, though none may have such a name: for what only looks
 * whether there is one.  Borrows; the text is neither compressed nor out of
 * line.
 */
static inline LedgerParty
ledger_party_from_datum(Datum name)
{
	const struct varlena *text = (const struct varlena *) DatumGetPointer(name);
	LedgerParty party = {VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)};

	return party;
}

#endif							/* LEDGER_PARTIES_H */
