"""The runner: takes as many shards as it has slots for, runs their studies, publishes each result, acknowledges last.

It keeps no state. What it holds it says in every heartbeat; what the dispatcher or an ended submission takes away from
it, it kills at once; what it cannot finish it hands back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

import structlog
from prometheus_client import Gauge

from arena.sandbox.study import RunningStudy
from arena.words.environments import SKLEARN
from arena.words.states import SHUTS_DOWN
from services.runner.blobs.source import BlobSource
from services.runner.heartbeats import Heartbeats
from services.runner.idleness import Idleness
from services.runner.log_streaming import LogStreams
from services.runner.readiness import ReadinessCheck, ReadinessWatch
from services.runner.settings import RunnerSettings
from services.runner.shard_intake import ShardIntake
from services.runner.shard_run import ShardRun, StudyRunner, StudySlot
from services.runner.slot_room import SlotRoom
from services.runner.study_messages import held_shard
from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.events import wait_for_any
from shared.messages import (
    HeldShard,
    LogStreamRequested,
    LogWritten,
    RunnerHeartbeat,
    ShardReleased,
    ShardsRevoked,
    SubmissionEnded,
)
from shared.shard_class import ShardClass, served_classes
from shared.tracing.context import Attribute, follow_trace, trace_field

log = structlog.get_logger()

ENDED_KEPT = 10_000
HAND_BACK_TIMEOUT_S = 5.0

SLOTS = Gauge("arena_slots", "Slots that this runner has")
BUSY = Gauge("arena_slots_busy", "Slots with a shard in hand")
READY = Gauge("arena_runner_ready", "1 while this runner takes work, else 0")


class SlotSource(Protocol):
    """The slots of a runner, of which there may be more later; entered, used and left by one task."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def shortage(self) -> str | None:
        """Why there are fewer slots than were wanted, or None."""
        ...

    async def open(self) -> Sequence[StudySlot]:
        """Open the slots that can be opened, and return them."""
        ...


@dataclass
class _Work:
    submission_id: UUID
    traceparent: str | None
    task: asyncio.Task[None]
    slot: StudyRunner
    cpus: int
    handed_back: bool = False


