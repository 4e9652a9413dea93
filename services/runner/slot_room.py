"""The slots of a runner that are free."""

import asyncio
from collections.abc import Sequence

from services.runner.shard_run import StudySlot


class SlotRoom:
    """Every slot is either free or taken by one shard. `count` is how many there are in all.

    `changed` is set when slots are taken or given back, for whoever clears it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.changed = asyncio.Event()
        self._free: list[StudySlot] = []

    @property
    def free(self) -> int:
        """How many slots, and so CPUs, are free."""
        return len(self._free)

    @property
    def is_in_use(self) -> bool:
        """Whether a slot is taken."""
        return len(self._free) < self.count

    def add(self, slots: Sequence[StudySlot]) -> None:
        """Have more slots, which are free."""
        self._free += slots
        self.count += len(slots)

    def take(self, wanted: int) -> list[StudySlot] | None:
        """Return so many slots, or None when fewer are free."""
        if wanted > len(self._free):
            return None
        taken, self._free = self._free[:wanted], self._free[wanted:]
        self.changed.set()
        return taken

    def give_back(self, slots: list[StudySlot]) -> None:
        """Free what was taken; the list is empty then, so that nothing is freed twice."""
        self._free += slots
        slots.clear()
        self.changed.set()
