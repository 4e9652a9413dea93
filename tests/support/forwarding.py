"""A port that passes everything on to a server, so that a test decides when the server can be reached."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from anyio.from_thread import start_blocking_portal

CHUNK_BYTES = 64 * 1024


@contextmanager
def forwarding(port: int, to_port: int) -> Iterator[None]:
    """Listen on a loopback port, and pass on what comes to another one, until the block ends.

    In a thread of its own, because a test may block its event loop, waiting for a process to end.
    """
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_forwarding(port, to_port)):
        yield


@asynccontextmanager
async def _forwarding(port: int, to_port: int) -> AsyncIterator[None]:
    open_writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", to_port)
        open_writers.update((writer, their_writer))
        await asyncio.gather(_pass_on(reader, their_writer), _pass_on(their_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for each in open_writers:
            each.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()
