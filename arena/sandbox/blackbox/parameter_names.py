"""What an optimizer is told that the parameters are called, and the way back.

Only this side knows the names that a problem has: what crosses to the optimizer, messages about its suggestions
included, is in the names that it sees.
"""

import hashlib
from typing import Any

ApiConfig = dict[str, Any]
Point = dict[str, Any]


class NameTranslation:
    """The parameters of one black box: each has one name in the problem and one that the optimizer sees.

    Without a seed both are the same. With one, the optimizer sees x0, x1 and so on, in the order that the seed draws.
    """

    def __init__(self, api_config: ApiConfig, seed: int | None = None) -> None:
        # x10 sorts before x2, and Bayesmark sorts names: in this order a parameter's place is the same, sorted or not.
        seen = list(api_config) if seed is None else sorted(f"x{number}" for number in range(len(api_config)))
        drawn = list(api_config) if seed is None else draw_order(list(api_config), seed)
        self._real = dict(zip(seen, drawn, strict=True))
        self._seen = {real: seen for seen, real in self._real.items()}
        self.seen_config = {seen: api_config[real] for seen, real in self._real.items()}
        """The search space as the optimizer sees it: types, spaces and ranges are the problem's."""

    def to_real(self, point: Point) -> Point:
        """Return a point of the optimizer's, which must be valid, with the problem's names."""
        return {self._real[name]: value for name, value in point.items()}

    def to_seen(self, point: Point) -> Point:
        """Return a point of the problem with the names that the optimizer sees, sorted: the order tells nothing."""
        return dict(sorted((self._seen[name], value) for name, value in point.items()))


def draw_order(names: list[str], seed: int) -> list[str]:
    """Return the names in an order that depends on the seed and on them alone, in every version of Python."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}\0{name}".encode()).digest())
