/*
 * functions/totals.c
 *		Findings: a total among its parts.
 *
 * A party is suspect where the directory has its flows nearly as large as
 * those of all others together.  Only then its entries are read, and held
 * against the sums of the others' figure by figure.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "core/cursor.h"
#include "functions/finding.h"

/* Sums over all days may differ by so much, as a share */
#define SUSPECT			0.05

/* A figure agrees where it differs by a person, or by so much */
#define AGREES			0.02

/* So many figures have to agree, and so large a share of all */
#define AGREEING_LEAST	3
#define AGREEING_SHARE	0.9

/* People of one day with one party at the other end */
typedef struct Figure
{
	uint32		other_end;
	LedgerDay	day;
	bool		suspect;		/* of the party that may be a total */
	int64		people;
} Figure;

static inline int
compare_figures(const Figure *a, const Figure *b)
{
	if (a->other_end != b->other_end)
		return a->other_end < b->other_end ? -1 : 1;
	return (a->day > b->day) - (a->day < b->day);
}

#define ST_SORT sort_figures
#define ST_ELEMENT_TYPE Figure
#define ST_COMPARE(a, b) compare_figures(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* A party and the direction in which it may be a total */
typedef struct Suspect
{
	uint32		party;
	bool		sends;
} Suspect;

static double
as_double(LedgerSum sum)
{
	return (double) sum.high * 18446744073709551616.0 + (double) sum.low;
}

/*
 * How far, in all, the flows of each party are from those of all others, by
 * what is at the other end.
 */
static void
sum_distances(const Findings *findings, double *sending, double *receiving)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;

	memset(sending, 0, findings->flat.parties * sizeof(double));
	memset(receiving, 0, findings->flat.parties * sizeof(double));
	ledger_walk_start(&walk, &findings->flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		const PartyActivity *origin = &findings->parties[corridor.origin];
		const PartyActivity *destination = &findings->parties[corridor.destination];
		double		twice = 2 * (double) corridor.total;

		CHECK_FOR_INTERRUPTS();
		if (corridor.origin == corridor.destination)
			continue;
		sending[corridor.origin] += fabs(twice - as_double(destination->inflow));
		receiving[corridor.destination] += fabs(twice - as_double(origin->outflow));
	}
	ledger_check(status);
}

/*
 * Which end of a corridor is the one whose party may be a total.
 */
static inline uint32
this_end(Suspect suspect, const LedgerCorridor *corridor)
{
	return suspect.sends ? corridor->origin : corridor->destination;
}

static inline uint32
other_end(Suspect suspect, const LedgerCorridor *corridor)
{
	return suspect.sends ? corridor->destination : corridor->origin;
}

/*
 * Adds the entries of a corridor to the figures.
 */
static Figure *
read_figures(const LedgerCorridor *corridor, Suspect suspect, Figure *figure)
{
	LedgerCursor cursor;
	LedgerEntry entry;
	LedgerStatus status;

	ledger_cursor_start(&cursor, corridor);
	while ((status = ledger_cursor_next(&cursor, &entry)) == LEDGER_OK)
	{
		figure->other_end = other_end(suspect, corridor);
		figure->day = entry.day;
		figure->suspect = this_end(suspect, corridor) == suspect.party;
		figure->people = entry.people;
		figure++;
	}
	ledger_check(status);
	return figure;
}

/*
 * All figures of the parties that the suspect has flows with, sorted; their
 * number goes to *n.
 */
static Figure *
collect_figures(const LedgerFlat *flat, Suspect suspect, uint64 *n)
{
	bool	   *wanted = palloc0(flat->parties + 1);
	Figure	   *figures = NULL;
	Figure	   *next = NULL;
	int			pass;

	*n = 0;
	/* who is wanted, how many figures that makes, and the figures */
	for (pass = 0; pass < 3; pass++)
	{
		LedgerWalk	walk;
		LedgerCorridor corridor;
		LedgerStatus status;

		if (pass == 2)
			next = figures = palloc_many(Figure, *n);
		ledger_walk_start(&walk, flat);
		while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
		{
			CHECK_FOR_INTERRUPTS();
			if (corridor.origin == corridor.destination)
				continue;
			if (pass == 0 && this_end(suspect, &corridor) == suspect.party)
				wanted[other_end(suspect, &corridor)] = true;
			if (pass == 1 && wanted[other_end(suspect, &corridor)])
				*n += corridor.entries;
			if (pass == 2 && wanted[other_end(suspect, &corridor)])
				next = read_figures(&corridor, suspect, next);
		}
		ledger_check(status);
	}
	sort_figures(figures, *n);
	pfree(wanted);
	return figures;
}

/*
 * Counts the figures, and those in which the suspect has as many people as all
 * others together, of which there are several.
 */
static uint64
count_agreeing(const Figure *figures, uint64 n, uint64 *compared)
{
	uint64		agreeing = 0;
	uint64		i = 0;

	*compared = 0;
	while (i < n)
	{
		const Figure *first = &figures[i];
		double		suspect = 0;
		double		others = 0;
		int			n_others = 0;

		for (; i < n && compare_figures(first, &figures[i]) == 0; i++)
		{
			if (figures[i].suspect)
				suspect = (double) figures[i].people;
			else
			{
				others += (double) figures[i].people;
				n_others++;
			}
		}
		/* one party alone is no sum */
		if (n_others == 1 && suspect == others)
			continue;
		++*compared;
		if (n_others > 1 && fabs(suspect - others) <= Max(1, AGREES * fabs(others)))
			agreeing++;
	}
	return agreeing;
}

/*
 * Holds a suspect against all others, and tells where it is their sum.
 */
static void
check_suspect(Findings *findings, Suspect suspect)
{
	PartyActivity *party = &findings->parties[suspect.party];
	uint64		n;
	uint64		compared;
	Figure	   *figures = collect_figures(&findings->flat, suspect, &n);
	uint64		agreeing = count_agreeing(figures, n, &compared);
	int64		people;

	pfree(figures);
	if (agreeing < AGREEING_LEAST ||
		(double) agreeing < AGREEING_SHARE * (double) compared)
		return;
	party->total = true;
	people = findings_gross(party);
	findings_put(findings, "total", &suspect.party, 1, party->days, &people,
				 psprintf("What %s %s is the sum of what all others %s, in %llu of %llu figures: leave the total out.",
						  findings_name(findings, suspect.party),
						  suspect.sends ? "sends" : "receives",
						  suspect.sends ? "send" : "receive",
						  (unsigned long long) agreeing,
						  (unsigned long long) compared));
}

void
findings_of_totals(Findings *findings)
{
	double	   *sending = palloc_many(double, findings->flat.parties);
	double	   *receiving = palloc_many(double, findings->flat.parties);
	MemoryContext caller = ledger_rows_start();
	uint32		i;

	sum_distances(findings, sending, receiving);
	for (i = 0; i < findings->flat.parties; i++)
	{
		double		out = as_double(findings->parties[i].outflow);
		double		in = as_double(findings->parties[i].inflow);

		CHECK_FOR_INTERRUPTS();
		if (out > 0 && sending[i] <= SUSPECT * out)
			check_suspect(findings, (Suspect) {i, true});
		if (in > 0 && receiving[i] <= SUSPECT * in && !findings->parties[i].total)
			check_suspect(findings, (Suspect) {i, false});
	}
	ledger_rows_end(caller);
}
