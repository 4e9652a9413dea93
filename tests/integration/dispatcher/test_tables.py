"""Shards in Postgres: expansion, fair release, leases, attempts, incidents."""

from arena.words.states import ExecutionOutcome, ShardState
from services.dispatcher import serving_tables, tables
from shared.database import Pool
from shared.messages import HeldShard
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.dispatching import fail, heartbeat, release, state_of


async def release_first(pool: Pool, dispatcher_pool: Pool) -> HeldShard:
    """Release the first shard of a new submission."""
    await seed_submission(pool, await seed_phase(pool))
    await tables.expand_waiting(dispatcher_pool)
    return (await release(dispatcher_pool, 1))[0]


async def test_a_heartbeat_makes_a_released_shard_running_and_extends_its_lease(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    held = await release_first(pool, dispatcher_pool)

    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=10) == []
    first = await pool.fetchval("select lease_until from shards where id = $1", held.shard_id)
    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=20) == []

    assert await state_of(pool, held.shard_id) == ShardState.RUNNING
    assert await pool.fetchval("select lease_until from shards where id = $1", held.shard_id) > first


async def test_a_shard_already_running_elsewhere_is_revoked_from_a_second_runner(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    held = await release_first(pool, dispatcher_pool)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=10)

    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held, runner_id="runner-2"), lease_s=10) == [held]


async def test_what_a_runner_has_done_is_not_revoked_from_it_and_from_another_it_is(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    held = await release_first(pool, dispatcher_pool)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=10)
    done = "update shards set state = 'done', runner_id = null, lease_until = null where id = $1"
    await pool.execute(done, held.shard_id)
    execution = "insert into executions (shard_id, attempt, runner_id, outcome) values ($1, $2, 'runner-1', 'done')"
    await pool.execute(execution, held.shard_id, held.attempt)

    overtaken = heartbeat(held)
    assert await tables.record_heartbeat(dispatcher_pool, overtaken, lease_s=10) == []
    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held, runner_id="runner-2"), lease_s=10) == [held]
    assert await state_of(pool, held.shard_id) == ShardState.DONE


async def test_a_lost_runner_s_shard_waits_again_and_its_old_attempt_is_revoked(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    held = (await release(dispatcher_pool))[0]
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=-1)

    expired = await tables.expired_leases(dispatcher_pool)
    assert [shard.shard_id for shard in expired] == [held.shard_id]
    requeued = await tables.requeue_shard(
        pool, held, "runner-1", ExecutionOutcome.LEASE_EXPIRED, "silent", failures_before_incident=3
    )

    assert requeued is not None
    assert requeued.state == ShardState.PENDING
    assert await release(dispatcher_pool) == [HeldShard(shard_id=held.shard_id, attempt=2)]
    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=10) == [held]


async def test_three_infrastructure_failures_are_an_incident_and_no_verdict(pool: Pool, dispatcher_pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)

    states = [await fail(dispatcher_pool, (await release(dispatcher_pool))[0]) for _ in range(3)]

    assert states == [ShardState.PENDING, ShardState.PENDING, ShardState.INCIDENT]
    row = await pool.fetchrow("select state, verdict from submissions where id = $1", submission)
    assert row is not None
    assert tuple(row) == ("running", None)
    assert await pool.fetchval("select count(*) from executions where outcome = 'infrastructure_failure'") == 3


async def test_a_shard_handed_back_or_lost_on_the_broker_counts_no_failure(pool: Pool, dispatcher_pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)

    for outcome in [ExecutionOutcome.HANDED_BACK, ExecutionOutcome.MESSAGE_LOST] * 2:
        held = (await release(dispatcher_pool))[0]
        requeued = await tables.requeue_shard(dispatcher_pool, held, None, outcome, "", failures_before_incident=1)
        assert requeued is not None
        assert requeued.state == ShardState.PENDING

    assert await pool.fetchval("select failures from shards") == 0


