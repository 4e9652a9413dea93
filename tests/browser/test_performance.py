"""Figures at any budget as everybody sees them: charts and tables that move by themselves."""

from uuid import UUID

import numpy as np

from arena.scoring import Array
from shared.database import Pool
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import store_scored_studies
from tests.support.gateway.submitting import submit, teams_with_submissions


def curves(seed: int, n_calls: int = 16) -> Array:
    """Curves of the test competition's two boxes and two studies, which get better by and by."""
    steps = np.random.default_rng(seed).uniform(0, 1, (2, 2, n_calls))
    found: Array = np.minimum.accumulate(steps, axis=-1)
    return found


async def test_figures_at_any_budget_move_by_themselves_and_are_sound_to_look_at(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition(phase()))
    page = await new_page(gateway.url)
    await page.goto("/c/c")
    await page.get_by_role("link", name="Performance").click()
    await page.get_by_role("heading", name="No score yet").wait_for()
    await check_page(page, "performance-empty")

    submissions = await teams_with_submissions(gateway, "dice", "library")
    await store_scored_studies(pool, UUID(submissions["dice"]), curves(1))
    await page.get_by_role("row", name="dice").first.wait_for()
    assert await page.locator("#fixed-budget tbody tr").count() == 1
    await store_scored_studies(pool, UUID(submissions["library"]), curves(2))
    await page.locator("#fixed-budget tbody tr").nth(1).wait_for()
    await page.locator("#ecdf canvas").wait_for()
    await page.locator("#convergence canvas").wait_for()
    heads = await page.locator("#fixed-budget thead th").all_inner_texts()
    assert heads == ["Rank", "Team", "Area", "After 1", "After 2", "After 4", "After 8", "After 16"]
    assert await page.locator("#fixed-target thead th").count() == 2 + 6
    await check_page(page, "performance")


async def test_a_team_finds_itself_marked_and_its_name_is_text(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    await gateway.apply(competition(phase()))
    team = await gateway.team(hostile)
    submission = (await submit(team, phase="feedback")).raise_for_status().json()["id"]
    await store_scored_studies(pool, UUID(submission), curves(1))
    page = await new_page(gateway.url, token_of(team))
    await page.goto("/c/c/performance")

    await page.locator("#fixed-budget tr.own th", has_text=hostile).wait_for()
    assert await page.locator("#figures img").count() == 0
