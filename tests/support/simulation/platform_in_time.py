"""A platform in simulated time: shards are released, queued first in, first out, and run by slots."""

import heapq
import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from services.dispatcher.fairness import WaitingTeam, release_window, share_capacity
from services.gateway.queue.queue_estimate import Cost, UnendedSubmission
from shared.shard_class import ShardClass

ONE_CLASS = ("small", 1)
START = datetime(2020, 7, 1, tzinfo=UTC)


@dataclass
class Submission:
    """A team's submission: how long each shard takes, its place among those that started, and when it ended."""

    number: int
    team: int
    priority: int
    durations: deque[float]
    total: int = 0
    finished: int = 0
    spent_s: list[float] = field(default_factory=list)
    ended: float = math.inf
    began: float = math.inf

    def __post_init__(self) -> None:
        self.total = len(self.durations)


class PlatformInTime:
    """Runs submissions; `now` is the time of the last event."""

    def __init__(self, slots: int) -> None:
        self.now = 0.0
        self.slots = slots
        self.submissions: list[Submission] = []
        self.broker: deque[tuple[Submission, float]] = deque()
        self._running: list[tuple[float, int, Submission, float]] = []
        self._in_flight = Counter[int]()
        self._served: list[int] = []
        self._count = 0
        self._begun = 0

    def submit(self, team: int, durations: list[float], priority: int = 0) -> None:
        """Add a submission to the queue."""
        self.submissions.append(Submission(len(self.submissions), team, priority, deque(durations)))
        if team not in self._served:
            self._served.insert(0, team)

    def step(self) -> bool:
        """Advance to the end of the next shard; returns whether there was one."""
        self._go_on()
        if not self._running:
            return False
        self.now, _, submission, seconds = heapq.heappop(self._running)
        self._in_flight[submission.team] -= 1
        submission.finished += 1
        submission.spent_s.append(seconds)
        if submission.finished == submission.total:
            submission.ended = self.now
        self._go_on()
        return True

    def open(self, cost_of: dict[int, Cost]) -> list[UnendedSubmission]:
        """Return the queue as the gateway would see it now."""
        return [
            UnendedSubmission(
                submission_id=UUID(int=each.number),
                team_id=UUID(int=each.team),
                queued=each.began == math.inf,
                priority=each.priority,
                created_at=START + timedelta(seconds=each.number),
                turn=self._served.index(each.team),
                studies_left=each.total - each.finished,
                studies_per_shard=1,
                cost=cost_of[each.number],
            )
            for each in self.submissions
            if each.ended == math.inf
        ]

    def _go_on(self) -> None:
        self._take()
        waiting = Counter[tuple[int, int]]()
        for each in self.submissions:
            if each.durations:
                waiting[each.team, each.priority] += len(each.durations)
        capacity = release_window(64, 4, self.slots) - len(self.broker)
        turns = {team: turn for turn, team in enumerate(self._served)}
        teams = [
            WaitingTeam(UUID(int=team), priority, *ONE_CLASS, self._in_flight[team], shards, turns[team])
            for (team, priority), shards in waiting.items()
        ]
        for (team_id, _), places in share_capacity({ShardClass(*ONE_CLASS): capacity}, teams).items():
            self._release(team_id.int, places)
        self._take()

    def _release(self, team: int, places: int) -> None:
        of_team = sorted(
            (each for each in self.submissions if each.team == team and each.durations),
            key=lambda each: (-each.priority, each.number),
        )
        for _ in range(places):
            submission = next(each for each in of_team if each.durations)
            if submission.began == math.inf:
                self._begun += 1
                submission.began = self._begun
            self.broker.append((submission, submission.durations.popleft()))
            self._in_flight[team] += 1
        self._served.remove(team)
        self._served.append(team)

    def _take(self) -> None:
        while self.broker and len(self._running) < self.slots:
            submission, seconds = self.broker.popleft()
            self._count += 1
            heapq.heappush(self._running, (self.now + seconds, self._count, submission, seconds))


def shards(draw: np.random.Generator, boxes: Sequence[float], studies: int, speed: float, noise: float) -> list[float]:
    """Draw the durations of a submission's studies: first one study of every box, then the next."""
    return [float(speed * box * draw.lognormal(-(noise**2) / 2, noise)) for _ in range(studies) for box in boxes]
