"""Dispatcher, runners and aggregator together, on the real broker and database."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from benchmarks.stack.null_engine import FixedSlots, NullEngine, NullSlot
from services.aggregator.service import Aggregator
from services.dispatcher.service import Dispatcher
from services.runner.blobs.source import BlobSource
from services.runner.service import Runner
from services.runner.shard_run import StudySlot
from shared.broker.connection import Broker, connect_broker
from shared.database import Pool, connect_database
from shared.messages import (
    SubmissionAccepted,
)
from shared.outbox import Outbox
from tests.support.seeding import Seeded, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.waiting import SCORING_LIMIT_S, limited, wait_until

ZIP = b"a zip"
BLOB = hashlib.sha256(ZIP).hexdigest()


@asynccontextmanager
async def running(*mains: Callable[[asyncio.Event], "asyncio._CoroutineLike[None]"]) -> AsyncIterator[asyncio.Event]:
    """Run services until the block ends; they stop as at SIGTERM."""
    stop = asyncio.Event()
    async with limited(SCORING_LIMIT_S), asyncio.TaskGroup() as tasks:
        for main in mains:
            tasks.create_task(main(stop))
        try:
            yield stop
        finally:
            stop.set()


@asynccontextmanager
async def control(settings: PlatformSettings) -> AsyncIterator[None]:
    """A dispatcher and an aggregator, each with the connections and the rights that are its own."""
    async with (
        await connect_database(settings.dispatcher.database_url) as first_pool,
        connect_broker(settings.dispatcher.broker_url) as first,
        await connect_database(settings.aggregator.database_url) as second_pool,
        connect_broker(settings.aggregator.broker_url) as second,
    ):
        aggregator = Aggregator(second_pool, second, Outbox(second_pool, second), result_batch=64)
        async with running(Dispatcher(first_pool, first, settings.dispatcher).run, aggregator.run):
            yield


def runner(broker: Broker, blobs: BlobSource, settings: PlatformSettings, slots: Sequence[StudySlot]) -> Runner:
    return Runner(broker, blobs, NullEngine(), FixedSlots(slots), settings.runner)


@asynccontextmanager
async def scoring(
    settings: PlatformSettings, broker: Broker, blobs: BlobSource, *slots: StudySlot
) -> AsyncIterator[None]:
    """All services behind the gateway, with one runner of these slots."""
    async with control(settings), running(runner(broker, blobs, settings, slots).run):
        yield


async def is_scored(pool: Pool, submission: UUID) -> bool:
    return await pool.fetchval("select state = 'scored' from submissions where id = $1", submission) is True


async def accept(pool: Pool, broker: Broker, seeded: Seeded) -> UUID:
    submission = await seed_submission(pool, seeded, blob_sha256=BLOB)
    await broker.publish([SubmissionAccepted(submission_id=submission)])
    return submission


async def score_undisturbed(
    pool: Pool, broker: Broker, runner_broker: Broker, blobs: BlobSource, settings: PlatformSettings, seeded: Seeded
) -> float:
    """Return the score that a submission gets when nothing goes wrong."""
    submission = await accept(pool, broker, seeded)
    slots = [NullSlot(), NullSlot()]
    async with control(settings), running(runner(runner_broker, blobs, settings, slots).run):
        await wait_until(lambda: is_scored(pool, submission), what="scored")
    score: float = await pool.fetchval("select score from submissions where id = $1", submission)
    return score
