/*
 * answers/party_sums.c
 *		What came to each party of a ledger, and what went from it.
 */
#include "answers/party_sums.h"

#include "answers/report.h"

/*
 * Adds the people of every corridor to the sums of its two parties, and marks
 * the corridors that have an entry.
 */
static LedgerStatus
add_corridors(const LedgerFlat *flat, LedgerPeriod within,
			  LedgerPartySums *sums, bool *active, LedgerCheckpoint checkpoint)
{
	LedgerWalk	walk;
	LedgerCorridor corridor;
	LedgerStatus status;
	uint32_t	work = 0;
	uint32_t	i = 0;

	ledger_walk_start(&walk, flat);
	while ((status = ledger_walk_next(&walk, &corridor)) == LEDGER_OK)
	{
		LedgerCorridorPart part;

		ledger_count_work(checkpoint, &work, 1);
		status = ledger_corridor_part(&corridor, within, &part);
		if (status != LEDGER_OK)
			return status;
		active[i++] = part.entries > 0;
		if (corridor.origin == corridor.destination)
			ledger_sum_add(&sums[corridor.origin].inside, part.people);
		else
		{
			ledger_sum_add(&sums[corridor.origin].outflow, part.people);
			ledger_sum_add(&sums[corridor.destination].inflow, part.people);
		}
	}
	return status == LEDGER_DONE ? LEDGER_OK : status;
}

/*
 * Counts the partners of every party: for a corridor those of both its ends,
 * unless the corridor the other way has been counted already.  Rows are read
 * in order of their origins, and so a look into another row goes on where the
 * last one ended.
 */
static LedgerStatus
count_partners(const LedgerFlat *flat, const bool *active,
			   LedgerPartySums *sums, uint32_t *next,
			   LedgerCheckpoint checkpoint)
{
	uint32_t	work = 0;
	uint32_t	origin;
	uint32_t	place;
	uint32_t	end;

	for (origin = 0; origin < flat->parties; origin++)
	{
		LedgerStatus status = ledger_flat_row(flat, origin, &next[origin], &end);

		if (status != LEDGER_OK)
			return status;
		for (place = next[origin]; place < end; place++)
		{
			const uint32_t other = ledger_flat_destination(flat, place);
			uint32_t	other_end;
			uint32_t	other_start;
			bool		counted = false;

			ledger_count_work(checkpoint, &work, 1);
			if (other == origin || !active[place])
				continue;
			if (other < origin)
			{
				status = ledger_flat_row(flat, other, &other_start, &other_end);
				if (status != LEDGER_OK)
					return status;
				while (next[other] < other_end &&
					   ledger_flat_destination(flat, next[other]) < origin)
					next[other]++;
				counted = next[other] < other_end && active[next[other]] &&
					ledger_flat_destination(flat, next[other]) == origin;
			}
			if (!counted)
			{
				sums[origin].partners++;
				sums[other].partners++;
			}
		}
	}
	return LEDGER_OK;
}

LedgerStatus
ledger_party_sums(const LedgerFlat *flat, LedgerPeriod within,
				  LedgerPartySums *sums, uint32_t *next, bool *active,
				  LedgerCheckpoint checkpoint)
{
	LedgerStatus status;

	memset(sums, 0, flat->parties * sizeof(LedgerPartySums));
	status = add_corridors(flat, within, sums, active, checkpoint);
	if (status == LEDGER_OK)
		status = count_partners(flat, active, sums, next, checkpoint);
	return status;
}
