"""How long a runner has had no work, and when it ends for want of it; pure, so the caller brings the time."""

UNREADY_LIMIT_S = 600.0
"""For a runner that cannot work. It takes minutes until an engine has fetched its images for the first time."""


class Idleness:
    """Time counts from when the runner last had something in hand, or last became ready or ceased to be.

    A runner that is not ready ends as well, later: it would take the place of one that could work.
    """

    def __init__(self, limit_s: float, now_s: float) -> None:
        self._limit_s = limit_s
        self._state = (False, False)
        self._since_s = now_s

    def tell(self, *, is_busy: bool, is_ready: bool, now_s: float) -> None:
        """Take note of what the runner does now."""
        if is_busy or self._state != (is_busy, is_ready):
            self._since_s = now_s
        self._state = (is_busy, is_ready)

    def left_s(self, now_s: float) -> float | None:
        """Return after how long the runner ends if nothing changes; None means that it does not."""
        is_busy, is_ready = self._state
        if is_busy:
            return None
        limit_s = self._limit_s if is_ready else max(self._limit_s, UNREADY_LIMIT_S)
        return max(0.0, self._since_s + limit_s - now_s)
