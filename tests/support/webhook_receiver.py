"""A real HTTP server on loopback that receives webhooks, or misbehaves as a test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.http_server import HttpServer, Received
from tests.support.waiting import wait_until

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Receiver(HttpServer):
    """What came to `port`. `answers` are the next answers, as bytes; then each request is answered with 204."""

    scheme: str = "http"
    requests: list[Received] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    is_silent: bool = False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}/hook?a=b"

    async def wait_for(self, number: int) -> list[Received]:
        """Return the requests once there are so many."""

        async def are_there() -> bool:
            return len(self.requests) >= number

        await wait_until(are_there, what=f"{number} requests have come")
        return self.requests

    async def answer(self, request: Received) -> bytes:
        """Keep a request, and answer it."""
        self.requests.append(request)
        if self.is_silent:
            await asyncio.Event().wait()
        return self.answers.pop(0) if self.answers else OK


@asynccontextmanager
async def running_receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Run a receiver, over TLS if a context is given."""
    receiver = Receiver(scheme="http" if tls is None else "https")
    async with receiver.running(tls):
        yield receiver
