"""Who asks for a leaderboard again gets the answer of the last change, at each of several gateways."""

from collections.abc import AsyncIterator

import pytest

from arena.api.leaderboard import Leaderboard
from services.gateway.live.change_notifier import POLL_S
from services.gateway.settings import GatewaySettings
from shared.broker.connection import Broker
from shared.database import Pool
from shared.messages import PhaseChanged
from tests.support.gateway.scores import set_score
from tests.support.gateway.stopped_gateway import StoppedGateway, stopped_gateway
from tests.support.seeding import seed_phase, seed_submission
from tests.support.waiting import wait_until

BOARD = "/api/v1/competitions/test/leaderboard"


async def score_of(gateway: StoppedGateway) -> float | None:
    """Return the score of the only team."""
    score: float | None = (await gateway.http.get(BOARD)).raise_for_status().json()["rows"][0]["score"]
    return score


@pytest.fixture
async def gateways(gateway_settings: GatewaySettings) -> AsyncIterator[tuple[StoppedGateway, StoppedGateway]]:
    """Two gateways beside each other."""
    async with stopped_gateway(gateway_settings) as one, stopped_gateway(gateway_settings) as two:
        yield one, two


async def is_told(gateway: StoppedGateway, pool: Pool, broker: Broker, change: PhaseChanged) -> None:
    """Announce a change until a gateway has heard it: it may not be listening yet."""
    score = await pool.fetchval("select score from submissions")

    async def knows() -> bool:
        await broker.publish([change])
        return bool(await score_of(gateway) == score)

    await wait_until(knows, what="the gateway has heard of the change")


async def test_an_unchanged_leaderboard_costs_no_query_at_any_gateway(
    gateways: tuple[StoppedGateway, StoppedGateway], pool: Pool
) -> None:
    seeded = await seed_phase(pool)
    await seed_submission(pool, seeded)
    firsts = [await each.http.get(BOARD) for each in gateways]
    for each in gateways:
        each.noted.take()

    again = [await each.http.get(BOARD) for each in gateways for _ in range(10)]
    with_tag = [
        await each.http.get(BOARD, headers={"If-None-Match": first.headers["ETag"]})
        for each in gateways
        for first in firsts
    ]

    assert [each.noted.take() for each in gateways] == [[], []]
    assert {answer.content for answer in again} == {firsts[0].content}
    assert {(answer.status_code, answer.content) for answer in with_tag} == {(304, b"")}
    assert Leaderboard.model_validate_json(firsts[0].content).rows[0].team == "team"


async def test_a_change_that_is_announced_is_seen_at_once_at_every_gateway(
    gateways: tuple[StoppedGateway, StoppedGateway], pool: Pool, broker: Broker
) -> None:
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    firsts = [await each.http.get(BOARD) for each in gateways]

    change = await set_score(pool, str(submission), 50.0)
    for each in gateways:
        await is_told(each, pool, broker, change)

    answers = [
        await each.http.get(BOARD, headers={"If-None-Match": first.headers["ETag"]})
        for each, first in zip(gateways, firsts, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"] != firsts[0].headers["ETag"]


async def test_a_gateway_that_has_missed_a_change_notices_after_a_while(
    gateways: tuple[StoppedGateway, StoppedGateway], pool: Pool
) -> None:
    gateway, _ = gateways
    seeded = await seed_phase(pool)
    submission = await seed_submission(pool, seeded)
    assert await score_of(gateway) is None

    await set_score(pool, str(submission), 50.0)  # and nobody says so

    gateway.now += POLL_S
    assert await score_of(gateway) == 50.0


async def test_a_phase_that_is_hidden_is_not_shown_from_memory(
    gateways: tuple[StoppedGateway, StoppedGateway], pool: Pool
) -> None:
    gateway, _ = gateways
    await seed_phase(pool)
    named = {"phase": "feedback"}
    (await gateway.http.get(BOARD, params=named)).raise_for_status()

    await pool.execute("update phases set visibility = 'organizer'")

    gateway.now += POLL_S
    assert (await gateway.http.get(BOARD, params=named)).status_code == 404


async def test_a_phase_that_was_deleted_elsewhere_is_not_found(
    gateways: tuple[StoppedGateway, StoppedGateway], pool: Pool, broker: Broker
) -> None:
    gateway, _ = gateways
    seeded = await seed_phase(pool)
    named = {"phase": "feedback"}
    (await gateway.http.get(BOARD, params=named)).raise_for_status()
    await pool.execute("delete from phase_boxes")
    await pool.execute("delete from phases")

    async def is_gone() -> bool:
        await broker.publish([PhaseChanged(phase_id=seeded.phase_id, change=1)])
        return (await gateway.http.get(BOARD, params=named)).status_code == 404

    await wait_until(is_gone, what="the gateway has heard of it")
