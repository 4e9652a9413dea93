"""A phase's studies as a stream of lines, from which `arena export` writes a Bayesmark results folder."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from arena.api.export import DroppedData, ExportBaseline, ExportBox, ExportHeader
from arena.words.problems import ProblemCode
from arena.words.states import DataKind, PhaseKind
from services.gateway.accounts.callers import Organizer
from services.gateway.competitions.phases import no_phase
from services.gateway.competitions.tables import PhaseRow, find_phase
from services.gateway.dependencies import WithPool
from services.gateway.export import tables
from services.gateway.export.tables import ExportBoxRow
from services.gateway.problems import Problem
from services.gateway.retention.tables import find_dropped
from shared.database import Pool

router = APIRouter(prefix="/api/v1/admin", tags=["export"])
EXPORTED = (PhaseKind.COMPETITION, PhaseKind.ORGANIZER_RUN)
NDJSON = "application/x-ndjson"


@router.get(
    "/competitions/{slug}/phases/{phase}/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A line of JSON with the header (`ExportHeader`), then one for every study (`ExportStudy`).",
            "content": {NDJSON: {}},
        }
    },
)
async def export_phase(
    slug: str, phase: str, pool: WithPool, _: Organizer, submission: UUID | None = None, only_losses: bool = False
) -> StreamingResponse:
    """Stream each team's counting submission, or the one given: a header line, then a line for every study.

    With `only_losses`, studies come without suggestions and times.
    """
    found = await find_phase(pool, slug, phase, EXPORTED)
    if found is None:
        raise no_phase(slug, phase)
    ids = await tables.list_submissions(pool, found.id, submission)
    if submission is not None and not ids:
        raise Problem(ProblemCode.NOT_SCORED, f"This phase has no scored submission {submission}.")
    dropped = await find_dropped(pool, slug, DataKind.SUGGESTIONS)
    header = _describe(found, await tables.list_boxes(pool, found.id), dropped)
    return StreamingResponse(_lines(pool, header, ids, only_losses=only_losses), media_type=NDJSON)


def _describe(phase: PhaseRow, boxes: list[ExportBoxRow], dropped: DroppedData | None) -> ExportHeader:
    return ExportHeader(
        competition=phase.competition,
        phase=phase.name,
        n_calls=phase.n_calls,
        n_suggestions=phase.n_suggestions,
        baseline=ExportBaseline(name=phase.baseline, version=phase.baseline_version),
        boxes=[ExportBox(**asdict(row)) for row in boxes],
        suggestions_dropped=dropped,
    )


async def _lines(
    pool: Pool, header: ExportHeader, submission_ids: list[UUID], *, only_losses: bool
) -> AsyncIterator[str]:
    yield header.model_dump_json() + "\n"
    async for study in tables.stream_studies(pool, submission_ids, only_losses=only_losses):
        yield json.dumps(study) + "\n"
