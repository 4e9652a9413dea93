"""Running an execution again from the record alone, and whether that gave the same, bit for bit."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter

from arena.words.limits import Limits
from arena.words.states import ExecutionOutcome
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.lookup import find_competition
from services.gateway.dependencies import Parts, WithParts
from services.gateway.executions.routes import find_execution, parse_name
from services.gateway.organizer_runs.routes import OrganizerRun, start
from services.gateway.problems import Problem
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1/admin", tags=["executions"])
PURPOSE = "replay"
COMPARED = ("suggestions", "visible", "generalization")
REPLAYED = {ExecutionOutcome.DONE, ExecutionOutcome.FATAL}

Body = dict[str, Any]
Study = Mapping[str, Any] | asyncpg.Record


class Replay(OrganizerRun):
    """An organizer run that does again what an execution did."""

    execution: str


@router.post("/executions/{execution}/replay", status_code=202)
async def start_replay(execution: str, parts: WithParts, caller: Manager) -> Body:
    """Run an execution again: same zip, black box, studies, seeds and limits. One that is under way is returned."""
    row = await find_execution(parts, execution)
    if row["outcome"] not in REPLAYED:
        raise Problem(
            409, f"Expected an execution that ended with a result, to compare with; {execution} is {row['outcome']}."
        )
    submission_id: UUID | None = await queries.open_replay(parts.pool, execution=execution)
    new = submission_id is None
    if submission_id is None:
        submission_id = await _start(parts, row, execution)
    submission = await find_submission(parts.pool, submission_id, caller)
    return {"execution": execution, "new": new, "submission": show_submission(submission, caller.role)}


async def _start(parts: Parts, row: asyncpg.Record, execution: str) -> UUID:
    replay = Replay(
        purpose=PURPOSE,
        boxes=[row["box"]],
        n_calls=row["n_calls"],
        n_suggestions=row["n_suggestions"],
        studies=row["n_studies"],
        first_study=row["first_study"],
        studies_per_shard=row["n_studies"],
        limits=Limits.model_validate(row["limits"]),
        image=row["image"],
        runtime=row["runtime"],
        execution=execution,
    )
    boxes = [
        each
        async for each in queries.organizer_run_boxes(
            parts.pool, competition_id=row["competition_id"], labels=[row["box"]]
        )
    ]
    competition = await find_competition(parts.pool, row["competition"])
    # A nonce, because a replay that is not run would prove nothing.
    key = hashlib.sha256(f"{execution}\0{uuid.uuid4()}".encode()).hexdigest()
    submission_id, _ = await start(parts, competition, replay, boxes, key, row["blob_sha256"], row["size_bytes"])
    return submission_id


@router.get("/replays/{submission_id}")
async def compare_replay(submission_id: UUID, parts: WithParts, _: Organizer) -> Body:
    """Say whether a replay gave the same as its execution; `identical` is null while it runs or if it was stopped.

    `provenance_differs` names what was not the same about the platform itself.
    """
    organizer_run = await queries.find_replay_run(parts.pool, submission_id=submission_id)
    if organizer_run is None:
        raise Problem(404, f"Submission {submission_id} is no replay of an execution.")
    shard_id, attempt = parse_name(organizer_run["execution"])
    original = await find_execution(parts, organizer_run["execution"])
    old = [row async for row in queries.outcomes_of_studies(parts.pool, shard_id=shard_id, attempt=attempt)]
    new = [
        row async for row in queries.outcomes_of_studies(parts.pool, shard_id=organizer_run["shard_id"], attempt=None)
    ]
    differences = find_differences(old, new)
    if original["verdict"] is not None or organizer_run["state"] == "failed":
        differences += _verdict_difference(original, organizer_run)
    has_result = organizer_run["ended_at"] is not None and organizer_run["shard_id"] is not None
    provenance = {"execution": original["provenance"], "replay": organizer_run["provenance"]}
    return {
        "execution": organizer_run["execution"],
        "submission_id": submission_id,
        "replay": f"{organizer_run['shard_id']}:{organizer_run['attempt']}" if has_result else None,
        "state": organizer_run["state"],
        "identical": not differences if has_result else None,
        "studies_compared": len(old),
        "differences": differences if has_result else [],
        "provenance": provenance,
        "provenance_differs": different_names(provenance["execution"] or {}, provenance["replay"] or {}),
    }


def find_differences(old: Sequence[Study], new: Sequence[Study]) -> list[Body]:
    """Return where each study first differs, in its number, iteration (from 1) and what differs; nothing if identical.

    Numbers are compared by their shortest exact notation, so that 0.0 is not -0.0 and 1 is not 1.0.
    """
    again = {study["study"]: study for study in new}
    differences = []
    for study in old:
        other = again.get(study["study"])
        first = ("missing", None) if other is None else _first_difference(study, other)
        if first is not None:
            timed_out = study["timed_out"] or (other is not None and other["timed_out"])
            differences.append(
                {"study": study["study"], "what": first[0], "iteration": first[1], "timed_out": timed_out}
            )
    return differences


def _first_difference(old: Study, new: Study) -> tuple[str, int | None] | None:
    for iteration in range(max(len(old["visible"]), len(new["visible"]))):
        for what in COMPARED:
            if _exact(old[what][iteration : iteration + 1]) != _exact(new[what][iteration : iteration + 1]):
                return what, iteration + 1
    return None


def _exact(values: Any) -> str:
    return json.dumps(values, sort_keys=True)


def _verdict_difference(old: asyncpg.Record, new: asyncpg.Record) -> list[Body]:
    """The fatal end of both must be the same one, in the same place."""
    ends = [tuple(each[name] for name in ("verdict", "verdict_stage", "verdict_iteration")) for each in (old, new)]
    if ends[0] == ends[1]:
        return []
    return [{"study": None, "what": "verdict", "iteration": None, "timed_out": False}]


def different_names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names under which two records differ."""
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
