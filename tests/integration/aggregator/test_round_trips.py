"""What it costs to store a result, in waits for Postgres and syncs to disk: neither depends on how fast anything is."""

from pydantic import SecretStr

from arena.words.execution import Provenance, Usage
from benchmarks.stack.round_trips import counted_round_trips
from services.aggregator.service import Aggregator
from shared.broker.connection import Broker
from shared.database import Pool, connect_database
from shared.outbox import Outbox
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.results import all_results


async def test_a_result_takes_three_round_trips_and_one_transaction(
    pool: Pool, broker: Broker, settings: PlatformSettings
) -> None:
    seeded = await seed_phase(pool, boxes=3, studies_per_box=2)
    first, *others, _ = [
        each.model_copy(update={"log": "text", "usage": Usage(cpu_s=1.0), "provenance": PROVENANCE})
        for each in await all_results(pool, await seed_submission(pool, seeded))
    ]
    url: SecretStr = settings.aggregator.database_url
    async with counted_round_trips(url) as counted, await connect_database(url=counted.url, size=1) as one:
        aggregator = Aggregator(one, broker, Outbox(one, broker), result_batch=64)
        await aggregator.take_results([first])  # prepares the statements, and learns what the submission refers to
        counted.states.clear()
        for each in others:
            await aggregator.take_results([each])

    assert len(others) == 4
    assert len(counted.states) <= 3 * len(others)
    assert counted.transactions == len(others)
    assert await pool.fetchval("select count(*) from studies") == 1 + len(others)


PROVENANCE = Provenance(optimizer_image="o", blackbox_image="b", code_version="c", runtime="runc")
