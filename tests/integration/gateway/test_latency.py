"""How an answer is sent."""

import asyncio
import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.gateway.running import Gateway


def ends_here(peer: tuple[str, int]) -> list[socket.socket]:
    """The sockets of this process, in which the gateway runs, that are connected to an address."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # no socket, or not connected, or closed meanwhile
            one = socket.socket(fileno=os.dup(int(descriptor.name)))
            if one.getpeername() == peer:
                found.append(one)
            else:
                one.close()
    return found


async def test_an_answers_body_does_not_wait_until_its_head_is_acknowledged(gateway: Gateway) -> None:
    address = urlsplit(gateway.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: arena\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")

    (accepted,) = ends_here(writer.get_extra_info("sockname"))

    with accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    writer.close()
