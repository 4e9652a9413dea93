"""How often requests without a token may come from one network."""

import math
from dataclasses import dataclass

from limits import RateLimitItem


@dataclass
class _Window:
    ends_at_s: float
    hits: int = 0


class AnonymousRate:
    """Counts the requests of each network in a window that begins with its first one.

    Times are those of a clock that nobody can set. `limits` keeps windows by the machine's: after that was set back, a
    network that had used its window up would be refused for as long as that.
    """

    def __init__(self, rate: RateLimitItem) -> None:
        self.rate = rate
        self._windows: dict[str, _Window] = {}
        self._tidy_at_s = 0.0

    def hit(self, network: str, now_s: float) -> int | None:
        """Count a request; returns in how many seconds the next may come if this one is too many, else None."""
        if now_s >= self._tidy_at_s:
            self._windows = {name: each for name, each in self._windows.items() if each.ends_at_s > now_s}
            self._tidy_at_s = now_s + self.rate.get_expiry()
        window = self._windows.get(network)
        if window is None or window.ends_at_s <= now_s:
            window = self._windows[network] = _Window(now_s + self.rate.get_expiry())
        window.hits += 1
        return max(1, math.ceil(window.ends_at_s - now_s)) if window.hits > self.rate.amount else None
