"""Each result has its effect once, in whatever order and however often it comes."""

import asyncio
import itertools
import math
from uuid import UUID, uuid4

import pytest

from arena.words.cut_off import TimeLimit
from arena.words.execution import Provenance
from arena.words.states import ExecutionOutcome, Stage
from arena.words.verdicts import Verdict
from services.aggregator.service import Aggregator
from services.dispatcher import tables as dispatcher_tables
from shared.broker.connection import Broker
from shared.broker.publishing import RawMessage
from shared.broker.topology import DEAD, RESULTS
from shared.database import Pool
from shared.messages import HeldShard, StudyFatal, StudyFinished
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.results import all_results, release_all, result
from tests.support.waiting import wait_until


def naive_score(results: list[StudyFinished]) -> float:
    """Mean over studies, then over boxes, of the best visible loss; the test's baseline rescales by nothing."""
    boxes: dict[UUID, list[float]] = {}
    for each in results:
        boxes.setdefault(each.box_id, []).append(min(itertools.chain(*each.visible)))
    means = [math.fsum(losses) / len(losses) for losses in boxes.values()]
    return 100 * (1 - math.fsum(means) / len(means))


async def test_the_provisional_score_is_right_after_every_study_and_final_after_the_last(
    pool: Pool, aggregator: Aggregator
) -> None:
    seeded = await seed_phase(pool, boxes=3, studies_per_box=2)
    submission = await seed_submission(pool, seeded)
    results = await all_results(pool, submission)

    for done, each in enumerate(results, start=1):
        await aggregator.take_results([each])
        (row,) = await pool.fetch("select * from submissions")
        assert row["score"] == pytest.approx(naive_score(results[:done]), abs=1e-12)
        assert (row["studies_done"], row["suggest_errors"]) == (done, done)
        assert row["state"] == ("scored" if done == len(results) else "running")

    assert (row["verdict"], row["ended_at"] is None) == ("scored", False)
    assert row["score_low"] < row["score"] < row["score_high"]
    assert await pool.fetch("select from shards where state <> 'done'") == []


async def test_the_final_score_is_the_same_bit_for_bit_in_any_order_and_batching(
    pool: Pool, aggregator: Aggregator
) -> None:
    seeded = await seed_phase(pool, boxes=3, studies_per_box=3)
    scores = set()
    for order in (1, -1):
        submission = await seed_submission(pool, seeded)
        results = (await all_results(pool, submission))[::order]
        for start in range(0, len(results), 2 + order):
            await aggregator.take_results(results[start : start + 2 + order])
        scores.add(await pool.fetchval("select score from submissions where id = $1 and state = 'scored'", submission))

    assert len(scores) == 1
    assert None not in scores


async def test_a_result_that_comes_twice_counts_once(pool: Pool, aggregator: Aggregator) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    first, second, *_ = await all_results(pool, submission)

    await aggregator.take_results([first, first, second])
    await aggregator.take_results([second, first])

    row = await pool.fetchrow("select studies_done, score, suggest_errors from submissions")
    assert row is not None
    assert (row["studies_done"], row["suggest_errors"]) == (2, 2)
    assert row["score"] == pytest.approx(naive_score([first, second]))
    assert await pool.fetchval("select sum(studies_done) from shards") == 2


async def test_the_result_of_a_superseded_attempt_is_kept_when_it_is_the_first(
    pool: Pool, aggregator: Aggregator
) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    submission = await seed_submission(pool, seeded)
    (late,) = await all_results(pool, submission)
    held = HeldShard(shard_id=late.shard_id, attempt=1)
    await dispatcher_tables.requeue_shard(
        pool, held, None, ExecutionOutcome.LEASE_EXPIRED, "silent", failures_before_incident=3
    )
    ((_, again),) = (await release_all(pool)).items()
    assert again == (late.shard_id, 2)

    await aggregator.take_results([late])
    await aggregator.take_results([result(submission, late.box_id, 0, again, visible=[[0.0, 0.0]] * 3)])

    row = await pool.fetchrow("select attempt, loss from studies")
    assert row is not None
    assert tuple(row) == (1, naive_loss(late))


def naive_loss(each: StudyFinished) -> float:
    return min(itertools.chain(*each.visible))


async def test_a_late_result_of_an_ended_submission_is_dropped(pool: Pool, aggregator: Aggregator) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    first, *_ = await all_results(pool, submission)
    await pool.execute("update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now()")

    await aggregator.take_results([first])

    assert await pool.fetchval("select count(*) from studies") == 0
    assert await pool.fetchval("select state from submissions") == "cancelled"


