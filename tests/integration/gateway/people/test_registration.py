"""Signing up by oneself: a link by e-mail, the rules accepted, and an organizer's approval where that is wanted."""

import asyncio

import httpx
import pytest

from services.gateway.accounts.callers import hash_token
from services.gateway.people.registration import version_of
from services.gateway.people.sign_in_links import LINKS_PER_HOUR
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.people import (
    RULES,
    ask,
    links_to,
    new_browser,
    open_competition,
    open_link,
    sign_up,
    with_waiting_emails,
)
from tests.support.gateway.running import Gateway, running_gateway

ADA = "ada@uni.example"
PEOPLE = "/api/v1/admin/competitions/c/people"


async def state_of(gateway: Gateway, email: str) -> str:
    listed = (await gateway.organizer.get(PEOPLE)).json()["people"]
    states: dict[str, str] = {each["email"]: each["state"] for each in listed}
    return states[email]


async def test_who_opens_the_link_is_registered_and_signed_in(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())

    asked = await ask(gateway, ADA)
    assert (asked.status_code, await pool.fetchval("select count(*) from people")) == (202, 0)
    ada = await open_link(gateway, ADA, (await links_to(pool, ADA))[0])

    me = await ada.me()
    assert (me["email"], me["name"], me["role"]) == (ADA, "ada", "member")
    (taking_part,) = me["competitions"]
    assert (taking_part["state"], taking_part["rules_version"]) == ("approved", version_of(RULES))
    assert "ada" in (await ada.browser.get("/")).text


