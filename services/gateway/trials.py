"""Trials: studies of the organizer's own, without a score, for estimates, baselines and replays.

A trial is known by the hash of everything its losses depend on, so asking for the same one again costs nothing.
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

from services.gateway.auth import Manager, Organizer
from services.gateway.parts import Parts, WithParts
from services.gateway.problems import Problem
from services.gateway.submissions import check_and_store, find_competition, find_submission
from services.gateway.tables import NewSubmission, insert_submission, new_id, queries, submission_body
from shared.competition import Image, Runtime
from shared.messages import Limits, SubmissionAccepted
from shared.names import Label
from shared.version import images_version

router = APIRouter(prefix="/api/v1/admin", tags=["trials"])
Body = dict[str, Any]
Box = Mapping[str, Any] | asyncpg.Record
PHASE_FIELDS = {"n_calls", "n_suggestions", "studies", "first_study", "studies_per_shard", "image", "runtime"}


class Trial(BaseModel):
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


@router.post("/competitions/{slug}/trials", status_code=202)
async def start_trial(
    slug: str, parts: WithParts, caller: Manager, file: Annotated[UploadFile, File()], trial: Annotated[str, Form()]
) -> Body:
    """Run a zip on some black boxes; `trial` is a JSON object. A trial that is there already is returned as it is."""
    wanted = _parse(trial)
    competition = await find_competition(parts, slug)
    content = await file.read()
    blob_sha256 = hashlib.sha256(content).hexdigest()
    await check_and_store(parts, content, blob_sha256)
    boxes = [
        row
        async for row in queries.trial_boxes(
            parts.pool, competition_id=competition["id"], labels=sorted(set(wanted.boxes))
        )
    ]
    unknown = set(wanted.boxes) - {box["label"] for box in boxes}
    if unknown:
        raise Problem(422, f"Competition {slug} has no black boxes {sorted(unknown)}.")
    seed = await queries.competition_seed(parts.pool, competition_id=competition["id"])
    key = trial_key(seed, blob_sha256, boxes, wanted, images_version())
    submission_id, new = await start(parts, competition, wanted, boxes, key, blob_sha256, len(content))
    submission = await find_submission(parts, submission_id, caller)
    return {"key": key, "new": new, "submission": submission_body(submission, caller.role)}


def _parse(text: str) -> Trial:
    try:
        return Trial.model_validate_json(text)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise Problem(422, f"The trial is not what is expected: {faults}") from error


def trial_key(seed: str, blob_sha256: str, boxes: Sequence[Box], trial: Trial, images: str) -> str:
    """Return the hash of all that a trial's losses depend on; how its studies are cut into shards is not among it.

    `images` is the version of the images, which runners have from the same release; an image that the trial names is
    known by that name, so a name with a digest is the one to trust.
    """
    inputs = {
        "seed": seed,
        "zip": blob_sha256,
        "images": images,
        "boxes": [[box["model"], box["dataset"], box["metric"], box["dataset_sha256"]] for box in boxes],
        **trial.model_dump(include={"n_calls", "n_suggestions", "studies", "first_study", "limits"}),
        **trial.model_dump(include={"image", "runtime"}, exclude_none=True),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


async def start(
    parts: Parts,
    competition: asyncpg.Record,
    trial: Trial,
    boxes: list[asyncpg.Record],
    key: str,
    blob_sha256: str,
    size_bytes: int,
) -> tuple[UUID, bool]:
    """Return the submission that runs a trial, and whether it was made by this call."""
    async with parts.pool.acquire() as connection, connection.transaction():
        await queries.lock_trial(connection, key=key)
        known: UUID | None = await queries.find_trial(connection, key=key)
        if known is not None:
            await queries.ask_again(connection, key=key)
            return known, False
        team_id = await queries.internal_team(connection, competition_id=competition["id"])
        submission_id = new_id()
        phase_id = await queries.insert_trial_phase(
            connection,
            competition_id=competition["id"],
            name=f"trial-{submission_id}",
            limits=trial.limits.model_dump(),
            **trial.model_dump(include=PHASE_FIELDS),
        )
        await queries.put_phase_boxes(
            connection,
            phase_id=phase_id,
            competition_id=competition["id"],
            labels=[box["label"] for box in boxes],
        )
        new = NewSubmission(
            id=submission_id,
            phase_id=phase_id,
            team_id=team_id,
            blob_sha256=blob_sha256,
            filename=f"{trial.purpose}.zip",
            size_bytes=size_bytes,
            studies_total=len(boxes) * trial.studies,
            created_at=datetime.now(UTC),
        )
        await insert_submission(connection, new, await queries.next_change(connection, phase_id=phase_id))
        await queries.put_trial(
            connection,
            key=key,
            competition_id=competition["id"],
            submission_id=new.id,
            purpose=trial.purpose,
            document=trial.model_dump(),
        )
        await parts.outbox.put(connection, [SubmissionAccepted(submission_id=new.id)])
    parts.outbox.wake()
    return submission_id, True


@router.get("/competitions/{slug}/trials")
async def list_trials(slug: str, parts: WithParts, _: Organizer, purpose: str | None = None) -> Body:
    """Return the trials of a competition, newest first."""
    competition = await find_competition(parts, slug)
    rows = queries.list_trials(parts.pool, competition_id=competition["id"], purpose=purpose)
    return {"trials": [dict(row) async for row in rows]}
