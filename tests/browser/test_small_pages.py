"""Signing in, the list of competitions, and what a browser shows when something is not there."""

from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway


async def test_signing_in_says_what_is_wrong_and_leads_to_where_one_was_going(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition())
    team = await gateway.team("dice")
    page = await new_page(gateway.url)
    await page.goto("/c/c/submissions")
    await check_page(page, "sign-in")
    await page.get_by_label("Token").fill("arena_wrong")
    await page.keyboard.press("Enter")
    await page.get_by_text("No team or organizer has this token").wait_for()
    await check_page(page, "sign-in-wrong")
    await page.get_by_label("Token").fill(token_of(team))
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Your submissions in feedback").wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("link", name="Sign in").wait_for()


async def test_competitions_are_listed_and_what_is_not_there_is_said(gateway: Gateway, new_page: Open) -> None:
    page = await new_page(gateway.url)
    await page.goto("/")
    await page.get_by_role("heading", name="Nothing to see yet").wait_for()
    await check_page(page, "home-empty")
    await gateway.apply(competition(name="Spring"), slug="spring")
    await gateway.apply(competition(name="Autumn"), slug="autumn")
    await page.reload()
    await check_page(page, "home")
    await page.get_by_role("link", name="Autumn").click()
    await page.get_by_role("heading", name="Autumn").wait_for()
    await page.goto("/c/winter")
    await page.get_by_text("There is no competition 'winter'.").wait_for()
    await check_page(page, "not-there")
    await gateway.apply(competition(name="Plain", phases=[]), slug="plain")
    await page.goto("/c/plain")
    await page.get_by_role("heading", name="No phase yet").wait_for()
    await check_page(page, "no-phase")


async def test_the_api_can_be_read_and_tried(gateway: Gateway, new_page: Open) -> None:
    page = await new_page(gateway.url)
    await page.goto("/docs")
    await page.get_by_role("heading", name="submissions").first.wait_for()
    await page.get_by_text("/api/v1/competitions/{slug}/submissions").first.wait_for()
