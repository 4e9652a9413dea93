"""Organizer runs: the organizer's own studies, without a score, for estimates, baselines and replays.

An organizer run is identified by a hash of everything its losses depend on, so asking for the same one again costs
nothing.
"""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import ValidationError

from arena.api.planning import (
    EvaluationCost,
    EvaluationCosts,
    NewOrganizerRun,
    OrganizerRunPage,
    OrganizerRunSummary,
    StartedOrganizerRun,
)
from arena.version import images_version
from arena.words.environments import split_environment
from arena.words.limits import LARGEST_ZIP_BYTES
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.competitions.phases import no_boxes
from services.gateway.competitions.tables import find_seed
from services.gateway.dependencies import WithBlobs, WithOutbox, WithPool
from services.gateway.organizer_runs import tables
from services.gateway.organizer_runs.key import organizer_run_key
from services.gateway.organizer_runs.start import RunInputs
from services.gateway.organizer_runs.start import start_organizer_run as start
from services.gateway.paging import PAGE_SIZE, Cursor, Moment, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem, invalid_fields, invalid_request
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.uploads import check_upload, hash_upload, store_upload

router = APIRouter(prefix="/api/v1/admin", tags=["organizer runs"])


@router.post("/competitions/{slug}/organizer-runs", status_code=202)
async def start_organizer_run(
    slug: str,
    pool: WithPool,
    outbox: WithOutbox,
    blobs: WithBlobs,
    caller: Manager,
    file: Annotated[UploadFile, File()],
    organizer_run: Annotated[str, Form(description="A JSON object of the form `NewOrganizerRun`.")],
) -> StartedOrganizerRun:
    """Run a zip on some black boxes. If the same run exists already, it is returned.

    Without `environment`, the zip runs in the one that its arena.toml names, or else in `small`.
    """
    run = _parse(organizer_run)
    competition = await find_competition(pool, slug)
    upload = await hash_upload(file)
    # The phase's limit is the teams'; an organizer may plan with any zip that a phase could allow.
    of_zip = await check_upload(upload, run.limits.model_copy(update={"zip_limit_bytes": LARGEST_ZIP_BYTES}))
    run = _in_environment(run, of_zip)
    await store_upload(upload, blobs)
    boxes = await tables.list_boxes(pool, competition.id, run.boxes)
    unknown = set(run.boxes) - {box.label for box in boxes}
    if unknown:
        raise no_boxes(slug, unknown)
    version = images_version(run.environment)
    key = organizer_run_key(await find_seed(pool, competition.id), upload.sha256, boxes, run, version)
    inputs = RunInputs(competition.id, run, boxes, upload.sha256, upload.size_bytes)
    submission_id, new = await start(pool, outbox, key, inputs)
    submission = await find_submission(pool, submission_id, caller)
    return StartedOrganizerRun(key=key, new=new, submission=show_submission(submission, caller.role))


def _parse(text: str) -> NewOrganizerRun:
    try:
        return NewOrganizerRun.model_validate_json(text)
    except ValidationError as error:
        raise invalid_request(*invalid_fields(error.errors(), "body", "organizer_run")) from error


def _in_environment(run: NewOrganizerRun, of_zip: str | None) -> NewOrganizerRun:
    """Return the run with the environment that its zip names, unless it names one itself."""
    if of_zip is None or "environment" in run.model_fields_set:
        return run
    try:
        split_environment(of_zip)
    except ValueError as error:
        raise Problem(ProblemCode.INVALID_ZIP, f"arena.toml: {error}; write the name of an environment.") from error
    return run.model_copy(update={"environment": of_zip})


@router.get("/competitions/{slug}/organizer-runs")
async def list_organizer_runs(
    slug: str,
    pool: WithPool,
    _: Organizer,
    purpose: str | None = None,
    limit: PageLimit = PAGE_SIZE,
    cursor: Cursor = None,
) -> OrganizerRunPage:
    """Return the organizer runs of a competition, last requested first."""
    competition = await find_competition(pool, slug)
    before = None if cursor is None else decode_cursor(cursor, tuple[Moment, str])
    rows = await tables.list_organizer_runs(pool, competition.id, purpose, before, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.created_at, row.key))
    return OrganizerRunPage(organizer_runs=[OrganizerRunSummary(**asdict(row)) for row in shown], next=following)


@router.get("/competitions/{slug}/costs", tags=["planning"])
async def list_costs(slug: str, pool: WithPool, _: Organizer) -> EvaluationCosts:
    """Return how many seconds an evaluation of each black box took on average in the organizer's own studies."""
    competition = await find_competition(pool, slug)
    rows = await tables.list_costs(pool, competition.id)
    return EvaluationCosts(costs=[EvaluationCost(**asdict(row)) for row in rows])
