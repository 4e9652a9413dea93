"""What runs side by side on a runner never has more than there is."""

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.stack.null_engine import NullSlot
from services.runner.slot_room import Place, SlotRoom
from shared.shard_class import GIBIBYTE, ShardClass

SIZES = (6, 8, 12, 20, 36)
classes = st.builds(lambda cpus, gib: ShardClass("small", cpus, gib * 1024), st.integers(1, 2), st.sampled_from(SIZES))


def room_with(slots: int, memory_gib: float) -> SlotRoom:
    room = SlotRoom()
    room.add([NullSlot() for _ in range(slots)])
    room.memory_bytes = int(memory_gib * GIBIBYTE)
    return room


@given(st.integers(0, 6), st.integers(6, 64), st.lists(st.one_of(classes, st.integers(0, 5)), max_size=30))
def test_places_never_have_more_slots_or_memory_together_than_there_is(
    slots: int, memory_gib: int, steps: list[ShardClass | int]
) -> None:
    room = room_with(slots, memory_gib)
    taken: list[Place] = []

    for step in steps:
        if isinstance(step, int):
            if step < len(taken):
                room.give_back(taken.pop(step))
            continue
        place = room.take(step)
        if place is not None:
            taken.append(place)
            assert len(place.slots) == step.cpus
        assert len({id(slot) for each in taken for slot in each.slots}) == sum(len(each.slots) for each in taken)
        assert sum(each.memory_mib for each in taken) <= memory_gib * 1024

    for place in taken:
        room.give_back(place)
        room.give_back(place)
    assert [room.has_place(ShardClass("small", 1))] == [slots > 0]
    assert room.count_places(ShardClass("small", 1)) == min(slots, memory_gib // 6)


def test_two_studies_run_side_by_side_only_where_both_have_their_memory() -> None:
    usual, large = ShardClass("small", 1), ShardClass("small", 1, 20 * 1024)

    room = room_with(slots=2, memory_gib=24)
    assert room.take(usual)
    assert not room.take(large)
    assert room.take(usual)

    assert room_with(slots=2, memory_gib=7.6).count_places(usual) == 1


def test_what_takes_more_than_there_is_runs_alone_if_a_dispatcher_sent_it_that_knows_nothing_of_memory() -> None:
    room, oversized = room_with(slots=2, memory_gib=7), ShardClass("small", 1, 20 * 1024)

    place = room.take(oversized)

    assert place is not None
    assert not room.take(ShardClass("small", 1))
    room.give_back(place)
    assert room.take(ShardClass("small", 1))


def test_a_runner_says_when_its_memory_does_not_suffice_for_a_study_on_each_slot() -> None:
    assert room_with(slots=2, memory_gib=24).shortage is None
    said = room_with(slots=2, memory_gib=7.6).shortage
    assert said == "expected 12 GiB of memory, 6 for the study of each slot, got 7.6"
