"""A connection comes back, whatever happens to it."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlparse
from uuid import uuid4

from pydantic import SecretStr

from shared.broker.connection import Broker, connect_broker
from shared.broker.topology import SUBMISSIONS
from shared.messages import Message, SubmissionAccepted
from tests.support.backends import delete_queue, restore_queues
from tests.support.service_settings import PlatformSettings
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import limited


async def test_a_consumer_that_the_broker_takes_away_is_restored_by_a_new_connection(
    broker: Broker, settings: PlatformSettings
) -> None:
    """On the old one, restoring waits for ever if that connection dies meanwhile, as when all queues are lost."""
    url = settings.dispatcher.broker_url.get_secret_value()
    virtual_host, server = url.rsplit("/", 1)[1], urlparse(url)
    assert server.hostname is not None
    assert server.port is not None
    proxy = TcpProxy(server.hostname, server.port)
    stop, handled = asyncio.Event(), asyncio.Event()

    async def handle(_: Sequence[Message]) -> None:
        handled.set()

    async with proxy.running(), limited():
        by_proxy = SecretStr(url.replace(f":{server.port}", f":{proxy.port}"))
        async with connect_broker(by_proxy) as consuming, asyncio.TaskGroup() as tasks:
            tasks.create_task(consuming.consume(SUBMISSIONS, handle, stop, prefetch=1))
            await broker.publish([SubmissionAccepted(submission_id=uuid4())])
            await handled.wait()
            assert proxy.connections == 1

            await asyncio.to_thread(delete_queue, virtual_host, SUBMISSIONS)
            await asyncio.to_thread(restore_queues, virtual_host)
            handled.clear()
            await broker.publish([SubmissionAccepted(submission_id=uuid4())])
            await handled.wait()
            assert proxy.connections > 1
            stop.set()
