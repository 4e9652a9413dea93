"""A service that is killed in the middle of a transaction has changed nothing, and another does its work.

The test holds a lock for which the service has to wait, so that it is in its transaction when the kill comes.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stack.null_engine import NullSlot
from services.dispatcher import tables as dispatcher_tables
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.broker.topology import RESULTS
from shared.database import Pool
from tests.support.locks import locked, wait_for_waiting
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.pipeline import BLOB, control, is_scored, runner, running, score_undisturbed
from tests.support.services.results import all_results
from tests.support.stack import free_port, start_process
from tests.support.waiting import wait_until


@contextmanager
def killed_process(name: str, settings: PlatformSettings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = start_process(f"services.{name}", getattr(settings, name), free_port(), log, {})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def wait_until_forgotten(pool: Pool, service: str) -> None:
    """Wait until the database has ended whatever a service did."""
    gone = "select count(*) = 0 from pg_stat_activity where usename = $1 and datname = current_database()"
    await wait_until(lambda: pool.fetchval(gone, service), what="the database has ended its transaction")


async def test_a_dispatcher_killed_while_it_releases_has_released_nothing_and_another_goes_on(
    pool: Pool,
    broker: Broker,
    runner_broker: Broker,
    blobs: Blobs,
    settings: PlatformSettings,
    tmp_path: Path,
) -> None:
    seeded = await seed_phase(pool, boxes=4, studies_per_box=3)
    undisturbed = await score_undisturbed(pool, broker, runner_broker, blobs, settings, seeded)
    submission = await seed_submission(pool, seeded, blob_sha256=BLOB)
    await dispatcher_tables.expand_waiting(pool)
    before = await pool.fetch("select * from shards order by id")

    with killed_process("dispatcher", settings, tmp_path / "log") as dispatcher:
        async with locked(pool, "select from teams for update"):
            await wait_for_waiting(pool, 1)  # it has chosen teams, and waits to say that they have had their turn
            dispatcher.kill()
            dispatcher.wait()
        await wait_until_forgotten(pool, "dispatcher")

    assert await pool.fetch("select * from shards order by id") == before
    assert await pool.fetchval("select state from submissions where id = $1", submission) == "queued"

    async with control(settings), running(runner(runner_broker, blobs, settings, [NullSlot(), NullSlot()]).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")
    assert await pool.fetchval("select score from submissions where id = $1", submission) == undisturbed
    assert await pool.fetchval("select max(attempt) from shards") == 1


async def test_what_a_dispatcher_had_released_when_it_was_killed_is_released_again(
    pool: Pool, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings, tmp_path: Path
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=4, studies_per_box=3), blob_sha256=BLOB)
    await dispatcher_tables.expand_waiting(pool)

    with killed_process("dispatcher", settings, tmp_path / "log") as dispatcher:
        async with locked(pool, "select from submissions where id = $1 for update", submission):
            await wait_for_waiting(pool, 1)  # it has released shards, and waits to say that their submission runs
            dispatcher.kill()
            dispatcher.wait()
        await wait_until_forgotten(pool, "dispatcher")
    assert await pool.fetchval("select count(*) from shards where state = 'released'") > 0

    settings = settings.with_changes(lease_s=2, message_lost_s=2)
    async with control(settings), running(runner(runner_broker, blobs, settings, [NullSlot(), NullSlot()]).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")
    assert await pool.fetchval("select count(*) from studies") == 12


async def test_an_aggregator_killed_while_it_stores_results_has_stored_none_and_another_stores_all_once(
    pool: Pool, broker: Broker, settings: PlatformSettings, tmp_path: Path
) -> None:
    seeded = await seed_phase(pool, boxes=3, studies_per_box=2)
    submission = await seed_submission(pool, seeded)
    await broker.publish(await all_results(pool, submission))

    with killed_process("aggregator", settings, tmp_path / "log") as aggregator:
        async with locked(pool, "select from shards for no key update"):
            await wait_for_waiting(pool, 1)  # it has inserted studies, and waits to count them on their shards
            aggregator.kill()
            aggregator.wait()
        await wait_until_forgotten(pool, "aggregator")

    assert await pool.fetchval("select count(*) from studies") == 0
    assert await pool.fetchval("select studies_done from submissions") == 0

    async def all_wait_again() -> bool:
        return await broker.count_waiting(RESULTS) == 6

    await wait_until(all_wait_again, what="the broker has the results back")
    async with control(settings):
        await wait_until(lambda: is_scored(pool, submission), what="scored")
    assert await pool.fetchval("select count(*) from studies") == 6
    assert await pool.fetchval("select sum(studies) from provenances") == 6
    assert await pool.fetchval("select count(*) from executions where outcome = 'done'") == 6
