"""The column of generalization scores: for organizers, and once revealed for all."""

from uuid import UUID

import numpy as np
from playwright.async_api import expect

from shared.database import Pool
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import store_scored_studies
from tests.support.gateway.submitting import teams_with_submissions


async def test_the_column_is_the_organizer_s_until_it_is_revealed(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase()))
    submissions = await teams_with_submissions(gateway, "dice", "library")
    for team, visible, held_out in (("dice", 0.4, -9.0), ("library", 0.2, 9.0)):
        curves = np.full((2, 2, 16), visible)
        await store_scored_studies(pool, UUID(submissions[team]), curves, generalization=held_out)
    await pool.execute("update phases set closes_at = now() - interval '1 second', change = change + 1")
    organizer = await new_page(gateway.url, token_of(gateway.organizer))
    watcher = await new_page(gateway.url)
    for page in (organizer, watcher):
        await page.goto("/c/c")
        await page.get_by_role("cell", name="80.000").wait_for()

    row = organizer.locator("#leaderboard tbody tr", has_text="library")
    await row.get_by_text("would be 2").wait_for()
    await expect(watcher.get_by_role("columnheader", name="Generalization")).to_have_count(0)
    await check_page(organizer, "leaderboard-generalization")

    await organizer.goto("/c/c/console/phases")
    await organizer.get_by_role("button", name="Reveal the generalization losses of feedback").click()
    await organizer.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    await organizer.get_by_text("Everybody sees what the generalization losses of feedback say.").wait_for()
    await expect(organizer.get_by_role("link", name="everybody")).to_have_count(1)
    await expect(organizer.get_by_role("button", name="Reveal the generalization losses of feedback")).to_have_count(0)
    await organizer.get_by_role("link", name="everybody").click()
    await organizer.get_by_role("columnheader", name="Generalization").wait_for()
    await watcher.reload()
    row = watcher.locator("#leaderboard tbody tr", has_text="dice")
    await row.get_by_text("would be 1").wait_for()
