/*
 * state/small.h
 *		The small state of ledger_agg: a flat value with room to spare,
 *		modified in place.
 */
#ifndef LEDGER_SMALL_H
#define LEDGER_SMALL_H

#include "state/small_layout.h"
#include "value/value.h"

/* Are these bytes a small state, with its header, rather than a canonical value? */
static inline bool
ledger_is_small(const uint8_t *data, size_t length)
{
	return length >= LEDGER_SMALL_HEADER && data[0] == LEDGER_FLAT_VERSION &&
		data[1] == LEDGER_FORM_SMALL;
}

/* A new, empty state of the given whole size, in the current context. */
extern struct varlena *ledger_small_make(Size size);

/*
 * Adds one entry; false where there is no room for it, and the state is as it
 * was in substance.
 */
extern bool ledger_small_add(struct varlena *state, LedgerParty origin,
							 LedgerParty destination, LedgerDay day,
							 int64 people);

/*
 * A larger copy of a state that had no room; NULL where a state
 * must not become as large.
 */
extern struct varlena *ledger_small_grow(const struct varlena *state);

/* Calls `visit` for all that a state holds. */
extern void ledger_small_visit(const struct varlena *state,
							   LedgerVisitor visit, void *target);

/* The canonical form, from the bytes of a state as they may lie in a tuple. */
extern struct varlena *ledger_small_to_flat(const uint8_t *data, size_t length);

#endif							/* LEDGER_SMALL_H */
