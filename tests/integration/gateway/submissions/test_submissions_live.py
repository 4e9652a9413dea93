"""The live feed of a phase's submissions: whose they are, and that who comes back has missed nothing."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from shared.broker.connection import Broker
from shared.database import Pool
from tests.support.gateway.answers import receive
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score
from tests.support.gateway.submitting import submit

FEED = "/competitions/c/submissions/live"


def watching(gateway: Gateway, client: httpx.AsyncClient, query: str = "") -> connect:
    headers = {"Authorization": client.headers["Authorization"]}
    return connect(gateway.live(FEED + query), additional_headers=headers)


async def submitted(client: httpx.AsyncClient, to: str = "feedback") -> str:
    identity: str = (await submit(client, phase=to)).raise_for_status().json()["id"]
    return identity


def ids(message: dict[str, Any]) -> list[str]:
    return [each["id"] for each in message["submissions"]]


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "only found by looking"])
async def test_a_watcher_gets_a_snapshot_and_then_only_what_changed(
    gateway: Gateway, pool: Pool, broker: Broker, announced: bool
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("one")
    first, second = await submitted(team), await submitted(team)

    async with watching(gateway, team) as feed:
        snapshot = await receive(feed)
        change = await set_score(pool, second, 50.0)
        if announced:
            await broker.publish([change])
        message = await receive(feed)

    assert (snapshot["type"], ids(snapshot)) == ("snapshot", [second, first])
    assert [each["queue_position"] for each in snapshot["submissions"]] == [2, 1]
    assert (message["type"], message["change"], ids(message)) == ("changes", change.change, [second])
    assert message["submissions"][0]["score"] == 50.0


async def test_who_comes_back_with_a_number_has_missed_nothing(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("one")
    first, second, third = [await submitted(team) for _ in range(3)]

    async with watching(gateway, team) as feed:
        number = (await receive(feed))["change"]
    await set_score(pool, first, 50.0, "scored")
    (await team.post(f"/api/v1/submissions/{second}/cancel")).raise_for_status()
    fourth = await submitted(team)
    async with watching(gateway, team, f"?since={number}") as feed:
        back = await receive(feed)
    async with watching(gateway, team, "?since=1000000") as feed:
        fresh = await receive(feed)

    assert back["type"] == "changes"
    assert {each["id"]: each["state"] for each in back["submissions"]} == {
        first: "scored",
        second: "cancelled",
        fourth: "queued",
    }
    assert [(each["id"], each["queue_position"]) for each in back["queue_estimates"]] == [(third, 1)]
    assert back["counting"] == [first]
    assert fresh["type"] == "snapshot"
    assert set(ids(fresh)) == {first, second, third, fourth}


async def test_a_new_place_in_the_queue_is_told_without_a_change(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(), phase("other")))
    ahead = await submitted(await gateway.team("ahead"), "other")
    team = await gateway.team("one")
    waits = await submitted(team)

    async with watching(gateway, team, "?phase=feedback") as feed:
        snapshot = await receive(feed)
        (await gateway.organizer.post(f"/api/v1/submissions/{ahead}/cancel")).raise_for_status()
        message = await receive(feed)

    assert snapshot["submissions"][0]["queue_position"] == 2
    assert (message["change"], message["submissions"]) == (snapshot["change"], [])
    assert message["queue_estimates"] == [{"id": waits, "queue_position": 1, "remaining_s": None}]


async def test_a_team_sees_its_own_and_the_organizer_everybodys(gateway: Gateway) -> None:
    await gateway.apply(competition())
    await gateway.apply(competition(), "other")
    one, two = await gateway.team("one"), await gateway.team("two")
    of_one, of_two = await submitted(one), await submitted(two)

    async with watching(gateway, one) as feed:
        seen_by_one = await receive(feed)
    async with watching(gateway, gateway.organizer) as feed:
        seen_by_organizer = await receive(feed)
    with pytest.raises(InvalidStatus) as refused:
        async with watching(gateway, await gateway.team("else", "other")):
            pass

    assert ids(seen_by_one) == [of_one]
    assert set(ids(seen_by_organizer)) == {of_one, of_two}
    assert seen_by_organizer["quota"] is None
    assert refused.value.response.status_code == 403


async def test_a_team_is_told_what_it_has_used_of_its_quotas(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase(attempts_per_day=5, active_submissions=2)))
    team = await gateway.team("one")
    first = await submitted(team)

    async with watching(gateway, team) as feed:
        before = await receive(feed)
        await set_score(pool, first, 50.0, "scored")
        after = await receive(feed)

    assert before["quota"] == {
        "attempts_per_day": {"limit": 5, "used": 1},
        "active_submissions": {"limit": 2, "used": 1},
    }
    assert after["quota"]["active_submissions"] == {"limit": 2, "used": 0}


async def test_what_a_rescoring_replaced_is_gone_for_who_watches_and_who_comes_back(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("one")
    first = await submitted(team)
    await set_score(pool, first, 50.0, "scored")
    rescore = "/api/v1/admin/competitions/c/phases/feedback/rescore"

    async with watching(gateway, team) as feed:
        number = (await receive(feed))["change"]
        body = {"studies_per_box": 3}
        candidate = (await gateway.organizer.post(rescore, json=body)).raise_for_status().json()["candidate"]
        again = await pool.fetchval("select id from submissions where phase_id = $1", UUID(candidate))
        await set_score(pool, str(again), 60.0, "scored")
        (await gateway.organizer.post(f"{rescore}/apply", json={})).raise_for_status()
        replaced = await receive(feed)
    async with watching(gateway, team, f"?since={number}") as feed:
        back = await receive(feed)

    for message in (replaced, back):
        assert (message["type"], ids(message)) == ("snapshot", [str(again)])
