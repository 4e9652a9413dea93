"""Pages at the width of a phone: everything is there, and in its place."""

from playwright.async_api import Locator, ViewportSize, expect

from shared.database import Pool
from tests.support.browser.leaderboard_page import set_score_and_interval
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.browser.submissions_page import fail, open_submissions, row, submit_file
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import teams_with_submissions

PHONE: ViewportSize = {"width": 390, "height": 844}
CUT = """() => [...document.querySelectorAll('main :is(td, th)')].filter((cell) => {
    const {left, right, width} = cell.getBoundingClientRect();
    return width > 1 && (left < 0 || right > document.documentElement.clientWidth);
}).map((cell) => cell.textContent)"""
HIDDEN_BY_SCROLL = """() => [...document.querySelectorAll('main .scroll')]
    .filter((region) => region.scrollWidth > region.clientWidth).map((region) => region.getAttribute('aria-label'))"""


async def top_and_bottom(of: Locator) -> tuple[float, float]:
    box = await of.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


async def test_what_is_said_of_a_submission_stands_below_its_name(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(practice=True)))
    team = await gateway.team("dice")
    for name in ("first.zip", "second.zip"):
        await fail(pool, await submit_file(team, name), "out_of_range", f"what {name} said", 3)
    for client in (team, gateway.organizer):
        page = await open_submissions(gateway, new_page, client)
        await page.set_viewport_size(PHONE)
        for name in ("first.zip", "second.zip"):
            places = [await top_and_bottom(row(page, name).locator(part)) for part in (".name", ".state", ".more")]
            assert [part for place in places for part in place] == sorted(part for place in places for part in place)


async def test_the_tables_of_the_rules_are_read_without_scrolling_sideways(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition())
    page = await new_page(gateway.url, viewport=PHONE)
    await page.goto("/c/c/rules")
    await expect(page.get_by_text("The submission fails: out_of_memory.")).to_be_visible()
    assert await page.evaluate(HIDDEN_BY_SCROLL) == []
    assert await page.evaluate(CUT) == []
    await expect(page.locator(".verdicts td[data-is='Takes']").first).to_be_visible()
    await check_page(page, "rules-phone")


async def test_the_legend_of_the_leaderboard_explains_what_is_shown_and_no_more(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score_and_interval(pool, submissions["dice"], 90.0)
    page = await new_page(gateway.url)
    await page.goto("/c/c")
    legend = page.locator("#legend")
    await expect(legend).to_be_visible()
    await expect(legend.get_by_text("The bar is its")).to_be_visible()
    await expect(legend.get_by_text("within the noise")).to_be_hidden()
    await page.set_viewport_size(PHONE)
    await expect(page.locator("#leaderboard .interval").first).to_be_hidden()
    await expect(legend.get_by_text("The bar is its")).to_be_hidden()
    await set_score_and_interval(pool, submissions["library"], 90.0)
    await expect(page.locator("#leaderboard abbr")).to_be_visible()
    await expect(legend.get_by_text("within the noise")).to_be_visible()


async def test_an_error_page_and_the_home_page_fit(gateway: Gateway, new_page: Open) -> None:
    long = phase("a-phase-with-a-long-name", closes_at="2120-01-01T00:00:00Z")
    (await gateway.apply(competition(long, name="A competition whose name has many words"))).raise_for_status()
    page = await new_page(gateway.url, token_of(await gateway.team("W" * 60)), viewport=PHONE)
    for address in ("/", "/c/nowhere"):
        await page.goto(address)
        await check_page(page, f"phone{address.replace('/', '-')}")
