"""What the aggregator reads and writes in Postgres."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from uuid import UUID

from arena.scoring import submission_score
from arena.version import code_version
from arena.words.execution import Provenance
from services.aggregator.rows import LockedSubmission, LockedSubmissions, ScoringReference
from shared.database import Connection, Pool, fetch_all, load_queries
from shared.messages import StudyEnded, StudyFatal, StudyFinished

queries = load_queries(files("services.aggregator") / "queries.sql")

INSERT_STUDY = """
    insert into studies (
        submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
        suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors,
        loss, change, cpu_s, memory_peak_bytes, curve, evaluation_cpu_s, cut_off_by
    )
    select
        sh.submission_id, sh.box_id, $3, sh.id, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23
    from shards sh
    where sh.id = $4 and sh.submission_id = $1 and sh.box_id = $2 and $5 <= sh.attempt
        and $3 >= sh.first_study and $3 < sh.first_study + sh.n_studies
    on conflict (submission_id, box_id, study) do nothing
    returning submission_id, box_id, study
"""
"""This is not in queries.sql because rows of arrays need asyncpg's `fetchmany`, which aiosql does not offer."""


async def load_scoring_references(
    pool: Pool, submission_ids: Iterable[UUID]
) -> dict[tuple[UUID, UUID], ScoringReference]:
    """Return the reference of every (submission, black box) of these submissions."""
    rows = queries.scoring_references(pool, submission_ids=list(submission_ids))
    return {(each.submission_id, each.box_id): each for each in await fetch_all(ScoringReference, rows)}


async def lock_submissions(connection: Connection, submission_ids: Iterable[UUID]) -> LockedSubmissions:
    """Lock the submissions that have not ended, then take the next change number of their phases."""
    rows = queries.lock_submissions(connection, submission_ids=list(submission_ids))
    locked = await fetch_all(LockedSubmission, rows)
    return LockedSubmissions(
        submissions={each.id: each.change for each in locked},
        phases={each.phase_id: each.change for each in locked},
        phase_of={each.id: each.phase_id for each in locked},
    )


async def insert_studies(
    connection: Connection, studies: Sequence[tuple[StudyFinished, list[float] | None]], changes: Mapping[UUID, int]
) -> list[StudyFinished]:
    """Store each (result, curve of its loss) that is the first for its study; returns those that were stored."""
    by_key = {(each.submission_id, each.box_id, each.study): each for each, _ in reversed(studies)}
    rows = await connection.fetchmany(
        INSERT_STUDY,
        [
            (
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
                each.suggestions,
                each.timed_out,
                each.suggest_errors,
                each.observe_errors,
                curve and curve[-1],
                changes[each.submission_id],
                each.usage.cpu_s,
                each.usage.memory_peak_bytes,
                curve,
                each.evaluation_cpu_s,
                each.cut_off_by,
            )
            for each, curve in studies
        ],
    )
    return [by_key[submission_id, box_id, study] for submission_id, box_id, study in rows]


async def finish_shards(connection: Connection, stored: Sequence[StudyFinished]) -> None:
    """Count stored studies on their shards."""
    last = {each.shard_id: each for each in stored}
    counts = Counter(each.shard_id for each in stored)
    await queries.finish_shards(
        connection,
        shard_ids=list(last),
        counts=[counts[shard_id] for shard_id in last],
        attempts=[each.attempt for each in last.values()],
        runner_ids=[each.runner_id for each in last.values()],
        provenances=[_provenance(each) for each in last.values()],
    )


def _provenance(message: StudyEnded) -> dict[str, str] | None:
    return None if message.provenance is None else message.provenance.model_dump()


async def score_submissions(
    connection: Connection, stored: Sequence[StudyFinished], changes: Mapping[UUID, int]
) -> dict[UUID, float | None]:
    """Bring the scores of the submissions that have new studies up to date; returns those that are now final.

    An organizer run ends without a score.
    """
    ids = sorted({each.submission_id for each in stored})
    losses = await _score_boxes(connection, stored)
    scores = [submission_score(losses[each]) if each in losses else None for each in ids]
    studies = Counter(each.submission_id for each in stored)
    ran = Counter((each.submission_id, each.provenance) for each in stored)
    ended = {
        submission_id: score
        async for submission_id, score in queries.score_submissions(
            connection,
            submission_ids=ids,
            studies=[studies[each] for each in ids],
            timed_out=_total("timed_out", stored, ids),
            suggest_errors=_total("suggest_errors", stored, ids),
            observe_errors=_total("observe_errors", stored, ids),
            scores=[each and each.score for each in scores],
            lows=[each and each.low for each in scores],
            highs=[each and each.high for each in scores],
            changes=[changes[each] for each in ids],
            ran_submissions=[submission_id for submission_id, _ in ran],
            ran_by=[_ran_by(provenance) for _, provenance in ran],
            ran_studies=list(ran.values()),
            scored_by=code_version(),
        )
    }
    if ended:
        await queries.draw_curves(connection, submission_ids=list(ended))
    return ended


async def _score_boxes(connection: Connection, stored: Sequence[StudyFinished]) -> dict[UUID, list[float]]:
    """Update the mean losses of the black boxes with new studies; returns those of all boxes, by submission."""
    pairs = sorted({(each.submission_id, each.box_id) for each in stored})
    rows = queries.score_boxes(
        connection, submission_ids=[pair[0] for pair in pairs], box_ids=[pair[1] for pair in pairs]
    )
    return {submission_id: losses async for submission_id, losses in rows}


def _total(count: str, stored: Sequence[StudyFinished], submission_ids: Sequence[UUID]) -> list[int]:
    sums = Counter[UUID]()
    for each in stored:
        sums[each.submission_id] += int(getattr(each, count))
    return [sums[each] for each in submission_ids]


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


async def record_signatures(connection: Connection, stored: Sequence[StudyFinished]) -> None:
    """Keep the signatures of test problems that came with these results."""
    for box_id, signature in {each.box_id: each.signature for each in stored if each.signature is not None}.items():
        await queries.record_signature(connection, box_id=box_id, signature=signature)
