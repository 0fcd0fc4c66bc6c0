/*
 * state/small_flat.c
 *		A small state read: all that it holds, and its canonical form.
 */
#include "state/party_codes.h"
#include "state/small.h"

/*
 * All long names by place, in an array that is palloc'd and has nothing at all
 * other places; borrowed from the state, which is sound.
 */
static LedgerParty *
list_long_names(const SmallHeader *state)
{
	uint32		place = names_size(state) / PLACE_SIZE;
	LedgerParty *names = palloc0((place + 1) * sizeof(LedgerParty));

	while (place > 0)
	{
		const LongName *name = long_name_at(state, place);

		names[place].name = name->name;
		names[place].length = name->length;
		place -= LONG_NAME_SIZE(name->length) / PLACE_SIZE;
	}
	return names;
}

/*
 * Cell by cell, not by way of the flat form: a sum that passes 64 bits so far
 * is no error yet.
 */
void
ledger_small_visit(const struct varlena *value, LedgerVisitor visit, void *target)
{
	const SmallHeader *state = (const SmallHeader *) value;
	const SmallCell *cells = small_cells(state);
	LedgerParty *long_names;
	char		names[2][8];
	uint32		i;

	ledger_small_check(state);
	long_names = list_long_names(state);
	for (i = 0; i < state->n_cells; i++)
	{
		SmallCell	cell = cells[i];
		LedgerParty origin = ledger_party_from_code(bits_code(cell_origin(cell)),
													long_names, names[0]);
		LedgerParty destination =
			ledger_party_from_code(bits_code(cell_destination(cell)),
								   long_names, names[1]);

		visit(target, origin, destination, cell_day(cell), cell_people(cell));
		if (cell_power(cell) > 0)
			visit(target, origin, destination, cell_day(cell), cell_people(cell));
	}
	pfree(long_names);
}

/*
 * The corridors of the cells, which are settled, by the numbers of their
 * parties (which it gives) and in order; palloc'd.  Each is a record like a
 * cell: the numbers of origin and destination are the halves of "high", the
 * places of the first cell and of the one after the last are those of "low".
 */
static SmallCell *
number_corridors(const SmallHeader *state, const LedgerParty *long_names,
				 PartyRanks *numbering, uint32 *n_corridors)
{
	const SmallCell *cells = small_cells(state);
	SmallCell  *corridors = palloc_many(SmallCell, state->n_cells);
	uint64	   *codes = palloc_many(uint64, (Size) state->n_cells * 2);
	uint64	   *destinations = codes + state->n_cells;
	uint32		n_origins = 0;
	uint32		n = 0;
	uint32		i;

	/* without a branch: no processor foresees where a corridor ends */
	for (i = 0; i < state->n_cells; i++)
	{
		const SmallCell previous = cells[i > 0 ? i - 1 : 0];

		n_origins += (i == 0) | (cell_origin(cells[i]) != cell_origin(previous));
		n += (i == 0) | !same_corridor(cells[i], previous);
		codes[n_origins - 1] = bits_code(cell_origin(cells[i]));
		destinations[n - 1] = bits_code(cell_destination(cells[i]));
		corridors[n - 1].high = n_origins - 1;
		corridors[n - 1].low = i + 1;
	}
	memmove(codes + n_origins, destinations, n * sizeof(uint64));
	ledger_rank_parties(numbering, codes, n_origins, n_origins + n, long_names);
	for (i = n; i-- > 0;)
	{
		corridors[i].high = (uint64) numbering->numbers[corridors[i].high] << 32 |
			numbering->numbers[n_origins + i];
		corridors[i].low |= i > 0 ? corridors[i - 1].low << 32 : 0;
	}
	/* short names are in the order of their numbers as they were */
	if (names_size(state) > 0)
		ledger_small_order(corridors, n);
	*n_corridors = n;
	return corridors;
}

/*
 * Writes the cells of one corridor as entries.
 */
static LedgerStatus
write_corridor(LedgerWriter *writer, const SmallCell *cells, SmallCell corridor)
{
	const uint32 end = (uint32) corridor.low;
	uint32		next;
	uint32		i;
	LedgerStatus status;

	status = ledger_writer_corridor(writer, (uint32) (corridor.high >> 32),
									(uint32) corridor.high);
	for (i = (uint32) (corridor.low >> 32); i < end && status == LEDGER_OK; i = next)
	{
		for (next = i + 1; next < end && same_entry(cells[i], cells[next]); next++)
			;
		if (next == i + 1 && cell_power(cells[i]) == 0)
			status = ledger_writer_entry(writer, cell_day(cells[i]),
										 cell_people(cells[i]));
		else
			status = ledger_writer_sum(writer, cell_day(cells[i]),
									   ledger_small_sum(&cells[i], next - i));
	}
	return status;
}

/*
 * The canonical form of the corridors and their cells.
 */
static struct varlena *
write_corridors(const SmallHeader *state, const SmallCell *corridors, uint32 n,
				const PartyRanks *numbering)
{
	LedgerWriter writer;
	LedgerStatus status = LEDGER_OK;
	struct varlena *buffer;
	uint32		i;

	buffer = ledger_result_begin(&writer, numbering->parties, numbering->n, n,
								   (Size) (state->n_cells + 1) * LEDGER_FLAT_ENTRY_MAX,
								   CurrentMemoryContext);
	for (i = 0; i < n && status == LEDGER_OK; i++)
		status = write_corridor(&writer, small_cells(state), corridors[i]);
	return ledger_result_finish(&writer, status, buffer, NULL);
}

/*
 * Are no two of the parties, which are in order, the same?
 */
static bool
parties_differ(const PartyRanks *numbering)
{
	uint32		i;

	for (i = 1; i < numbering->n; i++)
		if (ledger_party_compare(numbering->parties[i - 1], numbering->parties[i]) == 0)
			return false;
	return true;
}

struct varlena *
ledger_small_to_flat(const uint8_t *data, size_t length)
{
	SmallHeader *state = palloc(length + VARHDRSZ);
	LedgerParty *long_names;
	PartyRanks numbering;
	SmallCell  *corridors;
	uint32		n;
	struct varlena *flat;

	SET_VARSIZE(state, length + VARHDRSZ);
	memcpy((char *) state + VARHDRSZ, data, length);
	ledger_small_check(state);
	long_names = list_long_names(state);
	ledger_small_flush(state);
	corridors = number_corridors(state, long_names, &numbering, &n);
	if (names_size(state) > 0 && !parties_differ(&numbering))
		ledger_raise(LEDGER_DAMAGED);
	flat = write_corridors(state, corridors, n, &numbering);
	Assert(ledger_flat_validate((uint8_t *) VARDATA(flat), VARSIZE(flat) - VARHDRSZ,
								NULL) == LEDGER_OK);
	pfree(long_names);
	pfree(state);
	return flat;
}
