"""Shards in Postgres: expansion, fair release, leases, attempts, incidents."""

from uuid import UUID

from arena.words.states import ExecutionOutcome, ShardState
from services.dispatcher import tables
from shared.database import Pool
from shared.messages import HeldShard, RunnerHeartbeat
from tests.support.seeding import seed_phase, seed_submission


def heartbeat(*held: HeldShard, runner_id: str = "runner-1") -> RunnerHeartbeat:
    return RunnerHeartbeat(runner_id=runner_id, slots=2, ready=True, held=list(held))


async def release(pool: Pool, window: int = 100) -> list[HeldShard]:
    shards, _ = await tables.release_fairly(pool, window)
    return [HeldShard(shard_id=shard.shard_id, attempt=shard.attempt) for shard in shards]


async def state_of(pool: Pool, shard_id: UUID) -> str:
    state: str = await pool.fetchval("select state from shards where id = $1", shard_id)
    return state


async def fail(pool: Pool, held: HeldShard) -> ShardState | None:
    outcome = ExecutionOutcome.INFRASTRUCTURE_FAILURE
    return await tables.requeue_shard(pool, held, "runner-1", outcome, "the engine is gone", failures_before_incident=3)


async def test_expanding_twice_makes_each_shard_once(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=5, studies_per_shard=2)
    submission = await seed_submission(pool, seeded)

    await tables.expand_waiting(dispatcher_pool)
    await pool.execute("update submissions set expanded_at = null")
    await tables.expand_waiting(dispatcher_pool)

    rows = await pool.fetch(
        "select box_id, first_study, n_studies from shards where submission_id = $1 order by box_id, first_study",
        submission,
    )
    assert [tuple(row) for row in rows] == [
        (box, first, n) for box in sorted(seeded.boxes) for first, n in ((0, 2), (2, 2), (4, 1))
    ]


async def test_the_first_study_of_every_box_is_released_before_any_second(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=2)
    await seed_submission(pool, seeded)
    await tables.expand_waiting(dispatcher_pool)

    shards, _ = await tables.release_fairly(dispatcher_pool, 4)

    assert [shard.box_id for shard in shards] == seeded.boxes
    assert {shard.first_study for shard in shards} == {0}


async def test_release_shares_the_window_over_teams_and_never_exceeds_it(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    for _ in range(3):
        await seed_submission(pool, seeded, "many")
    single = await seed_submission(pool, seeded, "one")
    await tables.expand_waiting(dispatcher_pool)

    shards, changes = await tables.release_fairly(dispatcher_pool, 10)

    assert len(shards) == 10
    assert sum(shard.submission_id == single for shard in shards) == 5
    assert await release(dispatcher_pool, 10) == []
    assert [change.phase_id for change in changes] == [seeded.phase_id]
    assert await pool.fetchval("select state from submissions where id = $1", single) == "running"


async def test_one_submission_behind_twenty_waits_for_no_more_than_its_share(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    for _ in range(20):
        await seed_submission(pool, seeded, "many")
    await tables.expand_waiting(dispatcher_pool)
    window, slots = 4, 2
    taken: list[UUID] = []

    async def run(number: int) -> None:
        """Let a slot take the shard that was released first, and finish it at once, so often."""
        for _ in range(number):
            await tables.release_fairly(dispatcher_pool, window)
            taken.append(
                await pool.fetchval(
                    """
                    update shards set state = 'done' where id = (
                        select id from shards where state = 'released' order by released_at, ordinal limit 1
                    ) returning submission_id
                    """
                )
            )

    await run(slots)
    one = await seed_submission(pool, seeded, "one")
    await tables.expand_waiting(dispatcher_pool)
    await run(window + 2 * seeded.studies_total)

    assert taken.count(one) == seeded.studies_total


async def test_within_a_team_the_oldest_submission_goes_first(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=2)
    submissions = [await seed_submission(pool, seeded) for _ in range(3)]
    await tables.expand_waiting(dispatcher_pool)

    shards, _ = await tables.release_fairly(dispatcher_pool, 10)

    assert [shard.submission_id for shard in shards] == [
        *[submissions[0]] * 4,
        *[submissions[1]] * 4,
        *[submissions[2]] * 2,
    ]


async def test_teams_without_a_place_take_turns(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=2)
    submissions = [await seed_submission(pool, seeded, f"team-{number}") for number in range(4)]
    await tables.expand_waiting(dispatcher_pool)

    served = []
    for _ in range(8):
        (shard,), _ = await tables.release_fairly(dispatcher_pool, 1)
        served.append(shard.submission_id)
        await pool.execute("update shards set state = 'done' where state = 'released'")

    assert served == submissions * 2


async def test_a_higher_priority_of_phase_or_submission_goes_first_across_teams(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=2)
    first, lifted, lowered = [await seed_submission(pool, seeded, name) for name in ("first", "lifted", "lowered")]
    await tables.expand_waiting(dispatcher_pool)
    await pool.execute("update submissions set priority = 1 where id = $1", lifted)
    await pool.execute("update submissions set priority = -1 where id = $1", lowered)

    shards, _ = await tables.release_fairly(dispatcher_pool, 10)

    assert [shard.submission_id for shard in shards] == [*[lifted] * 4, *[first] * 4, *[lowered] * 2]


async def test_an_organizer_run_of_the_organizer_takes_its_turn_like_a_team(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    for _ in range(3):
        await seed_submission(pool, seeded, "(organizer)")
    await pool.execute("update teams set internal = true")
    team = await seed_submission(pool, seeded, "team")
    await tables.expand_waiting(dispatcher_pool)

    shards, _ = await tables.release_fairly(dispatcher_pool, 8)

    assert sum(shard.submission_id == team for shard in shards) == 4


async def test_only_ready_runners_that_were_heard_of_have_slots(pool: Pool, dispatcher_pool: Pool) -> None:
    await tables.record_heartbeat(dispatcher_pool, heartbeat(runner_id="runner-1"), lease_s=10)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(runner_id="runner-2"), lease_s=10)
    await tables.record_heartbeat(
        pool, RunnerHeartbeat(runner_id="runner-3", slots=2, ready=False, reason="disk", held=[]), lease_s=10
    )
    await pool.execute("update runners set seen_at = now() - interval '1 minute' where id = 'runner-2'")

    assert await tables.ready_slots(dispatcher_pool, 15) == 2


async def test_a_heartbeat_makes_a_released_shard_running_and_extends_its_lease(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool))
    await tables.expand_waiting(dispatcher_pool)
    held = (await release(dispatcher_pool, 1))[0]

    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=10) == []
    first = await pool.fetchval("select lease_until from shards where id = $1", held.shard_id)
    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=20) == []

    assert await state_of(pool, held.shard_id) == ShardState.RUNNING
    assert await pool.fetchval("select lease_until from shards where id = $1", held.shard_id) > first


