/*
 * functions/similar.c
 *		Findings: names that are nearly the same.
 *
 * Names are compared without case, accents, spaces and punctuation.  Those that
 * then are equal are one finding.  Of others, two long ones that differ in one
 * letter are one, unless the ledger shows that they are two parties: an entry
 * of both on one day with one partner, or one between them.
 *
 * To find the pairs without comparing all names, each name is hashed with each
 * letter left out; names that differ in one letter share such a hash.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "common/unicode_norm.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "answers/findings.h"
#include "functions/finding.h"

/* Shorter names are codes, in which every letter counts */
#define LETTERS_LEAST		6

/* More parties are not searched for names that differ in one letter */
#define PARTIES_MAX			50000

/* A name without case, accents, spaces and punctuation */
typedef struct FoldedName
{
	uint32	   *letters;
	uint32		length;
	uint32		party;
} FoldedName;

/* A name with a letter left out */
typedef struct Shortened
{
	uint64		hash;
	uint32		party;
} Shortened;

static inline int
compare_letters(const FoldedName *a, const FoldedName *b)
{
	uint32		i;

	for (i = 0; i < a->length && i < b->length; i++)
		if (a->letters[i] != b->letters[i])
			return a->letters[i] < b->letters[i] ? -1 : 1;
	return (a->length > b->length) - (a->length < b->length);
}

static inline int
compare_folded(const FoldedName *a, const FoldedName *b)
{
	int			order = compare_letters(a, b);

	return order != 0 ? order : (a->party > b->party) - (a->party < b->party);
}

#define ST_SORT sort_folded
#define ST_ELEMENT_TYPE FoldedName
#define ST_COMPARE(a, b) compare_folded(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline int
compare_shortened(const Shortened *a, const Shortened *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->party > b->party) - (a->party < b->party);
}

#define ST_SORT sort_shortened
#define ST_ELEMENT_TYPE Shortened
#define ST_COMPARE(a, b) compare_shortened(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Two parties, the first in byte order first */
typedef struct Pair
{
	uint32		parties[2];
} Pair;

static inline int
compare_pairs(const Pair *a, const Pair *b)
{
	if (a->parties[0] != b->parties[0])
		return a->parties[0] < b->parties[0] ? -1 : 1;
	return (a->parties[1] > b->parties[1]) - (a->parties[1] < b->parties[1]);
}

#define ST_SORT sort_pairs
#define ST_ELEMENT_TYPE Pair
#define ST_COMPARE(a, b) compare_pairs(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The small letter of a letter that has no accent to take away, 0 for what is
 * no letter and no digit.  Letters of scripts without case stay as they are.
 */
static uint32
fold_letter(uint32 letter)
{
	static const char latin[][2] = {
		{(char) 0xC6, 'a'}, {(char) 0xE6, 'a'}, {(char) 0xD0, 'd'},
		{(char) 0xF0, 'd'}, {(char) 0xD8, 'o'}, {(char) 0xF8, 'o'},
		{(char) 0xDE, 't'}, {(char) 0xFE, 't'}, {(char) 0xDF, 's'}
	};
	int			i;

	if (letter < 0x80)
		return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ?
			letter : letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : 0;
	for (i = 0; i < lengthof(latin); i++)
		if (letter == (unsigned char) latin[i][0])
			return (uint32) latin[i][1];
	if (letter == 0x110 || letter == 0x111)
		return 'd';
	if (letter == 0x131)
		return 'i';
	if (letter == 0x141 || letter == 0x142)
		return 'l';
	if (letter == 0x152 || letter == 0x153)
		return 'o';
	/* signs, and what an accent has become */
	if (letter < 0xC0 || letter == 0xD7 || letter == 0xF7 ||
		(letter >= 0x300 && letter <= 0x36F) ||
		(letter >= 0x2000 && letter <= 0x206F) || letter == 0x3000)
		return 0;
	/* Greek and Cyrillic */
	if ((letter >= 0x391 && letter <= 0x3A9) || (letter >= 0x410 && letter <= 0x42F))
		return letter + 0x20;
	return letter >= 0x400 && letter <= 0x40F ? letter + 0x50 : letter;
}

/*
 * Folds a name; what it was made with is given back but for the letters.
 */
