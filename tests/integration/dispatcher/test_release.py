"""Which shards are released, in which order, and how many."""

import asyncio
from uuid import UUID

from arena.words.states import ShardState
from benchmarks.stack.null_engine import NULL_ENVIRONMENTS
from services.aggregator.tables import begin, roll_back
from services.dispatcher import serving_tables, tables
from shared.database import Pool
from shared.messages import RunnerHeartbeat
from tests.support.locks import locked, wait_for_waiting
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.dispatching import fail, heartbeat, release


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

    shards, _ = await tables.release_fairly(dispatcher_pool, lambda _: 4)

    assert [shard.box_id for shard in shards] == seeded.boxes
    assert {shard.first_study for shard in shards} == {0}


async def test_release_shares_the_window_over_teams_and_never_exceeds_it(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    for _ in range(3):
        await seed_submission(pool, seeded, "many")
    single = await seed_submission(pool, seeded, "one")
    await tables.expand_waiting(dispatcher_pool)

    shards, changes = await tables.release_fairly(dispatcher_pool, lambda _: 10)

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
            await tables.release_fairly(dispatcher_pool, lambda _: window)
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

    shards, _ = await tables.release_fairly(dispatcher_pool, lambda _: 10)

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
        (shard,), _ = await tables.release_fairly(dispatcher_pool, lambda _: 1)
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

    shards, _ = await tables.release_fairly(dispatcher_pool, lambda _: 10)

    assert [shard.submission_id for shard in shards] == [*[lifted] * 4, *[first] * 4, *[lowered] * 2]


async def test_an_organizer_run_of_the_organizer_takes_its_turn_like_a_team(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    for _ in range(3):
        await seed_submission(pool, seeded, "(organizer)")
    await pool.execute("update teams set internal = true")
    team = await seed_submission(pool, seeded, "team")
    await tables.expand_waiting(dispatcher_pool)

    shards, _ = await tables.release_fairly(dispatcher_pool, lambda _: 8)

    assert sum(shard.submission_id == team for shard in shards) == 4


async def test_only_ready_runners_that_were_heard_of_count(pool: Pool, dispatcher_pool: Pool) -> None:
    await tables.record_heartbeat(dispatcher_pool, heartbeat(runner_id="runner-1"), lease_s=10)
    await tables.record_heartbeat(dispatcher_pool, heartbeat(runner_id="runner-2"), lease_s=10)
    await tables.record_heartbeat(
        pool, RunnerHeartbeat(runner_id="runner-3", slots=2, ready=False, reason="disk", held=[]), lease_s=10
    )
    await pool.execute("update runners set seen_at = now() - interval '1 minute' where id = 'runner-2'")

    (found,) = await serving_tables.ready_runners(dispatcher_pool, 15)
    assert (found.number, found.slots, found.environments) == (1, 2, NULL_ENVIRONMENTS)


async def test_what_is_released_names_the_data_set_environment_and_runtime(pool: Pool, dispatcher_pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=1)
    await pool.execute("update black_boxes set dataset_sha256 = 'hash' where id = $1", seeded.boxes[0])
    await pool.execute("update phases set cpus = 2, runtime = 'runsc'")
    await seed_submission(pool, seeded)
    await pool.execute("update submissions set environment = 'modern'")
    await tables.expand_waiting(dispatcher_pool)

    shards, _ = await tables.release_fairly(dispatcher_pool, lambda _: 10)

    assert [(shard.dataset_sha256, shard.environment, shard.cpus, shard.runtime) for shard in shards] == [
        ("hash", "modern", 2, "runsc"),
        (None, "modern", 2, "runsc"),
    ]


async def test_a_dispatcher_that_waits_for_a_phase_holds_no_shard(pool: Pool, dispatcher_pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool))
    await tables.expand_waiting(dispatcher_pool)

    async with asyncio.TaskGroup() as tasks, locked(pool, "select from phases for update"):
        released = tasks.create_task(release(dispatcher_pool))
        await wait_for_waiting(pool, 1)
        # A result of an earlier attempt is stored by who has the phase's lock, and needs that of the shard.
        assert await pool.fetch("select from shards for update nowait")

    assert released.result()
    assert await pool.fetchval("select state from submissions") == "running"


async def test_a_failure_is_an_incident_while_results_of_its_submission_are_stored(
    pool: Pool, dispatcher_pool: Pool
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await tables.expand_waiting(dispatcher_pool)

    async with pool.acquire() as connection:
        for _ in range(2):
            await fail(dispatcher_pool, (await release(dispatcher_pool))[0])
        (held,) = await release(dispatcher_pool)
        await begin(connection, [submission])
        assert await fail(dispatcher_pool, held) == ShardState.INCIDENT
        await roll_back(connection)
