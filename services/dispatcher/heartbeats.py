"""Whether a runner says something else than before: pure."""

from collections import OrderedDict
from collections.abc import Iterable

from shared.messages import RunnerHeartbeat

RUNNERS = 10_000


class LastHeartbeats:
    """What runners said last, of the `size` that were heard last: in a cluster, new ones come every day."""

    def __init__(self, size: int = RUNNERS) -> None:
        self._size = size
        self._said: OrderedDict[str, str] = OrderedDict()

    def note(self, heartbeats: Iterable[RunnerHeartbeat]) -> bool:
        """Remember heartbeats, and return whether one says something else than its runner did before."""
        is_news = False
        for heartbeat in heartbeats:
            said = heartbeat.model_dump_json(exclude={"traceparent"})
            is_news |= self._said.pop(heartbeat.runner_id, None) != said
            self._said[heartbeat.runner_id] = said
        while len(self._said) > self._size:
            self._said.popitem(last=False)
        return is_news
