"""The checker of `make chaos` finds each broken promise in the tables."""

from pathlib import Path
from uuid import UUID

from benchmarks.stack.null_engine import NullSlot
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from tests.chaos.history import History
from tests.chaos.load import REFERENCE_TEAM
from tests.chaos.promises.checker import check_tables
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.pipeline import BLOB, is_scored, scoring
from tests.support.waiting import wait_until

BREAKS = {
    "other losses than without faults": (
        "update studies set visible = array_fill(0.5::float8, array[3, 2]) where submission_id = $1"
    ),
    "studies and has": "delete from studies where submission_id = $1 and study = 0",
    "without faults": "update submissions set score = score + 1e-9 where id = $1",
    "should have ended as scored": "update submissions set state = 'cancelled', verdict = 'cancelled' where id = $1",
    "is gone": "delete from submissions where id = $1",
    "an incident without three failures": (
        "insert into submission_events (submission_id, event, detail) "
        "select $1, 'incident', jsonb_build_object('shard_id', id) from shards where submission_id = $1 limit 1"
    ),
    "3 active submissions": (
        "insert into submission_events (submission_id, event) select $1, 'accepted' from generate_series(1, 3)"
    ),
    "more executions than attempts": "update shards set attempt = 0 where submission_id = $1",
}


async def test_each_broken_promise_is_found(
    pool: Pool, runner_broker: Broker, blobs: Blobs, settings: PlatformSettings, tmp_path: Path
) -> None:
    history = History(tmp_path / "history")
    seeded = await seed_phase(pool, boxes=3, studies_per_box=2)
    submissions: list[UUID] = []
    async with scoring(settings, runner_broker, blobs, NullSlot(), NullSlot()):
        for team in (REFERENCE_TEAM, "other"):
            submission = await seed_submission(pool, seeded, team, blob_sha256=BLOB)
            await wait_until(lambda: is_scored(pool, submission), what="scored")  # noqa: B023 - called at once
            history.record("accepted", submission=str(submission), kind="first")
            submissions.append(submission)

    assert await check_tables(pool, history) == []
    for finding, breaks in BREAKS.items():
        async with pool.acquire() as connection:
            change = connection.transaction()
            await change.start()
            await connection.execute(breaks, submissions[1])
            found = await check_tables(connection, history)
            await change.rollback()
        assert any(finding in each for each in found), (finding, found)
    history.record("cancelled", submission=str(submissions[1]))
    assert any("should have ended as cancelled" in each for each in await check_tables(pool, history))
    await seed_submission(pool, seeded, "other")
    assert any("nobody was told so" in each for each in await check_tables(pool, history))
    history.close()
