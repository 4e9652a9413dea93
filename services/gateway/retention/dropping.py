"""Drops data of one submission after the other, for as long as one request may take."""

import asyncio
from datetime import timedelta
from uuid import UUID

from arena.api.export import DroppedData, DropProgress
from arena.words.problems import ProblemCode
from arena.words.states import DataKind, dropped_text
from services.gateway.problems import Problem
from services.gateway.retention import tables
from shared.blobs import Blobs
from shared.database import Pool

DROP_FOR_S = 10.0
UPLOADED_BEFORE = timedelta(hours=1)
"""A younger blob may be that of an upload under way, whose row comes after it."""


async def drop_data(pool: Pool, blobs: Blobs, competition_id: UUID, dropped: DroppedData) -> DropProgress:
    """Drop data of a kind, and return how much, and how many submissions are left."""
    submissions = await tables.list_submissions(pool, competition_id, dropped.kind)
    clock = asyncio.get_running_loop().time
    until, rows, size_bytes, done = clock() + DROP_FOR_S, 0, 0, 0
    for submission_id in submissions:
        freed = await _drop(pool, blobs, submission_id, dropped)
        rows, size_bytes, done = rows + freed[0], size_bytes + freed[1], done + 1
        if clock() > until:
            break
    return DropProgress(kind=dropped.kind, rows=rows, size_bytes=size_bytes, submissions_left=len(submissions) - done)


async def _drop(pool: Pool, blobs: Blobs, submission_id: UUID, dropped: DroppedData) -> tuple[int, int]:
    match dropped.kind:
        case DataKind.LOGS:
            said = dropped_text(dropped.kind, f"{dropped.dropped_at:%Y-%m-%d %H:%M UTC}", dropped.dropped_by)
            return await tables.drop_logs(pool, submission_id, said)
        case DataKind.SUGGESTIONS:
            return await tables.drop_suggestions(pool, submission_id)
        case DataKind.ZIPS:
            return await _drop_zip(pool, blobs, submission_id)


async def _drop_zip(pool: Pool, blobs: Blobs, submission_id: UUID) -> tuple[int, int]:
    """Mark a zip as dropped, and delete its blob unless something else needs it.

    It is deleted before the mark is committed: a blob without a row would stay for ever, and a mark that is lost is set
    again.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await tables.take_blobs(connection):
            raise Problem(ProblemCode.BACKUP_RUNS, "A backup is copying the zips, and meanwhile none may be deleted.")
        blob = await tables.mark_zip_dropped(connection, submission_id)
        if blob is not None and await blobs.delete_old(blob[0], UPLOADED_BEFORE):
            return 1, blob[1]
    return 0, 0
