"""A connection comes back, whatever happens to it."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlparse
from uuid import uuid4

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from shared.broker.connection import Broker, connect_broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.topology import SUBMISSIONS
from shared.messages import Message, PhaseChanged, SubmissionAccepted
from tests.support.backends import delete_exchange, restore_definitions
from tests.support.service_settings import PlatformSettings
from tests.support.waiting import limited, wait_until
from tests.support.wire import Wire


@pytest.mark.parametrize("begin", ["consume", "listen"])
async def test_who_begins_to_read_while_the_broker_is_too_busy_to_answer_tries_again(
    broker: Broker, settings: PlatformSettings, monkeypatch: pytest.MonkeyPatch, begin: str
) -> None:
    service = settings.gateway if begin == "listen" else settings.dispatcher
    url = service.broker_url.get_secret_value()
    server = urlparse(url)
    assert server.hostname is not None
    assert server.port is not None
    wire, message = Wire(server.hostname, server.port), PhaseChanged(phase_id=uuid4(), change=1)
    stop, handled = asyncio.Event(), asyncio.Event()

    async def handle(_: Sequence[Message]) -> None:
        handled.set()

    async def read(reading: Broker) -> None:
        if begin == "consume":
            await reading.consume(SUBMISSIONS, handle, stop, prefetch=1)
        else:
            await reading.listen("arena.gateway.test", (PhaseChanged,), handle, stop)

    async with limited(), AsyncExitStack() as stack:
        await wire.mend()
        stack.push_async_callback(wire.cut)
        by_wire = SecretStr(url.replace(f":{server.port}", f":{wire.port}"))
        reading = await stack.enter_async_context(connect_broker(by_wire))
        monkeypatch.setattr("shared.broker.connection.CONNECT_TIMEOUT_S", 0.2)
        wire.flows.clear()
        async with asyncio.TaskGroup() as tasks:
            with capture_logs() as logs:
                tasks.create_task(read(reading))
                await wait_until(lambda: has_tried_again(logs), what="it tries again")
            monkeypatch.setattr("shared.broker.connection.CONNECT_TIMEOUT_S", 10.0)
            wire.flows.set()
            while not handled.is_set():
                await broker.publish([SubmissionAccepted(submission_id=uuid4()), message])
                await asyncio.sleep(0.05)  # an announcement reaches whoever listens by then
            stop.set()


async def has_tried_again(logs: Sequence[Mapping[str, Any]]) -> bool:
    return any(entry["event"] == "the broker does not answer; trying again" for entry in logs)


async def test_a_channel_that_is_closed_and_cannot_be_restored_at_once_comes_back(settings: PlatformSettings) -> None:
    """It is refused while a broker that has lost its virtual host gets its definitions again."""
    url = settings.gateway.broker_url
    virtual_host = url.get_secret_value().rsplit("/", 1)[1]

    async with connect_broker(url) as publishing:

        async def is_published() -> bool:
            try:
                await publishing.publish([SubmissionAccepted(submission_id=uuid4())])
            except BrokerUnavailable:
                return False
            return True

        assert await is_published()
        await asyncio.to_thread(delete_exchange, virtual_host)
        assert not await is_published()
        await asyncio.to_thread(restore_definitions, virtual_host)
        await wait_until(is_published, what="published again")
