/*
 * core/heap.h
 *		A binary heap, as a template: included once for each kind of element.
 *		Plain C, no PostgreSQL headers, hence none of PostgreSQL's own heaps.
 *
 * To define before each inclusion:
 *
 *		LEDGER_HEAP					what the names of its functions begin with
 *		LEDGER_HEAP_ELEMENT			the type of an element
 *		LEDGER_HEAP_BEFORE(a, b)	does element a come out before element b?
 *
 * and, where elements do not follow one another in memory:
 *
 *		LEDGER_HEAP_ARRAY			the type that a heap is an array of
 *		LEDGER_HEAP_AT(heap, i)		the place of element i
 *
 * A heap is an array of the caller's with n elements, the first of which comes
 * out first.
 */
#include "core/base.h"

#ifndef LEDGER_HEAP_ARRAY
#define LEDGER_HEAP_ARRAY			LEDGER_HEAP_ELEMENT
#define LEDGER_HEAP_AT(heap, i)		(heap)[i]
#endif

#define HEAP_JOIN_(a, b)	a##_##b
#define HEAP_JOIN(a, b)		HEAP_JOIN_(a, b)
#define HEAP_ADD			HEAP_JOIN(LEDGER_HEAP, add)
#define HEAP_REPLACE_FIRST	HEAP_JOIN(LEDGER_HEAP, replace_first)
#define HEAP_REMOVE_FIRST	HEAP_JOIN(LEDGER_HEAP, remove_first)

/*
 * Adds an element, for which there is room.
 */
static inline void
HEAP_ADD(LEDGER_HEAP_ARRAY *heap, uint32_t *n, LEDGER_HEAP_ELEMENT element)
{
	uint32_t	hole = (*n)++;

	while (hole > 0 &&
		   LEDGER_HEAP_BEFORE(element, LEDGER_HEAP_AT(heap, (hole - 1) / 2)))
	{
		LEDGER_HEAP_AT(heap, hole) = LEDGER_HEAP_AT(heap, (hole - 1) / 2);
		hole = (hole - 1) / 2;
	}
	LEDGER_HEAP_AT(heap, hole) = element;
}

/*
 * Puts an element in the place of the first of n, or that one itself where it
 * has changed, and lets it sink to where it belongs.
 */
static inline void
HEAP_REPLACE_FIRST(LEDGER_HEAP_ARRAY *heap, uint32_t n,
				   LEDGER_HEAP_ELEMENT element)
{
	uint32_t	hole = 0;

	LEDGER_ASSERT(n > 0);
	for (;;)
	{
		uint32_t	child = 2 * hole + 1;

		if (child >= n)
			break;
		if (child + 1 < n && LEDGER_HEAP_BEFORE(LEDGER_HEAP_AT(heap, child + 1),
												LEDGER_HEAP_AT(heap, child)))
			child++;
		if (!LEDGER_HEAP_BEFORE(LEDGER_HEAP_AT(heap, child), element))
			break;
		LEDGER_HEAP_AT(heap, hole) = LEDGER_HEAP_AT(heap, child);
		hole = child;
	}
	LEDGER_HEAP_AT(heap, hole) = element;
	LEDGER_ASSERT(n < 2 || !LEDGER_HEAP_BEFORE(LEDGER_HEAP_AT(heap, 1),
											   LEDGER_HEAP_AT(heap, 0)));
	LEDGER_ASSERT(n < 3 || !LEDGER_HEAP_BEFORE(LEDGER_HEAP_AT(heap, 2),
											   LEDGER_HEAP_AT(heap, 0)));
}

/*
 * Takes the first element of *n away.
 */
static inline void
HEAP_REMOVE_FIRST(LEDGER_HEAP_ARRAY *heap, uint32_t *n)
{
	LEDGER_ASSERT(*n > 0);
	if (--*n > 0)
		HEAP_REPLACE_FIRST(heap, *n, LEDGER_HEAP_AT(heap, *n));
}

#undef LEDGER_HEAP
#undef LEDGER_HEAP_ELEMENT
#undef LEDGER_HEAP_BEFORE
#undef LEDGER_HEAP_ARRAY
#undef LEDGER_HEAP_AT
#undef HEAP_JOIN_
#undef HEAP_JOIN
#undef HEAP_ADD
#undef HEAP_REPLACE_FIRST
#undef HEAP_REMOVE_FIRST
