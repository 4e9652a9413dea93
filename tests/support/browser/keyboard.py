"""Uses a page by keyboard alone."""

from playwright.async_api import Locator, Page

STEPS_LIMIT = 60
HAS_FOCUS = "element => element === document.activeElement"


async def reach(page: Page, control: Locator) -> None:
    """Go on with the Tab key until a control has the focus. Fails if it never gets it."""
    for _ in range(STEPS_LIMIT):
        if await control.evaluate(HAS_FOCUS):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{control} cannot be reached in {STEPS_LIMIT} steps of the Tab key on {page.url}")


async def press(page: Page, control: Locator, key: str = "Enter") -> None:
    """Go to a control, and press a key on it."""
    await reach(page, control)
    await page.keyboard.press(key)


async def enter(page: Page, control: Locator, text: str) -> None:
    """Go to a field, and type a text into it."""
    await reach(page, control)
    await page.keyboard.type(text)


async def assert_focus_is_kept(page: Page) -> None:
    """Fail if the next Tab would begin at the top of the page again."""
    await page.wait_for_function("() => document.activeElement !== document.body")
