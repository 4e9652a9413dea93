"""Reopened phases in Postgres."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from shared.database import Connection, Pool, PoolOrConnection, fetch_all, load_queries

queries = load_queries(files("services.gateway.everlasting") / "queries.sql")


@dataclass(frozen=True)
class OpenPhase:
    """A phase that has not closed for good."""

    name: str
    closes_at: datetime | None


@dataclass(frozen=True)
class RevealedRow:
    """A black box and the test problem that it is."""

    label: str
    test_case: str


async def find_reopened_at(pool: PoolOrConnection, phase_id: UUID) -> datetime | None:
    """Return since when a phase is an everlasting benchmark; None if it is none."""
    at: datetime | None = await queries.reopened_at(pool, phase_id=phase_id)
    return at


async def find_newest_reopened(pool: Pool, competition_id: UUID) -> str | None:
    """Return the name of the phase of a competition that was reopened last, if one was."""
    name: str | None = await queries.newest_reopened(pool, competition_id=competition_id)
    return name


async def list_open_phases(connection: Connection, competition_id: UUID) -> list[OpenPhase]:
    """Return the phases with secret black boxes that have not closed for good."""
    return await fetch_all(OpenPhase, queries.open_phases(connection, competition_id=competition_id))


async def count_unended(connection: Connection, competition_id: UUID) -> int:
    """Return how many submissions of a competition have not ended."""
    count: int = await queries.unended(connection, competition_id=competition_id)
    return count


async def has_scored(connection: Connection, phase_id: UUID) -> bool:
    """Return whether a phase has a scored submission."""
    found: bool = await queries.has_scored(connection, phase_id=phase_id)
    return found


async def reopen(connection: Connection, phase_id: UUID, *, attempts_per_day: int, active_submissions: int) -> datetime:
    """Reopen a phase; quotas are for one that has none. Returns the moment at which its leaderboard is frozen."""
    at: datetime = await queries.reopen(
        connection, phase_id=phase_id, attempts_per_day=attempts_per_day, active_submissions=active_submissions
    )
    return at


async def list_revealed(pool: Pool, competition_id: UUID, after: str, maximum: int) -> list[RevealedRow]:
    """Return the black boxes of a competition after a label, in order."""
    return await fetch_all(
        RevealedRow, queries.revealed_boxes(pool, competition_id=competition_id, after=after, maximum=maximum)
    )


async def find_later(pool: Pool, submission_ids: Collection[UUID], at: datetime) -> set[UUID]:
    """Return those of some submissions that were made after a moment."""
    return {row["id"] async for row in queries.later_submissions(pool, submission_ids=list(submission_ids), at=at)}
