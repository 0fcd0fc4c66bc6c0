/*
 * canary/append.c
 *		ledger_append.c with a planted bug, which the fuzzer must find: the room
 *		leaves out that a segment that comes after another one gets a gap.
 */
#define ledger_append_room ledger_append_room_as_it_is
#include <ledger_append.c>
#undef ledger_append_room

extern size_t ledger_append_room(const LedgerPart *parts, uint32_t n);

size_t
ledger_append_room(const LedgerPart *parts, uint32_t n)
{
	size_t		room = 0;

	for (uint32_t i = 0; i < n; i++)
		room += parts[i].flat.segments_length;
	return room;
}
