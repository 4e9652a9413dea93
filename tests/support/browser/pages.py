"""Pages in a real browser: signing in, and what axe finds."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import httpx
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

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
    """Save pictures of the page, light, dark and on a phone; fail if axe finds anything serious in any of them."""
    found = []
    schemes: tuple[Literal["dark", "light"], ...] = ("dark", "light")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.wait_for_function(
            "() => document.getAnimations().length === 0"
        )  # colours during a transition are not final
        await page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}.png", full_page=True)
        result = await Axe().run(page)
        found += [
            f"{scheme}: {each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in result.response["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
    size = page.viewport_size
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.screenshot(path=SCREENSHOTS / f"{name}-phone.png", full_page=True)
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        found.append(f"on a phone the page is {overflow} pixels too wide")
    if size is not None:
        await page.set_viewport_size(size)
    assert not found, "\n".join(found)


@asynccontextmanager
async def launched_browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    await asyncio.to_thread(SCREENSHOTS.mkdir, parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()
