"""Which runners are ready in Postgres, what work there is for them, and the incidents of shards that none can take."""

from importlib.resources import files

from services.dispatcher.rows import EnvironmentBacklog, PresentRunners
from services.dispatcher.serving import ReadyRunners, TracedRow
from shared.database import Pool, fetch_all, load_queries, take_turn
from shared.shard_class import ShardClass

queries = load_queries(files("services.dispatcher") / "serving.sql")


async def ready_runners(pool: Pool, seen_s: float) -> list[ReadyRunners]:
    """Return the ready runners that were heard from in the last `seen_s` seconds."""
    return await fetch_all(ReadyRunners, queries.ready_runners(pool, seen_s=seen_s))


async def mark_unserved(pool: Pool, shard_class: ShardClass, age_s: float, reason: str) -> list[TracedRow]:
    """Make one shard of each submission that waits for runners of a class an incident; returns the submissions."""
    async with pool.acquire() as connection, connection.transaction():
        await take_turn(connection, "mark unserved")  # or two dispatchers would each find another first shard
        marked = queries.mark_unserved(connection, **vars(shard_class), age_s=age_s, reason=reason)
        return await fetch_all(TracedRow, marked)


async def resume_served(pool: Pool, shard_class: ShardClass) -> list[TracedRow]:
    """Let the shards of a class wait again that were an incident for want of a runner; returns them."""
    return await fetch_all(TracedRow, queries.resume_served(pool, **vars(shard_class)))


async def count_backlog(pool: Pool) -> list[EnvironmentBacklog]:
    """Return what work there is, by environment and family: on runners, on the broker and not yet released."""
    return await fetch_all(EnvironmentBacklog, queries.count_backlog(pool))


async def list_known_families(pool: Pool) -> set[str]:
    """Return the problem families of all competitions' black boxes."""
    return {row["family"] async for row in queries.known_families(pool)}


async def count_incidents(pool: Pool) -> int:
    """Return how many shards are incidents."""
    incidents: int = await queries.count_incidents(pool)
    return incidents


async def count_spent(pool: Pool, size: int) -> None:
    """Count what the executions of ended submissions have cost, for up to `size` of them."""
    await queries.count_spent(pool, size=size)


async def count_runners(pool: Pool, seen_s: float) -> PresentRunners:
    """Return how many runners were heard from in the last `seen_s` seconds."""
    return PresentRunners(**await queries.count_runners(pool, seen_s=seen_s))


async def forget_runners(pool: Pool, age_s: float) -> list[str]:
    """Remove the runners that were last heard of `age_s` seconds ago or earlier; returns their names.

    Executions keep the names of the runners that ran them.
    """
    return [runner_id async for (runner_id,) in queries.forget_runners(pool, age_s=age_s)]
