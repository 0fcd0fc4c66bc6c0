/*
 * state/expanded.c
 *		The in-memory ledger: an expanded object that rows are added to.
 *
 * Rows are added to its table (state/ledger_table.c), in a context below the
 * object's own.
 *
 * As long as nothing but few ledgers, or such as follow one another in time,
 * is added, they are kept beside the table (state/kept.c), which stays
 * empty.  The flat form that an object keeps is such a ledger, and takes the
 * place of the table: mostly no row follows, and parallel workers and their
 * leader have use for the memory.
 */
#include "state/expanded.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "state/kept.h"
#include "state/ledger_table.h"

/* Rows taken away before which it is not worth a thought what they left */
#define TAKEN_MIN				64

struct ExpandedLedger
{
	ExpandedObjectHeader header;	/* must be first */
	struct Node *escontext;		/* where errors are saved; NULL: thrown */
	KeptLedgers parts;			/* in place of the table, which then is empty */
	LedgerTable table;
	Size		taken;			/* rows taken away since it was made */
};

static Size expanded_get_flat_size(ExpandedObjectHeader *header);
static void expanded_flatten_into(ExpandedObjectHeader *header, void *result,
								  Size allocated);

const ExpandedObjectMethods ledger_expanded_methods =
{
	expanded_get_flat_size,
	expanded_flatten_into
};

/*
 * Makes an empty ledger.  As a state it must be a direct child of the
 * aggregate's context, so that the executor adopts it instead of copying.
 */
ExpandedLedger *
ledger_expanded_make(MemoryContext parent)
{
	MemoryContext context;
	ExpandedLedger *ledger;

	context = AllocSetContextCreate(parent, "transfer_ledger",
									ALLOCSET_SMALL_SIZES);
	ledger = MemoryContextAllocZero(context, sizeof(ExpandedLedger));
	EOH_init_header(&ledger->header, &ledger_expanded_methods, context);
	ledger->table.context = AllocSetContextCreate(context, "transfer_ledger table",
												  ALLOCSET_SMALL_SIZES);
	ledger_table_start(&ledger->table);
	return ledger;
}

Datum
ledger_expanded_rw_datum(ExpandedLedger *ledger)
{
	return EOHPGetRWDatum(&ledger->header);
}

void
ledger_expanded_save_errors(ExpandedLedger *ledger, struct Node *escontext)
{
	ledger->escontext = escontext;
}

void
ledger_expanded_free(ExpandedLedger *ledger)
{
	MemoryContextDelete(ledger->header.eoh_context);
}

/*
 * Its ledgers are kept, or it has a table, never both; and only the table has
 * people that wait.
 */
static void
check_invariants(const ExpandedLedger *ledger)
{
	Assert(ledger->parts.n == 0 || ledger->table.corridors.n == 0);
	Assert(ledger->parts.n == 0 || !ledger_table_waits(&ledger->table));
}

/*
 * Makes the table what the ledger consists of, so that it can be added to.
 */
static pg_noinline void
open_table(ExpandedLedger *ledger)
{
	uint32		i;

	for (i = 0; i < ledger->parts.n; i++)
		ledger_table_add_flat(&ledger->table, &ledger->parts.flats[i], 1);
	ledger_kept_free(&ledger->parts);
}

/*
 * Adds one entry.  The caller has checked day and parties.
 */
void
ledger_expanded_add(ExpandedLedger *ledger, LedgerParty origin,
					LedgerParty destination, LedgerDay day, int64 people)
{
	check_invariants(ledger);
	if (unlikely(ledger->parts.n > 0))
		open_table(ledger);
	ledger_table_add(&ledger->table, origin, destination, day, people);
}

/*
 * Ledgers that are worth it are kept until something else comes.
 */
void
ledger_expanded_add_flat(ExpandedLedger *ledger, const LedgerFlat *flat,
						 int sign)
{
	if (flat->corridors == 0)
		return;
	if (sign > 0 && ledger->table.corridors.n == 0 &&
		ledger_kept_add(&ledger->parts, ledger->header.eoh_context, flat))
	{
		check_invariants(ledger);
		return;
	}
	open_table(ledger);
	ledger_table_add_flat(&ledger->table, flat, sign);
}

bool
ledger_expanded_is_worn(ExpandedLedger *ledger, uint32 n)
{
	ledger->taken += n;
	return ledger->taken >= Max(TAKEN_MIN, ((Size) ledger->table.corridors.n +
											ledger->table.space.taken) / 2);
}

void
ledger_expanded_visit(ExpandedLedger *ledger, LedgerVisitor visit, void *target)
{
	open_table(ledger);
	ledger_table_visit(&ledger->table, visit, target);
}

struct varlena *
ledger_expanded_to_flat(ExpandedLedger *ledger)
{
	MemoryContext scratch;
	MemoryContext result;
	struct varlena *flat;

	check_invariants(ledger);
	if (ledger->parts.n > 0)
		return ledger_kept_to_flat(&ledger->parts);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "ledger writer",
									ALLOCSET_DEFAULT_SIZES);
	result = MemoryContextSwitchTo(scratch);
	flat = ledger_table_write(&ledger->table, result, ledger->escontext);
	Assert(flat == NULL ||
		   ledger_flat_validate((uint8_t *) VARDATA(flat), VARSIZE(flat) - VARHDRSZ,
								NULL) == LEDGER_OK);
	MemoryContextDelete(scratch);
	return flat;
}

/*
 * Its flat form, kept by the object until it next changes.
 */
static struct varlena *
cached_flat(ExpandedLedger *ledger)
{
	MemoryContext context = ledger->header.eoh_context;

	if (ledger->parts.n != 1)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		struct varlena *flat = ledger_expanded_to_flat(ledger);

		MemoryContextSwitchTo(old);
		ledger_table_start(&ledger->table);
		ledger_kept_replace(&ledger->parts, context, flat);
	}
	return ledger_kept_value(&ledger->parts);
}

/*
 * Size of the flat form, varlena header included.  What is made here is kept,
 * since flattening must not allocate: PostgreSQL may call it where the current
 * context can only ever grow.
 */
static Size
expanded_get_flat_size(ExpandedObjectHeader *header)
{
	return VARSIZE(cached_flat((ExpandedLedger *) header));
}

/*
 * Copies the flat form that expanded_get_flat_size has made.
 */
static void
expanded_flatten_into(ExpandedObjectHeader *header, void *result,
					  Size allocated)
{
	const ExpandedLedger *ledger = (const ExpandedLedger *) header;
	const struct varlena *flat = ledger_kept_value(&ledger->parts);

	Assert(VARSIZE(flat) == allocated);
	memcpy(result, flat, allocated);
}