class Runner:
    """Each (shard, attempt) in hand has one task, which ends before its delivery is acknowledged."""

    def __init__(
        self,
        broker: Broker,
        blobs: BlobSource,
        readiness: ReadinessCheck,
        slots: SlotSource,
        settings: RunnerSettings,
    ) -> None:
        self._broker = broker
        self._settings = settings
        self._slots = slots
        self._room = SlotRoom()
        self._held: dict[HeldShard, _Work] = {}
        self._ended: dict[UUID, None] = {}
        self._heartbeats = Heartbeats(broker, self._describe, settings.heartbeat_interval_s)
        self._readiness = ReadinessWatch(readiness, blobs.check, settings.engine_check_interval_s, self._on_readiness)
        self._intake = ShardIntake(broker, self._room, self._served_classes, self._is_settled, self._on_shard)
        self._log_streams = LogStreams(self._running_study, self._send_log)
        self._shards = ShardRun(broker, blobs, self._readiness, self._log_streams.send_last, settings.runner_id)
        self._stop = asyncio.Event()
        self.fault: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; then finish what is in hand within the grace period, or hand it back.

        Without work for as long as the settings say, this sets `stop` itself; `fault` then says why no work could be
        taken, if that is why there was none.
        """
        self._stop, quiet = stop, asyncio.Event()
        announcements = (SubmissionEnded, ShardsRevoked, LogStreamRequested)
        async with self._slots, asyncio.TaskGroup() as tasks:
            name = f"arena.runner.{self._settings.runner_id}"
            tasks.create_task(self._broker.listen(name, announcements, self._on_announcements, quiet))
            tasks.create_task(self._heartbeats.run(quiet))
            tasks.create_task(self._readiness.run(quiet))
            tasks.create_task(self._log_streams.run(quiet))
            tasks.create_task(self._hand_back_after_grace(stop, quiet))
            async with asyncio.TaskGroup() as taking:
                taking.create_task(self._intake.run(stop))
                taking.create_task(self._open_slots_when_there_are_more(stop))
                if self._settings.exit_when_idle_s is not None:
                    await self._end_when_idle(stop, self._settings.exit_when_idle_s)
            quiet.set()
            self._heartbeats.tell_news()

    async def _end_when_idle(self, stop: asyncio.Event, limit_s: float) -> None:
        """Stop taking work when there was none for so long.

        Between the last look at the slots and `stop` nothing else runs here, so no shard can begin: one that comes then
        goes back to its queue.
        """
        now = asyncio.get_running_loop().time
        idleness = Idleness(limit_s, now())
        while not stop.is_set():
            self._room.changed.clear()
            self._readiness.changed.clear()
            is_ready = self._readiness.reason is None
            idleness.tell(is_busy=self._room.is_in_use, is_ready=is_ready, now_s=now())
            if (left_s := idleness.left_s(now())) == 0:
                self.fault = self._readiness.reason
                log.info("no work: this runner ends", idle_s=limit_s, reason=self.fault)
                stop.set()
                return
            await wait_for_any(self._room.changed, self._readiness.changed, stop, timeout_s=left_s)

    async def check_engine(self) -> str | None:
        """Return why no study can run here, as the last check found, or None."""
        return self._readiness.engine_reason

    async def check_blobs(self) -> str | None:
        """Return why no blob can be had, as the last check found, or None."""
        return self._readiness.blobs_reason

    async def _open_slots_when_there_are_more(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if opened := await self._slots.open():
                self._room.add(opened)
                log.info("slots opened", slots=self._room.count, shortage=self._slots.shortage)
                self._on_readiness()
            await self._readiness.wait_for_check(stop)

    def _on_readiness(self) -> None:
        """Say what this runner can do, and do it, now that it is not what it was."""
        self._room.memory_bytes = self._readiness.memory_bytes
        self._heartbeats.tell_news()
        self._intake.look()

    def _served_classes(self) -> list[ShardClass]:
        if self._readiness.reason is not None:
            return []
        families = [SKLEARN, *self._readiness.families]
        return served_classes(self._readiness.environments, self._room.count, self._room.memory_bytes, families)

    def _is_settled(self, shard: ShardReleased) -> bool:
        """Whether nothing is left to do of a delivery: its attempt is in hand, or its submission has ended."""
        return held_shard(shard) in self._held or shard.submission_id in self._ended

    def _describe(self) -> RunnerHeartbeat:
        SLOTS.set(self._room.count)
        READY.set(self._readiness.reason is None)
        BUSY.set(sum(work.cpus for work in self._held.values()))
        shortages = (self._slots.shortage, self._readiness.shortage, self._room.shortage)
        reason = self._readiness.reason or (SHUTS_DOWN if self._stop.is_set() else None)
        return RunnerHeartbeat(
            runner_id=self._settings.runner_id,
            slots=self._room.count,
            memory_bytes=self._room.memory_bytes,
            environments=dict(self._readiness.environments),
            families=dict(self._readiness.families),
            ready=reason is None,
            reason=reason or "; ".join(filter(None, shortages)),
            held=list(self._held),
        )

    async def _hand_back_after_grace(self, stop: asyncio.Event, quiet: asyncio.Event) -> None:
        await stop.wait()
        self._heartbeats.tell_news()
        await wait_for_any(quiet, timeout_s=self._settings.grace_s)
        for work in list(self._held.values()):
            work.handed_back = True
            work.task.cancel()

    async def _on_announcements(self, messages: Sequence[SubmissionEnded | ShardsRevoked | LogStreamRequested]) -> None:
        for message in messages:
            if isinstance(message, LogStreamRequested):
                if HeldShard(shard_id=message.shard_id, attempt=message.attempt) in self._held:
                    self._log_streams.request(message)
                continue
            if isinstance(message, SubmissionEnded):
                self._ended[message.submission_id] = None
                while len(self._ended) > ENDED_KEPT:
                    del self._ended[next(iter(self._ended))]
                gone = [held for held, work in self._held.items() if work.submission_id == message.submission_id]
            elif message.runner_id == self._settings.runner_id:
                gone = [held for held in message.revoked if held in self._held]
            else:
                gone = []
            for held in gone:
                work = self._held[held]
                log.info(
                    "shard stopped",
                    submission=str(work.submission_id),
                    shard=str(held.shard_id),
                    attempt=held.attempt,
                    because=message.key,
                    **trace_field(work.traceparent),
                )
                work.task.cancel()

    async def _on_shard(self, shard: ShardReleased, slots: Sequence[StudySlot]) -> None:
        slot = slots[0] if len(slots) == 1 else slots[0].beside(slots[1])
        held = held_shard(shard)
        told: dict[str, Attribute] = {"submission": str(shard.submission_id), "shard": str(shard.shard_id)}
        told["attempt"] = shard.attempt
        with follow_trace("run shard", shard.traceparent, **told), structlog.contextvars.bound_contextvars(**told):
            task = asyncio.create_task(self._shards.run(shard, slot))
            work = _Work(shard.submission_id, shard.traceparent, task, slot, shard.cpus)
            self._held[held] = work
            self._heartbeats.tell_news()
            try:
                await asyncio.wait([work.task])
            finally:
                del self._held[held]
                work.task.cancel()  # no effect on a task that has ended; no task outlives its handler
            if not work.task.cancelled():
                await work.task
            elif work.handed_back:
                await self._hand_back(shard)

    async def _hand_back(self, shard: ShardReleased) -> None:
        try:
            async with asyncio.timeout(HAND_BACK_TIMEOUT_S):
                await self._shards.hand_back(shard)
        except TimeoutError:
            log.warning("shard not handed back; its lease will expire")

    def _running_study(self, held: HeldShard) -> RunningStudy | None:
        work = self._held.get(held)
        return None if work is None else work.slot.running_study()

    async def _send_log(self, message: LogWritten) -> None:
        try:
            await self._broker.publish([message])
        except BrokerUnavailable as error:
            log.debug("part of a streamed log not sent", error=repr(error))
