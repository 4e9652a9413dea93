"""A service's process that sends its spans to a collector."""

import json
from pathlib import Path

from shared.database import Pool
from shared.tracing.context import new_traceparent
from tests.support.seeding import seed_phase, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.spans import receiving_spans
from tests.support.stack import free_port, running_process
from tests.support.waiting import wait_until


async def test_a_service_sends_the_spans_of_its_work_when_it_ends_at_the_latest(
    pool: Pool, settings: PlatformSettings, tmp_path: Path
) -> None:
    await seed_submission(pool, await seed_phase(pool))
    traceparent, log = new_traceparent(), tmp_path / "log"
    await pool.execute("update submissions set traceparent = $1", traceparent)

    with receiving_spans() as receiver:
        traced = settings.dispatcher.model_copy(update={"traces_url": receiver.url})
        with running_process("dispatcher", traced, free_port(), log, {}):
            await wait_until(lambda: pool.fetchval("select expanded_at is not null from submissions"), what="expanded")

    assert "expand submission" in receiver.received["arena-dispatcher"]
    (line,) = [each for each in map(json.loads, log.read_text().splitlines()) if each["event"] == "submission expanded"]
    assert line["trace"] == traceparent.split("-")[1]
