/*
 * model.h
 *		A ledger as a plain sorted array: slow, simple, and written from the
 *		design alone, to hold the real code against.
 */
#ifndef MODEL_H
#define MODEL_H

#include "fuzz.h"
#include "core/merge.h"

#ifdef __SIZEOF_INT128__
typedef __int128 ModelPeople;
#else
typedef _Float128 ModelPeople;	/* exact up to 113 bits; 32-bit machines */
#endif

/* The value of a sum that may pass 64 bits */
static inline ModelPeople
model_sum_value(LedgerSum sum)
{
	return sum.high * ((ModelPeople) UINT64_MAX + 1) + sum.low;
}

/* Is this a figure that a 64-bit integer can say? */
static inline bool
model_people_fit(ModelPeople people)
{
	return people >= INT64_MIN && people <= INT64_MAX;
}

/* The names are borrowed from whatever the entry was made from. */
typedef struct ModelEntry
{
	LedgerParty origin;
	LedgerParty destination;
	LedgerDay	day;
	ModelPeople people;
} ModelEntry;

typedef struct Model
{
	ModelEntry *entries;		/* owned */
	size_t		n;
	size_t		room;
} Model;

/* The bytes of a flat value, in memory of exactly that size; owned. */
typedef struct ModelBytes
{
	uint8_t    *data;
	size_t		length;
} ModelBytes;

extern void model_add(Model *model, LedgerParty origin,
					  LedgerParty destination, LedgerDay day,
					  ModelPeople people);
extern void model_free(Model *model);

/* Sorts, and adds up what is on the same corridor and day; keeps zeros. */
extern void model_fold(Model *model);
extern void model_drop_zeros(Model *model);
/* Does every count, and every corridor's running total, fit in 64 bits? */
extern bool model_fits(const Model *model);
/* Do two folded models hold the same entries? */
extern bool model_equal(const Model *a, const Model *b);
/* a + sign * b, folded */
extern void model_sum(const Model *a, const Model *b, int sign, Model *sum);

/* The names of a model, in order and once each; owned by the caller. */
extern LedgerParty *model_parties(const Model *model, uint32_t *n_parties);
/* The number of a party that is among them. */
extern uint32_t model_party_number(const LedgerParty *parties,
								   LedgerParty party);

/* The flat form of a folded model without zeros that fits. */
extern ModelBytes model_encode(const Model *model);
/* The flat form of a folded model by way of LedgerWriter. */
extern LedgerStatus model_write(const Model *model, ModelBytes *bytes);
/* The flat form from a writer that has come to `status`; none after an error. */
extern LedgerStatus model_finish(LedgerWriter *writer, LedgerStatus status,
								 ModelBytes *bytes);
/*
 * The flat form of the sum of ledgers by way of ledger_merge, in buffers of
 * exactly the room that is promised.
 */
extern LedgerStatus model_merge(MergeInput *parts, uint32_t n,
								ModelBytes *bytes);
/* Reads a flat value entry by entry; what was read stays where it fails. */
extern LedgerStatus model_read(const LedgerFlat *flat, Model *model);

/* Reads bytes as entries; any bytes are some. */
extern void model_from_input(const uint8_t *data, size_t size, Model *model);
/* A random folded model without zeros that fits. */
extern void model_random(FuzzRandom *random, Model *model);

#endif							/* MODEL_H */
