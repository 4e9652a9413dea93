"""A real browser on the real gateway: what people see, what they may do, and what axe finds."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from tests.integration.gateway.conftest import gateway
from tests.stack import ROOT

__all__ = ["gateway"]  # pytest finds the fixture by it

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SCREENSHOTS = Path(os.environ.get("ARENA_SCREENSHOTS", ROOT / ".arena" / "screenshots"))
LIMIT_MS = 10_000
Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    await asyncio.to_thread(SCREENSHOTS.mkdir, parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def new_page(browser: Browser) -> AsyncIterator[Open]:
    """Opens pages, each of a person of its own, signed in with a token if there is one.

    At the end no page may have had an error in its scripts, nor anything that its policy forbids.
    """
    faults: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_page(url: str, token: str | None = None, **options: object) -> Page:
            context = await browser.new_context(base_url=url, **options)  # type: ignore[arg-type]
            stack.push_async_callback(context.close)
            context.set_default_timeout(LIMIT_MS)
            page = await context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
            if token is not None:
                await sign_in(page, token)
            return page

        yield open_page
    assert faults == []


async def sign_in(page: Page, token: str) -> None:
    """Sign in as a person does."""
    await page.goto("/sign-in")
    await page.get_by_label("Token").fill(token)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Sign out").wait_for()


def token_of(client: httpx.AsyncClient) -> str:
    """Return the token that a client of the API sends."""
    return client.headers["Authorization"].removeprefix("Bearer ")


async def check_page(page: Page, name: str) -> None:
    """Keep a picture of the page, light and dark and as on a phone; fail for what axe calls serious in any of them."""
    found = []
    schemes: tuple[Literal["dark", "light"], ...] = ("dark", "light")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.wait_for_function("() => document.getAnimations().length === 0")  # colours in between are no design
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
    assert found == []
