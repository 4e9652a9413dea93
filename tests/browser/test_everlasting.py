"""The page of an everlasting benchmark, and the way to it from the frozen final."""

from shared.database import Pool
from tests.support.browser.pages import Open, check_page
from tests.support.gateway.finals import enter_later, finish_final
from tests.support.gateway.running import Gateway


async def test_a_reopened_final_leads_to_all_entries_and_to_what_its_black_boxes_are(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    teams, _ = await finish_final(gateway, pool)
    reopened = await gateway.organizer.post("/api/v1/admin/competitions/c/phases/final/reopen")
    reopened.raise_for_status()
    await enter_later(pool, teams["c"], 80.0)
    page = await new_page(gateway.url)

    await page.goto("/c/c?phase=final")
    await page.get_by_role("link", name="everlasting benchmark").click()
    await page.get_by_role("heading", name="C: everlasting benchmark").wait_for()

    entries = page.get_by_role("region", name="All entries")
    rows = [(await row.inner_text()).split("\t") for row in await entries.locator("tbody tr").all()]
    assert [(row[0][-1], row[1], row[3], row[4]) for row in rows] == [
        ("1", "c", "later", "\N{EN DASH}"),
        ("2", "a", "final", "1"),
        ("3", "b", "final", "2"),
    ]
    boxes = page.get_by_role("region", name="The black boxes")
    assert "lasso_diabetes_mse" in await boxes.inner_text()
    await check_page(page, "everlasting")

    await page.goto("/c/c/rules?phase=final")
    await page.get_by_text("This phase was reopened").wait_for()
    assert await page.get_by_text("a log would be a way out of the black box").count() == 0
