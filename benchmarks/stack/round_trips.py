"""How often a connection waits for Postgres, and how many transactions it commits, counted on the wire."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

READY, IDLE = b"Z", b"I"


@dataclass
class RoundTrips:
    """Each answer of the server ends by saying that it is ready, and whether a transaction is open."""

    url: SecretStr
    states: list[bytes] = field(default_factory=list)

    @property
    def transactions(self) -> int:
        """How many ended; each syncs to disk at most once."""
        return self.states.count(IDLE)


@asynccontextmanager
async def counted_round_trips(url: SecretStr) -> AsyncIterator[RoundTrips]:
    """Yield a URL that leads to the same database, and what is counted of its connections."""
    parts = urlsplit(url.get_secret_value())
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(parts.hostname, parts.port)
        tasks.add(asyncio.create_task(_pass_on(reader, server_writer)))
        tasks.add(asyncio.create_task(_count(server_reader, writer, counted.states)))

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    login = parts.netloc.rpartition("@")[0]
    counted = RoundTrips(SecretStr(parts._replace(netloc=f"{login}@{address}", query="sslmode=disable").geturl()))
    try:
        yield counted
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
    writer.close()


async def _count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, states: list[bytes]) -> None:
    """Pass on the server's messages: a letter, the length of what follows with itself, and that."""
    while head := await reader.read(1):
        length = await reader.readexactly(4)
        body = await reader.readexactly(struct.unpack("!I", length)[0] - 4)
        if head == READY:
            states.append(body)
        writer.write(head + length + body)
    writer.close()