static void
fold_name(LedgerParty party, FoldedName *folded)
{
	pg_wchar   *letters = palloc_many(pg_wchar, party.length);
	char	   *name = pnstrdup(party.name, party.length);
	uint32		i;

	if (GetDatabaseEncoding() == PG_SQL_ASCII)
	{
		for (i = 0; i < party.length; i++)
			letters[i] = (unsigned char) name[i];
		letters[i] = 0;
	}
	else
	{
		char	   *utf8 = pg_server_to_any(name, (int) party.length, PG_UTF8);
		int			length = utf8 == name ? (int) party.length : (int) strlen(utf8);

		letters = palloc_many(pg_wchar, length);
		pg_encoding_mb2wchar_with_len(PG_UTF8, utf8, letters, length);
		letters = unicode_normalize(UNICODE_NFKD, letters);
	}
	folded->letters = letters;
	folded->length = 0;
	for (i = 0; letters[i] != 0; i++)
	{
		uint32		letter = fold_letter(letters[i]);

		if (letter != 0)
			folded->letters[folded->length++] = letter;
	}
}

/*
 * Tells of n names, next to each other among the folded ones, that are equal.
 */
static void
put_equal(Findings *findings, const FoldedName *folded, uint32 n)
{
	uint32	   *parties = palloc_many(uint32, n);
	StringInfoData text;
	LedgerPeriod days = {0, 0};
	int64		people = PG_INT64_MAX;
	uint32		i;

	initStringInfo(&text);
	for (i = 0; i < n; i++)
	{
		const PartyActivity *party = &findings->parties[folded[i].party];
		int64		gross = findings_gross(party);

		CHECK_FOR_INTERRUPTS();
		parties[i] = folded[i].party;
		appendStringInfo(&text, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " and ",
						 findings_name(findings, folded[i].party));
		/* what is said is of the rarer name */
		if (gross < people)
		{
			people = gross;
			days = party->days;
		}
	}
	appendStringInfoString(&text, " differ in nothing but case, accents, spaces or punctuation.");
	findings_put(findings, "similar", parties, (int) n, days, &people, text.data);
}

/*
 * Hashes a name with letter `left_out` left out, if it has that one: for a
 * letter that is another one at this place, or for one that is not there at
 * all.  The lowest bit tells which.
 */
static uint64
hash_without(const FoldedName *name, uint32 left_out, uint32 *scratch, bool is_another)
{
	uint32		length = name->length;
	uint64		hash;

	memcpy(scratch, name->letters, length * sizeof(uint32));
	if (left_out < length)
	{
		memmove(scratch + left_out, scratch + left_out + 1,
				(length - left_out - 1) * sizeof(uint32));
		length--;
	}
	hash = hash_bytes_extended((unsigned char *) scratch,
							   (int) (length * sizeof(uint32)),
							   is_another ? left_out : 0);
	return is_another ? hash | 1 : hash & ~UINT64CONST(1);
}

/*
 * All hashes of all names that are long enough: without each letter, for a
 * letter that is another one there, and for one that the other name has more.
 */
static Shortened *
shorten_names(const FoldedName *folded, uint32 n, uint64 *n_shortened)
{
	Shortened  *shortened;
	uint32	   *scratch;
	uint32		longest = 0;
	uint64		room = 0;
	uint32		i;
	uint32		j;

	for (i = 0; i < n; i++)
	{
		room += 2 * (uint64) folded[i].length + 1;
		longest = Max(longest, folded[i].length);
	}
	shortened = palloc_many(Shortened, room);
	scratch = palloc_many(uint32, longest);
	*n_shortened = 0;
	for (i = 0; i < n; i++)
	{
		const FoldedName *name = &folded[i];

		CHECK_FOR_INTERRUPTS();
		if (name->length < LETTERS_LEAST)
			continue;
		for (j = 0; j < 2 * name->length + 1; j++)
		{
			Shortened  *next = &shortened[(*n_shortened)++];

			next->party = i;
			if (j < name->length)
				next->hash = hash_without(name, j, scratch, true);
			else
				next->hash = hash_without(name, j - name->length, scratch, false);
		}
	}
	pfree(scratch);
	sort_shortened(shortened, *n_shortened);
	return shortened;
}

/*
 * Have two corridors, if there are both, an entry on one day?
 */
static bool
meet(const LedgerFlat *flat, uint32 origin_a, uint32 destination_a,
	 uint32 origin_b, uint32 destination_b)
{
	LedgerCorridor a;
	LedgerCorridor b;
	bool		found;

	ledger_check(ledger_flat_find_corridor(flat, origin_a, destination_a, &a, &found));
	if (found)
		ledger_check(ledger_flat_find_corridor(flat, origin_b, destination_b, &b, &found));
	if (found)
		ledger_check(ledger_share_day(&a, &b, &found, ledger_checkpoint));
	return found;
}

