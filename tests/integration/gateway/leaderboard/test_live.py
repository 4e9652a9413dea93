"""The live feeds: a snapshot, then numbered changes, and going on from a number."""

from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.gateway.answers import receive
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score
from tests.support.gateway.submitting import submit


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "only found by looking"])
async def test_a_watcher_gets_a_snapshot_and_then_what_changed(
    gateway: Gateway, pool: Pool, broker: Broker, announced: bool
) -> None:
    await gateway.apply(competition())
    one = (await submit(await gateway.team("one"))).json()["id"]
    await submit(await gateway.team("two"))

    async with connect(gateway.live("/competitions/c/live?phase=feedback")) as feed:
        snapshot = await receive(feed)
        change = await set_score(pool, one, 50.0)
        if announced:
            await broker.publish([change])
        message = await receive(feed)

    assert snapshot["type"] == "snapshot"
    assert {row["team"] for row in snapshot["rows"]} == {"one", "two"}
    assert (message["type"], message["change"], message["removed"]) == ("changes", change.change, [])
    assert [(row["team"], row["score"], row["provisional"]) for row in message["rows"]] == [("one", 50.0, True)]


async def test_who_comes_back_with_a_number_gets_only_what_came_after_it(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    one = (await submit(await gateway.team("one"))).json()["id"]
    await submit(await gateway.team("two"))

    async with connect(gateway.live("/competitions/c/live")) as stays:
        number = (await receive(stays))["change"]
        await set_score(pool, one, 50.0)
        await receive(stays)
        async with connect(gateway.live(f"/competitions/c/live?since={number}")) as back:
            resumed = await receive(back)
        async with connect(gateway.live("/competitions/c/live?since=1000000")) as future:
            fresh = await receive(future)

    assert resumed["type"] == "changes"
    assert [row["team"] for row in resumed["rows"]] == ["one"]
    assert fresh["type"] == "snapshot"


async def test_a_submissions_feed_ends_with_the_submission(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("one")
    identity = (await submit(team)).json()["id"]
    headers = {"Authorization": team.headers["Authorization"]}

    async with connect(gateway.live(f"/submissions/{identity}/live"), additional_headers=headers) as feed:
        first = await receive(feed)
        await set_score(pool, identity, 50.0)
        second = await receive(feed)
        await set_score(pool, identity, 60.0, "scored")
        last = await receive(feed)
        with pytest.raises(ConnectionClosed) as closed:
            await receive(feed)

    assert [message["type"] for message in (first, second, last)] == ["snapshot", "changes", "changes"]
    assert [message["submission"]["score"] for message in (first, second, last)] == [None, 50.0, 60.0]
    assert last["submission"]["state"] == "scored"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1000


async def test_a_browser_may_give_its_token_as_a_protocol(gateway: Gateway) -> None:
    await gateway.apply(competition())
    team = await gateway.team("one")
    identity = (await submit(team)).json()["id"]
    token = team.headers["Authorization"].removeprefix("Bearer ")

    protocols: Any = ["arena.bearer", token]
    async with connect(gateway.live(f"/submissions/{identity}/live"), subprotocols=protocols) as feed:
        assert feed.subprotocol == "arena.bearer"
        assert (await receive(feed))["submission"]["id"] == identity


async def test_a_leaderboards_feed_ends_with_its_phase_and_the_gateway_goes_on(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(), phase("unused")))

    async with connect(gateway.live("/competitions/c/live?phase=unused")) as feed:
        await receive(feed)
        await gateway.apply(competition(phase()))
        with pytest.raises(ConnectionClosed) as closed:
            await receive(feed)
    async with connect(gateway.live("/competitions/c/live?phase=feedback")) as other:
        snapshot = await receive(other)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1000
    assert snapshot["rows"] == []
