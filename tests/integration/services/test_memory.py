"""Shards go to the runners that have the memory for them, and side by side they have no more than there is."""

from arena.words.limits import Limits
from benchmarks.stack.null_engine import NullEngine, NullSlot
from shared.blobs import Blobs
from shared.broker.connection import Broker, connect_broker
from shared.broker.publishing import RawMessage
from shared.broker.topology import RESULTS, shard_queue
from shared.database import Pool
from shared.messages import ShardReleased
from shared.shard_class import GIBIBYTE, ShardClass
from tests.support.seeding import seed_phase
from tests.support.service_settings import PlatformSettings
from tests.support.services.classes import accept_in, ran_on, runner_with
from tests.support.services.fake_slots import MeteredSlot, StudyMeter
from tests.support.services.pipeline import BLOB, control, is_scored, running
from tests.support.services.shards import released_shard
from tests.support.waiting import wait_until

ALL_SCORED = "select bool_and(state = 'scored') from submissions"


async def test_a_shard_goes_only_to_a_runner_that_has_the_memory_for_it(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=2)
    usual = await accept_in(pool, broker, seeded, "small")
    large = await accept_in(pool, broker, seeded, "small", limit_gib=16)
    laptop = NullEngine(memory_bytes=8 * GIBIBYTE)
    first = runner_with(runner_broker, blobs, settings.with_runner("laptop"), laptop, NullSlot(), NullSlot())

    async with connect_broker(settings.runner.broker_url) as second_broker, control(settings):
        server = NullEngine(memory_bytes=24 * GIBIBYTE)
        second = runner_with(second_broker, blobs, settings.with_runner("server"), server, NullSlot())
        async with running(first.run, second.run):
            await wait_until(lambda: pool.fetchval(ALL_SCORED), what="all are scored")
            said = "select memory_bytes from runners where id = 'laptop'"
            assert await pool.fetchval(said) == 8 * GIBIBYTE

    assert await ran_on(pool, large) == {"server"}
    assert await ran_on(pool, usual) <= {"laptop", "server"}
    assert await pool.fetchval("select max(attempt) from shards") == 1, "nobody was given what it cannot run"


async def test_studies_side_by_side_never_have_more_memory_together_than_the_runner(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=4)
    for limit_gib in (2, 4, 16):
        await accept_in(pool, broker, seeded, "small", limit_gib=limit_gib)
    meter = StudyMeter()
    slots = [MeteredSlot(meter) for _ in range(4)]
    engine = NullEngine(memory_bytes=24 * GIBIBYTE)

    async with control(settings), running(runner_with(runner_broker, blobs, settings, engine, *slots).run):
        await wait_until(lambda: pool.fetchval(ALL_SCORED), what="all are scored, those that take the most, too")

    assert sum(meter.studies.values()) == 3 * 16
    assert 20 <= meter.most_memory_gib <= 24
    assert await pool.fetchval("select sum(failures) from shards") == 0


async def test_memory_that_no_runner_has_is_an_incident_that_names_it_and_ends_when_one_has(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(unserved_limit_s=0)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    large = await accept_in(pool, broker, seeded, "small", limit_gib=16)
    engine = NullEngine(memory_bytes=8 * GIBIBYTE)

    async with control(settings), running(runner_with(runner_broker, blobs, settings, engine, NullSlot()).run):
        said = "select unserved from shards where state = 'incident'"
        await wait_until(lambda: pool.fetchval(said), what="incident")
        assert "and 20 GiB of memory" in await pool.fetchval(said)
        assert "none has more than 8.0 GiB" in await pool.fetchval(said)
        engine.memory_bytes = 24 * GIBIBYTE
        await wait_until(lambda: is_scored(pool, large), what="scored when the runner has the memory")


async def test_a_runner_without_memory_for_one_study_says_so_and_takes_none(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(unserved_limit_s=0)
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    await accept_in(pool, broker, seeded, "small")
    engine = NullEngine(memory_bytes=4 * GIBIBYTE)

    async with control(settings), running(runner_with(runner_broker, blobs, settings, engine, NullSlot()).run):
        incident = "select unserved is not null from shards"
        await wait_until(lambda: pool.fetchval(incident), what="no runner can take it")
        said = "select reason = 'expected 6 GiB of memory, 6 for the study of each slot, got 4.0' from runners"
        await wait_until(lambda: pool.fetchval(said), what="it says so")


async def test_what_takes_more_than_its_class_waits_until_nothing_else_runs(
    broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    """A dispatcher of the last release knows nothing of memory, and sends everything as the usual class."""
    meter = StudyMeter()
    slots = [MeteredSlot(meter) for _ in range(2)]
    engine = NullEngine(memory_bytes=24 * GIBIBYTE)
    key = shard_of(limit_gib=2).routing_key
    shards = [shard_of(limit_gib=limit_gib) for limit_gib in (2, 16, 2, 16, 16, 2)]

    async with running(runner_with(runner_broker, blobs, settings, engine, *slots).run):
        await broker.declare([shard_queue(ShardClass("small", 1))])
        await broker.publish_raw([RawMessage(key, shard.model_dump_json().encode()) for shard in shards])

        async def all_ran() -> bool:
            return await broker.count_waiting(RESULTS) == len(shards)

        await wait_until(all_ran, what="all ran")

    assert meter.most_memory_gib == 20


def shard_of(*, limit_gib: int) -> ShardReleased:
    return released_shard(Limits(memory_limit_bytes=limit_gib * GIBIBYTE), blob_sha256=BLOB)
