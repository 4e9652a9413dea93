"""Results of studies, as a runner sends them."""

import random
from uuid import UUID

from arena.words.cut_off import TimeLimit
from services.dispatcher import tables as dispatcher_tables
from shared.database import Pool
from shared.messages import StudyFinished


async def release_all(pool: Pool) -> dict[tuple[UUID, int], tuple[UUID, int]]:
    """Expand all submissions and release their shards; returns (shard, attempt) by (black box, first study)."""
    await dispatcher_tables.expand_waiting(pool)
    shards, _ = await dispatcher_tables.release_fairly(pool, lambda _: 10_000)
    return {(shard.box_id, shard.first_study): (shard.shard_id, shard.attempt) for shard in shards}


def result(
    submission: UUID,
    box: UUID,
    study: int,
    shard: tuple[UUID, int],
    *,
    visible: list[list[float]] | None = None,
    cut_off_by: TimeLimit | None = None,
) -> StudyFinished:
    """Return a result whose losses have the shape (3, 2), drawn from the study's number unless given."""
    draw = random.Random(f"{box}{study}")  # noqa: S311
    losses = visible or [[draw.random() for _ in range(2)] for _ in range(3)]
    return StudyFinished(
        submission_id=submission,
        shard_id=shard[0],
        attempt=shard[1],
        runner_id="runner",
        box_id=box,
        study=study,
        visible=losses,
        generalization=losses,
        eval_time_s=[[0.0, 0.0]] * 3,
        suggest_time_s=[0.0] * 3,
        observe_time_s=[0.0] * 3,
        construct_time_s=0.0,
        suggestions=[[{"x": 1}, {"x": 2}]] * 3,
        timed_out=cut_off_by is not None,
        cut_off_by=cut_off_by,
        suggest_errors=1,
        observe_errors=0,
    )


async def all_results(pool: Pool, submission: UUID) -> list[StudyFinished]:
    shards = await release_all(pool)
    return [result(submission, box, study, shard) for (box, study), shard in shards.items()]
