"""Shards go to the runners that have their environment and CPUs; the runners' slots have no containers."""

import asyncio

from arena.sandbox.study import InfrastructureFailure
from benchmarks.stack.null_engine import NullEngine, NullSlot
from services.dispatcher.fairness import RELEASED_AT_LEAST
from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from shared.broker.topology import shard_queue
from shared.database import Pool
from shared.shard_class import ShardClass
from tests.support.backends import lose_everything
from tests.support.seeding import seed_phase
from tests.support.service_settings import PlatformSettings
from tests.support.services.classes import accept_in, ran_on, runner_with
from tests.support.services.fake_slots import FailingSlot, MeteredSlot, StudyMeter
from tests.support.services.pipeline import control, is_scored, running
from tests.support.waiting import wait_until

OLD, NEW = (f"sha256:{digit * 64}" for digit in "12")


async def test_each_runner_gets_the_shards_of_its_environments_and_of_the_image_that_is_pinned(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    of = {
        entry: await accept_in(pool, broker, seeded, entry)
        for entry in ("small", f"small@{OLD}", f"small@{NEW}", "modern")
    }
    first = runner_with(runner_broker, blobs, settings.with_runner("first"), NullEngine({"small": OLD}), NullSlot())

    async with connect_broker(settings.runner.broker_url) as second_broker, control(settings):
        both = NullEngine({"small": NEW, "modern": NEW})
        second = runner_with(second_broker, blobs, settings.with_runner("second"), both, NullSlot())
        async with running(first.run, second.run):
            all_scored = "select bool_and(state = 'scored') from submissions"
            await wait_until(lambda: pool.fetchval(all_scored), what="all are scored")

    assert await ran_on(pool, of[f"small@{OLD}"]) == {"first"}
    assert await ran_on(pool, of[f"small@{NEW}"]) == await ran_on(pool, of["modern"]) == {"second"}
    assert await pool.fetchval("select max(attempt) from shards") == 1, "nobody was given what it cannot run"
    said = await pool.fetchval("select environments from runners where id = 'second'")
    assert said == {"small": NEW, "modern": NEW}


async def test_what_no_runner_can_run_is_an_incident_and_no_verdict_and_goes_on_when_one_can(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(unserved_limit_s=0, engine_check_interval_s=0.1)
    seeded = await seed_phase(pool, boxes=2, studies_per_box=2)
    engine = NullEngine({"small": OLD, "modern": OLD})

    async with control(settings), running(runner_with(runner_broker, blobs, settings, engine, NullSlot()).run):
        # Without a ready runner, a few shards of each class are released, and have had an attempt then.
        await wait_until(lambda: pool.fetchval("select ready from runners"), what="the runner is known")
        held_up = await accept_in(pool, broker, seeded, f"modern@{NEW}")
        other = await accept_in(pool, broker, seeded, "small")
        incidents = "select count(*) = 1 from shards where state = 'incident'"
        await wait_until(lambda: pool.fetchval(incidents), what="one incident for the submission")
        await wait_until(lambda: is_scored(pool, other), what="what can be run is run")
        row = await pool.fetchrow("select submission_id, unserved, failures from shards where state = 'incident'")
        assert row is not None
        assert (row["submission_id"], row["failures"]) == (held_up, 0)
        assert f"the environment modern with the digest {NEW}" in row["unserved"]
        event = await pool.fetchval("select detail from submission_events where event = 'incident'")
        assert event["detail"] == row["unserved"]
        assert await pool.fetchval("select verdict from submissions where id = $1", held_up) is None

        engine.environments["modern"] = NEW
        await wait_until(lambda: is_scored(pool, held_up), what="scored when a runner has the image")

    assert await pool.fetchval("select max(attempt) from shards") == 1


async def test_two_cpus_that_no_runner_has_are_an_incident_that_names_them(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(unserved_limit_s=0)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    await accept_in(pool, broker, seeded, "small", cpus=2)
    narrow = runner_with(runner_broker, blobs, settings, NullEngine(), NullSlot())

    async with control(settings), running(narrow.run):
        said = "select unserved from shards where state = 'incident'"
        await wait_until(lambda: pool.fetchval(said), what="incident")
        assert "Expected a runner with 2 CPUs and the environment small, found none" in await pool.fetchval(said)


async def test_shards_of_one_and_of_two_cpus_all_run_and_never_on_more_cpus_than_there_are(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=6)
    narrow = await accept_in(pool, broker, seeded, "small")
    wide = await accept_in(pool, broker, seeded, "small", cpus=2)
    meter = StudyMeter()
    slots = [MeteredSlot(meter) for _ in range(2)]

    async with control(settings), running(runner_with(runner_broker, blobs, settings, NullEngine(), *slots).run):
        await wait_until(lambda: is_scored(pool, wide), what="two CPUs: scored, though the others keep coming")
        await wait_until(lambda: is_scored(pool, narrow), what="one CPU: scored")

    assert meter.studies == {1: 24, 2: 24}
    assert meter.most_cpus == 2
    assert await pool.fetchval("select sum(failures) from shards") == 0


async def test_an_image_that_vanished_hands_its_shard_back_and_the_runner_goes_on_with_the_others(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=1)
    submission = await accept_in(pool, broker, seeded, "modern")
    engine = NullEngine({"small": OLD, "modern": OLD})
    lost = asyncio.Event()

    def lose_image() -> InfrastructureFailure:
        engine.environments.pop("modern", None)
        lost.set()
        return InfrastructureFailure("no such image")

    forgetful = runner_with(runner_broker, blobs, settings.with_runner("forgetful"), engine, FailingSlot(lose_image))
    async with connect_broker(settings.runner.broker_url) as second_broker, control(settings), running(forgetful.run):
        said = "select not environments ? 'modern' from runners where id = 'forgetful'"
        await lost.wait()
        await wait_until(lambda: pool.fetchval(said), what="says that it has it no more")
        other = NullEngine({"modern": OLD})
        async with running(runner_with(second_broker, blobs, settings.with_runner("other"), other, NullSlot()).run):
            await wait_until(lambda: is_scored(pool, submission), what="scored by the other")

    assert await ran_on(pool, submission) == {"other"}
    assert await pool.fetchval("select sum(failures) from shards") == 0
    outcomes = await pool.fetch("select distinct outcome from executions where runner_id = 'forgetful'")
    assert [row["outcome"] for row in outcomes] == ["handed_back"]


async def test_a_second_environment_that_is_built_while_a_study_runs_is_served_at_once(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(engine_check_interval_s=0.1)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    slow = await accept_in(pool, broker, seeded, "small")
    later = await accept_in(pool, broker, seeded, "modern")
    engine, meter = NullEngine({"small": OLD}), StudyMeter(hold={"small"})
    slots = [MeteredSlot(meter) for _ in range(2)]

    async with control(settings), running(runner_with(runner_broker, blobs, settings, engine, *slots).run):
        await meter.held.wait()
        engine.environments["modern"] = OLD
        await wait_until(lambda: is_scored(pool, later), what="scored beside the study that still runs")
        assert not await is_scored(pool, slow)
        meter.go.set()
        await wait_until(lambda: is_scored(pool, slow), what="scored")


async def test_losing_every_queue_of_every_class_loses_no_work(
    pool: Pool, broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(lease_s=5, message_lost_s=5)
    seeded = await seed_phase(pool, boxes=4, studies_per_box=2)
    for entry in ("small", "modern", f"modern@{OLD}"):
        await accept_in(pool, broker, seeded, entry)
    await accept_in(pool, broker, seeded, "small", cpus=2)
    vhost = settings.broker_url.get_secret_value().rsplit("/", 1)[1]
    meter = StudyMeter(hold={"small"})
    slots = [MeteredSlot(meter) for _ in range(2)]

    async with connect_broker(settings.runner.broker_url) as own, control(settings):
        engine = NullEngine({"small": OLD, "modern": OLD})
        async with running(runner_with(own, blobs, settings, engine, *slots).run):
            await meter.held.wait()
            await asyncio.to_thread(lose_everything, vhost)
            meter.go.set()
            all_scored = "select bool_and(state = 'scored') from submissions"
            await wait_until(lambda: pool.fetchval(all_scored), what="all are scored after the broker lost everything")

    assert await pool.fetchval("select max(failures) from shards") == 0


async def test_without_any_runner_a_few_shards_wait_in_the_queue_for_the_first_that_comes(
    pool: Pool, broker: Broker, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(unserved_limit_s=0)
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    await accept_in(pool, broker, seeded, "modern")

    async with control(settings):
        queue = shard_queue(ShardClass("modern", 1))

        async def they_wait() -> bool:
            return await broker.count_waiting(queue) == RELEASED_AT_LEAST

        await wait_until(they_wait, what="released")

    states = await pool.fetch("select state, count(*) from shards group by state order by state")
    assert [tuple(row) for row in states] == [("pending", 8), ("released", 8)], "and no incident"
