"""The close codes of live feeds, by which a client knows whether to come again. Code 1000 is tested with each feed."""

from websockets.asyncio.client import ClientConnection, connect

from services.gateway.settings import GatewaySettings
from tests.support.gateway.answers import receive
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.gateway.submitting import submit
from tests.support.waiting import limited


async def open_feed(gateway: Gateway) -> ClientConnection:
    """Open the feed of a new submission, which has sent its snapshot."""
    (await gateway.apply(competition())).raise_for_status()
    team = await gateway.team("one")
    submission = (await submit(team)).raise_for_status().json()["id"]
    headers = {"Authorization": team.headers["Authorization"]}
    feed = await connect(gateway.live(f"/submissions/{submission}/live"), additional_headers=headers)
    assert (await receive(feed))["type"] == "snapshot"
    return feed


async def code_of(feed: ClientConnection) -> int | None:
    async with limited():
        await feed.wait_closed()
    return feed.close_code


async def test_a_gateway_that_stops_says_so_with_1012(gateway_settings: GatewaySettings) -> None:
    async with gateway_with_baseline(gateway_settings) as gateway:
        feed = await open_feed(gateway)
    assert await code_of(feed) == 1012


async def test_a_feed_that_loses_the_database_asks_with_1013_to_come_again(gateway: Gateway) -> None:
    feed = await open_feed(gateway)
    await gateway.database.cut()
    assert await code_of(feed) == 1013
