"""What the dispatcher reads and writes in Postgres. Each public function is one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any
from uuid import UUID

import structlog

from arena.words.states import ExecutionOutcome, ShardState
from services.dispatcher.fairness import WaitingTeam, share_capacity
from services.dispatcher.rows import LostAttempt, OpenClass, OpenSubmission, ReleasedShard, RequeuedShard
from shared.database import Connection, Pool, fetch_all, fetch_one, load_queries, take_turn
from shared.messages import HeldShard, PhaseChanged, RunnerHeartbeat
from shared.shard_class import ShardClass
from shared.tracing.context import follow_trace

log = structlog.get_logger()
queries = load_queries(files("services.dispatcher") / "queries.sql")


async def expand_waiting(pool: Pool) -> int:
    """Make the shards of every submission that has none; returns how many submissions there were."""
    waiting = [tuple(row) async for row in queries.unexpanded_submissions(pool)]
    for submission_id, traceparent in waiting:
        with follow_trace("expand submission", traceparent, submission=str(submission_id)):
            async with pool.acquire() as connection, connection.transaction():
                await queries.expand_submission(connection, submission_id=submission_id)
                is_first = await queries.mark_expanded(connection, submission_id=submission_id) is not None
            if is_first:
                log.info("submission expanded", submission=str(submission_id))
    return len(waiting)


async def release_fairly(
    pool: Pool, window: Callable[[ShardClass], int]
) -> tuple[list[ReleasedShard], list[PhaseChanged]]:
    """Release shards until `window` of each class are on the broker; returns them and the changes to announce.

    Submissions start in a transaction of their own, because locks of submissions and phases are taken before those of
    shards. One that is not started with its first shards, because this process ended between the two, is so with the
    next ones, or with its first result.
    """
    async with pool.acquire() as connection:
        async with connection.transaction():
            released = await _release(connection, window)
        if not released:
            return [], []
        async with connection.transaction():
            return released, await _start_submissions(connection, list({each.submission_id for each in released}))


async def _release(connection: Connection, window: Callable[[ShardClass], int]) -> list[ReleasedShard]:
    """Release shards. Dispatchers take turns, because the window is that of all together."""
    await take_turn(connection, "release")
    classes = await fetch_all(OpenClass, queries.open_classes(connection))
    free = {each.shard_class: window(each.shard_class) - each.released for each in classes}
    capacities = {each: capacity for each, capacity in free.items() if capacity > 0}
    if not capacities:
        return []
    teams = await fetch_all(
        WaitingTeam,
        queries.waiting_teams(connection, **_columns(capacities), capacities=list(capacities.values())),
    )
    shares = share_capacity(capacities, teams)
    if not shares:
        return []
    await queries.mark_served(connection, team_ids=sorted({team_id for team_id, _ in shares}))
    return await fetch_all(
        ReleasedShard,
        queries.release_shards(
            connection,
            team_ids=[team_id for team_id, _ in shares],
            **_columns(shard_class for _, shard_class in shares),
            counts=list(shares.values()),
        ),
    )


def _columns(classes: Iterable[ShardClass]) -> dict[str, list[Any]]:
    """Return classes as the queries take them."""
    listed = list(classes)
    return {
        "environments": [each.environment for each in listed],
        "cpus": [each.cpus for each in listed],
        "memories_mib": [each.memory_mib for each in listed],
        "families": [each.family for each in listed],
    }


async def open_classes(pool: Pool) -> list[ShardClass]:
    """Return the classes of shards of submissions that have not ended."""
    return [each.shard_class for each in await fetch_all(OpenClass, queries.open_classes(pool))]


async def _start_submissions(connection: Connection, submission_ids: list[UUID]) -> list[PhaseChanged]:
    changes = []
    # An announcement stands for all that changed a phase, and belongs to the trace of one of them.
    traces = {phase: trace async for phase, trace in queries.lock_queued(connection, submission_ids=submission_ids)}
    for phase_id in sorted(traces):
        change = await queries.next_change(connection, phase_id=phase_id)
        await queries.start_submissions(connection, submission_ids=submission_ids, phase_id=phase_id, change=change)
        changes.append(PhaseChanged(phase_id=phase_id, change=change).following(traces[phase_id]))
    return changes


async def record_heartbeat(pool: Pool, heartbeat: RunnerHeartbeat, lease_s: float) -> list[HeldShard]:
    """Renew the leases of the shards that a runner has in hand; returns those that it should stop.

    Those that it has done are not among them: with short shards nearly every heartbeat names one whose results came
    first, and every runner hears of what one should stop.
    """
    async with pool.acquire() as connection, connection.transaction():
        await queries.record_runner(
            connection,
            runner_id=heartbeat.runner_id,
            slots=heartbeat.slots,
            memory_bytes=heartbeat.memory_bytes,
            environments=heartbeat.environments,
            families=heartbeat.families,
            ready=heartbeat.ready,
            reason=heartbeat.reason,
        )
        if not heartbeat.held:
            return []
        kept = {
            HeldShard(shard_id=shard_id, attempt=attempt)
            async for shard_id, attempt in queries.renew_leases(
                connection,
                shard_ids=[held.shard_id for held in heartbeat.held],
                attempts=[held.attempt for held in heartbeat.held],
                runner_id=heartbeat.runner_id,
                lease_s=lease_s,
            )
        }
    return [held for held in heartbeat.held if held not in kept]


async def requeue_shard(
    pool: Pool,
    held: HeldShard,
    runner_id: str | None,
    outcome: ExecutionOutcome,
    detail: str,
    *,
    failures_before_incident: int,
    delay_s: float = 0,
) -> RequeuedShard | None:
    """End an attempt without a result; returns what the shard is now, or None when the attempt was not in flight."""
    counted = outcome in {ExecutionOutcome.INFRASTRUCTURE_FAILURE, ExecutionOutcome.LEASE_EXPIRED}
    async with pool.acquire() as connection, connection.transaction():
        requeued = await fetch_one(
            RequeuedShard,
            queries.requeue_shard(
                connection,
                shard_id=held.shard_id,
                attempt=held.attempt,
                runner_id=runner_id,
                outcome=outcome,
                detail=detail,
                failures=int(counted),
                failures_before_incident=failures_before_incident,
                delay_s=delay_s if counted else 0,
            ),
        )
        if requeued is None:
            return None
        if requeued.state == ShardState.INCIDENT:
            await queries.record_incident(
                connection, submission_id=requeued.submission_id, shard_id=held.shard_id, detail=detail
            )
        return requeued


async def expired_leases(pool: Pool) -> list[LostAttempt]:
    """Return running shards whose lease has run out."""
    return await fetch_all(LostAttempt, queries.expired_leases(pool))


async def stale_releases(pool: Pool, ages_s: Mapping[ShardClass, float]) -> list[LostAttempt]:
    """Return shards that were released so long ago or earlier, by their class, and that no runner has taken."""
    return await fetch_all(
        LostAttempt, queries.stale_releases(pool, **_columns(ages_s), ages_s=[float(each) for each in ages_s.values()])
    )


async def drop_shards(pool: Pool, submission_ids: Sequence[UUID]) -> None:
    """Drop what is left of these submissions, if they have ended."""
    await queries.drop_shards(pool, submission_ids=list(submission_ids))


async def ended_with_open_shards(pool: Pool) -> list[UUID]:
    """Return ended submissions with shards still to drop."""
    return [submission_id async for (submission_id,) in queries.ended_with_open_shards(pool)]


async def fail_overdue(pool: Pool, submission_limit_s: float, incident_limit_s: float) -> list[OpenSubmission]:
    """End the submissions that outstayed their limit; returns them."""
    async with pool.acquire() as connection, connection.transaction():
        overdue = await fetch_all(
            OpenSubmission,
            queries.overdue_submissions(
                connection, submission_limit_s=submission_limit_s, incident_limit_s=incident_limit_s
            ),
        )
        for submission in sorted(overdue, key=lambda submission: submission.phase_id):
            change = await queries.next_change(connection, phase_id=submission.phase_id)
            await queries.fail_submission(
                connection,
                submission_id=submission.id,
                change=change,
                detail="It could not be finished in the time that a submission may take here.",
            )
    return overdue
