"""Estimates for the current queue, computed at most once a second for all requests."""

import asyncio
import math
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.words.states import SubmissionState
from services.gateway.queue import tables
from services.gateway.queue.queue_estimate import UNKNOWN, Cost, QueueEstimate, UnendedSubmission, estimate_queue
from services.gateway.queue.tables import QueueRow, StudyTimesRow
from shared.database import Pool

KEPT_S = 1.0
STUDY_TIMES_KEPT_S = 30.0
OVERHEAD_S = 0.5
"""Seconds of a slot that a study takes besides its own time: for its containers, the relay and the result."""
USUAL_DOUBT = 0.5
"""The assumed standard deviation of submissions' speed relative to its mean, where too few have run to measure it."""
LEAST_DOUBT = 0.1
PRIOR_STUDIES = 3.0
"""After this many of its own studies, a submission's speed is estimated from those and from all others equally."""


@dataclass(frozen=True)
class StudyTimes:
    """What studies of a phase cost: the usual cost, and how much faster or slower each submission is."""

    usual: Cost
    speeds: Mapping[UUID, float]
    known: Mapping[UUID, int]

    def cost(self, submission_id: UUID) -> Cost:
        """Return the cost of a study of this submission."""
        speed, studies = self.speeds.get(submission_id, 1.0), self.known.get(submission_id, 0)
        doubt = self.usual.doubt / math.sqrt(1 + studies / PRIOR_STUDIES)
        return Cost(self.usual.seconds * speed, doubt, self.usual.noise)


def study_times(rows: Sequence[StudyTimesRow]) -> StudyTimes:
    """Return the costs that follow from the measured times of a phase."""
    boxes: dict[UUID, list[tuple[int, float]]] = {}
    for row in rows:
        boxes.setdefault(row.box_id, []).append((row.studies, row.seconds + OVERHEAD_S))
    means = {box: sum(n * each for n, each in found) / sum(n for n, _ in found) for box, found in boxes.items()}
    usual_s = statistics.fmean(means.values())
    studies = sum(row.studies for row in rows)
    squares = sum(row.studies * (row.variance + (row.seconds + OVERHEAD_S - means[row.box_id]) ** 2) for row in rows)
    between = statistics.pvariance(means.values())
    own: dict[UUID, list[StudyTimesRow]] = {}
    for row in rows:
        own.setdefault(row.submission_id, []).append(row)
    speeds = {each: _speed(of_it, means, usual_s) for each, of_it in own.items()}
    doubt = USUAL_DOUBT if len(speeds) < 3 else max(LEAST_DOUBT, statistics.stdev(speeds.values()))
    noise = math.sqrt(squares / studies + between) / usual_s
    known = {each: sum(row.studies for row in of_it) for each, of_it in own.items()}
    return StudyTimes(Cost(usual_s, doubt, noise), speeds, known)


def _speed(rows: Sequence[StudyTimesRow], means: Mapping[UUID, float], usual_s: float) -> float:
    took: float = sum(row.studies * (row.seconds + OVERHEAD_S) for row in rows)
    expected: float = sum(row.studies * means[row.box_id] for row in rows)
    return (PRIOR_STUDIES * usual_s + took) / (PRIOR_STUDIES * usual_s + expected)


class QueueEstimates:
    """Caches the last estimates for a second, and the measured times of a phase's studies for half a minute."""

    def __init__(self, pool: Pool, runner_silence_s: float) -> None:
        self._pool = pool
        self._runner_silence_s = runner_silence_s
        self._lock = asyncio.Lock()
        self._made_at = -math.inf
        self._made: dict[UUID, QueueEstimate] = {}
        self._measured: dict[UUID, tuple[float, StudyTimes | None]] = {}

    async def find(self, submission_id: UUID, state: str) -> QueueEstimate:
        """Return the estimate for a submission in this state; UNKNOWN for one that has ended."""
        if state not in {SubmissionState.QUEUED, SubmissionState.RUNNING}:
            return UNKNOWN
        async with self._lock:
            if time.monotonic() - self._made_at > KEPT_S or submission_id not in self._made:
                await self._make()
        found = self._made.get(submission_id, UNKNOWN)
        # The state may be newer than the estimate: a submission that runs by now has no position.
        return found if state == SubmissionState.QUEUED else QueueEstimate(None, found.remaining_s)

    async def _make(self) -> None:
        rows = await tables.list_queue(self._pool)
        capacity = await tables.find_capacity(self._pool, self._runner_silence_s)
        measured = await self._measure({row.phase_id for row in rows})
        evaluation_s = _evaluation_s(rows, measured)
        queue = [_unended(row, measured[row.phase_id], evaluation_s) for row in rows]
        self._made = estimate_queue(queue, capacity.slots, capacity.released)
        self._made_at = time.monotonic()

    async def _measure(self, phase_ids: set[UUID]) -> dict[UUID, StudyTimes | None]:
        now = time.monotonic()
        self._measured = {
            phase_id: (at, times)
            for phase_id, (at, times) in self._measured.items()
            if phase_id in phase_ids and now - at < (KEPT_S if times is None else STUDY_TIMES_KEPT_S)
        }
        unknown = phase_ids - self._measured.keys()
        if unknown:
            found: dict[UUID, list[StudyTimesRow]] = {phase_id: [] for phase_id in unknown}
            for row in await tables.list_study_times(self._pool, unknown):
                found[row.phase_id].append(row)
            for phase_id, rows in found.items():
                self._measured[phase_id] = (now, study_times(rows) if rows else None)
        return {phase_id: times for phase_id, (_, times) in self._measured.items()}


def _evaluation_s(rows: Sequence[QueueRow], measured: Mapping[UUID, StudyTimes | None]) -> float:
    """Return the seconds of one evaluation in phases with measurements, to assume them for the other phases."""
    evaluations = {row.phase_id: row.evaluations for row in rows}
    known = [times.usual.seconds / evaluations[phase] for phase, times in measured.items() if times is not None]
    return statistics.fmean(known) if known else 1.0


def _unended(row: QueueRow, times: StudyTimes | None, evaluation_s: float) -> UnendedSubmission:
    return UnendedSubmission(
        submission_id=row.submission_id,
        team_id=row.team_id,
        queued=row.queued,
        priority=row.priority,
        created_at=row.created_at,
        turn=row.turn,
        studies_left=row.studies_left,
        studies_per_shard=row.studies_per_shard,
        cost=None if times is None else times.cost(row.submission_id),
        assumed_s=evaluation_s * row.evaluations,
    )
