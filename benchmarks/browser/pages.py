"""What opening a page costs with an empty cache: bytes, the first paint, the time until it can be used."""

from dataclasses import dataclass

import numpy as np
from playwright.async_api import Browser, async_playwright
from pydantic import SecretStr

from benchmarks.figure import Figure
from benchmarks.reading.leaderboard import new_database, queries
from benchmarks.stack.compose import broker_url, postgres_url
from benchmarks.stack.gateway import running_gateway
from shared.database import connect_database

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
LOADS = 5
TEAMS = 100
WEIGHT_LIMIT_BYTES = 100_000
INTERACTIVE_LIMIT_S = 1.0
CHARTS = "/uplot/"
"""The library of charts, which comes when the page can be used already, does not count."""

BOARD_IS_LIVE = f"""
() => document.querySelectorAll("#leaderboard tbody tr").length == {TEAMS}
    && document.getElementById("live").textContent == "live" && performance.now()
"""
RULES_ARE_THERE = """() => !document.getElementById("filter").parentElement.hidden && performance.now()"""
FIRST_PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""


@dataclass(frozen=True)
class Load:
    """One load of a page with an empty cache."""

    weight_bytes: int
    first_paint_s: float
    interactive_s: float


async def pages() -> list[Figure]:
    """Open the leaderboard of 100 teams, and the rules, in Chromium."""
    async with new_database(postgres_url()) as url:
        await fill(SecretStr(url))
        async with running_gateway(url, broker_url()) as gateway, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            board = [await load(browser, f"{gateway.url}/c/bench", BOARD_IS_LIVE) for _ in range(LOADS)]
            rules = [await load(browser, f"{gateway.url}/c/bench/rules", RULES_ARE_THERE) for _ in range(LOADS)]
            await browser.close()
    return [*figures_of(f"leaderboard of {TEAMS} teams", board), *figures_of("rules", rules)]


async def fill(database_url: SecretStr) -> None:
    """Insert 100 teams with 51 scored submissions each."""
    async with await connect_database(database_url) as pool:
        phase_id = await queries.insert_phase(pool)
        await queries.insert_submissions(pool, phase_id=phase_id)
        await queries.insert_curves(pool, phase_id=phase_id)
        await pool.execute("analyze")


def figures_of(page: str, loads: list[Load]) -> list[Figure]:
    """Return the figures of several loads of one page."""
    weight = max(each.weight_bytes for each in loads)
    interactive = float(np.median([each.interactive_s for each in loads]))
    slowest = max(each.interactive_s for each in loads)
    return [
        Figure(f"page, {page}: weight", weight / 1000, "kB", "< 100", weight < WEIGHT_LIMIT_BYTES),
        Figure(f"page, {page}: first paint", float(np.median([each.first_paint_s for each in loads])), "s", "", True),
        Figure(f"page, {page}: interactive", interactive, "s", "< 1", interactive < INTERACTIVE_LIMIT_S),
        Figure(f"page, {page}: interactive, slowest of {LOADS}", slowest, "s", "", True),
    ]


async def load(browser: Browser, url: str, is_ready: str) -> Load:
    """Open a page; `is_ready` is JavaScript that returns the time in ms once the page can be used, and false before."""
    context = await browser.new_context()
    try:
        page = await context.new_page()
        network = await context.new_cdp_session(page)
        sizes: dict[str, int] = {}
        urls: dict[str, str] = {}
        network.on(
            "Network.requestWillBeSent", lambda event: urls.update({event["requestId"]: event["request"]["url"]})
        )
        network.on(
            "Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]})
        )
        await network.send("Network.enable")
        await page.goto(url)
        interactive_ms: float = await (await page.wait_for_function(is_ready)).json_value()
        paint_ms: float = await (await page.wait_for_function(FIRST_PAINT)).json_value()
        weight = sum(size for request, size in sizes.items() if CHARTS not in urls[request])
        return Load(int(weight), paint_ms / 1000, interactive_ms / 1000)
    finally:
        await context.close()
