"""What a score came from: revision, baseline set, zip, images, code and seeds."""

from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter

from arena.rules.seeds import optimizer_seed, study_seed
from services.gateway.accounts.callers import Member
from services.gateway.dependencies import Parts, WithParts
from services.gateway.submissions.lookup import find_submission
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1", tags=["submissions"])
Body = dict[str, Any]


@router.get("/submissions/{submission_id}/provenance")
async def get_provenance(submission_id: UUID, parts: WithParts, caller: Member) -> Body:
    """Return what a score came from, as far as studies have finished.

    To its team: the revision, the zip, the baseline set's version and the digests of the optimizer's images. To the
    organizer all: hashes, the code that ran and scored it, and of every study its seeds and its execution, which can be
    replayed.
    """
    submission = await find_submission(parts, submission_id, caller)
    row = await queries.origins_of_score(parts.pool, submission_id=submission_id)
    ran_by = [dict(each) async for each in queries.provenances_of(parts.pool, submission_id=submission_id)]
    shown = {
        "submission_id": submission_id,
        **{name: submission[name] for name in ("competition", "phase", "team", "state", "score")},
        "revision": row["revision"],
        "zip": {"filename": submission["filename"], "sha256": row["blob_sha256"], "size_bytes": row["size_bytes"]},
        "baseline": row["baseline"] and {"name": row["baseline"], "version": row["baseline_version"]},
        "optimizer_images": sorted({each["optimizer_image"] for each in ran_by} - {None}),
    }
    return shown if caller.role == "team" else shown | await _for_the_organizer(parts, submission_id, row, ran_by)


async def _for_the_organizer(parts: Parts, submission_id: UUID, row: asyncpg.Record, ran_by: list[Body]) -> Body:
    seed = row["competition_seed"]
    baseline = {"name": row["baseline"], "version": row["baseline_version"], "sha256": row["baseline_sha256"]}
    boxes = [dict(each) async for each in queries.boxes_of_submission(parts.pool, submission_id=submission_id)]
    studies = [
        {
            "box": each["box"],
            "study": each["study"],
            "seed": study_seed(seed, each["test_case"], each["study"]),
            "optimizer_seed": optimizer_seed(seed, each["test_case"], each["study"], row["blob_sha256"]),
            "execution": f"{each['shard_id']}:{each['attempt']}",
        }
        async for each in queries.executions_of_studies(parts.pool, submission_id=submission_id)
    ]
    return {
        "origin_id": row["origin_id"],
        "revised_at": row["revised_at"],
        "revision_code_version": row["code_version"],
        "baseline": row["baseline"] and baseline,
        "ran_by": ran_by,
        "competition_seed": seed,
        "black_boxes": boxes,
        "studies": studies,
    }
