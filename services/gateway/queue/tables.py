"""The queue in Postgres: submissions that have not ended, runners' slots, and how long studies took."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from shared.database import Pool, fetch_all, load_queries

queries = load_queries(files("services.gateway.queue") / "queries.sql")


@dataclass(frozen=True)
class QueueRow:
    """A submission that has not ended.

    `turn` is its team's place in the order of turns, `evaluations` the number in a study.
    """

    submission_id: UUID
    team_id: UUID
    phase_id: UUID
    queued: bool
    priority: int
    created_at: datetime
    turn: int
    studies_left: int
    studies_per_shard: int
    evaluations: int


@dataclass(frozen=True)
class Capacity:
    """The slots of runners that take work, and the shards on the broker that no runner has taken yet."""

    slots: int
    released: int


@dataclass(frozen=True)
class StudyTimesRow:
    """How long a submission's recent studies on one black box took."""

    phase_id: UUID
    submission_id: UUID
    box_id: UUID
    studies: int
    seconds: float
    variance: float


async def list_queue(pool: Pool) -> list[QueueRow]:
    """Return every submission that has not ended, of all phases."""
    return await fetch_all(QueueRow, queries.queue(pool))


async def find_capacity(pool: Pool, runner_silence_s: float) -> Capacity:
    """Return what the runners that were heard of in the last `runner_silence_s` seconds can take."""
    return Capacity(**await queries.capacity(pool, seen_s=runner_silence_s))


async def list_study_times(pool: Pool, phase_ids: Iterable[UUID]) -> list[StudyTimesRow]:
    """Return how long recent studies of these phases took, by submission and black box."""
    return await fetch_all(StudyTimesRow, queries.study_times(pool, phase_ids=list(phase_ids)))
