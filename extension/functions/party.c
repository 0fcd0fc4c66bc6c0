/*
 * functions/party.c
 *		A name held against the parties of a ledger, and the nearest ones where
 *		it is none of them.
 *
 * Whatever is asked of a party that a ledger does not have is answered with
 * zeros, as a filter would.  A program that takes a name from people asks here
 * first, so that "germany" is told from "Germany".
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/formatting.h"
#include "utils/varlena.h"

#include "functions/fetch.h"

/* A ledger with at most so many parties has all of them named */
#define FEW_PARTIES			10

/* Else so many of the nearest are */
#define NEAREST_NAMES		3

/* Letters changed, left out or put in, at most, in a name that is near */
#define NEAR_DISTANCE		3

PG_FUNCTION_INFO_V1(ledger_party);

/* How a name resembles another, the nearest way first; both in lower case */
typedef enum Likeness
{
	LIKE_SAME,					/* they are equal */
	LIKE_BEGINNING,				/* one begins with the other */
	LIKE_SPELLING,				/* few letters differ */
	LIKE_CONTAINED,				/* one has the other within it */
	LIKE_NONE
} Likeness;

/* A party and how near its name is */
typedef struct NearParty
{
	LedgerParty party;
	Likeness	likeness;
	int			distance;		/* among those of the same likeness */
} NearParty;

/*
 * A name in lower case, terminated by zero.
 */
static char *
lower_name(LedgerParty party)
{
	return str_tolower(party.name, party.length, DEFAULT_COLLATION_OID);
}

/*
 * How near a party is to the name that is sought, given in lower case.
 */
static NearParty
compare_names(const char *sought, LedgerParty party)
{
	NearParty	near = {party, LIKE_NONE, 0};
	char	   *name = lower_name(party);
	int			name_length = strlen(name);
	int			sought_length = strlen(sought);
	int			shorter = Min(name_length, sought_length);
	int			allowed = Min(NEAR_DISTANCE, sought_length / 2);

	near.distance = abs(name_length - sought_length);
	if (strcmp(name, sought) == 0)
		near.likeness = LIKE_SAME;
	else if (shorter >= 2 && strncmp(name, sought, shorter) == 0)
		near.likeness = LIKE_BEGINNING;
	else
	{
		int			changes = varstr_levenshtein_less_equal(sought, sought_length,
															name, name_length,
															1, 1, 1, allowed,
															true);

		if (changes <= allowed)
		{
			near.likeness = LIKE_SPELLING;
			near.distance = changes;
		}
		else if (shorter >= 3 && (strstr(name, sought) != NULL ||
								  strstr(sought, name) != NULL))
			near.likeness = LIKE_CONTAINED;
	}
	pfree(name);
	return near;
}

/*
 * Puts a party in its place among the nearest so far; an earlier one stays
 * before its equals.
 */
static void
keep_nearest(NearParty *nearest, int *n, NearParty near)
{
	int			place = *n;

	while (place > 0 &&
		   (nearest[place - 1].likeness > near.likeness ||
			(nearest[place - 1].likeness == near.likeness &&
			 nearest[place - 1].distance > near.distance)))
		place--;
	if (place == NEAREST_NAMES)
		return;
	if (*n < NEAREST_NAMES)
		(*n)++;
	memmove(&nearest[place + 1], &nearest[place],
			(*n - 1 - place) * sizeof(NearParty));
	nearest[place] = near;
}

/*
 * The nearest parties, none that is not near at all.
 */
static int
find_nearest(const LedgerFlat *flat, LedgerParty sought, NearParty *nearest)
{
	char	   *lower = lower_name(sought);
	int			n = 0;
	uint32		i;

	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;
		NearParty	near;

		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flat_party(flat, i, &party));
		/* what is damaged may not be text at all */
		if (!pg_verifymbstr(party.name, (int) party.length, true))
			continue;
		near = compare_names(lower, party);
		if (near.likeness != LIKE_NONE)
			keep_nearest(nearest, &n, near);
	}
	return n;
}

/*
 * Appends a name to a list.
 */
static void
append_name(StringInfo list, LedgerParty party)
{
	appendStringInfo(list, "%s\"%.*s\"", list->len > 0 ? ", " : "",
					 (int) party.length, party.name);
}

/*
 * What to write instead, as a hint: the one name that differs in capitals
 * alone; or else all names, where they are few; or else the nearest.
 */
static int
hint_at_names(const LedgerFlat *flat, LedgerParty sought)
{
	NearParty	nearest[NEAREST_NAMES];
	int			n = find_nearest(flat, sought, nearest);
	StringInfoData list;
	uint32		i;

	initStringInfo(&list);
	if (n > 0 && nearest[0].likeness == LIKE_SAME)
		n = 1;
	else if (flat->parties <= FEW_PARTIES)
	{
		for (i = 0; i < flat->parties; i++)
		{
			LedgerParty party;

			ledger_check(ledger_flat_party(flat, i, &party));
			if (pg_verifymbstr(party.name, (int) party.length, true))
				append_name(&list, party);
		}
		n = 0;
	}
	if (list.len > 0)
		return flat->parties == 1 ?
			errhint("The only name in the ledger is %s.", list.data) :
			errhint("The names in the ledger are %s.", list.data);
	for (i = 0; i < n; i++)
		append_name(&list, nearest[i].party);
	if (n == 0)
		return errhint("ledger_parties(ledger) gives the names in it.");
	if (n == 1)
		return errhint("The nearest name is %s.", list.data);
	return errhint("The nearest names are %s.", list.data);
}

/*
 * The error for a name that is no party of a ledger.
 */
pg_noreturn static void
raise_unknown_party(const LedgerFlat *flat, LedgerParty sought)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("party \"%.*s\" is not in the ledger",
					(int) sought.length, sought.name),
			 flat->parties == 0 ? errdetail("The ledger has no entries.") :
			 errdetail_plural("The ledger has %u party, and names are compared byte by byte.",
							  "The ledger has %u parties, and names are compared byte by byte.",
							  flat->parties, flat->parties),
			 flat->parties == 0 ? 0 : hint_at_names(flat, sought)));
}

/*
 * The name of a party, as it is in the ledger.
 */
Datum
ledger_party(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(1);
	LedgerParty sought = ledger_party_from_text(name);
	LedgerFlat	flat;
	uint32		index;
	bool		found;

	ledger_fetch_head(PG_GETARG_DATUM(0), &flat);
	ledger_check(ledger_flat_find_party(&flat, sought, &index, &found));
	if (!found)
		raise_unknown_party(&flat, sought);
	PG_RETURN_TEXT_P(name);
}
