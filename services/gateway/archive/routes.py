"""What only the archive of a finished competition needs: its scored submissions, and what of them may be published."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse

from arena.api.export import ArchivedSubmission, ArchivedSubmissionPage
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Organizer
from services.gateway.archive import tables
from services.gateway.archive.tables import ArchivedRow
from services.gateway.competitions.lookup import find_competition
from services.gateway.competitions.tables import CompetitionRow
from services.gateway.dependencies import WithBlobs, WithPool
from services.gateway.paging import PAGE_SIZE, Cursor, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem
from services.gateway.retention.tables import why_unfinished
from shared.blobs import BlobMissing
from shared.database import Pool

router = APIRouter(prefix="/api/v1/admin/competitions/{slug}/archive", tags=["organizer"])
OCTETS = "application/octet-stream"


@router.get("/submissions")
async def list_archived_submissions(
    slug: str, pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> ArchivedSubmissionPage:
    """Return every scored submission of a finished competition. 409 while it is not finished."""
    competition = await _find_finished(pool, slug)
    after = None if cursor is None else decode_cursor(cursor, tuple[UUID])[0]
    rows = await tables.list_archived(pool, competition.id, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.id,))
    return ArchivedSubmissionPage(submissions=[_show(row) for row in shown], next=following)


@router.get(
    "/blobs/{sha256}",
    response_class=StreamingResponse,
    responses={200: {"description": "The blob.", "content": {OCTETS: {}}}},
)
async def get_archived_blob(
    slug: str,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    pool: WithPool,
    blobs: WithBlobs,
    _: Organizer,
) -> StreamingResponse:
    """Return a data set of a finished competition, or a zip whose team agreed that it is published."""
    competition = await _find_finished(pool, slug)
    if not await tables.may_be_published(pool, competition.id, sha256):
        raise Problem(ProblemCode.NO_SUCH_BLOB, f"{slug} has nothing with SHA-256 {sha256} that may be published.")
    try:
        blob = await blobs.open(sha256)
    except BlobMissing as missing:
        raise Problem(ProblemCode.NO_SUCH_BLOB, f"The platform has no blob {sha256}.") from missing
    return StreamingResponse(blob.chunks, headers={"Content-Length": str(blob.size_bytes)}, media_type=OCTETS)


async def _find_finished(pool: Pool, slug: str) -> CompetitionRow:
    competition = await find_competition(pool, slug)
    if reason := await why_unfinished(pool, competition.id):
        raise Problem(
            ProblemCode.COMPETITION_UNFINISHED,
            f"Expected a finished competition, but in {slug} {reason}. Close its phases (closes_at) and wait for its "
            "submissions.",
        )
    return competition


def _show(row: ArchivedRow) -> ArchivedSubmission:
    return ArchivedSubmission(
        id=row.id,
        phase=row.phase,
        team=row.team,
        score=row.score,
        interval=None if row.score_low is None or row.score_high is None else (row.score_low, row.score_high),
        environment=row.environment,
        studies_total=row.studies_total,
        zip_sha256=row.blob_sha256,
        zip_published=row.zip_published,
        origin_id=row.origin_id,
        origin_phase=row.origin_phase,
        created_at=row.created_at,
        ended_at=row.ended_at,
        counting=row.counting,
    )
