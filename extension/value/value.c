/*
 * value/value.c
 *		A value begun, finished and copied, and the errors of all that stands
 *		below.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "value/value.h"

/* How much of a malformed literal an error message shows, in bytes */
#define SHOWN_LITERAL		64

/*
 * The error for a ledger that no value can hold; returns where errors are
 * saved rather than thrown.
 */
static void
save_too_large(struct Node *escontext, const char *form, Size limit)
{
	errsave(escontext,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("ledger is too large"),
			 errdetail("Its %s form would exceed the limit of %zu bytes.",
					   form, limit),
			 errhint("Make several ledgers: group by year or by party.")));
}

void
ledger_raise_too_large(const char *form, Size limit)
{
	save_too_large(NULL, form, limit);
	pg_unreachable();
}

void
ledger_make_room(StringInfo out, const char *form, Size needed)
{
	if (needed > LEDGER_VALUE_MAX - out->len)
		ledger_raise_too_large(form, LEDGER_VALUE_MAX);
	enlargeStringInfo(out, (int) needed);
}

void
ledger_save(struct Node *escontext, LedgerStatus status)
{
	switch (status)
	{
		case LEDGER_DAMAGED:
			errsave(escontext,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("transfer_ledger value is damaged"),
					 errdetail("Its bytes do not form a ledger.")));
			break;
		case LEDGER_UNKNOWN_VERSION:
			errsave(escontext,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("transfer_ledger value has an unknown format version"),
					 errdetail("This version of the extension reads format version %d.",
							   LEDGER_FLAT_VERSION),
					 errhint("Install the version of the extension that wrote the value, or a newer one.")));
			break;
		case LEDGER_OUT_OF_RANGE:
			errsave(escontext,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("number of people is out of range for type bigint"),
					 errdetail("A sum over several entries of the ledger passes it.")));
			break;
		case LEDGER_TOO_LARGE:
			save_too_large(escontext, "flat", LEDGER_VALUE_MAX);
			break;
		case LEDGER_BAD_DAY:
			/* of a period: the days of a ledger are checked as they come */
			period_raise_out_of_range();
		default:
			elog(ERROR, "unexpected ledger status %d", (int) status);
	}
}

void
ledger_raise(LedgerStatus status)
{
	ledger_save(NULL, status);
	pg_unreachable();
}

/*
 * The error for the people of a corridor who pass bigint up to a day; returns
 * where errors are saved rather than thrown.
 */
static void
save_people(struct Node *escontext, LedgerDay day, LedgerParty origin,
			LedgerParty destination)
{
	char		date[PERIOD_DAY_MAX];

	period_write_date(day, date);
	errsave(escontext,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("number of people is out of range for type bigint"),
			 errdetail("The people from \"%s\" to \"%s\" up to %s sum to more than it holds.",
					   pnstrdup(origin.name, origin.length),
					   pnstrdup(destination.name, destination.length),
					   date)));
}

/*
 * Ends a writer that has come to `status`; false where that is an error, or
 * the value would be too large, and errors are saved rather than thrown.
 */
static bool
finish_writer(LedgerWriter *writer, LedgerStatus status, size_t *length,
			  struct Node *escontext)
{
	if (status == LEDGER_OK)
		status = ledger_writer_finish(writer, LEDGER_VALUE_MAX, length);
	if (status == LEDGER_OUT_OF_RANGE)
		save_people(escontext, (LedgerDay) writer->previous,
					writer->parties[writer->open.origin],
					writer->parties[writer->open.destination]);
	else if (status != LEDGER_OK)
		ledger_save(escontext, status);
	return status == LEDGER_OK;
}

struct varlena *
ledger_result_begin(LedgerWriter *writer, const LedgerParty *parties,
					  uint32 n_parties, uint32 corridors, Size room,
					  MemoryContext context)
{
	Size		head = VARHDRSZ +
		ledger_writer_head_max(parties, n_parties, corridors);
	struct varlena *buffer;

	buffer = MemoryContextAllocHuge(context, head + room);
	ledger_writer_start(writer, parties, n_parties,
						palloc_many(uint32, (Size) n_parties * 2), corridors,
						(uint8_t *) buffer + head, room);
	writer->checkpoint = ledger_checkpoint;
	return buffer;
}

struct varlena *
ledger_copy(const void *data, Size length)
{
	struct varlena *copy;
	Size		done;

	if (length > LEDGER_VALUE_MAX)
		ledger_raise(LEDGER_TOO_LARGE);
	copy = palloc(length + VARHDRSZ);
	SET_VARSIZE(copy, length + VARHDRSZ);
	for (done = 0; done < length; done += BYTES_PER_INTERRUPT)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(VARDATA(copy) + done, (const char *) data + done,
			   Min(BYTES_PER_INTERRUPT, length - done));
	}
	return copy;
}

struct varlena *
ledger_result_finish(LedgerWriter *writer, LedgerStatus status,
					 struct varlena *buffer, struct Node *escontext)
{
	size_t		length;

	if (!finish_writer(writer, status, &length, escontext))
	{
		pfree(buffer);
		return NULL;
	}
	Assert(VARDATA(buffer) + length <=
		   (char *) writer->segments + writer->max_segments);
	ledger_writer_output(writer, (uint8_t *) VARDATA(buffer));
	/* room that was never touched costs little, unless it is most of it */
	if (writer->max_segments - writer->segments_length > length)
		buffer = repalloc(buffer, length + VARHDRSZ);
	SET_VARSIZE(buffer, length + VARHDRSZ);
	return buffer;
}

void
ledger_checkpoint(void)
{
	CHECK_FOR_INTERRUPTS();
}

void
ledger_raise_party(LedgerParty party)
{
	if (party.length == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("party must not be empty"),
				 errdetail("A party is a code of 1 to %d bytes.",
						   LEDGER_PARTY_MAX)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("party \"%s...\" is too long",
					pnstrdup(party.name,
							 pg_mbcliplen(party.name, (int) party.length, 40))),
			 errdetail("It has %u bytes; a party is a code of 1 to %d bytes.",
					   party.length, LEDGER_PARTY_MAX)));
}

char *
ledger_shown(const char *text, size_t length)
{
	int			clipped;

	if (length <= SHOWN_LITERAL)
		return pnstrdup(text, length);
	clipped = pg_mbcliplen(text, (int) Min(length, PG_INT32_MAX), SHOWN_LITERAL);
	return psprintf("%.*s...", clipped, text);
}
