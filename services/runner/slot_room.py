"""The slots and the memory of a runner that are free."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.runner.shard_run import StudySlot
from shared.shard_class import MEBIBYTE, USUAL_MEMORY_MIB, ShardClass


@dataclass
class Place:
    """What one shard has of a runner; nothing any more when it was given back."""

    slots: list[StudySlot]
    memory_mib: int


class SlotRoom:
    """Every slot is either free or taken by one shard, and so is the memory that its studies may use.

    `count` is how many slots there are in all, and `memory_bytes` how much memory.
    `changed` is set when a place is taken or given back, for whoever clears it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.memory_bytes = 0
        self.changed = asyncio.Event()
        self._free: list[StudySlot] = []
        self._taken_mib = 0

    @property
    def shortage(self) -> str | None:
        """Why the memory does not suffice for a study on each slot, or None."""
        wanted_gib = max(1, self.count) * USUAL_MEMORY_MIB / 1024
        if self._memory_mib >= max(1, self.count) * USUAL_MEMORY_MIB:
            return None
        return (
            f"expected {wanted_gib:g} GiB of memory, {USUAL_MEMORY_MIB / 1024:g} for the study of each slot, "
            f"got {self._memory_mib / 1024:.1f}"
        )

    @property
    def is_in_use(self) -> bool:
        """Whether a slot is taken."""
        return len(self._free) < self.count

    def add(self, slots: Sequence[StudySlot]) -> None:
        """Have more slots, which are free."""
        self._free += slots
        self.count += len(slots)

    def count_places(self, shard_class: ShardClass) -> int:
        """Return how many shards of a class can run side by side if nothing else runs."""
        return min(self.count // shard_class.cpus, self._memory_mib // shard_class.memory_mib)

    def has_place(self, shard_class: ShardClass) -> bool:
        """Return whether a shard of a class can run beside what runs now."""
        return shard_class.cpus <= len(self._free) and self._need_mib(shard_class) <= self._memory_mib - self._taken_mib

    def take(self, shard_class: ShardClass) -> Place | None:
        """Return a place for a shard of a class, or None when there is none now."""
        if not self.has_place(shard_class):
            return None
        place = Place(self._free[: shard_class.cpus], self._need_mib(shard_class))
        self._free = self._free[shard_class.cpus :]
        self._taken_mib += place.memory_mib
        self.changed.set()
        return place

    def give_back(self, place: Place) -> None:
        """Free what was taken; the place is empty then, so that nothing is freed twice."""
        self._free += place.slots
        self._taken_mib -= place.memory_mib
        place.slots.clear()
        place.memory_mib = 0
        self.changed.set()

    @property
    def _memory_mib(self) -> int:
        return self.memory_bytes // MEBIBYTE

    def _need_mib(self, shard_class: ShardClass) -> int:
        """All there is for what takes more than that: a dispatcher that knows nothing of memory may have sent it."""
        return min(shard_class.memory_mib, self._memory_mib)
