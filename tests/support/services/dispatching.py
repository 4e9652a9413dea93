"""What a dispatcher does with shards, in a line each."""

from uuid import UUID

from arena.words.states import ExecutionOutcome, ShardState
from benchmarks.stack.null_engine import NULL_ENVIRONMENTS
from services.dispatcher import tables
from shared.database import Pool
from shared.messages import HeldShard, RunnerHeartbeat


def heartbeat(*held: HeldShard, runner_id: str = "runner-1") -> RunnerHeartbeat:
    return RunnerHeartbeat(runner_id=runner_id, slots=2, environments=NULL_ENVIRONMENTS, ready=True, held=list(held))


async def release(pool: Pool, window: int = 100) -> list[HeldShard]:
    shards, _ = await tables.release_fairly(pool, lambda _: window)
    return [HeldShard(shard_id=shard.shard_id, attempt=shard.attempt) for shard in shards]


async def state_of(pool: Pool, shard_id: UUID) -> str:
    state: str = await pool.fetchval("select state from shards where id = $1", shard_id)
    return state


async def fail(pool: Pool, held: HeldShard) -> ShardState | None:
    outcome = ExecutionOutcome.INFRASTRUCTURE_FAILURE
    requeued = await tables.requeue_shard(
        pool, held, "runner-1", outcome, "the engine is gone", failures_before_incident=3
    )
    return None if requeued is None else ShardState(requeued.state)
