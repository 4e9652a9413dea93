"""A competition's last days on the website: frozen, the final behind the curtain, and its reveal."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from shared.database import Pool
from tests.support.browser.leaderboard_page import order, set_score_and_interval, wait_for_order
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.browser.submissions_page import open_submissions, row
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip, submit

CLOSED = "2020-01-01T00:00:00Z"
FREEZE = "/api/v1/admin/competitions/c/phases/feedback"


def document(**of_final: Any) -> dict[str, Any]:
    return competition(phase(boxes=["box-01"]), phase("final", boxes=["box-02"], **of_final))


async def phases_of(page: Page) -> list[str]:
    """Return the phases that a page offers; none are offered where there is one alone."""
    await page.goto("/c/c")
    await page.locator("#live", has_text="live").wait_for()
    return [each.split()[0] for each in await page.locator(".phases a").all_inner_texts()]


@pytest.fixture
async def teams(gateway: Gateway, pool: Pool) -> dict[str, Any]:
    """Two teams with a score each in a feedback phase that was frozen before the second got its better one."""
    (await gateway.apply(document(visibility="organizer"))).raise_for_status()
    teams = {name: await gateway.team(name) for name in ("dice", "library")}
    for name, score in (("dice", 90.0), ("library", 80.0)):
        identity = (await submit(teams[name], make_zip(name.encode()), phase="feedback")).json()["id"]
        await set_score_and_interval(pool, identity, score)
    (await gateway.organizer.post(f"{FREEZE}/freeze")).raise_for_status()
    identity = (await submit(teams["library"], make_zip(b"better"), phase="feedback")).json()["id"]
    await set_score_and_interval(pool, identity, 95.0)
    return teams


async def test_while_it_is_frozen_a_team_sees_its_own_new_score_and_nobody_else_does(
    gateway: Gateway, new_page: Open, teams: dict[str, Any]
) -> None:
    own = await open_submissions(gateway, new_page, teams["library"])
    await expect(row(own).first.locator(".result")).to_contain_text("95.000")
    for token in (None, token_of(teams["dice"]), token_of(teams["library"])):
        page = await new_page(gateway.url, token)
        await page.goto("/c/c")
        await wait_for_order(page, "dice", "library")
        await expect(page.locator("main")).not_to_contain_text("95.000")
        await expect(page.locator("#frozen")).to_contain_text("is frozen since")
        await page.goto("/")
        await expect(page.locator(".card")).to_contain_text("dice leads with 90.000, as of the freeze")


async def test_the_final_is_seen_by_the_organizer_alone_until_it_is_revealed(
    gateway: Gateway, pool: Pool, new_page: Open, teams: dict[str, Any]
) -> None:
    body = {"from": "feedback", "phase": "final", "top": 2, "studies": 2}
    final = (await gateway.organizer.post("/api/v1/admin/competitions/c/final", json=body)).raise_for_status().json()
    for finalist in final["finalists"]:
        await set_score_and_interval(pool, finalist["submission_id"], {"dice": 70.0, "library": 60.0}[finalist["team"]])
    watcher = await new_page(gateway.url)
    team = await new_page(gateway.url, token_of(teams["dice"]))
    organizer = await new_page(gateway.url, token_of(gateway.organizer))
    assert await phases_of(organizer) == ["feedback", "final"]
    for page in (watcher, team):
        assert await phases_of(page) == []
        await page.goto("/c/c?phase=final")
        await expect(page.locator("main")).to_contain_text("There is no phase 'final' in c")
        await page.goto("/")
        await expect(page.locator(".card")).not_to_contain_text("final")
    await organizer.goto("/c/c?phase=final")
    await wait_for_order(organizer, "dice", "library")

    revealed = document()
    revealed["phases"][0]["closes_at"] = CLOSED
    revealed["phases"][1] |= {"closes_at": CLOSED, "studies_per_box": 2, "studies_per_shard": 1}
    (await gateway.apply(revealed)).raise_for_status()
    (await gateway.organizer.post(f"{FREEZE}/unfreeze")).raise_for_status()

    for page in (watcher, team):
        assert await phases_of(page) == ["feedback", "final"]
        await expect(page.locator(".phases a[aria-current]")).to_contain_text("final")
        assert await order(page).all_inner_texts() == ["dice", "library"]
        ranks = await page.locator("#leaderboard tbody .rank").all_inner_texts()
        assert [" ".join(each.split()) for each in ranks] == ["1 ≈ was 2", "2 was 1"]
        await expect(page.locator("#legend")).to_contain_text("“was” is the rank in feedback")
    await check_page(watcher, "final-revealed")
    await watcher.goto("/")
    await expect(watcher.locator(".card")).to_contain_text("dice leads in final with 70.000")