async def test_a_shard_already_running_elsewhere_is_revoked_from_a_second_runner(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool))
    await tables.expand_waiting(dispatcher_pool)
    held = (await release(dispatcher_pool, 1))[0]
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=10)

    assert await tables.record_heartbeat(dispatcher_pool, heartbeat(held, runner_id="runner-2"), lease_s=10) == [held]


async def test_a_lost_runner_s_shard_waits_again_and_its_old_attempt_is_revoked(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    held = (await release(dispatcher_pool))[0]
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held), lease_s=-1)

    expired = await tables.expired_leases(dispatcher_pool)
    assert [shard.shard_id for shard in expired] == [held.shard_id]
    state = await tables.requeue_shard(
        pool, held, "runner-1", ExecutionOutcome.LEASE_EXPIRED, "silent", failures_before_incident=3
    )

    assert state is ShardState.PENDING
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
        state = await tables.requeue_shard(dispatcher_pool, held, None, outcome, "", failures_before_incident=1)
        assert state is ShardState.PENDING

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
    assert await tables.fail_overdue(dispatcher_pool, -1, 3600) == [submission]

    assert await pool.fetchval("select verdict from submissions") == "platform_fault"


async def test_an_incident_nobody_settles_in_time_ends_its_submission(pool: Pool, dispatcher_pool: Pool) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    for _ in range(3):
        await fail(dispatcher_pool, (await release(dispatcher_pool))[0])

    assert await tables.fail_overdue(dispatcher_pool, 3600, 3600) == []
    assert await tables.fail_overdue(dispatcher_pool, 3600, -1) == [submission]


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


async def test_what_is_released_names_the_data_set_image_and_runtime(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=1)
    await pool.execute("update black_boxes set dataset_sha256 = 'hash' where id = $1", seeded.boxes[0])
    await pool.execute("update phases set image = 'image:1', runtime = 'runsc'")
    await seed_submission(pool, seeded)
    await tables.expand_waiting(dispatcher_pool)

    shards, _ = await tables.release_fairly(dispatcher_pool, 10)

    assert [(shard.dataset_sha256, shard.image, shard.runtime) for shard in shards] == [
        ("hash", "image:1", "runsc"),
        (None, "image:1", "runsc"),
    ]


async def test_a_runner_that_is_not_heard_of_for_long_is_forgotten_and_its_executions_keep_its_name(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)
    (held,) = await release(dispatcher_pool)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(held, runner_id="gone"), 15)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(runner_id="there"), 15)
    await pool.execute("update runners set seen_at = now() - interval '1 hour' where id = 'gone'")

    assert await tables.forget_runners(dispatcher_pool, 1800) == [], "a shard is still its"
    outcome = ExecutionOutcome.LEASE_EXPIRED
    await tables.requeue_shard(dispatcher_pool, held, "gone", outcome, "it was silent", failures_before_incident=3)
    assert await tables.forget_runners(dispatcher_pool, 7200) == [], "it was heard of in that time"
    assert await tables.forget_runners(dispatcher_pool, 1800) == ["gone"]

    assert [row["id"] for row in await pool.fetch("select id from runners")] == ["there"]
    assert await pool.fetchval("select runner_id from executions") == "gone"
