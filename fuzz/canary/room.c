/*
 * canary/room.c
 *		ledger_flat.c with a planted bug, which the fuzzer must find: the room
 *		for a merge leaves out that the later of two first days gets a gap.
 */
#define ledger_flat_merge_room ledger_flat_merge_room_as_it_is
#include <ledger_flat.c>
#undef ledger_flat_merge_room

extern size_t ledger_flat_merge_room(const LedgerFlat *a, const LedgerFlat *b);

size_t
ledger_flat_merge_room(const LedgerFlat *a, const LedgerFlat *b)
{
	return a->segments_length + b->segments_length + LEDGER_FLAT_ENTRY_MAX;
}
