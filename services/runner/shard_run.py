"""One shard from its zip to its last result."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import structlog
from prometheus_client import Counter, Histogram
from tenacity import AsyncRetrying, retry_if_exception_type, stop_never, wait_random_exponential

from arena.sandbox.study import Fatal, InfrastructureFailure, RunningStudy, StudyOutcome, StudySpec
from arena.words.environments import find_image
from arena.words.states import SHUTS_DOWN
from services.runner.blobs.cache import BlobCache
from services.runner.blobs.source import BlobSource
from services.runner.readiness import ReadinessWatch
from services.runner.study_messages import held_shard, study_fatal, study_finished, study_spec
from shared.blobs import BlobMissing, BlobStoreUnavailable
from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.messages import HeldShard, Message, ShardReleased, ShardUnfinished, StudyTask
from shared.tracing.context import current_traceparent, follow_trace

log = structlog.get_logger()

DETAIL_LIMIT = 4000

STUDIES = Counter("arena_studies_run", "Studies by how they ended", ["ending"])
STUDY_TIME = Histogram(
    "arena_study_seconds", "Wall time of a study in its slot", buckets=(0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800)
)
EVALUATION_CPU = Counter("arena_evaluation_cpu_seconds", "CPU time inside evaluations of black boxes")


class StudyRunner(Protocol):
    """What runs a study, one at a time."""

    async def run_study(self, spec: StudySpec, zip_file: Path, dataset_bytes: bytes = b"") -> StudyOutcome:
        """Run one study; raises Fatal or InfrastructureFailure; when cancelled, leaves nothing running."""
        ...

    def running_study(self) -> RunningStudy | None:
        """Return the study that runs now and what its optimizer writes, as long as nothing else runs here."""
        ...


class StudySlot(StudyRunner, Protocol):
    """What runs a study on a CPU of its own."""

    def beside(self, other: Any) -> StudyRunner:
        """Return what runs a study on the CPU of another slot as well, which must run nothing meanwhile."""
        ...


class ShardRun:
    """Runs the studies of shards in slots and publishes what comes of each; `send_log` is awaited before a result."""

    def __init__(
        self,
        broker: Broker,
        blobs: BlobSource,
        readiness: ReadinessWatch,
        send_log: Callable[[HeldShard], Awaitable[None]],
        runner_id: str,
    ) -> None:
        self._broker = broker
        self._blobs = BlobCache(blobs)
        self._readiness = readiness
        self._send_log = send_log
        self._runner_id = runner_id

    async def run(self, shard: ShardReleased, slot: StudyRunner) -> None:
        """Run every study of a shard, or say why it is unfinished."""
        image = self._image_of(shard)
        try:
            async with self._blobs.use(shard.blob_sha256) as zip_file:
                dataset_bytes = await self._read_dataset(shard.dataset_sha256)
                for task in shard.studies:
                    with follow_trace("run study", current_traceparent(), box=str(shard.box_id), study=task.study):
                        await self._run_study(shard, task, slot, zip_file, dataset_bytes)
        except Fatal as fatal:
            log.info("submission is fatal", verdict=fatal.verdict, detail=fatal.detail[:500])
        except (BlobMissing, BlobStoreUnavailable, InfrastructureFailure) as failure:
            # A runner whose engine is broken, or that gets no blobs, would fail whatever it takes, and one whose image
            # is gone, all that need it: it steps aside, and that counts for nothing.
            reason = await self._readiness.check(thorough=isinstance(failure, InfrastructureFailure))
            if reason is None and (image is None or self._image_of(shard) != image):
                reason = f"the image of the environment {shard.environment} is not what it was"
            if reason is None:
                await self._fail(shard, "infrastructure_failure", str(failure))
            else:
                await self._fail(shard, "handed_back", f"{failure}; this runner steps aside: {reason}")

    async def _read_dataset(self, sha256: str | None) -> bytes:
        if sha256 is None:
            return b""
        async with self._blobs.use(sha256) as file:
            return await asyncio.to_thread(file.read_bytes)

    def _image_of(self, shard: ShardReleased) -> str | None:
        """The digest of the shard's environment here, or None if it is not offered."""
        return find_image(shard.environment, self._readiness.environments)

    async def hand_back(self, shard: ShardReleased) -> None:
        """Say that this runner shuts down before the shard's end."""
        await publish_result(self._broker, self._unfinished(shard, "handed_back", SHUTS_DOWN))

    async def _run_study(
        self, shard: ShardReleased, task: StudyTask, slot: StudyRunner, zip_file: Path, dataset_bytes: bytes
    ) -> None:
        try:
            with STUDY_TIME.time():
                result = await slot.run_study(study_spec(shard, task), zip_file, dataset_bytes)
        except Fatal as fatal:
            STUDIES.labels("fatal").inc()
            await self._send_log(held_shard(shard))
            await publish_result(self._broker, study_fatal(shard, task, self._runner_id, fatal))
            raise
        STUDIES.labels("timed_out" if result.timed_out else "finished").inc()
        EVALUATION_CPU.inc(result.evaluation_cpu_s)
        log.info("study finished", box=str(shard.box_id), study=task.study, timed_out=result.timed_out)
        await self._send_log(held_shard(shard))
        await publish_result(self._broker, study_finished(shard, task, self._runner_id, result))

    async def _fail(self, shard: ShardReleased, outcome: str, detail: str) -> None:
        STUDIES.labels(outcome).inc()
        log.warning("attempt failed", outcome=outcome, detail=detail)
        await publish_result(self._broker, self._unfinished(shard, outcome, detail))

    def _unfinished(self, shard: ShardReleased, outcome: str, detail: str) -> ShardUnfinished:
        return ShardUnfinished.model_validate(
            {
                "shard_id": shard.shard_id,
                "attempt": shard.attempt,
                "runner_id": self._runner_id,
                "outcome": outcome,
                "detail": detail[:DETAIL_LIMIT],
            }
        )


async def publish_result(broker: Broker, message: Message) -> None:
    """Publish, again and again while the broker is unavailable, until cancelled."""
    try:
        await broker.publish([message])
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
            await broker.publish([message])