async def test_a_link_begins_with_the_public_address_and_works_once(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    await ask(gateway, ADA)
    body = await pool.fetchval("select body from emails")
    assert "\nhttp://127.0.0.1:8080/confirm?link=" in body
    (secret,) = await links_to(pool, ADA)
    assert hash_token(secret) in [row["hash"] for row in await pool.fetch("select hash from email_links")]

    looks = [await gateway.anyone.get("/confirm", params={"link": secret}) for _ in range(2)]
    assert [(each.status_code, "Register" in each.text) for each in looks] == [(200, True)] * 2  # as scanners do
    await open_link(gateway, ADA, secret)

    again = await new_browser(gateway).post("/confirm", data={"link": secret})
    assert (again.status_code, "arena_session" in again.cookies) == (404, False)


async def test_of_two_who_open_a_link_at_once_one_is_signed_in(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    await ask(gateway, ADA)
    (secret,) = await links_to(pool, ADA)

    answers = await asyncio.gather(*(new_browser(gateway).post("/confirm", data={"link": secret}) for _ in range(4)))

    assert sorted(each.status_code for each in answers) == [303, 404, 404, 404]


async def test_a_link_that_is_too_old_signs_nobody_in(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    await ask(gateway, ADA)
    await pool.execute("update email_links set expires_at = now() - interval '1 second'")

    answer = await new_browser(gateway).post("/confirm", data={"link": (await links_to(pool, ADA))[0]})

    assert answer.status_code == 404


async def test_a_page_of_another_site_opens_no_link(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    await ask(gateway, ADA)
    (secret,) = await links_to(pool, ADA)
    headers = {"Origin": "https://elsewhere.example"}

    answer = await gateway.anyone.post("/confirm", data={"link": secret}, headers=headers)

    assert answer.status_code == 403
    await open_link(gateway, ADA, secret)


async def test_who_is_registered_signs_in_by_another_link(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    await sign_up(gateway, pool, ADA)

    browser = new_browser(gateway)
    answer = await browser.post("/sign-in/link", data={"email": " Ada@Uni.Example ", "to": "/c/c"})
    assert "on its way" in answer.text
    again = await browser.post("/confirm", data={"link": (await links_to(pool, ADA))[-1]})

    assert (again.status_code, again.headers["location"]) == (303, "/c/c")
    assert await pool.fetchval("select count(*) from people") == 1


async def test_no_answer_tells_whether_an_address_is_known(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    await sign_up(gateway, pool, ADA)

    def shown(answer: httpx.Response, email: str) -> tuple[int, str]:
        return answer.status_code, answer.text.replace(email, "EMAIL")

    browser = new_browser(gateway)
    known, unknown = [
        [
            shown(await browser.post("/sign-in/link", data={"email": email}), email),
            shown(await ask(gateway, email), email),
        ]
        for email in (ADA, "eve@uni.example")
    ]
    assert known == unknown


@pytest.mark.parametrize(
    ("registration", "email", "state"),
    [
        ({"approval": False}, ADA, "approved"),
        ({"approval": True}, ADA, "waiting"),
        ({"approval": True, "domains": ["Uni.example"]}, ADA, "approved"),
        ({"approval": True, "domains": ["uni.example"]}, "ada@cs.uni.example", "approved"),
        ({"approval": True, "domains": ["uni.example"]}, "ada@myuni.example", "waiting"),
    ],
)
async def test_who_is_let_in_at_once_depends_on_the_domain(
    gateway: Gateway, pool: Pool, registration: dict[str, object], email: str, state: str
) -> None:
    await gateway.apply(open_competition(**registration))
    await sign_up(gateway, pool, email)
    assert await state_of(gateway, email) == state


@pytest.mark.parametrize(
    ("registration", "code"),
    [
        ({"open": False}, "registration_closed"),
        ({"approval": False, "domains": ["uni.example"]}, "registration_closed"),
        ({"rules": "Other rules."}, "rules_changed"),
    ],
)
async def test_what_is_not_taken_is_refused_before_an_e_mail(
    gateway: Gateway, pool: Pool, registration: dict[str, object], code: str
) -> None:
    await gateway.apply(open_competition(**registration))

    answer = await ask(gateway, "ada@elsewhere.example")

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert await pool.fetchval("select count(*) from emails") == 0


async def test_a_competition_without_a_word_about_it_takes_nobody(gateway: Gateway) -> None:
    await gateway.apply(competition())
    assert (await ask(gateway, ADA, rules_version="")).json()["code"] == "registration_closed"


async def test_an_organizer_approves_who_waits_and_they_are_told_once(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition(approval=True))
    ada = await sign_up(gateway, pool, ADA)
    team = {"name": "Gaussians"}
    early = await ada.call("POST", "/me/competitions/c/team", team)
    assert (early.status_code, early.json()["state"]) == (409, "waiting")

    (waiting,) = (await gateway.organizer.get(PEOPLE, params={"state": "waiting"})).json()["people"]
    for _ in range(2):
        approved = await gateway.organizer.post(f"{PEOPLE}/{waiting['id']}/approve")
        assert approved.json() == {"email": ADA, "name": "ada", "state": "approved"}

    assert (await ada.call("POST", "/me/competitions/c/team", team)).status_code == 201
    told = await pool.fetch("select body from emails where subject like '%approved'")
    assert len(told) == 1
    assert "/account" in told[0]["body"]
    assert (await gateway.organizer.get(PEOPLE, params={"state": "waiting"})).json()["people"] == []


async def test_who_registers_again_is_not_approved_by_that(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition(approval=True))
    await sign_up(gateway, pool, ADA)
    (waiting,) = (await gateway.organizer.get(PEOPLE)).json()["people"]
    await gateway.organizer.post(f"{PEOPLE}/{waiting['id']}/refuse")
    await gateway.apply(open_competition())

    await sign_up(gateway, pool, ADA)

    assert await state_of(gateway, ADA) == "refused"


async def test_other_rules_are_to_be_accepted_again(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())
    ada = await sign_up(gateway, pool, ADA)
    await gateway.apply(open_competition(rules="Other rules."))
    assert (await ada.me())["competitions"][0]["rules_are_current"] is False

    path = "/me/competitions/c/registration"
    old = await ada.call("POST", path, {"rules_version": version_of(RULES)})
    assert old.json()["code"] == "rules_changed"
    new = await ada.call("POST", path, {"rules_version": old.json()["rules_version"]})

    assert new.json()["competitions"][0]["rules_are_current"] is True
    revisions = (await gateway.organizer.get("/api/v1/admin/competitions/c/revisions")).json()["revisions"]
    assert [version_of(each["document"]["registration"]["rules"]) for each in revisions] == [
        old.json()["rules_version"],
        version_of(RULES),
    ]


async def test_nobody_floods_the_mailbox_of_another(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(open_competition())

    answers = await asyncio.gather(*(ask(gateway, ADA) for _ in range(LINKS_PER_HOUR + 3)))

    assert {each.status_code for each in answers} == {202}
    assert len(await links_to(pool, ADA)) == LINKS_PER_HOUR


async def test_a_network_that_asks_for_too_many_e_mails_waits(gateway_settings: GatewaySettings, pool: Pool) -> None:
    settings = with_waiting_emails(gateway_settings).model_copy(update={"email_rate": "3/hour"})
    async with running_gateway(settings) as gateway:
        await gateway.import_official_baseline()
        await gateway.apply(open_competition())
        answers = [await ask(gateway, f"p{number}@uni.example") for number in range(4)]
        by_form = await new_browser(gateway).post("/sign-in/link", data={"email": ADA})

    assert [each.status_code for each in answers] == [202, 202, 202, 429]
    assert by_form.status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert await pool.fetchval("select count(*) from emails") == 3


@pytest.mark.parametrize(
    "email",
    [
        "ada@uni.example\r\nBcc: all@uni.example",
        "ada@uni.example\nX: y",
        "ada@uni.example,eve@uni.example",
        "Ada <ada@uni.example>",
        '"ada eve"@uni.example',
        "ada@uni.example\x00",
        "\u0430da@uni.example",
        "ada@ünï.example",
        "ada@[127.0.0.1]",
        "ada..b@uni.example",
        ".ada@uni.example",
        "ada@-uni.example",
        "ada@uni.example.",
        "ada",
        "@uni.example",
        "a" * 65 + "@uni.example",
        "ada@" + "u." * 200 + "example",
        "a" * 1000,
        "",
    ],
)
async def test_a_hostile_address_is_refused_wherever_one_is_taken(gateway: Gateway, pool: Pool, email: str) -> None:
    await gateway.apply(open_competition())

    assert (await ask(gateway, email)).status_code == 422
    assert (await new_browser(gateway).post("/sign-in/link", data={"email": email})).status_code == 422
    role = {"email": email, "role": "organizer"}
    assert (await gateway.organizer.put("/api/v1/admin/people/role", json=role)).status_code == 422
    assert await pool.fetchval("select count(*) from emails") == 0


@pytest.mark.parametrize("to", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"])
async def test_a_link_leads_to_this_site_alone(gateway: Gateway, pool: Pool, to: str) -> None:
    await gateway.apply(open_competition())
    await ask(gateway, ADA, return_to=to)

    answer = await new_browser(gateway).post("/confirm", data={"link": (await links_to(pool, ADA))[0]})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("name", ["", "a\nb", "\x1b[31m", "a" * 81, "\u202egnp"])
async def test_a_name_that_is_no_line_of_text_is_refused(gateway: Gateway, name: str) -> None:
    await gateway.apply(open_competition())
    assert (await ask(gateway, ADA, name=name)).status_code == 422
