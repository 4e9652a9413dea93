"""Names are other people's text: whatever they hold, pages show it and do nothing of it."""

import pytest

from shared.database import Pool
from tests.support.browser.hostile_names import assert_fits, assert_harmless, open_watched
from tests.support.browser.leaderboard_page import set_score_and_interval
from tests.support.browser.pages import Open, check_page
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.hostile_markdown import HOSTILE as HOSTILE_MARKDOWN

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<!--<script>alert(3)",
    "\"'><svg onload=alert(4)>",
    "javascript:alert(5)",
    "{{ 7 * 7 }} ${7 * 7} &lt;b&gt;",
    "\N{RIGHT-TO-LEFT OVERRIDE}drawkcab\N{POP DIRECTIONAL FORMATTING}",
    "\N{ROCKET}\N{PILE OF POO} \N{LATIN SMALL LETTER E}\N{COMBINING ACUTE ACCENT}",
    "W" * 80,
    "__proto__",
]


async def test_hostile_names_of_teams_are_text(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    """The API refuses some of them; the page has to be right without it."""
    await gateway.apply(competition())
    page = await open_watched(new_page, gateway)
    await page.goto("/c/c")
    await page.locator("#live", has_text="live").wait_for()
    submissions = []
    for number, name in enumerate(HOSTILE):
        answer = await submit(await gateway.team(f"team {number}"), phase="feedback")
        await pool.execute("update teams set name = $1 where name = $2", name, f"team {number}")
        submissions.append(answer.raise_for_status().json()["id"])
        await set_score_and_interval(pool, submissions[-1], 90.0 - number)

    names = page.locator("#leaderboard tbody th")
    for again in range(2):  # first by the feed, then with the page
        await page.wait_for_function(
            "names => JSON.stringify([...document.querySelectorAll('#leaderboard tbody th')].map(e => e.textContent)) "
            "== JSON.stringify(names)",
            arg=HOSTILE,
        )
        assert await names.count() == len(HOSTILE)
        await assert_harmless(page)
        if not again:
            await page.reload()
    await check_page(page, "leaderboard-hostile")


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_of_competition_and_phase_are_text(
    gateway: Gateway, pool: Pool, new_page: Open, name: str
) -> None:
    await gateway.apply(competition(phase(), phase("other")))
    await pool.execute("update competitions set name = $1", name)
    await pool.execute("update phases set name = $1 where name = 'other'", name)
    page = await open_watched(new_page, gateway)
    for address in ("/c/c", "/c/c/rules"):
        await page.goto(address)
        assert await page.locator("h1").text_content() in {name, f"{name}: rules"}
        await page.locator(".phases a").nth(1).click()
        await page.locator(".phases a[aria-current]", has_text=name).wait_for()
        await assert_harmless(page)
        assert name in await page.title()
        await assert_fits(page)
    await page.goto("/")
    assert await page.locator(".card h2").text_content() == name
    assert await page.locator(".card dt").all_text_contents() == ["feedback", name]
    await assert_harmless(page)
    await assert_fits(page)


async def test_a_hostile_description_is_text(gateway: Gateway, new_page: Open) -> None:
    (await gateway.apply(competition(description="\n\n".join(HOSTILE_MARKDOWN)))).raise_for_status()
    page = await open_watched(new_page, gateway)
    await page.goto("/c/c")
    await page.locator("#live", has_text="live").wait_for()
    await page.locator(".description").get_by_text("<iframe src=https://evil.example>").wait_for()
    await assert_harmless(page)
    assert await page.locator(".description :is(form, button, style, base)").count() == 0
    await check_page(page, "leaderboard-description")
