"""A container's standard streams over the engine's attached connection, read a bounded line at a time."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
from aiodocker.stream import Stream

STDERR_TAIL_BYTES = 64 * 1024
STDERR_LIMIT_BYTES = 64 * 1024**2
STDOUT, STDERR = 1, 2
CHUNK_BYTES = 1024**2

Payload = bytes | Path
"""What follows a message: bytes, or the content of a file, of which one chunk is in memory at a time."""


class StreamEnded(Exception):
    """The other end is gone: the container died, or it closed its streams."""


class StreamFlooded(Exception):
    """More came than was agreed to; the message says what."""


class ContainerStream:
    """Reads only while a line is waited for; between questions a flood fills the container's own pipes and stops.

    What is written to stderr is discarded but for its tail.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pending = bytearray()
        self._stderr = bytearray()
        self._stderr_bytes = 0

    @property
    def stderr_tail(self) -> str:
        """The last of what came on stderr, as far as it was read."""
        return self._stderr.decode("utf-8", "replace")

    def stderr_since(self, position: int) -> bytes:
        """What came on stderr after this many bytes, as far as it is still there."""
        return bytes(self._stderr[max(0, len(self._stderr) - (self._stderr_bytes - position)) :])

    @property
    def stderr_bytes(self) -> int:
        """How much came on stderr so far."""
        return self._stderr_bytes

    async def open(self) -> None:
        """Attach; to be done before the container starts, so that nothing is missed."""
        await self._stream.__aenter__()

    async def close(self) -> None:
        """Detach; the container's stdin ends."""
        await self._stream.close()

    async def send(self, message: dict[str, Any], payload: Payload = b"") -> None:
        """Write one JSON line, and after it the payload it announces. Raises `StreamEnded`."""
        line = json.dumps(message).encode() + b"\n"
        if isinstance(payload, bytes):
            await self._write(line + payload)
            return
        await self._write(line)
        with payload.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                await self._write(chunk)

    async def _write(self, data: bytes) -> None:
        try:
            await self._stream.write_in(data)  # returns when the engine has taken all but a little
        except (OSError, aiohttp.ClientError, RuntimeError, AssertionError) as error:
            # The last two are how the library says that its connection is closed.
            raise StreamEnded from error

    async def receive_line(self, limit_bytes: int) -> bytes:
        """Wait for one line of stdout. Raises `StreamEnded`, `StreamFlooded`."""
        searched = 0
        while (end := self._pending.find(b"\n", searched)) < 0:
            searched = len(self._pending)
            if searched > limit_bytes:
                raise StreamFlooded(f"expected a line of at most {limit_bytes} bytes, got more")
            await self._receive_frame()
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return line

    async def drain(self) -> None:
        """Read on until the stream ends, so that stderr's tail holds the last words. Raises `StreamFlooded`."""
        try:
            while True:
                self._pending.clear()
                await self._receive_frame()
        except StreamEnded:
            return

    async def _receive_frame(self) -> None:
        try:
            frame = await self._stream.read_out()
        except (OSError, aiohttp.ClientError) as error:
            raise StreamEnded from error
        if frame is None:
            raise StreamEnded
        if frame.stream == STDOUT:
            self._pending += frame.data
            return
        self._stderr_bytes += len(frame.data)
        if self._stderr_bytes > STDERR_LIMIT_BYTES:
            raise StreamFlooded(f"expected at most {STDERR_LIMIT_BYTES} bytes on stderr, got more")
        self._stderr += frame.data
        del self._stderr[:-STDERR_TAIL_BYTES]


def payload_size(payload: Payload) -> int:
    """Return how many bytes a payload has."""
    return len(payload) if isinstance(payload, bytes) else payload.stat().st_size
