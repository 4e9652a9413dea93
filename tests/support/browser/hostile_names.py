"""What a name may not do to a page, whoever chose it."""

from playwright.async_api import Page

from tests.support.browser.pages import Open
from tests.support.gateway.running import Gateway

ALERTED = "alert = () => { window.alerted = true }"
READS_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
READS_TURNED_ROUND = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    const style = getComputedStyle(parentElement);
    const isApart = style.display !== "inline" || style.unicodeBidi.startsWith("isolate");
    const isAlone = parentElement.textContent.trim() === data.trim();
    if (data.includes("\\u202e") && style.display !== "none" && !(isApart && isAlone)) found.push(data);
  }
  return found;
}"""
"""Texts in which a mark that turns the writing round stands beside what is no part of the name."""


async def open_watched(new_page: Open, gateway: Gateway, token: str | None = None) -> Page:
    """Return a page that remembers whether a script of somebody else's ran in it."""
    page = await new_page(gateway.url, token)
    await page.add_init_script(ALERTED)
    return page


async def assert_harmless(page: Page) -> None:
    """Fail if a name became anything but text."""
    assert await page.evaluate("window.alerted === undefined")
    assert await page.locator("img, svg[onload], main script, iframe").count() == 0
    assert await page.locator("[onerror], [onload], a[href^='javascript:']").count() == 0


async def assert_fits(page: Page) -> None:
    """Fail if the page is wider than its window."""
    assert await page.evaluate(READS_OVERFLOW) <= 0


async def assert_nothing_is_turned_round(page: Page) -> None:
    """Fail if a name could turn round the writing beside it."""
    assert await page.evaluate(READS_TURNED_ROUND) == []
