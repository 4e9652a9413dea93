"""What goes into the archive of a competition, in Postgres."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from shared.database import Pool, fetch_all, load_queries

queries = load_queries(files("services.gateway.archive") / "queries.sql")


@dataclass(frozen=True)
class ArchivedRow:
    """A scored submission."""

    id: UUID
    phase: str
    team: str
    score: float | None
    score_low: float | None
    score_high: float | None
    environment: str
    studies_total: int
    blob_sha256: str
    zip_published: bool
    origin_id: UUID | None
    origin_phase: str | None
    created_at: datetime
    ended_at: datetime
    counting: bool


async def list_archived(pool: Pool, competition_id: UUID, after: UUID | None, size: int) -> list[ArchivedRow]:
    """Return up to `size` scored submissions of a competition by id, those after `after` if given."""
    rows = queries.list_archived(pool, competition_id=competition_id, after=after, size=size)
    return await fetch_all(ArchivedRow, rows)


async def may_be_published(pool: Pool, competition_id: UUID, sha256: str) -> bool:
    """Return whether a blob may go into a competition's archive."""
    found: bool = await queries.may_be_published(pool, competition_id=competition_id, sha256=sha256)
    return found
