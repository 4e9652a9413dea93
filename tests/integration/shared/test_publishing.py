"""What publishing promises, and what it says when the broker goes away meanwhile."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from pydantic import SecretStr

from shared.broker.connection import Broker, connect_broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.topology import DISPATCH, SUBMISSIONS
from shared.messages import ShardUnfinished, SubmissionAccepted
from tests.support.waiting import LIMIT_S


async def test_what_is_published_while_the_connection_closes_is_confirmed_unavailable_or_cancelled(
    broker_url: str,
) -> None:
    messages = [SubmissionAccepted(submission_id=uuid4()) for _ in range(50)]
    ends = []
    for _ in range(10):
        async with connect_broker(SecretStr(broker_url)) as broker:
            publishing = [asyncio.create_task(broker.publish(messages)) for _ in range(20)]
            await asyncio.sleep(0)  # they have begun
        ends += await asyncio.gather(*publishing, return_exceptions=True)

    assert {type(end) for end in ends} <= {type(None), BrokerUnavailable, asyncio.CancelledError}


async def test_messages_published_together_arrive_whole_and_in_order_however_large(broker: Broker) -> None:
    sent = [
        ShardUnfinished(shard_id=uuid4(), attempt=number, runner_id="x" * size, outcome="handed_back", detail="")
        for number, size in enumerate([1, 400_000, 10, 131_064, 131_072, 0], start=1)
    ]
    received: list[ShardUnfinished] = []
    stop = asyncio.Event()

    async def handle(messages: Sequence[ShardUnfinished]) -> None:
        received.extend(messages)
        if len(received) >= len(sent):
            stop.set()

    await broker.publish(sent)
    async with asyncio.timeout(LIMIT_S):
        await broker.consume(DISPATCH, handle, stop, prefetch=10, batch=10)

    assert received == sent


async def test_what_many_publish_at_once_is_confirmed_to_each(broker: Broker) -> None:
    async with asyncio.TaskGroup() as tasks:
        for _ in range(100):
            tasks.create_task(broker.publish([SubmissionAccepted(submission_id=uuid4())] * 3))

    assert await broker.count_waiting(SUBMISSIONS) == 300
