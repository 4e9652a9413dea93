"""What the services tell of messages that wait, on the broker and in the outbox."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from prometheus_client import REGISTRY
from pydantic import SecretStr

from arena.words.states import SubmissionState
from shared.broker.connection import Broker, connect_broker
from shared.broker.queue_lengths import measure_queues
from shared.broker.topology import DEAD, DISPATCH, RESULTS, SUBMISSIONS, WorkQueue
from shared.database import Pool
from shared.messages import ShardsFinished, SubmissionEnded
from shared.outbox import Outbox
from tests.support.service_settings import PlatformSettings
from tests.support.waiting import wait_until


def waiting(queue: str) -> float | None:
    return REGISTRY.get_sample_value("arena_queue_messages", {"queue": queue})


async def test_each_service_may_look_at_the_queues_that_it_tells_of(broker: Broker, settings: PlatformSettings) -> None:
    await broker.publish([ShardsFinished(), SubmissionEnded(submission_id=uuid4(), state=SubmissionState.FAILED)])
    queues: dict[SecretStr, Sequence[WorkQueue]] = {
        settings.gateway.broker_url: (DEAD,),
        settings.dispatcher.broker_url: (DISPATCH, SUBMISSIONS),
        settings.aggregator.broker_url: (RESULTS,),
    }

    async def are_told() -> bool:
        found = {each.name: waiting(each.name) for each in (DEAD, DISPATCH, SUBMISSIONS, RESULTS)}
        return found == {DEAD.name: 0, DISPATCH.name: 1, SUBMISSIONS.name: 1, RESULTS.name: 0}

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for url, looked_at in queues.items():
            tasks.create_task(measure(url, looked_at, stop))
        await wait_until(are_told, what="all four queues are told")
        stop.set()


async def measure(url: SecretStr, looked_at: Sequence[WorkQueue], stop: asyncio.Event) -> None:
    async with connect_broker(url) as broker:
        await measure_queues(broker, looked_at, stop)


async def test_the_age_of_a_message_that_cannot_leave_the_outbox_is_told_until_it_leaves(
    pool: Pool, broker: Broker, settings: PlatformSettings
) -> None:
    def age_s() -> float:
        return REGISTRY.get_sample_value("arena_outbox_age_seconds") or 0

    async def is_old() -> bool:
        return age_s() >= 600

    async def is_empty() -> bool:
        return age_s() == 0

    async with connect_broker(settings.gateway.broker_url) as gone:
        pass
    async with pool.acquire() as connection, connection.transaction():
        await Outbox(pool, broker).put(connection, [ShardsFinished()])
        await connection.execute("update outbox set created_at = created_at - interval '10 minutes'")

    for relay_broker, condition in ((gone, is_old), (broker, is_empty)):
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Outbox(pool, relay_broker).run_relay(stop))
            await wait_until(condition, what=condition.__name__)
            stop.set()
