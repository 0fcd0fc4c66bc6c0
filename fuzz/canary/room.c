/*
 * canary/room.c
 *		core/merge.c with a planted bug, which the fuzzer must find: the room
 *		leaves out that a first day gets a gap where it comes after another one.
 */
#define ledger_merge_room ledger_merge_room_as_it_is
#include <core/merge.c>
#undef ledger_merge_room

extern size_t ledger_merge_room(const MergeInput *parts, uint32_t n);

size_t
ledger_merge_room(const MergeInput *parts, uint32_t n)
{
	size_t		room = LEDGER_FLAT_ENTRY_MAX;

	for (uint32_t i = 0; i < n; i++)
		room += parts[i].flat.segments_length;
	return room;
}
