/*
 * match_model.h
 *		Matching person by person: slow, simple, and written from the rules
 *		alone, to hold answers/match.c against.
 */
#ifndef MATCH_MODEL_H
#define MATCH_MODEL_H

#include "fuzz.h"

/* Days are numbered 0 to MATCH_DAYS - 1, corridors likewise. */
#define MATCH_DAYS			16
#define MATCH_CORRIDORS		8

/* One person who moved, and on which day another person answered. */
typedef struct MatchPerson
{
	int			corridor;
	int			day;
	bool		inward;
	int			answer;			/* day on which the other one moved, or -1 */
} MatchPerson;

typedef struct MatchModel
{
	MatchPerson *persons;		/* owned; in the order in which they moved */
	size_t		n;
	/* first day on which a corridor's correction found nobody, or -1 */
	int			correction_day[MATCH_CORRIDORS];
} MatchModel;

/*
 * people[c][d] are the people of corridor c on day d, inward[c] its direction.
 * Only days up to and with `as_of` count.
 */
extern void match_model_make(MatchModel *model,
							 int64_t people[MATCH_CORRIDORS][MATCH_DAYS],
							 const bool inward[MATCH_CORRIDORS], int as_of);
extern void match_model_free(MatchModel *model);

#endif							/* MATCH_MODEL_H */
