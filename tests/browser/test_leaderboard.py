"""The leaderboard as a watcher sees it: it moves by itself, and comes back by itself."""

from typing import Any

import pytest

from shared.database import Pool
from tests.browser.conftest import Open, check_page, token_of
from tests.integration.gateway.conftest import Gateway, competition, phase, submit

pytestmark = pytest.mark.timeout(90)


async def set_score(pool: Pool, submission: str, score: float, *, done: bool = True) -> None:
    """Give a submission a score, as the aggregator leaves it."""
    await pool.execute(
        """
        update submissions s set
            score = $2::float8, score_low = $2::float8 - 1.0, score_high = $2::float8 + 1.0,
            change = next_change(s.phase_id),
            started_at = now(),
            studies_done = case when $3 then studies_total else 1 end,
            state = case when $3 then 'scored' else 'running' end, verdict = case when $3 then 'scored' end,
            ended_at = case when $3 then now() end, curve = case when $3 then '{0.5,0.25,0.1}'::real[] end
        where id = $1::uuid
        """,
        submission,
        score,
        done,
    )


async def teams_with_submissions(gateway: Gateway, *names: str) -> dict[str, str]:
    """Return a submission of each team."""
    submissions = {}
    for name in names:
        answer = await submit(await gateway.team(name), phase="feedback")
        submissions[name] = answer.raise_for_status().json()["id"]
    return submissions


def order(page: Any) -> Any:
    return page.locator("#board tbody th")


async def wait_for_order(page: Any, *teams: str) -> None:
    await page.wait_for_function(
        "teams => JSON.stringify([...document.querySelectorAll('#board tbody th')].map(e => e.textContent)) == teams",
        arg='["' + '","'.join(teams) + '"]',
    )


async def test_the_board_moves_by_itself_and_is_sound_to_look_at(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(), phase("practice", practice=False, boxes=["box-01"])))
    page = await new_page(gateway.url)
    await page.goto("/")
    await page.get_by_role("heading", name="No submission yet").wait_for()
    await check_page(page, "leaderboard-empty")

    submissions = await teams_with_submissions(gateway, "dice", "library")
    await wait_for_order(page, "dice", "library")
    await set_score(pool, submissions["dice"], 90.0)
    await set_score(pool, submissions["library"], 95.0, done=False)
    await page.get_by_text("95.000").wait_for()
    await wait_for_order(page, "dice", "library")
    await check_page(page, "leaderboard-running")
    await set_score(pool, submissions["library"], 96.0)
    await wait_for_order(page, "library", "dice")
    assert await page.locator("#board tbody tr").first.locator(".score").inner_text() == "96.000"
    await check_page(page, "leaderboard")


async def test_a_frozen_board_stands_still_for_watchers_and_moves_for_the_organizer(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score(pool, submissions["dice"], 90.0)
    watcher = await new_page(gateway.url)
    organizer = await new_page(gateway.url, token_of(gateway.organizer))
    for page in (watcher, organizer):
        await page.goto("/c/c")
        await page.get_by_text("90.000").wait_for()
        assert await page.locator("#frozen").is_hidden()

    path = "/api/v1/admin/competitions/c/phases/feedback"
    (await gateway.organizer.post(f"{path}/freeze")).raise_for_status()
    for page in (watcher, organizer):
        await page.locator("#frozen").wait_for()
    await set_score(pool, submissions["library"], 95.0)
    await wait_for_order(organizer, "library", "dice")
    assert await order(watcher).all_inner_texts() == ["dice"]
    await watcher.reload()
    await watcher.get_by_text("is frozen since").wait_for()
    assert await order(watcher).all_inner_texts() == ["dice"]
    await check_page(watcher, "leaderboard-frozen")

    (await gateway.organizer.post(f"{path}/unfreeze")).raise_for_status()
    await wait_for_order(watcher, "library", "dice")
    assert await watcher.locator("#frozen").is_hidden()


async def test_a_final_shows_what_the_places_were_before(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(), phase("final")))
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score(pool, submissions["dice"], 90.0)
    await set_score(pool, submissions["library"], 95.0)
    body = {"from": "feedback", "phase": "final", "top": 2, "studies": 2}
    final = (await gateway.organizer.post("/api/v1/admin/competitions/c/final", json=body)).raise_for_status().json()
    for finalist in final["finalists"]:
        await set_score(pool, finalist["submission_id"], {"dice": 80.0, "library": 70.0}[finalist["team"]])
    page = await new_page(gateway.url)
    await page.goto("/c/c?phase=final")
    await wait_for_order(page, "dice", "library")
    ranks = await page.locator("#board tbody .rank").all_inner_texts()
    assert [" ".join(each.split()) for each in ranks] == ["1 ≈ was 2", "2 was 1"]
    await check_page(page, "leaderboard-final")
