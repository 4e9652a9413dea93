"""People choose of what they get e-mails."""

from typing import Any

import pytest

from shared.database import Pool
from tests.support.gateway.people import Somebody, give_role, member, new_browser, open_competition, sign_up
from tests.support.gateway.running import Gateway
from tests.support.waiting import wait_until

ADA, EVE = "ada@uni.example", "eve@uni.example"


async def choose(person: Somebody, **emails: Any) -> dict[str, bool]:
    body = {"emails": {kind.replace("_", "."): on for kind, on in emails.items()}}
    answer = await person.call("PUT", "/me/notices", body)
    chosen: dict[str, bool] = answer.raise_for_status().json()["emails"]
    return chosen


async def test_everything_is_on_until_a_person_switches_a_kind_off(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada = await sign_up(gateway, pool, ADA)
    at_first = (await ada.call("GET", "/me/notices")).json()["emails"]
    assert at_first == {"submission.ended": True, "phase.closing": True, "announcement": True}

    await choose(ada, announcement=False)
    await choose(ada, phase_closing=False)
    back = await choose(ada, announcement=True)

    assert back == {"submission.ended": True, "phase.closing": False, "announcement": True}


async def test_whoever_switched_announcements_off_gets_none(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada, _ = await member(gateway, pool, ADA, "Gaussians"), await member(gateway, pool, EVE, "Optimists")
    await choose(ada, announcement=False)
    body = {"title": "One week to go", "text": "Hurry."}
    (await gateway.organizer.post("/api/v1/admin/competitions/c/announcements", json=body)).raise_for_status()

    async def is_told() -> bool:
        return bool(await pool.fetchval("select exists (select from notices where told_at is not null)"))

    await wait_until(is_told, what="the announcement is told")
    told = await pool.fetch("select recipient, body from emails where subject like '%One week to go'")
    assert [row["recipient"] for row in told] == [EVE]
    assert "http://127.0.0.1:8080/account/notices" in told[0]["body"]


async def test_only_organizers_choose_about_incidents(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada = await sign_up(gateway, pool, ADA)
    refused = await ada.call("PUT", "/me/notices", {"emails": {"incident.opened": False}})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.emails")

    await give_role(gateway, ADA, "organizer")

    assert (await choose(ada, incident_opened=False))["incident.opened"] is False


@pytest.mark.parametrize("emails", [{"leaderboard.changed": True}, {"x": True}, {"announcement": None}, []])
async def test_what_is_no_kind_of_e_mail_is_refused(gateway: Gateway, pool: Pool, emails: object) -> None:
    await gateway.apply(open_competition())
    ada = await sign_up(gateway, pool, ADA)
    assert (await ada.call("PUT", "/me/notices", {"emails": emails})).status_code == 422


async def test_the_page_is_for_whoever_is_signed_in(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada = await sign_up(gateway, pool, ADA)
    assert "The organizers announce something." in (await ada.browser.get("/account/notices")).text
    away = await new_browser(gateway).get("/account/notices")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in?to=/account/notices")
