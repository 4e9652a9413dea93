"""Estimates when submissions start and end if nobody else submits, by running the release rule ahead as a flow. Pure.

The dispatcher releases shards of the highest priority first, among these of the team with the fewest shards in flight,
and within a team of the oldest submission. So at any time the teams of a priority share the slots as equally as their
shards allow, and a team's submissions pass through its share one after another.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

Z = 1.7
"""How many standard deviations an interval reaches to each side; the tests measure how often it contains the truth."""
EPSILON_S = 1e-6


@dataclass(frozen=True)
class Cost:
    """The seconds of a slot that a study takes, and their standard deviations relative to that.

    `doubt` is that of a submission's mean, `noise` that of a single study around the mean.
    """

    seconds: float
    doubt: float
    noise: float


@dataclass(frozen=True)
class UnendedSubmission:
    """A submission that has not ended; `turn` is its team's place in the order in which teams take turns.

    Without a known cost, a study is assumed to take `assumed_s`, so that the submissions behind it can be estimated.
    """

    submission_id: UUID
    team_id: UUID
    queued: bool
    priority: int
    created_at: datetime
    turn: int
    studies_left: int
    studies_per_shard: int
    cost: Cost | None
    assumed_s: float = 1.0

    @property
    def study_s(self) -> float:
        """Seconds of a study."""
        return self.assumed_s if self.cost is None else self.cost.seconds


@dataclass(frozen=True)
class QueueEstimate:
    """A submission's place in the queue and the interval of seconds until its end; each is None if unknown."""

    position: int | None
    remaining_s: tuple[int, int] | None


UNKNOWN = QueueEstimate(None, None)
Span = tuple[float, float]
"""When a submission's work starts and ends, in seconds from now."""


class _Line:
    """A team's submissions of one priority, oldest first; `done_s` is how many slot-seconds of them are done."""

    def __init__(self, submissions: Sequence[UnendedSubmission]) -> None:
        self._submissions = submissions
        self._ends_s = list(
            itertools.accumulate(max(each.studies_left * each.study_s, EPSILON_S) for each in submissions)
        )
        self._begins: list[float] = []
        self._passed = 0
        self.done_s = 0.0
        self.total_s = self._ends_s[-1]
        self.shards = sum(math.ceil(each.studies_left / each.studies_per_shard) for each in submissions) or 1

    def lasts_s(self, rate: float) -> float:
        """Return the seconds until all of the line is done, with `rate` slots."""
        return (self.total_s - self.done_s) / rate

    def flow(self, now: float, rate: float, seconds: float) -> Iterator[tuple[UUID, Span]]:
        """Advance the line by `seconds` with `rate` slots; yields the submissions that end meanwhile."""
        is_done = self.lasts_s(rate) <= seconds * (1 + EPSILON_S)
        until = self.total_s if is_done else self.done_s + rate * seconds
        while self._passed < len(self._submissions):
            if len(self._begins) == self._passed:
                ahead = self._ends_s[self._passed - 1] if self._passed else 0.0
                if ahead > until:
                    break
                self._begins.append(now + max(0.0, ahead - self.done_s) / rate)
            end = self._ends_s[self._passed]
            if end > until:
                break
            span = self._begins[-1], now + (end - self.done_s) / rate
            yield self._submissions[self._passed].submission_id, span
            self._passed += 1
        self.done_s = until


def estimate_queue(queue: Sequence[UnendedSubmission], slots: int, released: int) -> dict[UUID, QueueEstimate]:
    """Return an estimate for every submission in the queue; `released` shards wait on the broker, ahead of all others.

    Without slots no times are known, and positions are those that one slot would give.
    """
    spans = _spans(queue, max(slots, 1))
    order = sorted(
        (each for each in queue if each.queued),
        key=lambda each: (spans[each.submission_id][0], -each.priority, each.turn, each.created_at),
    )
    positions = {each.submission_id: position for position, each in enumerate(order, start=1)}
    usual_shard_s = sum(each.study_s * each.studies_per_shard for each in queue) / max(len(queue), 1)
    backlog_s = released * usual_shard_s / max(slots, 1)
    return {
        each.submission_id: QueueEstimate(
            positions.get(each.submission_id),
            None
            if each.cost is None or slots == 0
            else _interval(each, each.cost, spans[each.submission_id], backlog_s if each.queued else 0.0),
        )
        for each in queue
    }


def _interval(each: UnendedSubmission, cost: Cost, span: Span, backlog_s: float) -> tuple[int, int]:
    """Return the interval of seconds from now in which a submission will probably end."""
    shard_s = cost.seconds * min(each.studies_per_shard, max(1, each.studies_left))
    end_s = max(span[1], span[0] + shard_s * (1.0 if each.queued else 0.5))
    relative = Z * math.hypot(cost.doubt, cost.noise / math.sqrt(max(1, each.studies_left)))
    low = end_s / (1 + relative) - shard_s
    high = end_s * (1 + relative) + shard_s * (1 + Z * cost.noise) + backlog_s
    return max(0, math.floor(low)), math.ceil(high)


def _spans(queue: Sequence[UnendedSubmission], slots: int) -> dict[UUID, Span]:
    levels = [_lines(queue, level) for level in sorted({each.priority for each in queue}, reverse=True)]
    spans: dict[UUID, Span] = {}
    now = 0.0
    while levels:
        moving = _rates(levels, slots)
        seconds = min(line.lasts_s(rate) for line, rate in moving)
        for line, rate in moving:
            spans.update(line.flow(now, rate, seconds))
        now += seconds
        levels = [left for level in levels if (left := [line for line in level if line.done_s < line.total_s])]
    return spans


def _lines(queue: Iterable[UnendedSubmission], priority: int) -> list[_Line]:
    teams: dict[UUID, list[UnendedSubmission]] = {}
    for each in sorted(queue, key=lambda each: each.created_at):
        if each.priority == priority:
            teams.setdefault(each.team_id, []).append(each)
    return [_Line(submissions) for submissions in teams.values()]


def _rates(levels: Sequence[Sequence[_Line]], slots: float) -> list[tuple[_Line, float]]:
    """Return the lines that have slots, with how many: what one cannot use is shared by the others of its level."""
    moving = []
    for level in levels:
        by_demand = sorted(level, key=lambda line: line.shards)
        for number, line in enumerate(by_demand):
            rate = min(float(line.shards), slots / (len(level) - number))
            slots -= rate
            if rate > EPSILON_S:
                moving.append((line, rate))
    return moving
