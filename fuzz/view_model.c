/*
 * view_model.c
 *		A home's view of a model.
 */
#include <stdlib.h>

#include "view_model.h"

static bool
same_party(LedgerParty a, LedgerParty b)
{
	return a.length == b.length && memcmp(a.name, b.name, a.length) == 0;
}

int
view_direction(const ViewModel *view, LedgerParty origin,
			   LedgerParty destination)
{
	bool		out = same_party(origin, view->home);
	bool		in = same_party(destination, view->home);

	if (in == out)
		return 0;
	if (view->partner.name != NULL &&
		!same_party(in ? origin : destination, view->partner))
		return 0;
	return in ? 1 : -1;
}

ModelPeople
view_flow(const ViewModel *view, int wanted, int64_t start, int64_t end)
{
	ModelPeople people = 0;

	for (size_t i = 0; i < view->model.n; i++)
	{
		const ModelEntry *entry = &view->model.entries[i];

		if (entry->day >= start && entry->day < end &&
			view_direction(view, entry->origin, entry->destination) == wanted)
			people += entry->people;
	}
	return people;
}

ModelPeople
view_flow_covered(const ViewModel *view, int wanted, int64_t start,
				  int64_t end, const LedgerCoverage *coverage)
{
	ModelPeople people = 0;

	for (size_t i = 0; i < view->model.n; i++)
	{
		const ModelEntry *entry = &view->model.entries[i];

		if (entry->day >= start && entry->day < end &&
			fuzz_covered(coverage, entry->day) &&
			view_direction(view, entry->origin, entry->destination) == wanted)
			people += entry->people;
	}
	return people;
}

LedgerPeriod
view_hull(const ViewModel *view, LedgerPeriod within)
{
	LedgerPeriod hull = within;

	for (size_t i = 0; i < view->model.n; i++)
	{
		LedgerDay	day = view->model.entries[i].day;

		if (hull.start >= hull.end)
		{
			hull.start = day;
			hull.end = day + 1;
		}
		hull.start = day < hull.start ? day : hull.start;
		hull.end = day >= hull.end ? day + 1 : hull.end;
	}
	return hull;
}

static void
find_corridors(ViewModel *view)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;

	ledger_walk_start(&walk, &view->flat);
	while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
	{
		LedgerParty origin;
		LedgerParty destination;
		int			found;

		FUZZ_REQUIRE(ledger_flat_party(&view->flat, corridor.origin,
									   &origin) == LEDGER_OK);
		FUZZ_REQUIRE(ledger_flat_party(&view->flat, corridor.destination,
									   &destination) == LEDGER_OK);
		found = view_direction(view, origin, destination);
		if (found == 0)
			continue;
		view->corridors[view->n] = corridor;
		view->inward[view->n++] = found > 0;
	}
}

bool
view_from_input(ViewModel *view, uint32_t home, uint32_t partner,
				FuzzReader *reader)
{
	Model	   *model = &view->model;

	memset(view, 0, sizeof(*view));
	model_from_input(reader->next, (size_t) (reader->end - reader->next), model);
	model_fold(model);
	model_drop_zeros(model);
	if (model->n == 0 || !model_fits(model))
		return false;
	view->home = model->entries[home % model->n].destination;
	if (partner % 4 != 0)
		view->partner = model->entries[partner % model->n].origin;

	FUZZ_REQUIRE(model_write(model, &view->bytes) == LEDGER_OK);
	FUZZ_REQUIRE(ledger_flat_open(&view->flat, view->bytes.data,
								  view->bytes.length) == LEDGER_OK);
	view->corridors = fuzz_allocate(view->flat.corridors *
									sizeof(LedgerCorridor));
	view->inward = fuzz_allocate(view->flat.corridors * sizeof(bool));
	find_corridors(view);
	return true;
}

void
view_free(ViewModel *view)
{
	free(view->bytes.data);
	free(view->corridors);
	free(view->inward);
	model_free(&view->model);
}
