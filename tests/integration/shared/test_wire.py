"""The proxy with which tests break connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.waiting import limited
from tests.support.wire import Wire

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Wire, Streams, Streams]]:
    """A wire with a connection through it: the wire, the client's side and the target's."""
    accepted: asyncio.Queue[Streams] = asyncio.Queue()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted.put((reader, writer))

    async with limited():
        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        wire = Wire("127.0.0.1", server.sockets[0].getsockname()[1])
        await wire.mend()
        client = await asyncio.open_connection("127.0.0.1", wire.port)
        yield wire, client, await accepted.get()
        await wire.cut()
        server.close()


async def wait_ended(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""


async def test_of_a_half_open_connection_only_the_target_knows_until_the_client_sends_something() -> None:
    async with connected() as (wire, (reader, writer), (target, _)):
        wire.half_open()
        await wait_ended(target)
        heard = asyncio.create_task(wait_ended(reader))
        await asyncio.wait([heard], timeout=0.1)
        assert not heard.done()

        writer.write(b"is anybody there?")

        await heard


async def test_what_a_silent_connection_was_sent_comes_when_it_speaks_again() -> None:
    async with connected() as (wire, (_, writer), (target, _)):
        wire.flows.clear()
        writer.write(b"late")
        heard = asyncio.create_task(target.readexactly(4))
        await asyncio.wait([heard], timeout=0.1)
        assert not heard.done()

        wire.flows.set()

        assert await heard == b"late"


async def test_a_connection_that_is_cut_ends_on_both_sides_and_comes_back_when_it_is_mended() -> None:
    async with connected() as (wire, (reader, _), (target, _)):
        await wire.cut()
        await wait_ended(target)
        await wait_ended(reader)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", wire.port)

        await wire.mend()

        await asyncio.open_connection("127.0.0.1", wire.port)