@pytest.mark.parametrize(
    "change",
    [{"study": 7}, {"attempt": 99}, {"shard_id": uuid4()}, {"submission_id": uuid4()}, {"box_id": uuid4()}],
    ids=lambda change: next(iter(change)),
)
async def test_a_result_that_belongs_to_no_shard_is_dropped(
    pool: Pool, aggregator: Aggregator, change: dict[str, object]
) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    first, *_ = await all_results(pool, submission)

    await aggregator.take_results([first.model_copy(update=change)])

    assert await pool.fetchval("select count(*) from studies") == 0


async def test_a_fatal_error_ends_the_submission_once_with_its_verdict(pool: Pool, aggregator: Aggregator) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    first, second, *_ = await all_results(pool, submission)
    fatal = StudyFatal(
        submission_id=submission,
        shard_id=second.shard_id,
        attempt=1,
        runner_id="runner",
        box_id=second.box_id,
        study=second.study,
        verdict=Verdict.OUT_OF_RANGE,
        stage=Stage.SUGGEST,
        iteration=2,
        detail="x = 7 is not in [0, 1]",
        log="a traceback",
        provenance=Provenance(optimizer_image="o", blackbox_image="b", code_version="c", runtime="r"),
    )

    await aggregator.take_results([first])
    await aggregator.take_results([fatal, fatal])
    await aggregator.take_results([fatal.model_copy(update={"verdict": Verdict.PROCESS_DIED})])

    ran = await pool.fetch("select ran_by ->> 'optimizer_image', studies from provenances order by studies")
    assert [tuple(each) for each in ran] == [("o", 0), (None, 1)]
    row = await pool.fetchrow(
        "select state, verdict, verdict_stage, verdict_iteration, verdict_detail, studies_done from submissions"
    )
    assert row is not None
    assert tuple(row) == ("failed", "out_of_range", "suggest", 2, "x = 7 is not in [0, 1]", 1)
    logs = await pool.fetch("select shard_id, study, log from study_logs")
    assert [tuple(log) for log in logs] == [(second.shard_id, second.study, "a traceback")]
    assert await pool.fetchval("select count(*) from submission_events where event = 'failed'") == 1
    assert await pool.fetchval("select count(*) from outbox where routing_key = 'submission.ended'") >= 1


async def test_infinite_losses_are_stored_and_score_as_the_clip(pool: Pool, aggregator: Aggregator) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    submission = await seed_submission(pool, seeded)
    ((box, study), shard), *_ = (await release_all(pool)).items()

    await aggregator.take_results([result(submission, box, study, shard, visible=[[math.inf, math.inf]] * 3)])

    assert await pool.fetchval("select score from submissions") == 0
    assert await pool.fetchval("select visible from studies") == [[math.inf, math.inf]] * 3


async def test_every_change_of_a_phase_has_its_own_growing_number(pool: Pool, aggregator: Aggregator) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    seen = [await pool.fetchval("select change from submissions")]
    for each in await all_results(pool, submission):
        await aggregator.take_results([each])
        seen.append(await pool.fetchval("select change from submissions"))

    assert seen == sorted(set(seen))
    assert await pool.fetchval("select change from phases") == seen[-1]


async def test_results_of_the_wrong_shape_are_set_aside_and_good_ones_beside_them_stored(
    pool: Pool, broker: Broker, aggregator: Aggregator
) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    good, bad, *_ = await all_results(pool, submission)
    await broker.publish([bad.model_copy(update={"visible": [[0.5]]}), good])
    await broker.publish_raw([RawMessage("study.finished", b"not a result")])
    stop = asyncio.Event()

    async def both_handled() -> bool:
        dead = await broker.count_waiting(DEAD)
        return dead == 2 and await pool.fetchval("select count(*) from studies") == 1

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.consume(RESULTS, aggregator.take_results, stop, prefetch=10, batch=10))
        try:
            await wait_until(both_handled, what="one stored, two dead-lettered")
        finally:
            stop.set()


async def test_an_organizer_run_ends_without_a_score(pool: Pool, aggregator: Aggregator) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=2)
    await pool.execute("update phases set kind = 'organizer_run', baseline_id = null")
    submission = await seed_submission(pool, seeded)

    await aggregator.take_results(await all_results(pool, submission))

    row = await pool.fetchrow("select state, score, studies_done from submissions")
    assert row is not None
    assert tuple(row) == ("scored", None, 2)
    assert await pool.fetchval("select count(*) from studies where loss is null") == 2


async def test_a_study_that_was_cut_off_before_it_found_anything_scores_0_and_keeps_which_limit_struck(
    pool: Pool, aggregator: Aggregator
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    (((box, study), shard),) = (await release_all(pool)).items()
    nothing = [[math.inf] * 2] * 3

    await aggregator.take_results(
        [result(submission, box, study, shard, visible=nothing, cut_off_by=TimeLimit.ITERATION)]
    )

    (row,) = await pool.fetch("select score, cut_off_by, cut_offs from submission_details s join studies on true")
    assert tuple(row) == (0, "iteration", {"iteration": 1})
