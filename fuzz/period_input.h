/*
 * period_input.h
 *		Lengths and periods out of the bytes of an input.
 */
#ifndef PERIOD_INPUT_H
#define PERIOD_INPUT_H

#include "fuzz.h"
#include "answers/period.h"

/* A length: the usual ones, others, and some that are none. */
extern PeriodStep fuzz_take_length(FuzzReader *reader);
/* A period: short or long, empty, unbounded, or as far as a date can say. */
extern LedgerPeriod fuzz_take_period(FuzzReader *reader);

#endif							/* PERIOD_INPUT_H */
