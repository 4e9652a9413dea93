"""Of which phases the generalization losses were revealed, in Postgres."""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from shared.database import Connection, Pool, load_queries

queries = load_queries(files("services.gateway.generalization") / "queries.sql")


async def find_reveal(pool: Pool, phase_id: UUID) -> datetime | None:
    """Return when the generalization losses of a phase were revealed; None if they were not."""
    row = await queries.find_reveal(pool, phase_id=phase_id)
    return None if row is None else row["revealed_at"]


async def list_revealed(pool: Pool, phase_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of some phases whose generalization losses were revealed."""
    return {row["phase_id"] async for row in queries.list_revealed(pool, phase_ids=list(phase_ids))}


async def count_unended(connection: Connection, phase_id: UUID) -> int:
    """Return how many submissions of a phase have not ended."""
    number: int = await queries.count_unended(connection, phase_id=phase_id)
    return number


async def reveal(connection: Connection, phase_id: UUID, by: str) -> datetime:
    """Reveal the generalization losses of a phase; returns when that was done first."""
    revealed_at: datetime = await queries.reveal(connection, phase_id=phase_id, revealed_by=by)
    return revealed_at
