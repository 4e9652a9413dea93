"""Many watchers: one that is slow delays nobody, and gateways beside each other serve the same feed."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from services.gateway.settings import GatewaySettings
from shared.broker.connection import Broker
from shared.database import Pool
from shared.messages import PhaseChanged
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.gateway.submitting import submit
from tests.support.waiting import limited

LARGE = 10_000
"""Numbers in a curve: some hundred kilobytes as text."""
BUFFER_BYTES = 64 * 1024
CHANGES = 20


async def receive(feed: ClientConnection) -> dict[str, Any]:
    async with limited():
        message: dict[str, Any] = json.loads(await feed.recv())
        return message


async def receive_until(feed: ClientConnection, number: int) -> list[dict[str, Any]]:
    """Return what comes up to the first message that has come so far."""
    messages = [await receive(feed)]
    while messages[-1]["change"] < number:
        messages.append(await receive(feed))
    return messages


def board_of(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows of somebody who got these messages, the first of them a snapshot."""
    board: dict[str, Any] = {}
    for message in messages:
        if message["type"] == "snapshot":
            board = {}
        for team in message.get("removed", []):
            board.pop(team, None)
        board |= {row["team"]: row for row in message["rows"]}
    return board


async def change(pool: Pool, broker: Broker, submission: str, score: float, *, size: int = 16) -> int:
    """Score a submission anew, announced as the aggregator does; returns the number."""
    row = await pool.fetchrow(
        """
        update submissions set
            state = 'scored', verdict = 'scored', ended_at = now(), score = $2, curve = $3,
            change = next_change(phase_id)
        where id = $1 returning phase_id, change
        """,
        UUID(submission),
        score,
        [1 / (score + number) for number in range(size)],
    )
    assert row is not None
    await broker.publish([PhaseChanged(phase_id=row["phase_id"], change=row["change"])])
    number: int = row["change"]
    return number


@asynccontextmanager
async def slow_watcher(gateway: Gateway) -> AsyncIterator[ClientConnection]:
    """A watcher that takes from the network only what is received, but for a small buffer."""
    plug = socket.socket()
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    plug.setblocking(False)
    host, port = gateway.url.removeprefix("http://").split(":")
    await asyncio.get_running_loop().sock_connect(plug, (host, int(port)))
    url = gateway.live("/competitions/c/live")
    async with connect(url, sock=plug, max_queue=1, max_size=None, ping_interval=None) as feed:
        yield feed


async def test_a_slow_watcher_delays_nobody_and_gets_what_it_missed_at_once(
    gateway: Gateway, pool: Pool, broker: Broker
) -> None:
    await gateway.apply(competition())
    submission = (await submit(await gateway.team("one"))).json()["id"]

    async with connect(gateway.live("/competitions/c/live"), max_size=None) as reader, slow_watcher(gateway) as slow:
        read, taken = [await receive(reader)], [await receive(slow)]
        for score in range(1, CHANGES + 1):
            number = await change(pool, broker, submission, score, size=LARGE)
            read += await receive_until(reader, number)
        taken += await receive_until(slow, number)

    assert len(read) == CHANGES + 1
    assert len(taken) < CHANGES / 2
    assert board_of(taken) == board_of(read)


async def test_gateways_beside_each_other_serve_the_same_numbered_feed(
    gateway: Gateway, gateway_settings: GatewaySettings, pool: Pool, broker: Broker
) -> None:
    await gateway.apply(competition())
    teams = [(await submit(await gateway.team(name))).json()["id"] for name in ("one", "two")]

    async with (
        running_gateway(gateway_settings) as other,
        connect(gateway.live("/competitions/c/live")) as here,
        connect(other.live("/competitions/c/live")) as there,
    ):
        assert await receive(here) == await receive(there)
        for score in range(1, 4):
            numbers = [await change(pool, broker, submission, score) for submission in teams]
            found = [await receive_until(feed, numbers[-1]) for feed in (here, there)]
            assert found[0][-1]["change"] == found[1][-1]["change"]
            assert board_of(found[0]) == board_of(found[1])


@pytest.mark.parametrize("watched", [True, False], ids=["watched there, too", "watched by nobody there"])
async def test_who_loses_a_gateway_goes_on_at_another_without_a_gap(
    gateway: Gateway, gateway_settings: GatewaySettings, pool: Pool, broker: Broker, watched: bool
) -> None:
    await gateway.apply(competition())
    one, two = [(await submit(await gateway.team(name))).json()["id"] for name in ("one", "two")]
    path = "/competitions/c/live"

    async with AsyncExitStack() as others, AsyncExitStack() as first:
        if watched:
            await receive(await others.enter_async_context(connect(gateway.live(path))))
        lost = await first.enter_async_context(running_gateway(gateway_settings))
        feed = await others.enter_async_context(connect(lost.live(path)))
        seen = [await receive(feed)]
        await change(pool, broker, one, 50)
        seen.append(await receive(feed))

        await first.aclose()
        with pytest.raises(ConnectionClosed):
            await receive(feed)
        number = await change(pool, broker, two, 60)
        back = await others.enter_async_context(connect(gateway.live(f"{path}?since={seen[-1]['change']}")))
        seen += await receive_until(back, number)
        snapshot = await receive(await others.enter_async_context(connect(gateway.live(path))))

    assert [message["type"] for message in seen] == ["snapshot", "changes", "changes" if watched else "snapshot"]
    assert board_of(seen) == board_of([snapshot])
