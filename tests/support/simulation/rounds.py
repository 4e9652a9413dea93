"""A platform of equal studies: teams submit, and slots take released studies first in, first out."""

from collections import Counter, deque
from uuid import UUID

from services.dispatcher.fairness import WaitingTeam, release_window, share_capacity
from shared.shard_class import ShardClass

ONE_CLASS = ("small", 1)


class Rounds:
    """Shards of numbered teams, pending, then released to the broker, then run one after the other."""

    def __init__(self, slots: int) -> None:
        self.in_flight = Counter[int]()
        self._slots = slots
        self._pending = Counter[int]()
        self._broker: deque[int] = deque()
        self._running: deque[int] = deque()
        self._served: list[int] = []

    def submit(self, team: int, shards: int) -> None:
        """Add shards of a team to the queue."""
        self._pending[team] += shards
        self._served.insert(0, team)
        self._go_on()

    def run_one(self) -> int | None:
        """Finish the shard that has run longest; returns its team, or None if nothing runs."""
        if not self._running:
            return None
        team = self._running.popleft()
        self.in_flight[team] -= 1
        self._go_on()
        return team

    def _go_on(self) -> None:
        self._take()
        capacity = release_window(64, 4, self._slots) - len(self._broker)
        turns = {team: turn for turn, team in enumerate(self._served)}
        waiting = [
            WaitingTeam(UUID(int=team), 0, *ONE_CLASS, self.in_flight[team], shards, turns[team])
            for team, shards in self._pending.items()
            if shards
        ]
        for (team_id, _), places in share_capacity({ShardClass(*ONE_CLASS): capacity}, waiting).items():
            team = team_id.int
            self._pending[team] -= places
            self.in_flight[team] += places
            self._broker.extend([team] * places)
            self._served.remove(team)
            self._served.append(team)
        self._take()

    def _take(self) -> None:
        while self._broker and len(self._running) < self._slots:
            self._running.append(self._broker.popleft())
