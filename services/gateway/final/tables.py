"""The final's submissions in Postgres: copies of submissions of the first phase."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from shared.database import Connection, Pool, PoolOrConnection, fetch_all, load_queries

queries = load_queries(files("services.gateway.final") / "queries.sql")


@dataclass(frozen=True)
class TopRow:
    """A team's counting submission."""

    id: UUID
    team_id: UUID
    team: str
    score: float


@dataclass(frozen=True)
class FinalistRow:
    """A team's newest run in the final.

    `origin_id` is the submission it copies, which the team made at `submitted_at`.
    """

    id: UUID
    team_id: UUID
    team: str
    environment: str
    state: str
    verdict: str | None
    score: float | None
    score_low: float | None
    score_high: float | None
    studies_done: int
    studies_total: int
    ended_at: datetime | None
    origin_id: UUID
    submitted_at: datetime


async def set_studies(connection: Connection, phase_id: UUID, studies: int) -> None:
    """Set how many studies a phase runs on each black box, each a shard of its own."""
    await queries.set_final_studies(connection, phase_id=phase_id, studies=studies)


async def count_unended(connection: Connection, phase_id: UUID) -> int:
    """Return how many submissions of a phase have not ended and may still change its ranking."""
    unended: int = await queries.unended_in_phase(connection, phase_id=phase_id)
    return unended


async def list_top(where: PoolOrConnection, phase_id: UUID, top: int | None = None) -> list[TopRow]:
    """Return the counting submissions of the `top` best teams of a phase, or of all, in the leaderboard's order."""
    return await fetch_all(TopRow, queries.top_submissions(where, phase_id=phase_id, top=top))


async def list_disallowed(
    connection: Connection, submission_ids: Iterable[UUID], phase_id: UUID
) -> dict[str, list[str]]:
    """Return the environments of submissions that a phase does not allow, and the teams whose submissions these are."""
    rows = queries.disallowed_environments(connection, submission_ids=list(submission_ids), phase_id=phase_id)
    return {row["needed"]: row["teams"] async for row in rows}


async def list_finalists(where: PoolOrConnection, phase_id: UUID) -> list[FinalistRow]:
    """Return each team's newest run in a final, ranked."""
    return await fetch_all(FinalistRow, queries.final_submissions(where, phase_id=phase_id))


async def list_losses(pool: Pool, submission_ids: Sequence[UUID]) -> dict[UUID, dict[str, list[float]]]:
    """Return the losses of all studies of submissions: by submission and black box, in the order of study numbers."""
    losses: dict[UUID, dict[str, list[float]]] = {each: {} for each in submission_ids}
    async for row in queries.study_losses(pool, submission_ids=list(submission_ids)):
        losses[row["submission_id"]][row["box"]] = row["losses"]
    return losses
