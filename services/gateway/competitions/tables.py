"""Competitions and their phases in Postgres."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from shared.database import Pool, fetch_all, fetch_one, load_queries

queries = load_queries(Path(__file__).with_name("queries.sql"))


@dataclass(frozen=True)
class CompetitionRow:
    """A competition."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True)
class PhaseRow:
    """A phase with what teams may know of it; `boxes` are the labels of its black boxes."""

    id: UUID
    name: str
    visibility: Literal["public", "organizer"]
    n_calls: int
    n_suggestions: int
    studies_per_box: int
    studies_per_shard: int
    limits: dict[str, Any]
    opens_at: datetime | None
    closes_at: datetime | None
    attempts_per_day: int | None
    scored_per_day: int | None
    active_submissions: int | None
    practice: bool
    counting: Literal["best", "chosen"]
    frozen_at: datetime | None
    image: str | None
    runtime: str | None
    is_open: bool
    n_boxes: int
    boxes: list[str]


async def find_competition(pool: Pool, slug: str) -> CompetitionRow | None:
    """Return the competition of this slug."""
    return await fetch_one(CompetitionRow, queries.find_competition(pool, slug=slug))


async def list_competitions(pool: Pool) -> list[CompetitionRow]:
    """Return the competitions that have a public phase."""
    return await fetch_all(CompetitionRow, queries.list_competitions(pool))


async def list_phases(pool: Pool, competition_id: UUID) -> list[PhaseRow]:
    """Return the phases of a competition in their order."""
    return await fetch_all(PhaseRow, queries.list_phases(pool, competition_id=competition_id))
