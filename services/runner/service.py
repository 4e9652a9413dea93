"""The runner: takes one shard per slot, runs its studies, publishes each result, acknowledges last.

It keeps no state. What it holds it says in every heartbeat; what the dispatcher or an ended submission takes away from
it, it kills at once; what it cannot finish it hands back.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge, Histogram
from tenacity import AsyncRetrying, retry_if_exception_type, stop_never, wait_random_exponential

from arena.sandbox.engine import InfrastructureFailure
from arena.sandbox.relay import Fatal
from arena.sandbox.running_study import RunningStudy
from services.runner.log_streaming import LogStreams
from services.runner.settings import RunnerSettings
from shared.blobs import BlobMissing, Blobs, BlobStoreUnavailable
from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.topology import SHARDS
from shared.events import wait_for_any
from shared.messages import (
    HeldShard,
    LogFollowed,
    LogWritten,
    Message,
    RunnerHeartbeat,
    ShardReleased,
    ShardsRevoked,
    ShardUnfinished,
    StudyFatal,
    StudyFinished,
    StudyTask,
    SubmissionEnded,
)

log = structlog.get_logger()
HEARTBEAT_GAP_S = 0.1
"""A new shard is announced at once, but no more often than this."""
ENDED_KEPT = 10_000
HAND_BACK_TIMEOUT_S = 5.0
DETAIL_LIMIT = 4000

STUDIES = Counter("arena_studies_run", "Studies by how they ended", ["ending"])
STUDY_TIME = Histogram(
    "arena_study_seconds", "Wall time of a study in its slot", buckets=(0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800)
)
BUSY = Gauge("arena_slots_busy", "Slots with a shard in hand")


class StudySlot(Protocol):
    """What runs a study, one at a time."""

    async def run_study(
        self, shard: ShardReleased, task: StudyTask, zip_bytes: bytes, dataset_bytes: bytes = b""
    ) -> StudyFinished:
        """Run one study; raises Fatal or InfrastructureFailure; when cancelled, leaves nothing running."""
        ...

    def running_study(self) -> RunningStudy | None:
        """Return the study that runs now and what its optimizer writes, as long as nothing else runs here."""
        ...


class Engine(Protocol):
    """What the slots run on."""

    async def check(self, *, thorough: bool = False) -> str | None:
        """Return why no work should be taken now, or None; a thorough check trusts nothing that was found earlier."""
        ...


@dataclass
class _Work:
    submission_id: UUID
    task: asyncio.Task[None]
    slot: StudySlot
    handed_back: bool = False


class Runner:
    """Each (shard, attempt) in hand has one task, which ends before its delivery is acknowledged."""

    def __init__(
        self, broker: Broker, blobs: Blobs, engine: Engine, slots: Sequence[StudySlot], settings: RunnerSettings
    ) -> None:
        self._broker = broker
        self._blobs = blobs
        self._engine = engine
        self._settings = settings
        self._count = len(slots)
        self._free: asyncio.Queue[StudySlot] = asyncio.Queue()
        for slot in slots:
            self._free.put_nowait(slot)
        self._held: dict[HeldShard, _Work] = {}
        self._followers = LogStreams(self._running_study, self._send_log)
        self._ended: dict[UUID, None] = {}
        self._not_ready: str | None = "starting"
        self._checked = asyncio.Event()
        self._checking = asyncio.Lock()
        self._news = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; then finish what is in hand within the grace period, or hand it back."""
        quiet = asyncio.Event()
        announcements = (SubmissionEnded, ShardsRevoked, LogFollowed)
        async with asyncio.TaskGroup() as tasks:
            name = f"arena.runner.{self._settings.runner_id}"
            tasks.create_task(self._broker.listen(name, announcements, self._on_announcements, quiet))
            tasks.create_task(self._send_heartbeats(quiet))
            tasks.create_task(self._keep_checking(quiet))
            tasks.create_task(self._followers.run(quiet))
            tasks.create_task(self._hand_back_after_grace(stop, quiet))
            await self._take_shards_when_ready(stop)
            quiet.set()
            self._news.set()

    async def check_ready(self) -> str | None:
        """Return why this runner takes no work, or None."""
        return self._not_ready

    async def _take_shards_when_ready(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if self._not_ready is not None:
                await wait_for_any(self._checked, stop)
                continue
            pause = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._set_when_not_ready(pause, stop))
                await self._broker.consume(SHARDS, self._on_shard, pause, prefetch=self._count, workers=self._count)

    async def _set_when_not_ready(self, pause: asyncio.Event, stop: asyncio.Event) -> None:
        while self._not_ready is None and not stop.is_set():
            await wait_for_any(self._checked, stop)
        pause.set()

    async def _keep_checking(self, quiet: asyncio.Event) -> None:
        while not quiet.is_set():
            await self._check()
            await wait_for_any(quiet, timeout_s=self._settings.engine_check_interval_s)

    async def _check(self, *, thorough: bool = False) -> str | None:
        """See whether work may be taken, let everybody know, and return why not."""
        async with self._checking:
            reason = await self._engine.check(thorough=thorough)
            if reason != self._not_ready:
                log.log(logging.WARNING if reason else logging.INFO, "readiness changed", reason=reason)
                self._news.set()
            self._not_ready = reason
            self._checked.set()
            self._checked = asyncio.Event()  # whoever waits from now on waits for the next check
            return reason

    async def _send_heartbeats(self, quiet: asyncio.Event) -> None:
        while not quiet.is_set():
            self._news.clear()
            BUSY.set(len(self._held))
            heartbeat = RunnerHeartbeat(
                runner_id=self._settings.runner_id,
                slots=self._count,
                ready=self._not_ready is None,
                reason=self._not_ready or "",
                held=list(self._held),
            )
            try:
                await self._broker.publish([heartbeat])
            except BrokerUnavailable as error:
                log.warning("heartbeat not sent", error=repr(error))
            await asyncio.sleep(HEARTBEAT_GAP_S)
            await wait_for_any(self._news, timeout_s=self._settings.heartbeat_interval_s)

    async def _hand_back_after_grace(self, stop: asyncio.Event, quiet: asyncio.Event) -> None:
        await stop.wait()
        await wait_for_any(quiet, timeout_s=self._settings.grace_s)
        for work in list(self._held.values()):
            work.handed_back = True
            work.task.cancel()

    async def _on_announcements(self, messages: Sequence[SubmissionEnded | ShardsRevoked | LogFollowed]) -> None:
        for message in messages:
            if isinstance(message, LogFollowed):
                if HeldShard(shard_id=message.shard_id, attempt=message.attempt) in self._held:
                    self._followers.hear(message)
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
                log.info("shard stopped", shard=str(held.shard_id), attempt=held.attempt, because=message.key)
                self._held[held].task.cancel()

    async def _on_shard(self, messages: Sequence[ShardReleased]) -> None:
        for shard in messages:
            held = HeldShard(shard_id=shard.shard_id, attempt=shard.attempt)
            if held in self._held or shard.submission_id in self._ended:
                continue
            async with self._slot() as slot:
                await self._hold(held, shard, slot)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[StudySlot]:
        slot = await self._free.get()
        try:
            yield slot
        finally:
            self._free.put_nowait(slot)

    async def _hold(self, held: HeldShard, shard: ShardReleased, slot: StudySlot) -> None:
        with structlog.contextvars.bound_contextvars(
            submission=str(shard.submission_id), shard=str(shard.shard_id), attempt=shard.attempt
        ):
            work = _Work(shard.submission_id, asyncio.create_task(self._run_shard(shard, slot)), slot)
            self._held[held] = work
            self._news.set()
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
                await self._publish(self._unfinished(shard, "handed_back", "the runner shuts down"))
        except TimeoutError:
            log.warning("shard not handed back; its lease will expire")

    async def _run_shard(self, shard: ShardReleased, slot: StudySlot) -> None:
        try:
            zip_bytes = await self._blobs.get(shard.blob_sha256)
            dataset_bytes = await self._blobs.get(shard.dataset_sha256) if shard.dataset_sha256 else b""
            for task in shard.studies:
                await self._run_study(shard, task, slot, zip_bytes, dataset_bytes)
        except Fatal as fatal:
            log.info("submission is fatal", verdict=fatal.verdict, detail=fatal.detail[:500])
        except (BlobMissing, BlobStoreUnavailable) as failure:
            await self._fail(shard, "infrastructure_failure", str(failure))
        except InfrastructureFailure as failure:
            # A runner whose engine is broken would fail whatever it takes: it steps aside, and that counts for nothing.
            reason = await self._check(thorough=True)
            if reason is None:
                await self._fail(shard, "infrastructure_failure", str(failure))
            else:
                await self._fail(shard, "handed_back", f"{failure}; this runner steps aside: {reason}")

    async def _fail(self, shard: ShardReleased, outcome: str, detail: str) -> None:
        STUDIES.labels(outcome).inc()
        log.warning("attempt failed", outcome=outcome, detail=detail)
        await self._publish(self._unfinished(shard, outcome, detail))

    async def _run_study(
        self, shard: ShardReleased, task: StudyTask, slot: StudySlot, zip_bytes: bytes, dataset_bytes: bytes
    ) -> None:
        held = HeldShard(shard_id=shard.shard_id, attempt=shard.attempt)
        try:
            with STUDY_TIME.time():
                result = await slot.run_study(shard, task, zip_bytes, dataset_bytes)
        except Fatal as fatal:
            STUDIES.labels("fatal").inc()
            await self._followers.send_last(held)
            await self._publish(
                StudyFatal(
                    submission_id=shard.submission_id,
                    shard_id=shard.shard_id,
                    attempt=shard.attempt,
                    runner_id=self._settings.runner_id,
                    box_id=shard.box_id,
                    study=task.study,
                    verdict=fatal.verdict,
                    stage=fatal.stage,
                    iteration=fatal.iteration,
                    detail=fatal.detail[:DETAIL_LIMIT],
                    log=fatal.log,
                    usage=fatal.usage,
                    provenance=fatal.provenance,
                )
            )
            raise
        STUDIES.labels("timed_out" if result.timed_out else "finished").inc()
        log.info("study finished", box=str(shard.box_id), study=task.study, timed_out=result.timed_out)
        await self._followers.send_last(held)
        await self._publish(result)

    def _running_study(self, held: HeldShard) -> RunningStudy | None:
        work = self._held.get(held)
        return None if work is None else work.slot.running_study()

    async def _send_log(self, message: LogWritten) -> None:
        try:
            await self._broker.publish([message])
        except BrokerUnavailable as error:
            log.debug("a follower missed something", error=repr(error))

    def _unfinished(self, shard: ShardReleased, outcome: str, detail: str) -> ShardUnfinished:
        return ShardUnfinished.model_validate(
            {
                "shard_id": shard.shard_id,
                "attempt": shard.attempt,
                "runner_id": self._settings.runner_id,
                "outcome": outcome,
                "detail": detail[:DETAIL_LIMIT],
            }
        )

    async def _publish(self, message: Message) -> None:
        try:
            await self._broker.publish([message])
        except BrokerUnavailable as error:
            log.warning("a result waits for the broker", key=message.key, error=repr(error))
        else:
            return
        async for attempt in AsyncRetrying(
            stop=stop_never,  # until cancelled: by the dispatcher, or by the end of the grace period
            wait=wait_random_exponential(multiplier=0.1, max=5),
            retry=retry_if_exception_type(BrokerUnavailable),
        ):
            with attempt:
                await self._broker.publish([message])
