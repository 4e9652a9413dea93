"""How much work there is does not depend on the window, and neither does how many runners get some of it."""

from benchmarks.stack.null_engine import NullEngine
from services.dispatcher.serving_tables import count_backlog
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from shared.shard_class import MEBIBYTE, USUAL_MEMORY_MIB
from tests.support.seeding import seed_phase
from tests.support.service_settings import PlatformSettings
from tests.support.services.classes import accept_in, runner_with
from tests.support.services.fake_slots import SlowSlot
from tests.support.services.pipeline import control, running
from tests.support.waiting import wait_until

WINDOW, SLOTS, SHARDS = 3, 12, 20


async def test_all_slots_get_busy_at_once_though_no_more_than_the_window_wait_on_the_broker(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings
) -> None:
    settings = settings.with_changes(release_window=WINDOW)
    await accept_in(pool, broker, await seed_phase(pool, boxes=4, studies_per_box=SHARDS // 4), "small")
    engine = NullEngine(memory_bytes=SLOTS * USUAL_MEMORY_MIB * MEBIBYTE)
    slots = [SlowSlot() for _ in range(SLOTS)]
    filled = "select count(*) = $1 from shards where state = 'released'"

    async with control(settings):
        await wait_until(lambda: pool.fetchval(filled, WINDOW), what="released")
        (backlog,) = await count_backlog(pool)
        assert backlog.cpus == SHARDS, "whoever starts runners sees all of it while there is none"

        async with running(runner_with(runner_broker, blobs, settings, engine, *slots).run):
            for slot in slots:
                await slot.started.wait()
            full = "select count(*) = $1 from shards where state = 'running'"
            await wait_until(lambda: pool.fetchval(full, SLOTS), what="the table knows that all run")
            await wait_until(lambda: pool.fetchval(filled, WINDOW), what="more wait")
            (backlog,) = await count_backlog(pool)
            assert backlog.cpus == SHARDS, "those that run are counted, for whoever subtracts running runners"
