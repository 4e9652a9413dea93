"""Links that are cut, slow, silent, or half open."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.fault import Fault
from tests.chaos.platform.world import World
from tests.support.wire import Wire

DELAY_S = 0.3


@dataclass(frozen=True)
class CutLink:
    """A link on which every connection ends and no new one comes about."""

    name: str
    struck: Wire

    async def strike(self) -> None:
        """Cut it."""
        await self.struck.cut()

    async def heal(self) -> None:
        """Mend it."""
        await self.struck.mend()


@dataclass(frozen=True)
class SlowLink:
    """A link on which every piece of data is late."""

    name: str
    struck: Wire

    async def strike(self) -> None:
        """Delay everything."""
        self.struck.delay_s = DELAY_S

    async def heal(self) -> None:
        """Delay nothing."""
        self.struck.delay_s = 0


@dataclass(frozen=True)
class SilentLink:
    """A link on which nothing arrives for a while; what was sent comes afterwards."""

    name: str
    struck: Wire

    async def strike(self) -> None:
        """Let nothing pass."""
        self.struck.flows.clear()

    async def heal(self) -> None:
        """Let everything pass."""
        self.struck.flows.set()


@dataclass(frozen=True)
class HalfOpenLink:
    """A link whose connections one side has forgotten, and the other has not heard of it."""

    name: str
    struck: Wire

    async def strike(self) -> None:
        """Let the target forget every connection."""
        self.struck.half_open()

    async def heal(self) -> None:
        """Do nothing: who sends something on such a connection finds out by himself."""


KINDS: dict[str, Callable[[str, Wire], Fault]] = {
    "cut link": CutLink,
    "slow link": SlowLink,
    "silent link": SilentLink,
    "half-open link": HalfOpenLink,
}


def link_faults(world: World) -> list[Fault]:
    """Return the faults of each link."""
    return [make(f"{kind}: {name}", link) for kind, make in KINDS.items() for name, link in world.links.items()]
