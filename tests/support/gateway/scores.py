"""Scores and studies in the tables, as the aggregator leaves them."""

from collections.abc import Mapping
from uuid import UUID

from arena.scoring import Array
from services.dispatcher.tables import expand_waiting
from shared.database import Pool
from shared.messages import PhaseChanged


async def set_score(pool: Pool, submission: str, score: float, state: str = "running") -> PhaseChanged:
    """Change a submission as the aggregator does; returns what it would announce."""
    row = await pool.fetchrow(
        """
        update submissions set score = $2, state = $3, change = next_change(phase_id),
            verdict = case when $3 = 'scored' then 'scored' end,
            ended_at = case when $3 = 'scored' then now() end
        where id = $1 returning phase_id, change
        """,
        UUID(submission),
        score,
        state,
    )
    assert row is not None
    return PhaseChanged(phase_id=row["phase_id"], change=row["change"])


async def measure_studies(pool: Pool, submission: str, seconds: float) -> None:
    """Store every study of a submission, each `seconds` long, and mark the submission as scored."""
    await expand_waiting(pool)
    await pool.execute(
        """
        insert into studies (
            submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
            suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors,
            loss, change
        )
        select
            submission_id, box_id, first_study, id, 1, 'runner', '{{0}}', '{{0}}',
            array[array[$2::double precision * 0.5, $2 * 0.25]],
            array[$2 * 0.125], array[$2 * 0.0625], $2 * 0.0625, '[]', false, 0, 0, 0, 1
        from shards where submission_id = $1
        """,
        UUID(submission),
        seconds,
    )
    await pool.execute("update submissions set studies_done = studies_total where id = $1", UUID(submission))
    await set_score(pool, submission, 50.0, "scored")


async def store_scored_studies(
    pool: Pool, submission: UUID, curves: Array, *, generalization: float = 0.25
) -> PhaseChanged:
    """Store every study of a submission with the curve of its rescaled losses, and mark the submission as scored.

    `curves` has shape (boxes, studies, n_calls). Each iteration evaluated one loss; all have one generalization loss.
    """
    await expand_waiting(pool)
    shards = await pool.fetch(
        """
        select s.id, s.box_id, s.first_study from shards s join black_boxes b on b.id = s.box_id
        where s.submission_id = $1 order by b.label, s.first_study
        """,
        submission,
    )
    for shard, curve in zip(shards, curves.reshape(-1, curves.shape[-1]).tolist(), strict=True):
        await pool.execute(
            """
            insert into studies (
                submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
                suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors,
                observe_errors, loss, curve, change
            )
            values ($1, $2, $3, $4, 1, 'runner', $5, $6, $7, $8, $8, 0, '[]', false, 0, 0, $9, $10, 1)
            """,
            *(submission, shard["box_id"], shard["first_study"], shard["id"]),
            [[loss] for loss in curve],
            [[generalization]] * len(curve),
            [[0.0]] * len(curve),
            [0.0] * len(curve),
            curve[-1],
            curve,
        )
    await pool.execute("update submissions set studies_done = studies_total where id = $1", submission)
    return await set_score(pool, str(submission), 100 * (1 - float(curves[..., -1].mean())), "scored")


async def score_boxes(pool: Pool, submission: str, losses: Mapping[str, float]) -> PhaseChanged:
    """Score a submission by its losses on black boxes, by their labels; returns what the aggregator would announce."""
    await pool.execute(
        """
        insert into box_scores (submission_id, box_id, studies, loss)
        select s.id, b.id, 1, new.loss
        from submissions s join phases p on p.id = s.phase_id join black_boxes b on b.competition_id = p.competition_id
        join unnest($2::text[], $3::float8[]) as new (label, loss) on new.label = b.label
        where s.id = $1
        """,
        UUID(submission),
        list(losses),
        list(losses.values()),
    )
    return await set_score(pool, submission, 100 * (1 - sum(losses.values()) / len(losses)), "scored")
