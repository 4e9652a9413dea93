"""What the aggregator reads and writes in Postgres."""

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from arena.scoring import Score, submission_score
from arena.version import code_version
from arena.words.execution import Provenance
from services.aggregator.rows import ChangedSubmission, ScoringReference
from shared.database import Connection, Pool, fetch_all, load_queries
from shared.messages import StudyEnded, StudyFatal, StudyFinished

queries = load_queries(files("services.aggregator") / "queries.sql")

# A dispatcher that writes an event of a submission, which has a lock of its shard, need not wait for this one.
BEGIN = "begin; select from submissions where id = any ('{{{ids}}}') and ended_at is null order by id for no key update"
COMMIT = """
    with changed as (
        update submissions s
        set studies_done = s.studies_done + new.studies,
            studies_timed_out = s.studies_timed_out + new.timed_out,
            suggest_errors = s.suggest_errors + new.suggest_errors,
            observe_errors = s.observe_errors + new.observe_errors,
            score = new.score,
            score_low = new.low,
            score_high = new.high,
            change = new.change,
            started_at = coalesce(s.started_at, now()),
            state = case when new.is_complete then 'scored' when s.ended_at is null then 'running' else s.state end,
            verdict = case when new.is_complete then 'scored' else s.verdict end,
            ended_at = case when new.is_complete then now() else s.ended_at end
        from json_to_recordset('{submissions}') as new (
            id uuid, studies integer, timed_out integer, suggest_errors integer, observe_errors integer,
            score double precision, low double precision, high double precision, change bigint, is_complete boolean
        )
        where s.id = new.id
        returning s.id, s.state, s.score
    )
    insert into submission_events (submission_id, event, detail)
    select id, 'scored', jsonb_build_object('score', score) from changed where state = 'scored';
    commit
"""
"""These are not in queries.sql because only statements without parameters share a round trip with `begin` or `commit`.

What is put into them are ids and numbers.
"""

Curve = list[float] | None


async def load_scoring_references(
    pool: Pool, submission_ids: Iterable[UUID]
) -> dict[tuple[UUID, UUID], ScoringReference]:
    """Return the reference of every (submission, black box) of these submissions."""
    rows = queries.scoring_references(pool, submission_ids=list(submission_ids))
    return {(each.submission_id, each.box_id): each for each in await fetch_all(ScoringReference, rows)}


async def begin(connection: Connection, submission_ids: Iterable[UUID]) -> None:
    """Begin a transaction with the locks of those submissions that have not ended; results for the others are late."""
    await connection.execute(BEGIN.format(ids=",".join(map(str, submission_ids))))


async def store_studies(
    connection: Connection, submission_ids: Iterable[UUID], studies: Iterable[tuple[StudyFinished, Curve]]
) -> list[ChangedSubmission]:
    """Store each (result, curve of its loss) that is the first for its study; returns the submissions not ended."""
    without_copies = {(each.shard_id, each.attempt, each.study): (each, curve) for each, curve in studies}
    rows = queries.store_studies(
        connection,
        submission_ids=list(submission_ids),
        studies=[_new_study(each, curve) for each, curve in without_copies.values()],
        scored_by=code_version(),
    )
    return await fetch_all(ChangedSubmission, rows)


def _new_study(each: StudyFinished, curve: Curve) -> tuple[Any, ...]:
    """Return a result as the type `new_study` has it."""
    return (
        each.submission_id,
        each.box_id,
        each.study,
        each.shard_id,
        each.attempt,
        each.runner_id,
        each.visible,
        each.generalization,
        each.eval_time_s,
        each.suggest_time_s,
        each.observe_time_s,
        each.construct_time_s,
        to_json(each.suggestions, inf_nan_mode="constants").decode(),
        each.timed_out,
        each.cut_off_by,
        each.suggest_errors,
        each.observe_errors,
        curve and curve[-1],
        curve,
        each.usage.cpu_s,
        each.usage.memory_peak_bytes,
        each.evaluation_cpu_s,
        each.signature,
        each.provenance and each.provenance.model_dump_json(),
        each.log,
    )


async def score_submissions(connection: Connection, changed: Sequence[ChangedSubmission]) -> dict[UUID, Score | None]:
    """Return the scores of submissions with new studies, and keep the curves of those that are complete.

    An organizer run has none.
    """
    if complete := [each.id for each in changed if each.is_complete]:
        await queries.draw_curves(connection, submission_ids=complete)
    return {each.id: None if each.losses is None else submission_score(each.losses) for each in changed}


async def commit(
    connection: Connection, changed: Sequence[ChangedSubmission], scores: Mapping[UUID, Score | None]
) -> None:
    """Add new studies to their submissions, of which those with all are scored, and commit."""
    await connection.execute(
        COMMIT.format(submissions=json.dumps([_counted(each, scores[each.id]) for each in changed]))
    )


def _counted(each: ChangedSubmission, score: Score | None) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "studies": each.studies,
        "timed_out": each.timed_out,
        "suggest_errors": each.suggest_errors,
        "observe_errors": each.observe_errors,
        "score": score and score.score,
        "low": score and score.low,
        "high": score and score.high,
        "change": each.change,
        "is_complete": each.is_complete,
    }


async def roll_back(connection: Connection) -> None:
    """End the transaction without an effect, unless the connection is lost, which does the same."""
    if connection.is_in_transaction():
        await connection.execute("rollback")


def _provenance(message: StudyEnded) -> dict[str, str] | None:
    return None if message.provenance is None else message.provenance.model_dump()


def _ran_by(provenance: Provenance | None) -> dict[str, str]:
    return {} if provenance is None else provenance.model_dump()


async def fail_submission(connection: Connection, fatal: StudyFatal, change: int) -> None:
    """End a submission with the verdict of a fatal error."""
    await queries.fail_submission(
        connection,
        submission_id=fatal.submission_id,
        verdict=fatal.verdict,
        stage=fatal.stage,
        iteration=fatal.iteration,
        detail=fatal.detail,
        change=change,
        ran_by=_ran_by(fatal.provenance),
        scored_by=code_version(),
    )
    await queries.record_fatal(
        connection,
        shard_id=fatal.shard_id,
        attempt=fatal.attempt,
        runner_id=fatal.runner_id,
        verdict=fatal.verdict,
        detail=f"{fatal.verdict}: {fatal.detail}",
        cpu_s=fatal.usage.cpu_s,
        memory_peak_bytes=fatal.usage.memory_peak_bytes,
        provenance=_provenance(fatal),
    )


async def keep_logs(connection: Connection, messages: Sequence[StudyEnded]) -> None:
    """Keep what optimizers wrote in these studies, if they wrote anything."""
    wrote = [each for each in messages if each.log]
    if wrote:
        await queries.keep_logs(
            connection,
            submission_ids=[each.submission_id for each in wrote],
            shard_ids=[each.shard_id for each in wrote],
            attempts=[each.attempt for each in wrote],
            studies=[each.study for each in wrote],
            logs=[each.log for each in wrote],
        )
