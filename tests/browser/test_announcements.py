"""What organizers announce: on its page, and on pages that are open already."""

from datetime import UTC, datetime

from playwright.async_api import Page, expect

from tests.support.browser.pages import Open, check_page
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway

LOOKS = "**/announcements?limit=1"
HOSTILE = "<img src=x onerror=\"document.title='hacked'\">"
LAST = {
    "title": "One week to go",
    "text": "The feedback phase closes on **Friday**.\n\n- Select your submission.\n- Rest.",
}
HIDE = "isHidden => Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })"


async def announce(gateway: Gateway, title: str, text: str = "The practice phase is open: read its logs.") -> str:
    body = {"title": title, "text": text}
    answer = await gateway.organizer.post("/api/v1/admin/competitions/c/announcements", json=body)
    return str(answer.raise_for_status().json()["id"])


async def look_after(page: Page, milliseconds: int) -> None:
    """Let time pass, until the page has looked for announcements."""
    async with page.expect_response(LOOKS):
        await page.clock.run_for(milliseconds)


async def test_a_page_that_is_open_shows_what_is_announced_and_no_older_news(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition(name="The spring competition"))
    await announce(gateway, "Welcome")
    page = await new_page(gateway.url, viewport={"width": 1000, "height": 420})
    looks: list[str] = []
    page.on("request", lambda request: looks.append(request.url) if "limit=1" in request.url else None)
    await page.clock.install(time=datetime.now(UTC))
    await page.goto("/c/c")
    news = page.locator("#news")
    await expect(news).to_contain_text("Welcome")

    hostile = await announce(gateway, HOSTILE)
    await look_after(page, 31_000)
    await expect(news).to_have_text(f"New announcement: {HOSTILE}")
    assert await news.locator("img").count() == 0

    await gateway.organizer.delete(f"/api/v1/admin/competitions/c/announcements/{hostile}")
    for _ in range(2):  # once it looks again, it is through with what it saw before
        await look_after(page, 31_000)
    await expect(news).to_have_text(f"New announcement: {HOSTILE}")

    await page.evaluate(HIDE, True)
    seen = len(looks)
    await page.clock.run_for(120_000)
    assert len(looks) == seen
    await announce(gateway, **LAST)
    await page.evaluate(HIDE, False)
    async with page.expect_response(LOOKS):
        await page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')) }")
    await expect(news).to_have_text("New announcement: One week to go")

    await news.get_by_role("link", name="One week to go").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=2)).to_have_text(["One week to go", "Welcome"])
    await check_page(page, "announcements")
