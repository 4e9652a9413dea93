"""Replays: an execution run again from what is stored of it, and compared with the original."""

import hashlib
import uuid
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from arena.api.executions import ReplayComparison, ReplayProvenance, StartedReplay
from arena.api.planning import NewOrganizerRun
from arena.words.environments import environment_name, split_environment
from arena.words.execution import Provenance
from arena.words.limits import Limits
from arena.words.problems import ProblemCode
from arena.words.states import DataKind, ExecutionOutcome, SubmissionState
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.dependencies import WithOutbox, WithPool
from services.gateway.executions import tables
from services.gateway.executions.lookup import find_execution
from services.gateway.executions.replay_comparison import different_names, find_differences, find_verdict_difference
from services.gateway.executions.tables import RecordedExecutionRow
from services.gateway.organizer_runs.start import RunInputs, start_organizer_run
from services.gateway.organizer_runs.tables import list_boxes
from services.gateway.problems import Problem
from services.gateway.retention.tables import find_dropped, find_dropped_zip
from services.gateway.submissions.disclosure import show_submission
from services.gateway.submissions.lookup import find_submission

router = APIRouter(prefix="/api/v1/admin", tags=["executions"])
PURPOSE = "replay"
REPLAYED = {ExecutionOutcome.DONE, ExecutionOutcome.FATAL}


class ReplayRun(NewOrganizerRun):
    """An organizer run that repeats an execution."""

    execution: str


@router.post("/executions/{execution}/replay", status_code=202)
async def start_replay(execution: str, pool: WithPool, outbox: WithOutbox, caller: Manager) -> StartedReplay:
    """Run an execution again: same zip, black box, studies, seeds, limits and image. Returns one that is under way."""
    row = await find_execution(pool, execution)
    if row.outcome not in REPLAYED:
        raise Problem(
            ProblemCode.NO_RESULT,
            f"Expected an execution that ended with a result, to compare with; {execution} is {row.outcome}.",
        )
    if dropped := await find_dropped_zip(pool, row.competition, row.submission_id):
        raise Problem(
            ProblemCode.ZIP_DROPPED,
            f"This execution cannot run again: its zip was dropped on {dropped.dropped_at:%Y-%m-%d} by "
            f"{dropped.dropped_by}.",
        )
    submission_id = await tables.find_open_replay(pool, execution)
    new = submission_id is None
    if submission_id is None:
        boxes = await list_boxes(pool, row.competition_id, [row.box])
        # The key contains a nonce, because an earlier run returned instead of a new one would prove nothing.
        key = hashlib.sha256(f"{execution}\0{uuid.uuid4()}".encode()).hexdigest()
        inputs = RunInputs(row.competition_id, _describe_run(row), boxes, row.blob_sha256, row.size_bytes)
        submission_id, _ = await start_organizer_run(pool, outbox, key, inputs)
    submission = await find_submission(pool, submission_id, caller)
    return StartedReplay(execution=execution, new=new, submission=show_submission(submission, caller.role))


def _describe_run(row: RecordedExecutionRow) -> ReplayRun:
    return ReplayRun(
        purpose=PURPOSE,
        boxes=[row.box],
        n_calls=row.n_calls,
        n_suggestions=row.n_suggestions,
        studies=row.n_studies,
        first_study=row.first_study,
        studies_per_shard=row.n_studies,
        limits=Limits.model_validate(row.limits),
        environment=_recorded_environment(row),
        cpus=row.cpus,
        parameter_names=row.parameter_names,
        runtime=row.runtime,
        execution=row.name,
    )


def _recorded_environment(row: RecordedExecutionRow) -> str:
    """Return the environment, pinned to the image in which an execution ran if that is known."""
    pinned = f"{environment_name(row.environment)}@{row.optimizer_image}"
    try:
        split_environment(pinned)
    except ValueError:
        return row.environment
    return pinned


def _recorded(row: RecordedExecutionRow) -> dict[str, Any]:
    """Return what ran an execution. Records from before there were environments do not name one."""
    return {} if row.provenance is None else {"environment": environment_name(row.environment)} | row.provenance


@router.get("/replays/{submission_id}")
async def compare_replay(submission_id: UUID, pool: WithPool, _: Organizer) -> ReplayComparison:
    """Return whether a replay is identical to its execution, and if not, where it first differs."""
    replay = await tables.find_replay(pool, submission_id)
    if replay is None:
        raise Problem(ProblemCode.NO_SUCH_REPLAY, f"Submission {submission_id} is not a replay of an execution.")
    original = await find_execution(pool, replay.execution)
    old = await tables.list_outcomes(pool, original.shard_id, original.attempt)
    new = await tables.list_outcomes(pool, replay.shard_id, None)
    differences = find_differences(old, new)
    if original.verdict is not None or replay.state == SubmissionState.FAILED:
        differences += find_verdict_difference(original, replay)
    has_result = replay.ended_at is not None and replay.shard_id is not None
    return ReplayComparison(
        execution=replay.execution,
        submission_id=submission_id,
        replay=f"{replay.shard_id}:{replay.attempt}" if has_result else None,
        state=SubmissionState(replay.state),
        identical=not differences if has_result else None,
        studies_compared=len(old),
        differences=differences if has_result else [],
        provenance=ReplayProvenance(
            execution=original.provenance and Provenance.model_validate(original.provenance),
            replay=replay.provenance and Provenance.model_validate(replay.provenance),
        ),
        provenance_differs=different_names(_recorded(original), replay.provenance or {}),
        suggestions_dropped=await find_dropped(pool, original.competition, DataKind.SUGGESTIONS)
        if any(study.suggestions is None for study in old)
        else None,
    )
