"""The dispatcher makes shards of submissions, releases them fairly over teams, and moves on what stays too long."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from prometheus_client import Counter, Gauge

from arena.words.states import ExecutionOutcome, ShardState, SubmissionState
from services.dispatcher import serving_tables, tables
from services.dispatcher.database_clock import DatabaseClock
from services.dispatcher.fairness import release_window
from services.dispatcher.heartbeats import LastHeartbeats
from services.dispatcher.measurements import measure_unserved, measure_work
from services.dispatcher.release import shard_message
from services.dispatcher.rows import LostAttempt, ReleasedShard
from services.dispatcher.serving import ReadyRunners, count_places, explain_unserved
from services.dispatcher.settings import DispatcherSettings
from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.queue_lengths import measure_queues
from shared.broker.topology import DISPATCH, RESULTS, SUBMISSIONS, shard_queue
from shared.database import Pool, is_transient
from shared.events import wait_for_any
from shared.messages import (
    HeldShard,
    RunnerHeartbeat,
    ShardReleased,
    ShardsFinished,
    ShardsRevoked,
    ShardUnfinished,
    SubmissionEnded,
    SubmissionMessage,
)
from shared.shard_class import ShardClass
from shared.tracing.context import record_span, trace_field

log = structlog.get_logger()
RELEASE_POLL_S = 2.0
RELEASE_GAP_S = 0.1
"""What becomes free in this time after a release is filled together: what is on the broker lasts runners longer."""
SLOW_ANSWER_S = 1.0
RETRY_DELAY_S = 2.0
"""How long a shard that failed on one runner waits, so that another is free to take it."""
RESULTS_WAITING_MOST = 2000
"""While more results wait, nothing is released. They are stored in less than a lease, even on a busy machine."""
COUNTED_AT_ONCE = 200
"""Ended submissions of which one sweep counts what they have cost."""

RELEASED = Counter("arena_shards_released", "Shards released to runners, every attempt counted")
REQUEUED = Counter("arena_shards_returned", "Attempts that ended without a result", ["outcome"])
INCIDENTS = Counter("arena_incidents", "Shards that failed too often and wait for the organizer")
WAITING = Gauge("arena_shards_waiting", "Shards on the broker that no runner has taken")


class Dispatcher:
    """The tables decide, messages only say "look": after any loss the next poll finds what there is to do."""

    def __init__(self, pool: Pool, broker: Broker, settings: DispatcherSettings) -> None:
        self._pool = pool
        self._broker = broker
        self._settings = settings
        self._look = asyncio.Event()
        self._hearing_since = time.monotonic()
        self._unserved_since: dict[ShardClass, float] = {}
        self._silent_since: dict[HeldShard, float] = {}
        self._clock = DatabaseClock()
        self._last_heartbeats = LastHeartbeats()
        self._has_work = True

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._broker.consume(SUBMISSIONS, self._on_submissions, stop, prefetch=100, batch=100))
            tasks.create_task(self._broker.consume(DISPATCH, self._on_dispatch, stop, prefetch=200, batch=200))
            tasks.create_task(measure_queues(self._broker, (SUBMISSIONS, DISPATCH), stop))
            tasks.create_task(self._repeat(self._release, RELEASE_POLL_S, stop))
            tasks.create_task(self._repeat(self._sweep, self._settings.sweep_interval_s, stop))

    async def _repeat(self, act: Callable[[], Awaitable[None]], interval_s: float, stop: asyncio.Event) -> None:
        is_release = act == self._release
        wakers = (self._look, stop) if is_release else (stop,)
        while not stop.is_set():
            try:
                await act()
            except Exception as error:
                if not isinstance(error, BrokerUnavailable) and not is_transient(error):
                    raise
                self._hearing_since = time.monotonic()
                log.warning("waiting for broker and database", doing=act.__name__, error=repr(error))
            # Without work there is nothing to release, until a message or the sweeper says that there is.
            is_idle = is_release and not self._has_work
            await wait_for_any(*wakers, timeout_s=None if is_idle else interval_s)

    async def _on_submissions(self, messages: Sequence[SubmissionMessage]) -> None:
        ended = [message.submission_id for message in messages if isinstance(message, SubmissionEnded)]
        if ended:
            await tables.drop_shards(self._pool, ended)
        if len(ended) < len(messages):
            await tables.expand_waiting(self._pool)
        self._look.set()

    async def _on_dispatch(self, messages: Sequence[RunnerHeartbeat | ShardUnfinished | ShardsFinished]) -> None:
        last_heartbeats = {message.runner_id: message for message in messages if isinstance(message, RunnerHeartbeat)}
        for heartbeat in last_heartbeats.values():
            revoked = await tables.record_heartbeat(self._pool, heartbeat, self._settings.lease_s)
            if revoked:
                log.info("shards revoked", runner=heartbeat.runner_id, shards=[str(held.shard_id) for held in revoked])
                await self._broker.publish([ShardsRevoked(runner_id=heartbeat.runner_id, revoked=revoked)])
        for message in messages:
            if isinstance(message, ShardUnfinished):
                held = HeldShard(shard_id=message.shard_id, attempt=message.attempt)
                await self._requeue(held, message.runner_id, ExecutionOutcome(message.outcome), message.detail)
        if self._last_heartbeats.note(last_heartbeats.values()) or len(last_heartbeats) < len(messages):
            self._look.set()

    async def _release(self) -> None:
        if self._look.is_set():
            self._has_work = True
        self._look.clear()
        if await self._results_wait():
            return
        settings = self._settings
        runners = await serving_tables.ready_runners(self._pool, settings.lease_s)

        def window(shard_class: ShardClass) -> int:
            # Without any runner a few shards wait on the broker all the same, so that the first one finds work at once.
            places = count_places(shard_class, runners) if runners else 1
            return release_window(settings.release_window, settings.release_per_slot, places)

        shards, changes = await tables.release_fairly(self._pool, window)
        if not shards:
            return
        # A message that is lost from here on is found by the sweeper: the table says the shard is released.
        messages = [_release_message(shard) for shard in shards]
        await self._broker.declare([shard_queue(each) for each in {message.shard_class for message in messages}])
        await self._broker.publish([*messages, *changes])
        RELEASED.inc(len(shards))
        await asyncio.sleep(RELEASE_GAP_S)

    async def _sweep(self) -> None:
        await self._look_at_clock()
        if await tables.expand_waiting(self._pool):
            self._look.set()
        await self._drop_leftovers()
        if self._clock.is_trusted:
            await self._fail_overdue()
        classes = await tables.open_classes(self._pool)
        if classes and not self._has_work:
            self._look.set()
        self._has_work = bool(classes)
        asked_at = time.monotonic()
        waiting = {each: await self._broker.count_waiting(shard_queue(each)) for each in classes}
        self._note_answer(asked_at)
        WAITING.set(sum(waiting.values()))
        await measure_work(self._pool, self._settings.lease_s)
        await serving_tables.count_spent(self._pool, COUNTED_AT_ONCE)
        await self._settle_unserved(classes)
        if await self._results_wait():
            self._hearing_since = time.monotonic()
        # After the broker, the database or this process was silent, runners first get the time of a lease to be heard,
        # and so they do after results had to wait, because a runner no longer holds a shard whose results it has sent.
        settings = self._settings
        if time.monotonic() - self._hearing_since < settings.lease_s:
            return
        for lost in await self._find_silent():
            detail = f"runner {lost.runner_id} was not heard from for {settings.lease_s:g} s"
            await self._requeue(lost.held, lost.runner_id, ExecutionOutcome.LEASE_EXPIRED, detail)
        # With messages in the queue of its class, a shard is in it; else its message was lost.
        ages_s = {each: settings.release_ttl_s if n else settings.message_lost_s for each, n in waiting.items()}
        for lost in await tables.stale_releases(self._pool, ages_s):
            await self._requeue(lost.held, None, ExecutionOutcome.MESSAGE_LOST, "no runner took it in time")
        for runner_id in await serving_tables.forget_runners(self._pool, settings.runner_forgotten_s):
            log.info("runner forgotten", runner=runner_id, silent_for_at_least_s=settings.runner_forgotten_s)

    async def _results_wait(self) -> bool:
        return await self._broker.count_waiting(RESULTS) > RESULTS_WAITING_MOST

    async def _find_silent(self) -> list[LostAttempt]:
        """Return the attempts whose runners are silent, though the broker takes messages and the clock was not set.

        A broker that is short of disk or memory takes no heartbeats. So it is asked, and what waited has time to come.
        """
        silent = await tables.expired_leases(self._pool)
        asked, self._silent_since = self._silent_since, {}
        if not silent:
            return []
        asked_at = time.monotonic()
        await self._broker.publish([ShardsRevoked(runner_id=silent[0].runner_id or "", revoked=[])])
        self._note_answer(asked_at)
        await self._look_at_clock()
        now = time.monotonic()
        if now - self._hearing_since < self._settings.lease_s:
            return []
        self._silent_since = {each.held: asked.get(each.held, now) for each in silent}
        return [each for each in silent if now - self._silent_since[each.held] >= self._settings.lease_s / 3]

    def _note_answer(self, asked_at: float) -> None:
        """Let a broker that took long to answer count as one that was silent: heartbeats waited as this did."""
        if time.monotonic() - asked_at > SLOW_ANSWER_S:
            self._hearing_since = time.monotonic()

    async def _look_at_clock(self) -> None:
        """Give runners the time of a lease to be heard if the database's clock was set."""
        if await self._clock.look(self._pool, self._settings.lease_s, RETRY_DELAY_S):
            self._hearing_since = time.monotonic()

    async def _settle_unserved(self, classes: Sequence[ShardClass]) -> None:
        """Make an incident of what no runner can take for too long, and end that when one can.

        While no runner is ready at all, nothing is said of what runners lack.
        """
        now = time.monotonic()
        runners = await serving_tables.ready_runners(self._pool, self._settings.lease_s)
        unserved = {each for each in classes if runners and not count_places(each, runners)}
        self._unserved_since = {each: self._unserved_since.get(each, now) for each in unserved}
        measure_unserved({each.name: now - since for each, since in self._unserved_since.items()})
        for shard_class, since in self._unserved_since.items():
            if now - since >= self._settings.unserved_limit_s:
                await self._report_unserved(shard_class, runners)
        for shard_class in classes:
            if count_places(shard_class, runners):
                for each in await serving_tables.resume_served(self._pool, shard_class):
                    log.info(
                        "incident ended: a runner can take it",
                        shard=str(each.id),
                        shard_class=shard_class.name,
                        **trace_field(each.traceparent),
                    )
                    self._look.set()

    async def _report_unserved(self, shard_class: ShardClass, runners: Sequence[ReadyRunners]) -> None:
        limit_s = self._settings.unserved_limit_s
        reason = explain_unserved(shard_class, runners, limit_s)
        for each in await serving_tables.mark_unserved(self._pool, shard_class, limit_s, reason):
            INCIDENTS.inc()
            log.error(
                "no runner can take a submission's shards",
                submission=str(each.id),
                reason=reason,
                **trace_field(each.traceparent),
            )

    async def _drop_leftovers(self) -> None:
        leftovers = await tables.ended_with_open_shards(self._pool)
        if leftovers:
            await tables.drop_shards(self._pool, leftovers)

    async def _fail_overdue(self) -> None:
        settings = self._settings
        failed = await tables.fail_overdue(self._pool, settings.submission_limit_s, settings.incident_limit_s)
        for each in failed:
            log.error("submission outstayed its limit", submission=str(each.id), **trace_field(each.traceparent))
        await self._broker.publish(
            [
                SubmissionEnded(submission_id=each.id, state=SubmissionState.FAILED).following(each.traceparent)
                for each in failed
            ]
        )

    async def _requeue(self, held: HeldShard, runner_id: str | None, outcome: ExecutionOutcome, detail: str) -> None:
        requeued = await tables.requeue_shard(
            self._pool,
            held,
            runner_id,
            outcome,
            detail,
            failures_before_incident=self._settings.failures_before_incident,
            delay_s=RETRY_DELAY_S,
        )
        if requeued is None:
            return
        REQUEUED.labels(outcome).inc()
        log.warning(
            "attempt ended without a result",
            submission=str(requeued.submission_id),
            shard=str(held.shard_id),
            attempt=held.attempt,
            runner=runner_id,
            outcome=outcome,
            detail=detail,
            state=requeued.state,
            **trace_field(requeued.traceparent),
        )
        if requeued.state == ShardState.INCIDENT:
            INCIDENTS.inc()


def _release_message(shard: ReleasedShard) -> ShardReleased:
    told = {"shard": str(shard.shard_id), "attempt": str(shard.attempt)}
    with record_span("release shard", shard.traceparent, **told) as traceparent:
        return shard_message(shard).following(traceparent)
