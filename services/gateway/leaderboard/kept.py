"""How many answers a gateway keeps, to give them again."""

from typing import TypeVar

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")
KEPT = 256
"""How many answers are kept. A platform has a few competitions with a few phases."""


def make_room(kept: dict[KeyT, ValueT], most: int = KEPT) -> None:
    """Forget the oldest of so many answers, so that another may be kept."""
    if len(kept) >= most:
        kept.pop(next(iter(kept)))
