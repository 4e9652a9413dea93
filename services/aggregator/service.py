"""The aggregator stores each result once, keeps scores current after every study, and announces what changed."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram

from arena.words.states import SubmissionState
from services.aggregator import tables
from services.aggregator.loss_curve import loss_curves
from services.aggregator.rows import ScoringReference
from services.aggregator.storing import Stored, storing
from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.queue_lengths import measure_queues
from shared.broker.topology import RESULTS
from shared.database import Pool
from shared.messages import PhaseChanged, ResultMessage, ShardsFinished, StudyFatal, StudyFinished, SubmissionEnded
from shared.outbox import Outbox
from shared.tracing.context import record_span, trace_field

log = structlog.get_logger()
REFERENCES_KEPT = 20_000
BATCH_GAP_S = 0.1
"""A result that comes alone is stored at once. When many come, those of this time are stored together, which costs
hardly more than one of them."""

STORED = Counter("arena_studies_stored", "Results of studies stored")
LATE = Counter("arena_studies_dropped", "Results that were late or a repetition")
BATCH = Histogram("arena_result_batch", "Results stored in one transaction", buckets=(1, 2, 4, 8, 16, 32, 64, 128))


class Aggregator:
    """Each batch of results is one transaction, acknowledged after it; a repeated batch changes nothing."""

    def __init__(self, pool: Pool, broker: Broker, outbox: Outbox, *, result_batch: int) -> None:
        self._pool = pool
        self._broker = broker
        self._outbox = outbox
        self._result_batch = result_batch
        self._references: dict[tuple[UUID, UUID], ScoringReference] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`."""
        batch = self._result_batch
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                self._broker.consume(
                    RESULTS, self.take_results, stop, prefetch=4 * batch, batch=batch, gap_s=BATCH_GAP_S
                )
            )
            tasks.create_task(self._outbox.run_relay(stop))
            tasks.create_task(measure_queues(self._broker, (RESULTS,), stop))

    async def take_results(self, messages: Sequence[ResultMessage]) -> None:
        """Store a batch of results, score what they belong to, and announce what has changed."""
        with ExitStack() as spans:
            follows = {each.submission_id: spans.enter_context(_record_storing(each)) for each in messages}
            await self._take(messages, follows)

    async def _take(self, messages: Sequence[ResultMessage], follows: Mapping[UUID, str | None]) -> None:
        finished = [message for message in messages if isinstance(message, StudyFinished)]
        fatal = [message for message in messages if isinstance(message, StudyFatal)]
        await self._load_references(finished)
        known = [(each, reference) for each in finished if (reference := self._references.get(_key(each))) is not None]
        studies = [(each, curve) for (each, _), curve in zip(known, loss_curves(known), strict=True)]
        async with self._pool.acquire() as connection, storing(connection, studies, fatal) as stored:
            await self._outbox.put(connection, [_ended(each, follows) for each in stored.failed])
        if stored.failed:
            self._outbox.wake()
        number = sum(each.studies for each in stored.changed)
        _count(number, len(finished) - number)
        _log(stored, follows)
        # One announcement stands for all that changed a phase; it belongs to the trace of what ended, if any did.
        last = [*(each.id for each in stored.changed), *stored.scored, *(each.submission_id for each in stored.failed)]
        if last:
            await self._announce(stored.changes, {stored.phase_of[each]: follows[each] for each in last})

    async def _load_references(self, finished: Sequence[StudyFinished]) -> None:
        unknown = {each.submission_id for each in finished if _key(each) not in self._references}
        if unknown:
            if len(self._references) > REFERENCES_KEPT:
                self._references.clear()
            self._references.update(await tables.load_scoring_references(self._pool, unknown))

    async def _announce(self, phases: Mapping[UUID, int], changed_by: Mapping[UUID, str | None]) -> None:
        changes = [
            PhaseChanged(phase_id=phase_id, change=change).following(changed_by.get(phase_id))
            for phase_id, change in phases.items()
        ]
        try:
            await self._broker.publish([*changes, ShardsFinished()])
        except BrokerUnavailable as error:
            log.warning("changes not announced; their readers also poll", error=repr(error))


def _record_storing(result: ResultMessage) -> AbstractContextManager[str | None]:
    return record_span("store result", result.traceparent, shard=str(result.shard_id), study=result.study)


def _ended(fatal: StudyFatal, follows: Mapping[UUID, str | None]) -> SubmissionEnded:
    ended = SubmissionEnded(submission_id=fatal.submission_id, state=SubmissionState.FAILED)
    return ended.following(follows[fatal.submission_id])


def _key(study: StudyFinished) -> tuple[UUID, UUID]:
    return study.submission_id, study.box_id


def _count(stored: int, dropped: int) -> None:
    STORED.inc(stored)
    LATE.inc(dropped)
    BATCH.observe(stored)


def _log(stored: Stored, follows: Mapping[UUID, str | None]) -> None:
    for submission_id, score in stored.scored.items():
        log.info("submission scored", submission=str(submission_id), score=score, **trace_field(follows[submission_id]))
    for each in stored.failed:
        log.info(
            "submission failed",
            submission=str(each.submission_id),
            shard=str(each.shard_id),
            attempt=each.attempt,
            verdict=each.verdict,
            **trace_field(follows[each.submission_id]),
        )
