"""Programs are told of what happens by signed requests, again and again until they take them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.ending import allowing_loopback, end_submission, score
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until
from tests.support.webhook_receiver import Receiver, running_receiver

ALL_EVENTS = ["submission.ended", "incident.opened", "phase.closing", "announcement", "leaderboard.changed"]


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    async with gateway_with_baseline(allowing_loopback(gateway_settings)) as gateway:
        await gateway.apply(competition())
        yield gateway


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


async def add(client: httpx.AsyncClient, url: str, *events: str) -> dict[str, Any]:
    body = {"url": url, "events": list(events) or ["submission.ended"]}
    answer = await client.post("/api/v1/competitions/c/webhooks", json=body)
    added: dict[str, Any] = answer.raise_for_status().json()
    return added


async def deliveries(client: httpx.AsyncClient, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/webhooks/{webhook['id']}/deliveries")
    found: list[dict[str, Any]] = answer.raise_for_status().json()["deliveries"]
    return found


async def until_answered(client: httpx.AsyncClient, webhook: dict[str, Any], *answers: tuple[str, Any]) -> None:
    """Wait until the deliveries have these states and statuses, the newest first."""

    async def are_answered() -> bool:
        return [(each["state"], each["status"]) for each in await deliveries(client, webhook)] == list(answers)

    await wait_until(are_answered, what=f"the deliveries are {answers}")


async def announce(gateway: Gateway) -> None:
    body = {"title": "One week to go", "text": "It closes on **Friday**."}
    (await gateway.organizer.post("/api/v1/admin/competitions/c/announcements", json=body)).raise_for_status()


async def test_a_receiver_is_told_of_an_ended_submission_and_can_verify_who_says_so(
    gateway: Gateway, receiver: Receiver, pool: Pool
) -> None:
    webhook = await add(gateway.organizer, receiver.url)

    submission = await end_submission(pool, gateway, "gaussians")

    [request] = await receiver.wait_for(1)
    body = Verifier(webhook["secret"]).verify(request.body, request.headers)
    assert request.path == "/hook?a=b"
    assert body["type"] == "submission.ended"
    assert body["data"] == {
        "kind": "submission.ended",
        "competition": "c",
        "phase": "feedback",
        "submission": submission,
        "team": "gaussians",
        "state": "scored",
        "verdict": "scored",
        "score": 87.5,
        "interval": [80.0, 90.0],
    }
    await until_answered(gateway.organizer, webhook, ("delivered", 204))
    [delivery] = await deliveries(gateway.organizer, webhook)
    assert delivery["body"] == json.loads(request.body)
    assert delivery["id"] == request.headers["webhook-id"]


async def test_a_body_that_was_changed_on_the_way_is_not_taken_for_ours(gateway: Gateway, receiver: Receiver) -> None:
    webhook = await add(gateway.organizer, receiver.url, "announcement")
    await announce(gateway)
    [request] = await receiver.wait_for(1)
    with pytest.raises(Exception, match="No matching signature found"):
        Verifier(webhook["secret"]).verify(request.body.replace(b"Friday", b"Monday"), request.headers)


async def test_a_team_hears_of_its_own_submissions_and_organizers_of_all(
    gateway: Gateway, receiver: Receiver, pool: Pool
) -> None:
    ours = await add(await gateway.team("ours"), f"{receiver.url}&ours", "submission.ended", "announcement")
    every = await add(gateway.organizer, f"{receiver.url}&every", *ALL_EVENTS)
    assert ours["id"] != every["id"]

    await end_submission(pool, gateway, "theirs")
    await announce(gateway)
    await pool.execute("update notices set not_before = now() where told_at is null")  # the minute is over

    told = {(each.path.rpartition("&")[2], json.loads(each.body)["type"]) for each in await receiver.wait_for(4)}
    assert told == {
        ("ours", "announcement"),
        ("every", "announcement"),
        ("every", "submission.ended"),
        ("every", "leaderboard.changed"),
    }


async def test_a_team_is_not_told_what_it_may_not_see(gateway: Gateway, receiver: Receiver, pool: Pool) -> None:
    team = await gateway.team("ours")
    await add(team, f"{receiver.url}&ours", *(set(ALL_EVENTS) - {"incident.opened"}))
    every = await add(gateway.organizer, f"{receiver.url}&every", "submission.ended")
    submission = (await submit(team, phase="feedback")).raise_for_status().json()["id"]
    await pool.execute("update phases set visibility = 'organizer'")

    await score(pool, submission)

    await until_answered(gateway.organizer, every, ("delivered", 204))
    assert await pool.fetchval("select count(*) from deliveries") == 1


async def test_many_changes_of_a_leaderboard_are_told_once_a_minute_and_at_its_end(
    gateway: Gateway, receiver: Receiver, pool: Pool
) -> None:
    await add(gateway.organizer, receiver.url, "leaderboard.changed")
    for number in range(3):
        await end_submission(pool, gateway, f"team-{number}")

    async def are_told() -> bool:
        query = "select count(*) from notices where kind = 'submission.ended' and told_at is not null"
        return bool(await pool.fetchval(query) == 3)

    await wait_until(are_told)
    query = "select date_trunc('minute', created_at) + interval '1 minute' = not_before as is_later, key from notices"
    found = await pool.fetch(f"{query} where kind = 'leaderboard.changed'")
    assert 1 <= len(found) <= 2, "two if a minute ended meanwhile"
    assert all(each["is_later"] for each in found)


@pytest.mark.parametrize("status", [500, 404, 302, 0])
async def test_what_is_not_taken_is_sent_again_with_the_same_id(
    gateway: Gateway, receiver: Receiver, pool: Pool, status: int
) -> None:
    location = f"Location: {receiver.url}&elsewhere\r\n"
    answer = f"HTTP/1.1 {status} What\r\n{location}Content-Length: 0\r\n\r\n".encode()
    receiver.answers = [answer if status else b"no HTTP at all\r\n\r\n"]
    webhook = await add(gateway.organizer, receiver.url, "announcement")
    await announce(gateway)

    async def has_failed() -> bool:
        found = await deliveries(gateway.organizer, webhook)
        return [(bool(each["problem"]), each["status"]) for each in found] == [(True, status or None)]

    await wait_until(has_failed, what="the first attempt has failed")

    await pool.execute("update deliveries set not_before = now()")

    first, second = await receiver.wait_for(2)
    await until_answered(gateway.organizer, webhook, ("delivered", 204))
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert {first.path, second.path} == {"/hook?a=b"}, "a redirect is not followed"


async def test_after_its_last_attempt_a_delivery_has_failed_and_can_be_sent_again(
    gateway: Gateway, receiver: Receiver, pool: Pool
) -> None:
    receiver.answers = [b"HTTP/1.1 500 No\r\n\r\n"] * 2
    webhook = await add(gateway.organizer, receiver.url, "announcement")
    await announce(gateway)
    await until_answered(gateway.organizer, webhook, ("waiting", 500))
    await pool.execute("update deliveries set attempts = 9, not_before = now()")
    await until_answered(gateway.organizer, webhook, ("failed", 500))

    [delivery] = await deliveries(gateway.organizer, webhook)
    path = f"/api/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver"
    assert (await gateway.organizer.post(path)).status_code == 202

    await until_answered(gateway.organizer, webhook, ("delivered", 204))


async def find(gateway: Gateway, webhook: dict[str, Any]) -> dict[str, Any]:
    page = (await gateway.organizer.get("/api/v1/competitions/c/webhooks")).json()
    [found] = [each for each in page["webhooks"] if each["id"] == webhook["id"]]
    assert isinstance(found, dict)
    return found


async def test_a_webhook_that_takes_nothing_for_days_is_disabled_until_it_is_sent_something_again(
    gateway: Gateway, receiver: Receiver, pool: Pool
) -> None:
    receiver.answers = [b"HTTP/1.1 500 No\r\n\r\n"] * 2
    webhook = await add(gateway.organizer, receiver.url, "announcement")
    await announce(gateway)
    await until_answered(gateway.organizer, webhook, ("waiting", 500))
    assert (await find(gateway, webhook))["failing_since"] is not None
    await pool.execute("update webhooks set failing_since = now() - interval '5 days'")
    await pool.execute("update deliveries set not_before = now()")

    async def is_disabled() -> bool:
        return (await find(gateway, webhook))["disabled_at"] is not None

    await wait_until(is_disabled, what="the webhook is disabled")
    assert "5 days" in (await find(gateway, webhook))["disabled_because"]
    await announce(gateway)
    told = "select bool_and(told_at is not null) from notices"
    await wait_until(lambda: pool.fetchval(told), what="who is told of the second one is settled")
    [delivery] = await deliveries(gateway.organizer, webhook)
    path = f"/api/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver"
    (await gateway.organizer.post(path)).raise_for_status()
    await until_answered(gateway.organizer, webhook, ("delivered", 204))
    assert (await find(gateway, webhook))["disabled_at"] is None


async def test_a_receiver_that_answers_410_is_left_alone(gateway: Gateway, receiver: Receiver) -> None:
    receiver.answers = [b"HTTP/1.1 410 Gone\r\n\r\n"]
    webhook = await add(gateway.organizer, receiver.url, "announcement")
    await announce(gateway)

    async def is_disabled() -> bool:
        return (await find(gateway, webhook))["disabled_at"] is not None

    await wait_until(is_disabled, what="the webhook is disabled")
    assert len(receiver.requests) == 1


async def test_a_silent_receiver_holds_up_no_other(gateway: Gateway, receiver: Receiver) -> None:
    async with running_receiver() as silent:
        silent.is_silent = True
        await add(gateway.organizer, silent.url, "announcement")
        await add(gateway.organizer, receiver.url, "announcement")
        await announce(gateway)
        await receiver.wait_for(1)


async def test_an_event_that_comes_twice_from_the_tables_is_told_once(
    gateway: Gateway, receiver: Receiver, pool: Pool
) -> None:
    webhook = await add(gateway.organizer, receiver.url)
    submission = await end_submission(pool, gateway, "a")
    await until_answered(gateway.organizer, webhook, ("delivered", 204))
    await pool.execute("update submissions set ended_at = null, state = 'running', verdict = null")
    await score(pool, submission)
    second = await end_submission(pool, gateway, "b")
    await until_answered(gateway.organizer, webhook, ("delivered", 204), ("delivered", 204))
    told = [each["body"]["data"]["submission"] for each in await deliveries(gateway.organizer, webhook)]
    assert told == [second, submission]


async def test_the_secret_is_shown_once(gateway: Gateway, receiver: Receiver) -> None:
    webhook = await add(gateway.organizer, receiver.url)
    page = await gateway.organizer.get("/api/v1/competitions/c/webhooks")
    assert webhook["secret"].startswith("whsec_")
    assert "secret" not in page.text


async def test_webhooks_of_others_do_not_exist(gateway: Gateway, receiver: Receiver) -> None:
    webhook = await add(await gateway.team("ours"), receiver.url)
    path = f"/api/v1/webhooks/{webhook['id']}"
    for client in (await gateway.team("theirs"), gateway.organizer):
        for method, end in (("DELETE", ""), ("GET", "/deliveries"), ("POST", f"/deliveries/{webhook['id']}/redeliver")):
            answer = await client.request(method, path + end)
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_webhook")
        assert (await client.get("/api/v1/competitions/c/webhooks")).json()["webhooks"] == []


async def test_a_team_may_not_hear_of_incidents_and_has_five_webhooks_at_most(
    gateway: Gateway, receiver: Receiver
) -> None:
    team = await gateway.team("ours")
    body = {"url": receiver.url, "events": ["incident.opened"]}
    answer = await team.post("/api/v1/competitions/c/webhooks", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "body.events")
    for _ in range(5):
        await add(team, receiver.url)
    answer = await team.post("/api/v1/competitions/c/webhooks", json=body | {"events": ["announcement"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


async def test_a_removed_webhook_is_sent_nothing_more(gateway: Gateway, receiver: Receiver) -> None:
    webhook = await add(gateway.organizer, f"{receiver.url}&removed", "announcement")
    other = await add(gateway.organizer, f"{receiver.url}&kept", "announcement")
    (await gateway.organizer.delete(f"/api/v1/webhooks/{webhook['id']}")).raise_for_status()
    await announce(gateway)
    await until_answered(gateway.organizer, other, ("delivered", 204))
    assert [each.path for each in receiver.requests] == ["/hook?a=b&kept"]
