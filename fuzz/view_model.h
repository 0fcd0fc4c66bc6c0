/*
 * view_model.h
 *		A home's view of a model: flows summed entry by entry.
 */
#ifndef VIEW_MODEL_H
#define VIEW_MODEL_H

#include "model.h"
#include "period_input.h"

/* A model, the same as a flat ledger, and the corridors between a home and a
 * partner or, where that has no name, every other party. */
typedef struct ViewModel
{
	Model		model;			/* folded, without zeros; owned */
	ModelBytes	bytes;			/* owned */
	LedgerFlat	flat;
	LedgerParty home;
	LedgerParty partner;
	LedgerCorridor *corridors;	/* owned, as are the directions */
	bool	   *inward;
	uint32_t	n;				/* of both */
} ViewModel;

/*
 * Reads the rest of an input as entries; `home` and `partner` choose among
 * them.  False where there are none, or they do not fit a ledger; what was made
 * goes with view_free either way.
 */
extern bool view_from_input(ViewModel *view, uint32_t home, uint32_t partner,
							FuzzReader *reader);
extern void view_free(ViewModel *view);

/* 1 where this is an inflow, -1 an outflow, 0 neither. */
extern int	view_direction(const ViewModel *view, LedgerParty origin,
						   LedgerParty destination);
/* People who moved in this direction on the days [start, end). */
extern ModelPeople view_flow(const ViewModel *view, int wanted, int64_t start,
							 int64_t end);
/* The same of those days that are covered */
extern ModelPeople view_flow_covered(const ViewModel *view, int wanted,
									 int64_t start, int64_t end,
									 const LedgerCoverage *coverage);
/* All days from the first entry, or of `within`, to the last */
extern LedgerPeriod view_hull(const ViewModel *view, LedgerPeriod within);

#endif							/* VIEW_MODEL_H */
