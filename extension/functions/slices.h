/*
 * functions/slices.h
 *		A stored value read by slices: the head, then what a question needs.
 *
 * What is read lives in the current memory context.  Bytes that are not there
 * are an error, as is a form that they cannot have.
 */
#ifndef LEDGER_SLICES_H
#define LEDGER_SLICES_H

#include "postgres.h"

#include "value/value.h"

/* What is larger than this is read in parts */
#define ONE_PART_LIMIT		(8 * BYTES_PER_INTERRUPT)

/* Where a value can be read from by slices */
typedef struct SlicedLedger
{
	Datum		datum;
	size_t		length;			/* of the whole value, without its header */
	size_t		head;			/* length of the head */
	size_t		directory;		/* where the directory is */
	LedgerFlat	flat;			/* the head, and the directory where that has been
								 * read */
} SlicedLedger;

extern bool ledger_is_compressed(const struct varlena *value);
extern void ledger_read_parts(struct varlena *value, Size start, Size length,
							  char *into);
extern bool ledger_open_sliced(Datum datum, SlicedLedger *sliced);
extern const uint8_t *ledger_read_slice(const SlicedLedger *sliced,
										size_t start, size_t length);
extern bool ledger_read_directory(SlicedLedger *sliced);
extern const uint8_t *ledger_read_segments(const SlicedLedger *sliced,
										   size_t start, size_t end);
extern bool ledger_slice_corridor(const SlicedLedger *sliced, uint32 origin,
								  uint32 destination, bool with_segment,
								  LedgerCorridor *corridor);
extern bool ledger_search_corridor(const SlicedLedger *sliced, uint32 origin,
								   uint32 destination,
								   LedgerCorridor *corridor);

#endif							/* LEDGER_SLICES_H */
