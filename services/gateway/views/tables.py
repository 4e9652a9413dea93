"""Submissions that have counted, labels and counters in Postgres."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from arena.api.views.counters import Counters
from shared.database import Pool, load_queries

queries = load_queries(files("services.gateway.views") / "queries.sql")


@dataclass(frozen=True)
class ScoredRow:
    """A scored submission, and when its team has chosen it, if teams choose."""

    team: str
    ended_at: datetime
    score: float
    chosen_at: list[datetime]


async def list_scored(pool: Pool, phase_id: UUID, until: datetime | None) -> list[ScoredRow]:
    """Return the submissions that have ever counted, up to a moment, in the order of their ends."""
    return [
        ScoredRow(row["team"], row["ended_at"], row["score"], row["chosen_at"] or [])
        async for row in queries.scored_submissions(pool, phase_id=phase_id, until=until)
    ]


async def box_labels(pool: Pool, phase_id: UUID) -> dict[UUID, str]:
    """Return the labels of a phase's black boxes, by their ids."""
    return {row["id"]: row["label"] async for row in queries.box_labels(pool, phase_id=phase_id)}


async def count_everything(pool: Pool) -> Counters:
    """Return what teams have made the platform do."""
    return Counters(**await queries.count_everything(pool))
