"""How a page looks on a phone and on a wide screen, in light and in dark: what a person would see and axe finds."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

SIZES = ((390, 844), (1200, 800))
SCHEMES: tuple[Any, ...] = ("light", "dark")
READS_OVERLAPS = (Path(__file__).parent / "overlaps.js").read_text()
NEXT_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
READS_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def find_faults(page: Page, pictures: Path) -> list[str]:
    """Return what is wrong with how a page looks; saves pictures, named `pictures`, its size and its scheme."""
    size = page.viewport_size
    found = [f"{page.url} {look}: {fault}" async for look in looks(page, pictures) for fault in await _faults(page)]
    if size is not None:
        await page.set_viewport_size(size)
    return found


async def looks(page: Page, pictures: Path) -> AsyncIterator[str]:
    """Give the page each size and each scheme in turn, and yield the name of the look once nothing moves any more."""
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.evaluate(NEXT_FRAMES)  # charts that follow the width have drawn themselves again
            # Colours during a transition are not final.
            await page.wait_for_function("() => document.getAnimations().length === 0")
            await page.screenshot(path=f"{pictures}-{width}-{scheme}.png", full_page=True)
            yield f"at {width} in {scheme}"


async def _faults(page: Page) -> list[str]:
    found = [f"texts overlap: {pair}" for pair in await page.evaluate(READS_OVERLAPS)]
    if (overflow := await page.evaluate(READS_OVERFLOW)) > 0:
        found.append(f"the page is {overflow} pixels too wide")
    result = await Axe().run(page)
    return found + [
        f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in result.response["violations"]
    ]
