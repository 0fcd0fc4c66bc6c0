/*
 * functions/slices.c
 *		A stored value read by slices.
 *
 * A large ledger is stored uncompressed and out of line, so any bytes of it can
 * be read without the rest.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "miscadmin.h"

#include "functions/slices.h"
#include "state/small.h"

/* Values up to this size are read whole: the slices would be most of them */
#define WHOLE_VALUE_LIMIT	16384

/* How much of a stored value the first slice takes, in the hope of the head */
#define FIRST_SLICE			1900

/* Directory entries of a slice in which a row is searched: about a chunk of TOAST */
#define SEARCHED_ENTRIES	64

/*
 * Is this a value that is stored out of line in a compressed form?
 */
bool
ledger_is_compressed(const struct varlena *value)
{
	struct varatt_external pointer;

	if (!VARATT_IS_EXTERNAL_ONDISK(value))
		return false;
	VARATT_EXTERNAL_GET_POINTER(pointer, value);
	return VARATT_EXTERNAL_IS_COMPRESSED(pointer);
}

/*
 * Reads bytes [start, start + length) of a value that is stored out of line,
 * which has them.  PostgreSQL looks for no cancel meanwhile, so many of them
 * are read in parts.  One that is compressed has no parts: each would have all
 * before it decompressed.
 */
void
ledger_read_parts(struct varlena *value, Size start, Size length, char *into)
{
	Size		done;

	for (done = 0; done < length; done += BYTES_PER_INTERRUPT)
	{
		Size		part = Min(BYTES_PER_INTERRUPT, length - done);
		struct varlena *slice = pg_detoast_datum_slice(value,
													   (int32) (start + done),
													   (int32) part);

		CHECK_FOR_INTERRUPTS();
		if (VARSIZE_ANY_EXHDR(slice) != part)
			ledger_raise(LEDGER_DAMAGED);
		memcpy(into + done, VARDATA_ANY(slice), part);
		pfree(slice);
	}
}

/*
 * Bytes [start, start + length) of a stored value; an error where it has
 * fewer.
 */
const uint8_t *
ledger_read_slice(const SlicedLedger *sliced, size_t start, size_t length)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(sliced->datum);
	struct varlena *slice;

	if (start > sliced->length || length > sliced->length - start)
		ledger_raise(LEDGER_DAMAGED);
	if (length > ONE_PART_LIMIT && !ledger_is_compressed(value))
	{
		char	   *bytes = palloc(length);

		ledger_read_parts(value, start, length, bytes);
		return (const uint8_t *) bytes;
	}
	slice = PG_DETOAST_DATUM_SLICE(sliced->datum, (int32) start,
								   (int32) length);
	if (VARSIZE_ANY_EXHDR(slice) < length)
		ledger_raise(LEDGER_DAMAGED);
	return (const uint8_t *) VARDATA_ANY(slice);
}

/*
 * Opens the head of a value that is worth reading in parts; false where it
 * should be read whole.
 */
bool
ledger_open_sliced(Datum datum, SlicedLedger *sliced)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);
	const uint8_t *data;

	if (!VARATT_IS_EXTERNAL_ONDISK(value))
		return false;
	sliced->datum = datum;
	sliced->length = toast_raw_datum_size(datum) - VARHDRSZ;
	if (sliced->length <= WHOLE_VALUE_LIMIT)
		return false;

	data = ledger_read_slice(sliced, 0, FIRST_SLICE);
	if (ledger_is_small(data, FIRST_SLICE))
		return false;
	ledger_check(ledger_flat_head_length(data, FIRST_SLICE, &sliced->head));
	if (sliced->head > FIRST_SLICE)
		data = ledger_read_slice(sliced, 0, sliced->head);
	ledger_check(ledger_flat_open_head(&sliced->flat, data, sliced->head));
	sliced->directory = sliced->head + ledger_flat_totals_length(&sliced->flat);
	return true;
}

/*
 * Reads the directory of a value; false where it is so large that the value
 * should be read whole.
 */
bool
ledger_read_directory(SlicedLedger *sliced)
{
	const size_t length = ledger_flat_directory_length(&sliced->flat);

	if (length > ONE_PART_LIMIT)
		return false;
	sliced->flat.directory = ledger_read_slice(sliced, sliced->directory, length);
	return true;
}

/*
 * Reads bytes of the segments area.
 */
const uint8_t *
ledger_read_segments(const SlicedLedger *sliced, size_t start, size_t end)
{
	return ledger_read_slice(sliced,
							 sliced->directory +
							 ledger_flat_directory_length(&sliced->flat) + start,
							 end - start);
}

/*
 * Reads one corridor, with its segment if wanted, by slices.
 */
bool
ledger_slice_corridor(const SlicedLedger *sliced, uint32 origin, uint32 destination,
					  bool with_segment, LedgerCorridor *corridor)
{
	const LedgerFlat *flat = &sliced->flat;
	uint32		start;
	uint32		end;
	size_t		offset;
	size_t		length;
	const uint8_t *row;
	bool		found;

	ledger_check(ledger_flat_row(flat, origin, &start, &end));
	if (start == end)
		return false;
	ledger_flat_row_slice(start, end, &offset, &length);
	row = ledger_read_slice(sliced, sliced->directory + offset, length);
	ledger_check(ledger_flat_find_in_row(flat, row, start, end, origin,
										 destination, corridor, &found));
	if (found && with_segment)
		corridor->segment = ledger_read_segments(sliced, corridor->segment_start,
												 corridor->segment_end);
	return found;
}

/*
 * Finds one corridor in a row that is long, without its segment: by slices, each
 * from where the destination would be if those of the row were spread evenly, or
 * from the middle of what is left where that has led nowhere twice.
 */
bool
ledger_search_corridor(const SlicedLedger *sliced, uint32 origin, uint32 destination,
					   LedgerCorridor *corridor)
{
	const LedgerFlat *flat = &sliced->flat;
	uint32		low;			/* positions that are left */
	uint32		high;
	uint64		first = 0;		/* destinations that may be there */
	uint64		end = flat->parties;
	int			tries = 0;
	bool		found = false;

	ledger_check(ledger_flat_row(flat, origin, &low, &high));
	while (low < high && !found && destination >= first && destination < end)
	{
		const uint32 left = high - low;
		const uint32 taken = Min(left, SEARCHED_ENTRIES);
		uint32		start = left / 2;
		uint32		slice_first;
		uint32		slice_last;
		size_t		offset;
		size_t		length;
		const uint8_t *row;

		CHECK_FOR_INTERRUPTS();
		if (tries++ < 2)
			start = (uint32) ((destination - first) * left / (end - first));
		start = low + Min(start - Min(start, taken / 2), left - taken);
		ledger_flat_row_slice(start, start + taken, &offset, &length);
		row = ledger_read_slice(sliced, sliced->directory + offset, length);
		ledger_check(ledger_flat_find_in_row(flat, row, start, start + taken, origin,
											 destination, corridor, &found));
		ledger_flat_row_ends(row, start, start + taken, &slice_first, &slice_last);
		if (destination < slice_first)
		{
			high = start;
			end = slice_first;
		}
		else if (destination > slice_last)
		{
			low = start + taken;
			first = (uint64) slice_last + 1;
		}
		else
			break;
	}
	return found;
}
