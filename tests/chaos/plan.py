"""Which fault comes when and for how long: drawn from a seed, so that a run can be repeated."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

GAPS_S = (2.0, 8.0)
LASTS_S = (0.5, 9.0)
"""From nothing that anybody notices to longer than a lease, see `tests/chaos/platform/world.py`."""


@dataclass(frozen=True)
class PlannedFault:
    """A fault by its name, so many seconds after the beginning, for so long."""

    at_s: float
    lasts_s: float
    name: str

    def __str__(self) -> str:
        return f"{self.at_s:7.1f} s  {self.name}, for {self.lasts_s:.1f} s"


def make_plan(seed: int, count: int, names: Sequence[str]) -> list[PlannedFault]:
    """Return so many faults, every kind once before any comes again; some begin before the last one has ended."""
    draw = random.Random(seed)  # noqa: S311 - a plan is no secret
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(kind_of(name), []).append(name)
    order: list[str] = []
    while len(order) < count:
        order += draw.sample(sorted(kinds), len(kinds))
    planned, at_s = [], 0.0
    for kind in order[:count]:
        at_s += draw.uniform(*GAPS_S)
        planned.append(PlannedFault(round(at_s, 1), round(draw.uniform(*LASTS_S), 1), draw.choice(kinds[kind])))
    return planned


def kind_of(name: str) -> str:
    """Return what a fault does, without the part that it strikes: `kill` of `kill dispatcher-1`.

    >>> kind_of("slow link: gateway-1 to broker")
    'slow link'
    >>> kind_of("kill service: dispatcher-1")
    'kill service'
    """
    return name.partition(":")[0]