/*
 * Does the ledger show that two names are two parties?
 */
static bool
are_two(const LedgerFlat *flat, uint32 a, uint32 b)
{
	LedgerCorridor corridor;
	uint32		other;
	bool		two;

	ledger_check(ledger_flat_find_corridor(flat, a, b, &corridor, &two));
	if (!two)
		ledger_check(ledger_flat_find_corridor(flat, b, a, &corridor, &two));
	for (other = 0; other < flat->parties && !two; other++)
	{
		CHECK_FOR_INTERRUPTS();
		two = other != a && other != b &&
			(meet(flat, a, other, b, other) || meet(flat, other, a, other, b));
	}
	return two;
}

/*
 * The pairs of names that are one letter apart, in order; their number goes to
 * *n_pairs.  Where more than two names share all letters but one, as "Zone A",
 * "Zone B" and "Zone C" do, they are a series.
 */
static Pair *
find_pairs(const FoldedName *folded, uint32 n, uint64 *n_pairs)
{
	uint64		n_shortened;
	Shortened  *shortened = shorten_names(folded, n, &n_shortened);
	Pair	   *pairs = palloc_many(Pair, n_shortened / 2);
	uint64		i = 0;

	*n_pairs = 0;
	while (i < n_shortened)
	{
		const Shortened *first = &shortened[i];
		const FoldedName *a = &folded[first->party];
		const FoldedName *b = NULL;
		int			names = 1;

		CHECK_FOR_INTERRUPTS();
		for (i++; i < n_shortened && shortened[i].hash == first->hash; i++)
			if (shortened[i].party != shortened[i - 1].party)
			{
				b = &folded[shortened[i].party];
				names++;
			}
		if (names == 2 && (a->length == b->length) == (first->hash & 1) &&
			ledger_one_letter_apart(a->letters, a->length, b->letters, b->length))
		{
			pairs[*n_pairs].parties[0] = Min(a->party, b->party);
			pairs[(*n_pairs)++].parties[1] = Max(a->party, b->party);
		}
	}
	pfree(shortened);
	sort_pairs(pairs, *n_pairs);
	return pairs;
}

/*
 * Tells of names that are one letter apart.
 */
static void
put_pairs(Findings *findings, const Pair *pairs, uint64 n)
{
	MemoryContext caller = ledger_rows_start();
	uint64		i;

	for (i = 0; i < n; i++)
	{
		const uint32 *parties = pairs[i].parties;
		int64		gross[2];
		int			rarer;

		CHECK_FOR_INTERRUPTS();
		if (are_two(&findings->flat, parties[0], parties[1]))
			continue;
		gross[0] = findings_gross(&findings->parties[parties[0]]);
		gross[1] = findings_gross(&findings->parties[parties[1]]);
		rarer = gross[1] < gross[0];
		findings_put(findings, "similar", parties, 2,
					 findings->parties[parties[rarer]].days, &gross[rarer],
					 psprintf("%s and %s differ in one letter, and no day has both.",
							  findings_name(findings, parties[0]),
							  findings_name(findings, parties[1])));
	}
	ledger_rows_end(caller);
}

void
findings_of_names(Findings *findings)
{
	FoldedName *folded = palloc_many(FoldedName, findings->flat.parties);
	uint32		n = findings->flat.parties;
	MemoryContext caller;
	uint32		i;
	uint32		equal;

	for (i = 0; i < n; i++)
	{
		LedgerParty party;

		CHECK_FOR_INTERRUPTS();
		ledger_check(ledger_flat_party(&findings->flat, i, &party));
		folded[i].party = i;
		fold_name(party, &folded[i]);
	}
	sort_folded(folded, n);
	caller = ledger_rows_start();
	for (i = 0; i < n; i += equal)
	{
		CHECK_FOR_INTERRUPTS();
		for (equal = 1; i + equal < n && compare_letters(&folded[i], &folded[i + equal]) == 0;
			 equal++)
			;
		/* of names without any letter nothing is known */
		if (equal > 1 && folded[i].length > 0)
			put_equal(findings, &folded[i], equal);
	}
	ledger_rows_end(caller);
	if (n <= PARTIES_MAX)
	{
		uint64		n_pairs;
		Pair	   *pairs = find_pairs(folded, n, &n_pairs);

		put_pairs(findings, pairs, n_pairs);
	}
}
