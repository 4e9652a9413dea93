"""The leaderboard when its connection goes, or its gateway: it says so, comes back, and has missed nothing."""

from playwright.async_api import Page

from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.browser.leaderboard_page import set_score_and_interval, wait_for_order
from tests.support.browser.pages import Open, check_page
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.gateway.submitting import teams_with_submissions
from tests.support.wire import Wire


async def open_board(page: Page) -> None:
    """Open the leaderboard and leave a mark that a reload would wipe away."""
    await page.goto("/c/c")
    await live(page)
    await page.evaluate("window.mark = true")


async def live(page: Page) -> None:
    await page.locator("#live", has_text="live").wait_for()


async def away(page: Page) -> None:
    await page.locator("#live", has_text="reconnecting").wait_for()


async def test_a_board_whose_socket_breaks_comes_back_with_what_it_missed(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score_and_interval(pool, submissions["dice"], 90.0)
    wire = Wire("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    await wire.mend()
    page = await new_page(f"http://127.0.0.1:{wire.port}")
    await open_board(page)
    await wait_for_order(page, "dice", "library")

    await wire.cut()
    await away(page)
    await check_page(page, "leaderboard-away")
    await set_score_and_interval(pool, submissions["library"], 95.0)
    await wire.mend()

    await wait_for_order(page, "library", "dice")
    await live(page)
    await set_score_and_interval(pool, (await teams_with_submissions(gateway, "late"))["late"], 99.0)
    await wait_for_order(page, "late", "library", "dice")
    assert await page.evaluate("window.mark")
    await wire.cut()


async def test_a_board_outlives_its_gateway(gateway_settings: GatewaySettings, pool: Pool, new_page: Open) -> None:
    async with running_gateway(gateway_settings) as first:
        await first.import_official_baseline()
        await first.apply(competition())
        submissions = await teams_with_submissions(first, "dice", "library", "gone")
        await set_score_and_interval(pool, submissions["dice"], 90.0)
        page = await new_page(first.url)
        await open_board(page)
        await wait_for_order(page, "dice", "gone", "library")
    await away(page)
    assert await page.get_by_text("90.000").is_visible()

    await set_score_and_interval(pool, submissions["library"], 95.0)
    await pool.execute("delete from submissions where id = $1::uuid", submissions["gone"])
    async with running_gateway(gateway_settings, port=int(first.url.rsplit(":", 1)[1])):
        await wait_for_order(page, "library", "dice")
        await live(page)
        await set_score_and_interval(pool, submissions["dice"], 97.0)
        await wait_for_order(page, "dice", "library")
        assert await page.evaluate("window.mark")
