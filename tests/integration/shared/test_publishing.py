"""What publishing says when the broker goes away meanwhile."""

import asyncio
from uuid import uuid4

from pydantic import SecretStr

from shared.broker.connection import connect_broker
from shared.broker.errors import BrokerUnavailable
from shared.messages import SubmissionAccepted


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
