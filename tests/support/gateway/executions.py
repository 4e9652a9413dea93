"""Executions in the tables, as the services behind the gateway leave them."""

from typing import Any
from uuid import UUID

from arena.words.execution import Provenance, Usage
from services.aggregator.storing import storing
from services.dispatcher import tables as dispatcher_tables
from shared.database import Pool
from shared.messages import HeldShard, RunnerHeartbeat
from tests.support.services.results import result

PROVENANCE = Provenance(optimizer_image="sha256:1", blackbox_image="sha256:2", code_version="abc", runtime="runc")


async def release(pool: Pool, count: int = 100) -> list[tuple[UUID, UUID, int, HeldShard]]:
    """Release up to `count` shards to a runner; returns (submission, black box, first study, held shard) of each."""
    await dispatcher_tables.expand_waiting(pool)
    shards, _ = await dispatcher_tables.release_fairly(pool, lambda _: count)
    held = [HeldShard(shard_id=shard.shard_id, attempt=shard.attempt) for shard in shards]
    heartbeat = RunnerHeartbeat(runner_id="runner", slots=9, ready=True, held=held)
    await dispatcher_tables.record_heartbeat(pool, heartbeat, 60)
    return [
        (shard.submission_id, shard.box_id, shard.first_study, each) for shard, each in zip(shards, held, strict=True)
    ]


async def finish(pool: Pool, submission: UUID, box: UUID, study: int, held: HeldShard, **more: Any) -> None:
    """Store a result as the aggregator does."""
    finished = result(submission, box, study, (held.shard_id, held.attempt)).model_copy(
        update={"usage": Usage(cpu_s=2.5, memory_peak_bytes=1000), "provenance": PROVENANCE, **more}
    )
    async with pool.acquire() as connection, storing(connection, [(finished, [0.5])], []):
        pass
