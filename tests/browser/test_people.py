"""The pages of people, used by keyboard alone: from registering to a team of two, and what organizers see of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from services.gateway.accounts.callers import SESSION_COOKIE
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.browser.hostile_names import (
    assert_fits,
    assert_harmless,
    assert_nothing_is_turned_round,
    open_watched,
)
from tests.support.browser.keyboard import assert_focus_is_kept, enter, press
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.people import (
    Somebody,
    ask,
    links_to,
    member,
    open_competition,
    sign_up,
    with_waiting_emails,
)
from tests.support.gateway.running import Gateway, gateway_with_baseline

ADA, EVE, BOB = "ada@uni.example", "eve@uni.example", "bob@lab.example"
SIZE = {"width": 1000, "height": 420}
RULES = "Play **fair**."
HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}" + "W" * 200


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """A gateway with a mail server whose e-mails wait, and with a provider, at which nobody signs in."""
    changes = {"public_url": "https://arena.uni.example", "oidc_issuer": "https://login.uni.example"}
    settings = with_waiting_emails(gateway_settings).model_copy(update={**changes, "oidc_client_id": "arena"})
    async with gateway_with_baseline(settings) as gateway:
        yield gateway


def competition(**changes: Any) -> dict[str, Any]:
    """A competition whose organizer decides about those who are not at the university, and whose teams may merge."""
    soon = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    registration = {"domains": ["uni.example"], "approval": True, "merge_until": soon}
    return {**open_competition(**registration), "name": "The spring competition", **changes}


async def sign_in_as(page: Page, gateway: Gateway, somebody: Somebody) -> None:
    """Give a page the session in which somebody is signed in already."""
    session = somebody.browser.cookies[SESSION_COOKIE]
    await page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": gateway.url}])


async def register(page: Page, pool: Pool) -> None:
    """Get from the home page to a registration, and to one's account."""
    await page.goto("/")
    await press(page, page.get_by_role("link", name="Sign in"))
    await page.get_by_role("heading", name="With a token").wait_for()
    await check_page(page, "people-sign-in")
    await press(page, page.get_by_role("link", name="Register", exact=True))
    await press(page, page.get_by_role("link", name="The spring competition"))
    await enter(page, page.get_by_label("E-mail address"), ADA)
    await enter(page, page.get_by_label("Name"), "Ada")
    await press(page, page.get_by_label("I have read the rules"), "Space")
    await check_page(page, "people-register")
    await press(page, page.get_by_role("button", name="Register"))
    await page.get_by_text(f"A link was sent to {ADA}.").wait_for()
    await assert_focus_is_kept(page)

    await page.goto(f"/confirm?link={(await links_to(pool, ADA))[-1]}")
    await expect(page.get_by_role("button", name="Register")).to_be_focused()
    await check_page(page, "people-confirm")
    await page.keyboard.press("Enter")


async def join_and_leave(page: Page) -> None:
    """Accept an invitation without a registration: register, come back, join, and leave again."""
    await page.get_by_role("heading", name="Join Gaussians").wait_for()
    await check_page(page, "people-join")
    await press(page, page.get_by_role("link", name="Register"))
    await press(page, page.get_by_label("I have read the rules"), "Space")
    await press(page, page.get_by_role("button", name="Register"))
    await press(page, page.get_by_role("button", name="Join the team"))
    await page.get_by_text("Team Gaussians: Ada, eve").wait_for()
    await press(page, page.get_by_role("button", name="Leave Gaussians"))
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Leave"))
    await page.get_by_text("You are in no team.").wait_for()
    await assert_focus_is_kept(page)


