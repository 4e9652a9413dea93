"""What can go wrong, as the plan throws it."""

from typing import Protocol


class Fault(Protocol):
    """Something that breaks and is made well again; faults may overlap, so both are safe whatever else is broken."""

    @property
    def name(self) -> str:
        """What it does and, after a colon, to what."""
        ...

    async def strike(self) -> None:
        """Break it."""
        ...

    async def heal(self) -> None:
        """Make it well again, or see to it that it is; returns when it is."""
        ...
