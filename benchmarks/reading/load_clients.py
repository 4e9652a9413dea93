"""`python -m benchmarks.reading.load_clients URL READING PAUSING`: WebSockets that watch a feed and note messages.

Prints a line once each has its snapshot. Then carries out commands from standard input, and prints a line after each:
`pause` and `resume` the clients that pause, `until NUMBER` waits until all reading clients have this change, and
`write PATH` writes everything recorded to a file.
"""

import asyncio
import re
import socket
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import numpy as np
import uvloop
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

CONNECTING_AT_ONCE = 50
CHANGE = re.compile(rb'"change": ?(\d+)')
HEAD_BYTES = 100
"""The change number is at the start of a message.

The rest is not parsed, because two processes share a small machine.
"""
PAUSING_BUFFER_BYTES = 128 * 1024
"""How many bytes the kernel may buffer for a client that does not read; without a limit it would be megabytes."""


class Watcher(asyncio.Protocol):
    """One WebSocket, offering compression as browsers do."""

    def __init__(self, url: str, *, pausing: bool) -> None:
        self.pausing = pausing
        self.reading = True
        self.change = -1
        self.messages: list[tuple[int, float, int]] = []
        self._came = asyncio.Event()
        self._feed = ClientProtocol(parse_uri(url), extensions=[ClientPerMessageDeflateFactory()])
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the handshake."""
        self._transport = cast("asyncio.Transport", transport)
        self._feed.send_request(self._feed.connect())
        self._send()

    def data_received(self, data: bytes) -> None:
        """Record every message's number, time and size."""
        now = time.monotonic()
        self._feed.receive_data(data)
        for event in self._feed.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                found = CHANGE.search(event.data, 0, HEAD_BYTES)
                if found is None:
                    raise RuntimeError(f"expected a message with its number in front, got {bytes(event.data[:100])!r}")
                self.change = int(found[1])
                self.messages.append((self.change, now, len(event.data)))
                self._came.set()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """Report it: nobody should be disconnected."""
        print(f"a watcher lost its connection: {exc!r}", file=sys.stderr)

    def read(self, *, on: bool) -> None:
        """Resume reading, or pause it."""
        self.reading = on
        (self._transport.resume_reading if on else self._transport.pause_reading)()

    async def wait_until(self, number: int) -> None:
        """Return when a message with this number or a later one has come."""
        while self.change < number:
            await self._came.wait()
            self._came.clear()

    def _send(self) -> None:
        for data in self._feed.data_to_send():
            self._transport.write(data)


async def connect(url: str, at_once: asyncio.Semaphore, *, pausing: bool) -> Watcher:
    """Return a watcher that has its snapshot."""
    where = urlsplit(url)
    loop = asyncio.get_running_loop()
    async with at_once:
        plug = socket.socket()
        plug.setblocking(False)
        if pausing:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PAUSING_BUFFER_BYTES)
        await loop.sock_connect(plug, (where.hostname, where.port))
        _, watcher = await loop.create_connection(lambda: Watcher(url, pausing=pausing), sock=plug)
        await watcher.wait_until(0)
    return watcher


async def obey(command: str, argument: str, watchers: list[Watcher]) -> None:
    """Carry out one command."""
    if command in {"pause", "resume"}:
        for watcher in watchers:
            if watcher.pausing:
                watcher.read(on=command == "resume")
    elif command == "until":
        await asyncio.gather(*(watcher.wait_until(int(argument)) for watcher in watchers if watcher.reading))
    elif command == "write":
        notes = [
            (number, watcher.pausing, *message)
            for number, watcher in enumerate(watchers)
            for message in watcher.messages
        ]
        await asyncio.to_thread(np.save, argument, np.array(notes, dtype=float))


async def main(url: str, reading: int, pausing: int) -> None:
    """Connect, then carry out commands until standard input ends."""
    at_once = asyncio.Semaphore(CONNECTING_AT_ONCE)
    watchers = await asyncio.gather(
        *(connect(url, at_once, pausing=number >= reading) for number in range(reading + pausing))
    )
    print("connected", flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := (await commands.readline()).decode():
        command, _, argument = line.strip().partition(" ")
        await obey(command, argument, watchers)
        print(command, flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