async def test_somebody_registers_and_invites_another_by_keyboard_alone(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    for slug, name in (("c", "The spring competition"), ("other", "Another one")):
        (await gateway.apply(competition(name=name), slug)).raise_for_status()
    page = await new_page(gateway.url, viewport=SIZE)
    await register(page, pool)
    await enter(page, page.get_by_label("Name of the team"), "Gaussians")
    await page.keyboard.press("Enter")
    await page.get_by_text("Team Gaussians: Ada").wait_for()
    await assert_focus_is_kept(page)
    await enter(page, page.get_by_label("Name of the token"), "laptop")
    await page.keyboard.press("Enter")
    token = await page.locator("#token").inner_text()
    assert (await gateway.client(token).get("/api/v1/competitions/c/submissions")).status_code == 200
    await assert_focus_is_kept(page)
    await press(page, page.get_by_role("button", name="Invite somebody"))
    invitation = await page.locator("#invitation").inner_text()
    await check_page(page, "people-account")

    eve = await new_page(gateway.url, viewport=SIZE)
    await sign_in_as(eve, gateway, await sign_up(gateway, pool, EVE, "other"))
    await eve.goto(f"/join?{invitation.partition('?')[2]}")
    await join_and_leave(eve)

    await press(page, page.get_by_role("link", name="Choose of what you get e-mails"))
    await press(page, page.get_by_label("phase", exact=False), "Space")
    await press(page, page.get_by_role("button", name="Save"))
    await page.get_by_text("Saved.").wait_for()
    await check_page(page, "people-notices")
    await page.reload()
    await expect(page.get_by_label("phase", exact=False)).not_to_be_checked()


async def test_an_organizer_decides_about_people_by_keyboard_alone(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    (await gateway.apply(competition())).raise_for_status()
    await member(gateway, pool, ADA, "Gaussians")
    await sign_up(gateway, pool, BOB)
    await sign_up(gateway, pool, EVE)
    page = await new_page(gateway.url, token_of(gateway.organizer), viewport=SIZE)
    await page.goto("/c/c/console")
    await press(page, page.get_by_role("link", name="People"))
    rows = page.locator("tbody tr")
    await expect(rows.first).to_contain_text(BOB)
    await check_page(page, "people-console")

    await press(page, page.get_by_role("button", name=f"Approve {BOB}"))
    await page.get_by_text(f"{BOB} is approved, and is told by e-mail.").wait_for()
    await expect(rows.filter(has_text=BOB)).to_contain_text("approved")
    await assert_focus_is_kept(page)
    await press(page, page.get_by_role("button", name=f"Refuse {EVE}"))
    await press(page, page.get_by_role("dialog").get_by_role("button", name="No"))
    await expect(page.get_by_role("button", name=f"Refuse {EVE}")).to_be_focused()
    await page.keyboard.press("Enter")
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Refuse"))
    await page.get_by_text(f"{EVE} is refused, and is told by e-mail.").wait_for()
    await expect(rows.filter(has_text=EVE)).to_contain_text("refused")
    await assert_focus_is_kept(page)


async def test_short_pages_say_what_has_happened_and_what_to_do(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    (await gateway.apply(competition())).raise_for_status()
    ada = await sign_up(gateway, pool, ADA)
    await ada.call("PUT", "/me/notices", {"emails": {"announcement": True}})
    page = await new_page(gateway.url, viewport=SIZE)
    await page.goto("/sign-in")
    await enter(page, page.get_by_label("E-mail address"), ADA)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Look into your mailbox").wait_for()
    await check_page(page, "people-link-sent")
    await page.goto(f"/confirm?link={(await links_to(pool, ADA))[0]}")
    await page.get_by_role("heading", name="This link is used up").wait_for()
    await check_page(page, "people-link-used-up")
    choices = await pool.fetchrow("select person_id, secret from notice_choices")
    assert choices is not None
    await page.goto(f"/notices/stop?person={choices['person_id']}&kind=announcement&secret={choices['secret']}")
    await press(page, page.get_by_role("button", name="Send me no more of these"))
    await page.get_by_text("You no longer get an e-mail when the organizers announce something.").wait_for()
    await check_page(page, "people-notices-stop")
    assert (await ada.call("GET", "/me/notices")).json()["emails"]["announcement"] is False
    await sign_in_as(page, gateway, ada)
    await page.goto("/join?link=used-up-long-ago-by-somebody")
    await page.get_by_role("heading", name="This invitation is used up").wait_for()
    await check_page(page, "people-invitation-used-up")


async def test_hostile_names_are_text_on_every_page_of_people(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    """The API refuses some of them; the pages have to be right without it."""
    (await gateway.apply(competition())).raise_for_status()
    ada, eve = await member(gateway, pool, ADA, "Gaussians"), await member(gateway, pool, EVE, "Optimists")
    invitation = (await ada.call("POST", "/me/competitions/c/invitations")).json()["url"].partition("?")[2]
    await eve.call("PUT", "/me/competitions/c/merge", {"team": "Gaussians"})
    await ask(gateway, BOB)
    news = {"title": "News", "text": "Read the rules."}
    (await gateway.organizer.post("/api/v1/admin/competitions/c/announcements", json=news)).raise_for_status()
    await pool.execute("update people set name = $1", HOSTILE)
    await pool.execute("update teams set name = name || $1", HOSTILE)
    await pool.execute("update competitions set name = $1", HOSTILE)
    await pool.execute("update announcements set title = $1", HOSTILE)
    page = await open_watched(new_page, gateway, token_of(gateway.organizer))
    await page.set_viewport_size({"width": 390, "height": 844})
    for is_ada, address in (
        (False, "/c/c/console/people"),
        (False, "/c/c/announcements"),
        (False, "/register"),
        (False, "/register?competition=c"),
        (False, f"/confirm?link={(await links_to(pool, BOB))[-1]}"),
        (True, f"/join?{invitation}"),
        (True, "/account/notices"),
        (True, "/account"),
    ):
        if is_ada:
            await sign_in_as(page, gateway, ada)
        await page.goto(address)
        await page.get_by_text(HOSTILE).first.wait_for()
        await assert_harmless(page)
        await assert_nothing_is_turned_round(page)
        await assert_fits(page)
    await page.get_by_role("button", name="Leave Gaussians").click()
    await page.get_by_role("dialog").get_by_text(HOSTILE).wait_for()
    await assert_nothing_is_turned_round(page)
    await page.get_by_role("button", name="No").click()
    await check_page(page, "people-hostile")
