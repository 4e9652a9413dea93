"""Runners, the work that waits for them, and incidents in Postgres."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from shared.database import Pool, fetch_all, fetch_one, load_queries, take_turn

queries = load_queries(files("services.gateway.operations") / "queries.sql")


@dataclass(frozen=True)
class IncidentRow:
    """A shard that the platform failed: why no runner could take it, or the detail of its last execution."""

    shard_id: UUID
    submission_id: UUID
    box: str
    attempt: int
    failures: int
    changed_at: datetime
    detail: str | None


@dataclass(frozen=True)
class RetriedShardRow:
    """A shard that waits for a runner again."""

    shard_id: UUID
    submission_id: UUID


@dataclass(frozen=True)
class RunnerRow:
    """What a runner last reported, and whether it has been silent for longer than a lease since then."""

    id: str
    slots: int
    memory_bytes: int | None
    environments: dict[str, str]
    ready: bool
    reason: str
    seen_at: datetime
    is_gone: bool


@dataclass(frozen=True)
class QueueDepthRow:
    """How many submissions and shards are in each state, since when the oldest waits, and how many slots there are."""

    submissions_queued: int
    submissions_running: int
    oldest_queued_at: datetime | None
    pending: int
    released: int
    running: int
    incidents: int
    oldest_shard_at: datetime | None
    slots: int


@dataclass(frozen=True)
class HeldShardRow:
    """A shard that a runner holds."""

    runner_id: str
    shard_id: UUID
    attempt: int
    taken_at: datetime | None
    submission_id: UUID
    team: str
    phase: str
    box: str
    first_study: int
    n_studies: int
    studies_done: int


@asynccontextmanager
async def turn_at_dead_letters(pool: Pool) -> AsyncIterator[None]:
    """Let one gateway after the other look at the dead letters: who reads that queue has its messages meanwhile."""
    async with pool.acquire() as connection, connection.transaction():
        await take_turn(connection, "dead letters")
        yield


async def list_incidents(pool: Pool, after: tuple[datetime, UUID] | None, size: int) -> list[IncidentRow]:
    """Return up to `size` incidents, oldest first, those after `after` (time, shard) if given."""
    changed_at, shard_id = after or (None, None)
    return await fetch_all(IncidentRow, queries.list_incidents(pool, after=changed_at, after_shard=shard_id, size=size))


async def retry_incident(pool: Pool, shard_id: UUID) -> RetriedShardRow | None:
    """Run an incident's shard again from the start. Returns None if the shard is not an incident."""
    return await fetch_one(RetriedShardRow, queries.retry_incident(pool, shard_id=shard_id))


async def list_runners(
    pool: Pool, lease_s: float, after: str | None = None, size: int | None = None
) -> list[RunnerRow]:
    """Return runners by name: up to `size` after the name `after`, or all."""
    return await fetch_all(RunnerRow, queries.list_runners(pool, lease_s=lease_s, after=after, size=size))


async def measure_queue(pool: Pool, lease_s: float) -> QueueDepthRow:
    """Return how much work waits and how many slots there are for it."""
    return QueueDepthRow(**await queries.queue_depth(pool, lease_s=lease_s))


async def list_held_shards(pool: Pool) -> list[HeldShardRow]:
    """Return the shards that runners hold now, in the order in which they were taken."""
    return await fetch_all(HeldShardRow, queries.held_shards(pool))
