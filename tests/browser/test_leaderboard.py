"""The leaderboard as a watcher sees it: it moves by itself, and comes back by itself."""

from playwright.async_api import expect

from shared.database import Pool
from tests.support.browser.leaderboard_page import order, set_score_and_interval, wait_for_order
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import teams_with_submissions


async def test_the_board_moves_by_itself_and_is_sound_to_look_at(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(), phase("practice", practice=False, boxes=["box-01"])))
    page = await new_page(gateway.url)
    await page.goto("/c/c")
    await page.get_by_role("heading", name="No submission yet").wait_for()
    await check_page(page, "leaderboard-empty")

    submissions = await teams_with_submissions(gateway, "dice", "library")
    await wait_for_order(page, "dice", "library")
    await set_score_and_interval(pool, submissions["dice"], 90.0)
    await set_score_and_interval(pool, submissions["library"], 95.0, done=False)
    await page.get_by_text("95.000").wait_for()
    await wait_for_order(page, "dice", "library")
    await check_page(page, "leaderboard-running")
    await set_score_and_interval(pool, submissions["library"], 96.0)
    await wait_for_order(page, "library", "dice")
    assert await page.locator("#leaderboard tbody tr").first.locator(".score").inner_text() == "96.000"
    await check_page(page, "leaderboard")


async def test_a_frozen_board_stands_still_for_watchers_and_moves_for_the_organizer(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score_and_interval(pool, submissions["dice"], 90.0)
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
    await set_score_and_interval(pool, submissions["library"], 95.0)
    await wait_for_order(organizer, "library", "dice")
    assert await order(watcher).all_inner_texts() == ["dice"]
    await watcher.reload()
    await watcher.get_by_text("is frozen since").wait_for()
    assert await order(watcher).all_inner_texts() == ["dice"]
    await check_page(watcher, "leaderboard-frozen")

    (await gateway.organizer.post(f"{path}/unfreeze")).raise_for_status()
    await wait_for_order(watcher, "library", "dice")
    await expect(watcher.locator("#frozen")).to_be_hidden()


async def test_a_final_shows_what_the_places_were_before(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(), phase("final")))
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score_and_interval(pool, submissions["dice"], 90.0)
    await set_score_and_interval(pool, submissions["library"], 95.0)
    body = {"from": "feedback", "phase": "final", "top": 2, "studies": 2}
    final = (await gateway.organizer.post("/api/v1/admin/competitions/c/final", json=body)).raise_for_status().json()
    for finalist in final["finalists"]:
        await set_score_and_interval(pool, finalist["submission_id"], {"dice": 80.0, "library": 70.0}[finalist["team"]])
    page = await new_page(gateway.url)
    await page.goto("/c/c?phase=final")
    await wait_for_order(page, "dice", "library")
    ranks = await page.locator("#leaderboard tbody .rank").all_inner_texts()
    assert [" ".join(each.split()) for each in ranks] == ["1 ≈ was 2", "2 was 1"]
    await check_page(page, "leaderboard-final")
