"""Boards as everybody sees them: on a page that moves by itself, and in a frame of another site's page."""

import asyncio
from uuid import UUID

import numpy as np
from playwright.async_api import Page, expect

from arena.scoring import Array
from shared.database import Pool
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.boards import seed_baseline_run
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import store_scored_studies
from tests.support.gateway.submitting import teams_with_submissions
from tests.support.seeding import Seeded
from tests.support.waiting import wait_until

ROW = {"name": "Random search", "sha256": "a" * 64, "environment": "small"}
BOARDS = [
    {"name": "early", "title": "After four iterations", "phase": "feedback", "after_iterations": 4},
    {"name": "one", "title": "One black box alone", "phase": "feedback", "boxes": ["box-01"]},
    {"name": "held-out", "title": "Generalization", "phase": "feedback", "objective": "generalization"},
]


def falling(start: float) -> Array:
    """Curves of the test competition's two boxes and two studies, from `start` on."""
    apart = np.array([[[0.0], [0.02]], [[0.05], [0.09]]])
    found: Array = np.linspace(start, 0.0, 16) + apart
    return found


async def run_baseline_row(gateway: Gateway, pool: Pool) -> None:
    """Run the baseline row on a black box, and wait until whoever asks gets it."""
    ids = await pool.fetchrow("select id, competition_id from phases where name = 'feedback'")
    assert ids is not None
    seeded = Seeded(ids["competition_id"], ids["id"], [], 0)
    await seed_baseline_run(pool, seeded, ROW, {"box-01": [[-0.9] * 16] * 2}, n_calls=16)

    async def is_shown() -> bool:
        rows = (await gateway.anyone.get("/api/v1/competitions/c/boards/early")).json()["rows"]
        return any(row["baseline"] for row in rows)

    await wait_until(is_shown, what="the board has the baseline row")


async def order(page: Page) -> list[str]:
    return await page.locator("#board tbody th").all_inner_texts()


async def test_a_board_moves_by_itself_and_is_reached_from_the_leaderboard_by_keyboard(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    (await gateway.apply(competition(phase(), boards=BOARDS, baseline_rows=[ROW]))).raise_for_status()
    page = await new_page(gateway.url, viewport={"width": 1100, "height": 420})
    await page.goto("/c/c")
    assert await page.get_by_role("link", name="Generalization").count() == 0
    await page.get_by_role("link", name="After four iterations").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="No submission yet").wait_for()
    await check_page(page, "board-empty")

    submissions = await teams_with_submissions(gateway, "dice", "library")
    await store_scored_studies(pool, UUID(submissions["dice"]), falling(0.9))
    await page.locator("#board tbody th", has_text="dice").wait_for()
    await store_scored_studies(pool, UUID(submissions["library"]), falling(0.3))
    await expect(page.locator("#board tbody th").first).to_have_text("library")
    assert await order(page) == ["library", "dice"]
    await run_baseline_row(gateway, pool)
    await page.reload()
    await page.locator("#board tr.baseline", has_text="Random search").wait_for()
    await expect(page.locator("#board tr.baseline .rank")).to_have_text("–")  # noqa: RUF001 - as on the page
    await check_page(page, "board")
    await page.goto("/c/c")
    await page.locator("#leaderboard tr.baseline", has_text="Random search").wait_for()
    assert await page.locator("#leaderboard tbody th").all_inner_texts() == ["dice", "library", "Random search"]
    await expect(page.locator("#leaderboard tr.baseline .rank")).to_have_text("–")  # noqa: RUF001 - as on the page
    await check_page(page, "leaderboard-baseline")

    organizer = await new_page(gateway.url, token_of(gateway.organizer))
    await organizer.goto("/c/c/boards/held-out")
    await organizer.get_by_role("heading", name="Generalization").wait_for()


async def test_a_board_is_shown_in_a_frame_of_another_site_and_its_page_is_not(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    (await gateway.apply(competition(phase(), boards=BOARDS))).raise_for_status()
    submissions = await teams_with_submissions(gateway, "dice")
    await store_scored_studies(pool, UUID(submissions["dice"]), falling(0.9))
    page = await new_page(gateway.url)
    address = f"{gateway.url}/c/c/boards/early"

    badge = f'<img src="{address}/badge.svg?team=dice" alt="dice">'
    frames = f'<iframe src="{address}/embed" title="a"></iframe><iframe src="{address}" title="b"></iframe>'
    body = f"<!doctype html><title>Other</title>{badge}{frames}".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    # Another port is another origin; of another host, Chromium would let nothing in that is on loopback.
    other_site = await asyncio.start_server(answer, "127.0.0.1", 0)
    assert page.context.browser is not None
    other = await page.context.browser.new_page()  # on which what the browser refuses is no fault
    async with other.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        await other.goto(f"http://127.0.0.1:{other_site.sockets[0].getsockname()[1]}/")

    await other.frame_locator("[title=a]").locator("#board tbody th", has_text="dice").wait_for()
    await other.wait_for_function("() => document.images[0].complete")
    assert await other.evaluate("() => document.images[0].naturalWidth") > 0
    await other.close()
    other_site.close()
    await page.goto(f"{address}/embed")
    await page.locator("#board tbody th", has_text="dice").wait_for()
    await check_page(page, "board-embedded")
