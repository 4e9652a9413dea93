"""Organizer runs: studies of the organizer's own, without a score, for estimates, baselines and replays.

An organizer run is known by the hash of everything its losses depend on, so to ask for the same
one again costs nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arena.api.competition_document import Image, Runtime
from arena.version import images_version
from arena.words.limits import Limits
from arena.words.names import Label
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.competitions.tables import CompetitionRow
from services.gateway.dependencies import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.tables import NewSubmission, insert_submission, new_id
from services.gateway.submissions.uploads import hash_upload, store_zip
from services.gateway.tables import queries
from shared.messages import SubmissionAccepted

router = APIRouter(prefix="/api/v1/admin", tags=["organizer runs"])
Body = dict[str, Any]
Box = Mapping[str, Any] | asyncpg.Record
PHASE_FIELDS = {"n_calls", "n_suggestions", "studies", "first_study", "studies_per_shard", "image", "runtime"}


class OrganizerRun(BaseModel):
    """Which studies to run: `studies` of them on each black box, from number `first_study` on."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    purpose: Label
    boxes: Annotated[list[Label], Field(min_length=1)]
    n_calls: int = Field(ge=1, le=100_000)
    n_suggestions: int = Field(ge=1, le=10_000)
    studies: int = Field(default=1, ge=1, le=100_000)
    first_study: int = Field(default=0, ge=0, le=1_000_000)
    studies_per_shard: int = Field(default=1, ge=1, le=100_000)
    limits: Limits = Limits()
    image: Image | None = None
    runtime: Runtime | None = None


@router.post("/competitions/{slug}/organizer-runs", status_code=202)
async def start_organizer_run(
    slug: str,
    parts: WithParts,
    caller: Manager,
    file: Annotated[UploadFile, File()],
    organizer_run: Annotated[str, Form()],
) -> Body:
    """Run a zip on some black boxes; `organizer_run` is a JSON object. One that is there is returned as it is."""
    wanted = _parse(organizer_run)
    competition = await find_competition(parts.pool, slug)
    upload = await hash_upload(file)
    await store_zip(upload, parts.blobs, parts.settings)
    boxes = [
        row
        async for row in queries.organizer_run_boxes(
            parts.pool, competition_id=competition.id, labels=sorted(set(wanted.boxes))
        )
    ]
    unknown = set(wanted.boxes) - {box["label"] for box in boxes}
    if unknown:
        raise Problem(422, f"Competition {slug} has no black boxes {sorted(unknown)}.")
    seed = await queries.competition_seed(parts.pool, competition_id=competition.id)
    key = organizer_run_key(seed, upload.sha256, boxes, wanted, images_version())
    submission_id, new = await start(parts, competition, wanted, boxes, key, upload.sha256, upload.size_bytes)
    submission = await find_submission(parts.pool, submission_id, caller)
    return {"key": key, "new": new, "submission": show_submission(submission, caller.role)}


def _parse(text: str) -> OrganizerRun:
    try:
        return OrganizerRun.model_validate_json(text)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise Problem(422, f"The organizer_run is not what is expected: {faults}") from error


def organizer_run_key(
    seed: str, blob_sha256: str, boxes: Sequence[Box], organizer_run: OrganizerRun, images: str
) -> str:
    """Return the hash of all that an organizer run's losses depend on; how studies are cut into shards is not among it.

    `images` is the version of the images, which runners have from the same release; an image that the run names is
    known by that name, so a name with a digest is the one to trust.
    """
    inputs = {
        "seed": seed,
        "zip": blob_sha256,
        "images": images,
        "boxes": [[box["model"], box["dataset"], box["metric"], box["dataset_sha256"]] for box in boxes],
        **organizer_run.model_dump(include={"n_calls", "n_suggestions", "studies", "first_study", "limits"}),
        **organizer_run.model_dump(include={"image", "runtime"}, exclude_none=True),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


async def start(
    parts: Parts,
    competition: CompetitionRow,
    organizer_run: OrganizerRun,
    boxes: list[asyncpg.Record],
    key: str,
    blob_sha256: str,
    size_bytes: int,
) -> tuple[UUID, bool]:
    """Return the submission that runs an organizer run, and whether it was made by this call."""
    async with parts.pool.acquire() as connection, connection.transaction():
        await queries.lock_organizer_run(connection, key=key)
        known: UUID | None = await queries.find_organizer_run(connection, key=key)
        if known is not None:
            await queries.ask_again(connection, key=key)
            return known, False
        team_id = await queries.internal_team(connection, competition_id=competition.id)
        submission_id = new_id()
        phase_id = await queries.insert_organizer_run_phase(
            connection,
            competition_id=competition.id,
            name=f"organizer-run-{submission_id}",
            limits=organizer_run.limits.model_dump(),
            **organizer_run.model_dump(include=PHASE_FIELDS),
        )
        await queries.put_phase_boxes(
            connection,
            phase_id=phase_id,
            competition_id=competition.id,
            labels=[box["label"] for box in boxes],
        )
        new = NewSubmission(
            id=submission_id,
            phase_id=phase_id,
            team_id=team_id,
            blob_sha256=blob_sha256,
            filename=f"{organizer_run.purpose}.zip",
            size_bytes=size_bytes,
            created_at=datetime.now(UTC),
        )
        await insert_submission(connection, new, await queries.next_change(connection, phase_id=phase_id))
        await queries.put_organizer_run(
            connection,
            key=key,
            competition_id=competition.id,
            submission_id=new.id,
            purpose=organizer_run.purpose,
            document=organizer_run.model_dump(),
        )
        await parts.outbox.put(connection, [SubmissionAccepted(submission_id=new.id)])
    parts.outbox.wake()
    return submission_id, True


@router.get("/competitions/{slug}/organizer-runs")
async def list_organizer_runs(slug: str, parts: WithParts, _: Organizer, purpose: str | None = None) -> Body:
    """Return the organizer runs of a competition, newest first."""
    competition = await find_competition(parts.pool, slug)
    rows = queries.list_organizer_runs(parts.pool, competition_id=competition.id, purpose=purpose)
    return {"organizer_runs": [dict(row) async for row in rows]}