async def test_the_failure_of_a_superseded_attempt_changes_nothing(pool: Pool, dispatcher_pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    first = (await release(dispatcher_pool))[0]
    await fail(dispatcher_pool, first)
    second = (await release(dispatcher_pool))[0]

    assert await fail(dispatcher_pool, first) is None

    assert await state_of(pool, second.shard_id) == ShardState.RELEASED
    assert await pool.fetchval("select failures from shards") == 1


async def test_a_failed_shard_waits_a_little_so_that_another_runner_may_take_it(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    held = (await release(dispatcher_pool))[0]

    await tables.requeue_shard(
        pool,
        held,
        "runner-1",
        ExecutionOutcome.INFRASTRUCTURE_FAILURE,
        "",
        failures_before_incident=3,
        delay_s=3600,
    )

    assert await release(dispatcher_pool) == []


async def test_shards_of_an_ended_submission_are_dropped_and_not_released(pool: Pool, dispatcher_pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool))
    await tables.expand_waiting(dispatcher_pool)
    held = (await release(dispatcher_pool, 1))[0]
    await pool.execute("update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now()")

    assert await tables.ended_with_open_shards(dispatcher_pool) == [submission]
    await tables.drop_shards(dispatcher_pool, [submission])

    assert await pool.fetch("select from shards where state <> 'dropped'") == []
    assert await release(dispatcher_pool) == []
    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=10) == [held]


async def test_a_submission_that_outstays_its_limit_ends_as_the_platform_s_fault(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool))

    assert await tables.fail_overdue(dispatcher_pool, 3600, 3600) == []
    assert [each.id for each in await tables.fail_overdue(dispatcher_pool, -1, 3600)] == [submission]

    assert await pool.fetchval("select verdict from submissions") == "platform_fault"


async def test_an_incident_nobody_settles_in_time_ends_its_submission(pool: Pool, dispatcher_pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    for _ in range(3):
        await fail(dispatcher_pool, (await release(dispatcher_pool))[0])

    assert await tables.fail_overdue(dispatcher_pool, 3600, 3600) == []
    assert [each.id for each in await tables.fail_overdue(dispatcher_pool, 3600, -1)] == [submission]


async def test_an_attempt_is_taken_when_a_runner_first_says_so_and_the_next_one_anew(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    (held,) = await release(dispatcher_pool)
    taken = "select taken_at from shards"
    assert await pool.fetchval(taken) is None

    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), 60)
    first = await pool.fetchval(taken)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), 60)
    assert first is not None
    assert await pool.fetchval(taken) == first

    await fail(dispatcher_pool, held)
    assert await pool.fetchval("select taken_at from executions where attempt = 1") == first
    await release(dispatcher_pool)
    assert await pool.fetchval(taken) is None


async def test_what_runs_when_its_submission_ends_is_on_record_as_stopped(pool: Pool, dispatcher_pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    held, _ = await release(dispatcher_pool)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), 60)
    await pool.execute("update submissions set state = 'cancelled', verdict = 'cancelled', ended_at = now()")

    for _ in range(2):
        await tables.drop_shards(dispatcher_pool, [submission])

    rows = await pool.fetch("select shard_id, attempt, outcome, runner_id, taken_at is not null from executions")
    assert [tuple(row) for row in rows] == [(held.shard_id, 1, "stopped", "runner-1", True)], "not what was not taken"


async def test_a_runner_that_is_not_heard_of_for_long_is_forgotten_and_its_executions_keep_its_name(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    (held,) = await release(dispatcher_pool)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held, runner_id="gone"), 15)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(runner_id="there"), 15)
    await pool.execute("update runners set seen_at = now() - interval '1 hour' where id = 'gone'")

    assert await serving_tables.forget_runners(dispatcher_pool, 1800) == [], "a shard is still its"
    outcome = ExecutionOutcome.LEASE_EXPIRED
    await tables.requeue_shard(dispatcher_pool, held, "gone", outcome, "it was silent", failures_before_incident=3)
    assert await serving_tables.forget_runners(dispatcher_pool, 7200) == [], "it was heard of in that time"
    assert await serving_tables.forget_runners(dispatcher_pool, 1800) == ["gone"]

    assert [row["id"] for row in await pool.fetch("select id from runners")] == ["there"]
    assert await pool.fetchval("select runner_id from executions") == "gone"
