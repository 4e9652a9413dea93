"""A real HTTP server on loopback that takes one request a connection, and answers whatever a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Received:
    """A request: its path, its headers and its body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpServer:
    """A server on `port`, to which so many `connections` came; what it answers is its subclass's business."""

    port: int = 0
    connections: int = 0

    async def answer(self, request: Received) -> bytes:
        """Return what is answered to a request, from the status on."""
        raise NotImplementedError

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
        """Run it, over TLS if a context is given."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            writer.write(await self.answer(Received(head[0].split()[1], headers, body)))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
