"""What a competition keeps and has dropped, in Postgres."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.export import DroppedData
from arena.words.states import DataKind
from shared.database import Connection, Pool, load_queries

queries = load_queries(files("services.gateway.retention") / "queries.sql")
MEASURE_TIMEOUT_S = 600.0
"""It looks at every study of the competition."""


async def why_unfinished(pool: Pool, competition_id: UUID) -> str | None:
    """Return why a competition is not finished; None if it is."""
    reason: str | None = await queries.why_unfinished(pool, competition_id=competition_id)
    return reason


async def measure_data(pool: Pool, competition_id: UUID) -> dict[DataKind, tuple[int, int]]:
    """Return rows and bytes of each kind that a competition keeps."""
    rows = await pool.fetch(queries.measure_data.sql, competition_id, timeout=MEASURE_TIMEOUT_S)
    return {DataKind(row["kind"]): (row["rows"], row["size_bytes"]) for row in rows}


async def list_dropped(pool: Pool, competition_id: UUID) -> dict[DataKind, DroppedData]:
    """Return what a competition has dropped."""
    rows = queries.list_dropped(pool, competition_id=competition_id)
    return {DataKind(row["kind"]): DroppedData(**row) async for row in rows}


async def find_dropped(pool: Pool, slug: str, kind: DataKind) -> DroppedData | None:
    """Return who dropped data of a kind; None if nobody has."""
    row: Mapping[str, Any] | None = await queries.find_dropped(pool, slug=slug, kind=kind)
    return None if row is None else DroppedData(**row)


async def find_dropped_zip(pool: Pool, slug: str, submission_id: UUID) -> DroppedData | None:
    """Return who dropped a submission's zip; None if it is kept."""
    if await queries.is_zip_dropped(pool, submission_id=submission_id):
        return await find_dropped(pool, slug, DataKind.ZIPS)
    return None


async def record_drop(pool: Pool, competition_id: UUID, kind: DataKind, dropped_by: str) -> DroppedData:
    """Record who drops data of a kind, before any of it is gone."""
    row = await queries.record_drop(pool, competition_id=competition_id, kind=kind, dropped_by=dropped_by)
    return DroppedData(**row)


async def list_submissions(pool: Pool, competition_id: UUID, kind: DataKind) -> list[UUID]:
    """Return the submissions of which data of a kind is kept."""
    select = getattr(queries, f"submissions_with_{kind}")
    return [row["id"] async for row in select(pool, competition_id=competition_id)]


async def drop_logs(pool: Pool, submission_id: UUID, said: str) -> tuple[int, int]:
    """Drop a submission's logs; returns rows and bytes."""
    row = await queries.drop_logs(pool, submission_id=submission_id, said=said)
    return row["rows"], row["size_bytes"]


async def drop_suggestions(pool: Pool, submission_id: UUID) -> tuple[int, int]:
    """Drop the suggestions of a submission's studies; returns rows and bytes."""
    row = await queries.drop_suggestions(pool, submission_id=submission_id)
    return row["rows"], row["size_bytes"]


async def take_blobs(connection: Connection) -> bool:
    """Take all blobs until the transaction ends; returns False while a backup copies them."""
    taken: bool = await queries.take_blobs(connection)
    return taken


async def mark_zip_dropped(connection: Connection, submission_id: UUID) -> tuple[str, int] | None:
    """Mark a zip as dropped; returns its blob's name and size, or None if something else needs this blob."""
    row = await queries.mark_zip_dropped(connection, submission_id=submission_id)
    return None if row is None or row["is_needed"] else (row["blob_sha256"], row["size_bytes"])
