"""Where summer time ends, an hour comes twice: pages say which one they mean."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from shared.database import Pool
from tests.support.browser.leaderboard_page import set_score_and_interval
from tests.support.browser.pages import Open, token_of
from tests.support.browser.submissions_page import submit_file
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway

BERLIN = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}
FIRST, SECOND = "2100-10-31T00:30:00Z", "2100-10-31T01:30:00Z"
SAID = {FIRST: "Sun, 31 Oct 2100, 02:30 CEST", SECOND: "Sun, 31 Oct 2100, 02:30 CET"}
"""Both are 02:30 on the last Sunday of October: before the clocks go back, and an hour later."""


@pytest.mark.parametrize("closes_at", SAID)
async def test_a_deadline_in_the_hour_that_comes_twice_is_told_with_its_zone(
    gateway: Gateway, new_page: Open, closes_at: str
) -> None:
    (await gateway.apply(competition(phase(closes_at=closes_at)))).raise_for_status()
    page = await new_page(gateway.url, token_of(await gateway.team("dice")), **BERLIN)
    for address, place in (("/", ".card dd"), ("/c/c/rules", "#phase"), ("/c/c/submissions", "#deadline")):
        await page.goto(address)
        await expect(page.locator(place).first).to_contain_text(SAID[closes_at])


async def test_a_phase_that_spans_the_change_is_told_in_summer_and_in_winter_time(
    gateway: Gateway, new_page: Open
) -> None:
    later = phase(opens_at="2100-10-30T22:00:00Z", closes_at="2100-10-31T23:00:00Z")
    (await gateway.apply(competition(later))).raise_for_status()
    page = await new_page(gateway.url, token_of(await gateway.team("dice")), **BERLIN)
    await page.goto("/c/c/rules")
    await expect(page.locator("#phase")).to_contain_text("Sun, 31 Oct 2100, 00:00 CEST")
    await expect(page.locator("#phase")).to_contain_text("Mon, 1 Nov 2100, 00:00 CET")
    await page.goto("/c/c/submissions")
    await expect(page.locator("#closed")).to_contain_text("It opens on Sun, 31 Oct 2100, 00:00 CEST.")


async def test_times_of_both_hours_are_told_apart_and_what_was_an_hour_ago_is_an_hour_ago(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("dice")
    for name, at in (("first.zip", "2020-10-25T00:30:00+00:00"), ("second.zip", "2020-10-25T01:30:00+00:00")):
        await pool.execute(
            "update submissions set created_at = $2 where id::text = $1",
            await submit_file(team, name),
            datetime.fromisoformat(at),
        )
    await set_score_and_interval(pool, str(await pool.fetchval("select id from submissions limit 1")), 90.0)
    page = await new_page(gateway.url, token_of(team), **BERLIN)
    await page.clock.set_fixed_time(datetime.fromisoformat("2020-10-25T01:30:00+00:00"))
    await page.goto("/c/c/submissions")
    assert await titles(page) == ["Sun, 25 Oct 2020, 02:30:00 CET", "Sun, 25 Oct 2020, 02:30:00 CEST"]
    assert await page.locator(".what time").all_inner_texts() == ["just now", "1 hr ago"]


async def test_what_is_left_until_a_deadline_is_never_said_to_be_more_than_it_is(
    gateway: Gateway, new_page: Open
) -> None:
    (await gateway.apply(competition(phase(closes_at=SECOND)))).raise_for_status()
    page = await new_page(gateway.url, token_of(await gateway.team("dice")), **BERLIN)
    for now, left in (
        ("2100-10-29T13:31:00Z", "in 1 day"),
        ("2100-10-30T00:29:00Z", "in 1 day"),
        ("2100-10-30T01:31:00Z", "in 23 hr"),
        ("2100-10-30T23:31:00Z", "in 1 hr"),
        ("2100-10-31T00:31:00Z", "in 59 min"),
    ):
        await page.clock.set_fixed_time(datetime.fromisoformat(now))
        await page.goto("/c/c/submissions")
        await expect(page.locator("#deadline time")).to_have_text(left)


async def titles(page: Page) -> list[str | None]:
    return [await each.get_attribute("title") for each in await page.locator(".what time").all()]


async def test_a_page_that_stays_open_while_clocks_go_back_closes_when_the_phase_does(
    gateway: Gateway, new_page: Open
) -> None:
    closes_at = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    await gateway.apply(competition(phase(closes_at=closes_at)))
    page = await new_page(gateway.url, token_of(await gateway.team("dice")), **BERLIN)
    await page.clock.install(time=datetime.fromisoformat("2020-10-25T00:00:00+00:00"))
    await page.goto("/c/c/submissions")
    await expect(page.locator("#upload")).to_be_visible()
    await page.clock.fast_forward("01:30:00")
    await expect(page.locator("#upload")).to_be_visible()
    await page.clock.fast_forward("00:31:00")
    await expect(page.locator("#closed")).to_contain_text("takes no submissions now. It closed on")
    await expect(page.locator("#upload")).to_be_hidden()
