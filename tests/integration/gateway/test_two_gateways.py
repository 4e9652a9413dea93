"""Two gateways beside each other answer as one: what one is asked to do, the other's watchers see."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from websockets.asyncio.client import connect

from services.gateway.settings import GatewaySettings
from shared.broker.connection import Broker
from shared.broker.publishing import RawMessage
from shared.broker.topology import DEAD, SUBMISSIONS
from shared.database import Pool
from tests.support.gateway.answers import receive
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.gateway.scores import set_score
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until

DEAD_LETTERS = "/api/v1/admin/dead-letters"


@pytest.fixture
async def second(gateway: Gateway, gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:  # noqa: ARG001
    """Another gateway beside the first."""
    async with running_gateway(gateway_settings) as second:
        yield second


async def set_aside(broker: Broker, number: int) -> None:
    """Make so many dead letters."""
    await broker.publish_raw([RawMessage("submission.accepted", f"letter {each}".encode()) for each in range(number)])
    stop = asyncio.Event()

    async def ignore(_: Sequence[object]) -> None: ...

    async def are_dead() -> bool:
        return await broker.count_waiting(DEAD) == number

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.consume(SUBMISSIONS, ignore, stop, prefetch=10))
        await wait_until(are_dead, what="dead-lettered")
        stop.set()


async def test_two_gateways_that_are_asked_for_the_dead_letters_at_once_both_show_all(
    gateway: Gateway, second: Gateway, broker: Broker
) -> None:
    await set_aside(broker, 5)

    asked = [each.organizer.get(path) for each in (gateway, second) for path in [DEAD_LETTERS] * 10]
    counted = [each.organizer.get("/api/v1/admin/overview") for each in (gateway, second) for _ in range(5)]
    answers = [answer.raise_for_status().json() for answer in await asyncio.gather(*asked, *counted)]

    assert [len(answer["dead_letters"]) for answer in answers[:20]] == [5] * 20
    assert [answer["dead_letters"] for answer in answers[20:]] == [5] * 10


async def test_dead_letters_that_two_gateways_are_asked_to_send_again_at_once_are_all_found(
    gateway: Gateway, second: Gateway, broker: Broker
) -> None:
    await set_aside(broker, 6)
    letters = [each["id"] for each in (await gateway.organizer.get(DEAD_LETTERS)).json()["dead_letters"]]

    answers = await asyncio.gather(
        *(
            (gateway, second)[number % 2].organizer.post(f"{DEAD_LETTERS}/{letter}/retry")
            for number, letter in enumerate(letters)
        )
    )

    assert [answer.status_code for answer in answers] == [202] * 6
    assert await broker.count_waiting(SUBMISSIONS) == 6
    assert await broker.count_waiting(DEAD) == 0


async def test_watchers_of_both_gateways_see_every_change_whoever_made_it(
    gateway: Gateway, second: Gateway, pool: Pool, broker: Broker
) -> None:
    await gateway.apply(competition())
    one = (await submit(await gateway.team("one"))).json()["id"]
    path = "/competitions/c/live?phase=feedback"

    async with connect(gateway.live(path)) as first_feed, connect(second.live(path)) as second_feed:
        feeds = (first_feed, second_feed)
        for feed in feeds:
            assert [row["team"] for row in (await receive(feed))["rows"]] == ["one"]

        (await submit(await second.team("two"))).raise_for_status()
        for feed in feeds:
            assert [row["team"] for row in (await receive(feed))["rows"]] == ["two"]

        change = await set_score(pool, one, 50.0)
        await broker.publish([change])
        for feed in feeds:
            message = await receive(feed)
            assert [(row["team"], row["score"]) for row in message["rows"]] == [("one", 50.0)]
            assert message["change"] == change.change


async def test_a_submission_that_is_sent_to_two_gateways_with_one_key_is_made_once(
    gateway: Gateway, second: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("one")
    beside = second.client(team.headers["Authorization"].removeprefix("Bearer "))

    answers = await asyncio.gather(*(submit(each, key="the same") for each in (team, beside) for _ in range(3)))

    assert len({answer.raise_for_status().json()["id"] for answer in answers}) == 1
    assert await pool.fetchval("select count(*) from submissions") == 1
