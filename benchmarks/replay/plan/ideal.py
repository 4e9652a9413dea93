"""When submissions would end on a platform that costs nothing: the oracle that measured times are compared with."""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class IdealSubmission:
    """A submission: its team, when it came, and how long each of its shards takes, in the order of release."""

    team: int
    at_s: float
    shards_s: Sequence[float]

    @property
    def alone_s(self) -> float:
        """How long it takes with a slot for each of its shards."""
        return max(self.shards_s)


class IdealPlatform:
    """Each free slot goes at once to the team with the fewest shards in flight of those that wait.

    Among equals it goes to the one served longest ago; within a team, to its oldest submission.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._waiting: dict[int, deque[tuple[int, float]]] = {}
        self._in_flight: dict[int, int] = {}
        self._served: dict[int, int] = {}
        self._turn = 0
        self._order: list[tuple[int, int, int]] = []
        self._running: list[tuple[float, int, int]] = []

    def run(self, submissions: Sequence[IdealSubmission]) -> list[float]:
        """Return when each submission ends; they are in the order of their times."""
        left = [len(each.shards_s) for each in submissions]
        ends = [0.0] * len(submissions)
        for number, each in enumerate(submissions):
            self._finish_until(each.at_s, left, ends)
            queue = self._waiting.setdefault(each.team, deque())
            queue.extend((number, seconds) for seconds in each.shards_s)
            self._line_up(each.team)
            self._start(each.at_s)
        self._finish_until(float("inf"), left, ends)
        return ends

    def _finish_until(self, until_s: float, left: list[int], ends: list[float]) -> None:
        while self._running and self._running[0][0] <= until_s:
            now_s, number, team = heapq.heappop(self._running)
            self._free += 1
            self._in_flight[team] -= 1
            left[number] -= 1
            if not left[number]:
                ends[number] = now_s
            if self._waiting[team]:
                self._line_up(team)
            self._start(now_s)

    def _line_up(self, team: int) -> None:
        heapq.heappush(self._order, (self._in_flight.setdefault(team, 0), self._served.setdefault(team, 0), team))

    def _start(self, now_s: float) -> None:
        while self._free and self._order:
            in_flight, served, team = heapq.heappop(self._order)
            if (in_flight, served) != (self._in_flight[team], self._served[team]) or not self._waiting[team]:
                continue  # what was true of the team when it lined up
            number, seconds = self._waiting[team].popleft()
            heapq.heappush(self._running, (now_s + seconds, number, team))
            self._free -= 1
            self._in_flight[team] += 1
            self._turn += 1
            self._served[team] = self._turn
            if self._waiting[team]:
                self._line_up(team)
