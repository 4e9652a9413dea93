"""Clocks that are set: the database's, which is the one that counts, and those of services, which do not."""

from dataclasses import dataclass

from tests.chaos.fault import Fault
from tests.chaos.platform.clock import DAY_S, HOUR_S, SettableClock
from tests.chaos.platform.world import World

STEPS = {"an hour on": HOUR_S, "an hour back": -HOUR_S, "three days on": 3 * DAY_S}


@dataclass(frozen=True)
class SetClock:
    """A clock that is wrong for a while."""

    name: str
    clock: SettableClock
    by_s: float

    async def strike(self) -> None:
        """Set it."""
        self.clock.set_by(self.by_s)

    async def heal(self) -> None:
        """Set it right."""
        self.clock.set_by(0)


def clock_faults(world: World) -> list[Fault]:
    """Return the faults of the clocks that the world can set."""
    return [
        SetClock(f"set clock {step}: {owner}", clock, by_s)
        for owner, clock in world.clocks.items()
        for step, by_s in STEPS.items()
    ]
