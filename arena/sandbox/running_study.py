"""A study that runs now, and what its optimizer writes."""

from dataclasses import dataclass
from typing import Protocol

from shared.messages import HeldShard


class Writing(Protocol):
    """What a study's optimizer writes: `arena.sandbox.stream.ContainerStream`."""

    @property
    def stderr_bytes(self) -> int:
        """How much it wrote so far."""
        ...

    def stderr_since(self, position: int) -> bytes:
        """What it wrote after this many bytes, as far as that is kept."""
        ...


@dataclass(frozen=True, eq=False)
class RunningStudy:
    """A study that runs now, of which attempt it is, and what its optimizer writes."""

    held: HeldShard
    study: int
    writing: Writing
