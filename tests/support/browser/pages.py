"""Pages in a real browser: signing in, and what axe finds."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

from tests.support.browser.looks import find_faults
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S

SCREENSHOTS = Path(os.environ.get("ARENA_SCREENSHOTS", ROOT / ".arena" / "screenshots"))
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
LIMIT_MS = 1000 * LIMIT_S
Open = Callable[..., Awaitable[Page]]


async def sign_in(page: Page, token: str) -> None:
    """Sign in through the sign-in page."""
    await page.goto("/sign-in")
    await page.get_by_label("Token").fill(token)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Sign out").wait_for()


def token_of(client: httpx.AsyncClient) -> str:
    """Return the token that a client of the API sends."""
    return client.headers["Authorization"].removeprefix("Bearer ")


async def check_page(page: Page, name: str) -> None:
    """Save pictures of the page, and fail for what is wrong with it, light and dark, on a phone and a wide screen."""
    assert await find_faults(page, SCREENSHOTS / name) == []


@asynccontextmanager
async def launched_browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    await asyncio.to_thread(SCREENSHOTS.mkdir, parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()
