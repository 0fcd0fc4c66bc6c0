/*
 * match_model.c
 *		Matching person by person.
 */
#include <stdlib.h>

#include "match_model.h"

/* Takes away the person of a corridor who moved last; false where none did. */
static bool
take_back(MatchModel *model, int corridor)
{
	for (size_t i = model->n; i > 0; i--)
	{
		if (model->persons[i - 1].corridor != corridor)
			continue;
		memmove(model->persons + i - 1, model->persons + i,
				(model->n - i) * sizeof(MatchPerson));
		model->n--;
		return true;
	}
	return false;
}

/* Lets everyone of a corridor and day move. */
static void
move(MatchModel *model, int corridor, int day, bool inward, int64_t people)
{
	for (int64_t i = 0; i < people; i++)
	{
		MatchPerson person = {corridor, day, inward, -1};

		model->persons[model->n++] = person;
	}
	for (int64_t i = 0; i > people; i--)
	{
		if (!take_back(model, corridor))
		{
			model->correction_day[corridor] = day;
			return;
		}
	}
}

/* A person answers whoever has waited longest on the other side. */
static void
answer(MatchModel *model, MatchPerson *person)
{
	for (MatchPerson *other = model->persons; other < person; other++)
	{
		if (other->inward != person->inward && other->answer < 0)
		{
			other->answer = person->day;
			person->answer = other->day;
			return;
		}
	}
}

void
match_model_make(MatchModel *model,
				 int64_t people[MATCH_CORRIDORS][MATCH_DAYS],
				 const bool inward[MATCH_CORRIDORS], int as_of)
{
	size_t		room = 1;

	for (int c = 0; c < MATCH_CORRIDORS; c++)
	{
		model->correction_day[c] = -1;
		for (int d = 0; d < MATCH_DAYS; d++)
			room += people[c][d] > 0 ? (size_t) people[c][d] : 0;
	}
	model->persons = fuzz_allocate(room * sizeof(MatchPerson));
	model->n = 0;

	for (int d = 0; d <= as_of && d < MATCH_DAYS; d++)
	{
		for (int c = 0; c < MATCH_CORRIDORS; c++)
		{
			if (model->correction_day[c] < 0)
				move(model, c, d, inward[c], people[c][d]);
		}
	}
	for (size_t i = 0; i < model->n; i++)
		answer(model, &model->persons[i]);
}

void
match_model_free(MatchModel *model)
{
	free(model->persons);
	model->persons = NULL;
	model->n = 0;
}
