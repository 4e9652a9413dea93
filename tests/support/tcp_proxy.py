"""A TCP proxy on loopback that counts the connections which it passes on, and may keep what it should pass on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class TcpProxy:
    """Passes bytes on to a server and back while `flows` is set.

    `connections` counts those that clients have opened so far.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self.connections = 0
        self.flows = asyncio.Event()
        self.flows.set()
        self.port = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen on `port` meanwhile."""
        listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = listener.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            listener.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        server_reader, server_writer = await asyncio.open_connection(*self._server)
        await asyncio.gather(self._pass_on(reader, server_writer), self._pass_on(server_reader, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self.flows.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # one side is gone, and the other is told below
        finally:
            writer.close()
