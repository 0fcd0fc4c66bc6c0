/*
 * core/validate.c
 *		The whole check of a flat ledger: all that core/flat.h states.
 */
#include "core/cursor.h"
#include "core/validate.h"

/* Parties whose use ledger_flat_validate follows in one pass, and whose inflow */
#define PARTIES_PER_PASS	(64 * 1024 * 8)
#define INFLOWS_PER_PASS	8192

/*
 * Are the names of a value strictly ascending, each a valid party, and do
 * their rows follow one another?  A walk need not come by the rows of parties
 * that are destinations only.
 */
static LedgerStatus
validate_parties(const LedgerFlat *flat, LedgerCheckpoint checkpoint)
{
	LedgerParty previous = {NULL, 0};
	uint32_t	work = 0;
	uint32_t	i;

	for (i = 0; i < flat->parties; i++)
	{
		LedgerParty party;
		LedgerStatus status;
		uint32_t	row_start;
		uint32_t	row_end;

		status = ledger_flat_party(flat, i, &party);
		if (status == LEDGER_OK)
			status = ledger_flat_row(flat, i, &row_start, &row_end);
		if (status != LEDGER_OK)
			return status;
		if (i > 0 && ledger_party_compare(previous, party) >= 0)
			return LEDGER_DAMAGED;
		previous = party;
		ledger_count_work(checkpoint, &work, 1);
	}
	return LEDGER_OK;
}

/*
 * Is every party the origin or the destination of some corridor?  The marks
 * of a block of parties at a time fit on the stack; more than one block is
 * needed only where there are more than half a million parties.
 */
static LedgerStatus
validate_parties_used(const LedgerFlat *flat, LedgerCheckpoint checkpoint)
{
	uint32_t	work = 0;
	uint32_t	block;

	/* a corridor brings at most two parties */
	if (flat->parties / 2 > flat->corridors)
		return LEDGER_DAMAGED;

	for (block = 0; block < flat->parties; block += PARTIES_PER_PASS)
	{
		uint8_t		used[PARTIES_PER_PASS / 8] = {0};
		uint32_t	in_block = flat->parties - block;
		LedgerWalk	walk;
		LedgerCorridor corridor;
		uint32_t	i;

		if (in_block > PARTIES_PER_PASS)
			in_block = PARTIES_PER_PASS;
		ledger_walk_start(&walk, flat);
		while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
		{
			uint32_t	origin = corridor.origin - block;
			uint32_t	destination = corridor.destination - block;

			/* a party before the block wraps round to a large number */
			if (origin < in_block)
				used[origin / 8] |= (uint8_t) (1 << origin % 8);
			if (destination < in_block)
				used[destination / 8] |= (uint8_t) (1 << destination % 8);
			ledger_count_work(checkpoint, &work, 1);
		}
		for (i = 0; i < in_block; i++)
			if ((used[i / 8] & (1 << i % 8)) == 0)
				return LEDGER_DAMAGED;
	}
	return LEDGER_OK;
}

/*
 * The stored totals of a party.
 */
static LedgerPartyTotals
stored_totals(const LedgerFlat *flat, uint32_t party)
{
	size_t		offset;
	size_t		length;

	ledger_flat_totals_slice(party, &offset, &length);
	return ledger_flat_totals_read(flat->totals + offset);
}

/*
 * Are the outflows of parties those of their rows, one after the other?
 */
static LedgerStatus
validate_outflows(const LedgerFlat *flat, LedgerCheckpoint checkpoint)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	LedgerSum	sum = {0, 0};
	uint32_t	party = 0;
	uint32_t	work = 0;

	ledger_walk_start(&walk, flat);
	do
	{
		status = ledger_walk_next(&walk, &corridor);
		for (; party < (status == LEDGER_OK ? corridor.origin : flat->parties); party++)
		{
			const LedgerSum stored = stored_totals(flat, party).outflow;

			if (memcmp(&stored, &sum, sizeof(sum)) != 0)
				return LEDGER_DAMAGED;
			sum = (LedgerSum) {0, 0};
		}
		if (status == LEDGER_OK && corridor.origin != corridor.destination)
			ledger_sum_add(&sum, corridor.total);
		ledger_count_work(checkpoint, &work, 1);
	} while (status == LEDGER_OK);
	return LEDGER_OK;
}

/*
 * Are the inflows those of the corridors?  A block of parties at a time, as
 * above.
 */
static LedgerStatus
validate_inflows(const LedgerFlat *flat, LedgerCheckpoint checkpoint)
{
	uint32_t	work = 0;
	uint32_t	block;

	for (block = 0; block < flat->parties; block += INFLOWS_PER_PASS)
	{
		LedgerSum	sums[INFLOWS_PER_PASS] = {0};
		LedgerWalk	walk;
		LedgerCorridor corridor;
		uint32_t	i;

		ledger_walk_start(&walk, flat);
		while (ledger_walk_next(&walk, &corridor) == LEDGER_OK)
		{
			uint32_t	destination = corridor.destination - block;

			ledger_count_work(checkpoint, &work, 1);
			if (destination < INFLOWS_PER_PASS && corridor.origin != corridor.destination)
				ledger_sum_add(&sums[destination], corridor.total);
		}
		for (i = 0; i < INFLOWS_PER_PASS && block + i < flat->parties; i++)
		{
			const LedgerSum stored = stored_totals(flat, block + i).inflow;

			if (memcmp(&stored, &sums[i], sizeof(stored)) != 0)
				return LEDGER_DAMAGED;
		}
	}
	return LEDGER_OK;
}

/*
 * Reads all entries of a corridor.
 */
static LedgerStatus
validate_segment(const LedgerCorridor *corridor)
{
	LedgerCursor cursor;

	ledger_cursor_start(&cursor, corridor);
	return ledger_cursor_finish(&cursor, LEDGER_OK);
}

/*
 * Checks every invariant of the flat form.
 */
LedgerStatus
ledger_flat_validate(const uint8_t *data, size_t length,
					 LedgerCheckpoint checkpoint)
{
	LedgerFlat	flat;
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerCorridor previous = {0};
	LedgerDay	first = LEDGER_DAY_MAX;
	LedgerDay	last = LEDGER_DAY_MIN;
	LedgerStatus status;
	uint32_t	work = 0;

	status = ledger_flat_open(&flat, data, length);
	if (status != LEDGER_OK || flat.corridors == 0)
		return status;
	status = validate_parties(&flat, checkpoint);
	if (status != LEDGER_OK)
		return status;

	ledger_walk_start(&walk, &flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		if (walk.position > 1 && corridor.origin == previous.origin &&
			corridor.destination <= previous.destination)
			return LEDGER_DAMAGED;
		status = validate_segment(&corridor);
		if (status != LEDGER_OK)
			return status;
		if (corridor.first < first)
			first = corridor.first;
		if (corridor.last > last)
			last = corridor.last;
		previous = corridor;
		ledger_count_work(checkpoint, &work, 1 + corridor.entries);
	}
	if (status != LEDGER_DONE)
		return status;
	if (first != flat.first || last != flat.last)
		return LEDGER_DAMAGED;
	status = validate_parties_used(&flat, checkpoint);
	if (status == LEDGER_OK && flat.totals != NULL)
		status = validate_outflows(&flat, checkpoint);
	if (status == LEDGER_OK && flat.totals != NULL)
		status = validate_inflows(&flat, checkpoint);
	return status;
}
