"""A zip is dropped on the page, and becomes a submission or not."""

import asyncio

from playwright.async_api import Route, expect

from shared.database import Pool
from tests.support.browser.leaderboard_page import set_score_and_interval
from tests.support.browser.pages import Open, check_page
from tests.support.browser.submissions_page import DROP, choose, open_submissions, row
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip
from tests.support.waiting import limited


async def test_a_team_submits_and_follows_its_submission_to_its_score(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    feedback = phase(attempts_per_day=5, active_submissions=2, closes_at="2100-01-01T00:00:00Z", boxes=["box-02"])
    (await gateway.apply(competition(feedback, phase("try-out", practice=True, boxes=["box-01"])))).raise_for_status()
    page = await open_submissions(gateway, new_page, await gateway.team("dice"))
    await page.get_by_role("heading", name="Nothing submitted yet").wait_for()
    await check_page(page, "submissions-empty")

    await choose(page, "mine.zip")
    await expect(page.locator("#chosen")).to_contain_text("mine.zip")
    await page.get_by_role("button", name="Submit", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("mine.zip is accepted")
    mine = row(page, "mine.zip")
    await expect(mine.locator(".state")).to_contain_text("next in the queue")
    await expect(page.locator("#limits")).to_contain_text("4 of 5 left in 24 hours")
    assert await pool.fetchval("select filename from submissions") == "mine.zip"

    await page.evaluate(DROP, ["dropped.zip", list(make_zip(b"another"))])
    await page.get_by_role("button", name="Submit", exact=True).click()
    await expect(row(page, "dropped.zip").locator(".state")).to_contain_text("number 2 in the queue")

    submissions = {each["filename"]: str(each["id"]) for each in await pool.fetch("select * from submissions")}
    await set_score_and_interval(pool, submissions["mine.zip"], 91.5, done=False)
    await expect(mine.locator(".result")).to_contain_text("91.500")
    await expect(mine.locator(".result")).to_contain_text("provisional")
    await expect(mine.get_by_role("img", name="1 of 2 studies done")).to_be_visible()
    await check_page(page, "submissions-running")
    await set_score_and_interval(pool, submissions["mine.zip"], 92.25)
    await expect(mine.locator(".result")).to_have_text("92.25091.3 \N{EN DASH} 93.3")
    await expect(mine.locator(".marks")).to_have_text("counts")


async def test_what_may_not_be_submitted_is_refused_in_place_and_nothing_is_submitted(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition(phase(attempts_per_day=1, limits={"zip_limit_bytes": 1_000_000})))
    team = await gateway.team("dice")
    page = await open_submissions(gateway, new_page, team)
    fault, send = page.locator("#fault"), page.get_by_role("button", name="Submit", exact=True)

    await choose(page, "optimizer.tar", b"x")
    await expect(fault).to_contain_text("ends in .zip")
    await choose(page, "empty.zip", b"")
    await expect(fault).to_contain_text("empty")
    await choose(page, "large.zip", b"x" * 1_000_001)
    await expect(fault).to_contain_text("larger than 1,000,000 bytes")
    await expect(send).to_be_hidden()
    await choose(page, "wrong.zip", make_zip(name="other.py"))
    await send.click()
    await expect(fault).to_contain_text("The zip has no optimizer.py at its top level.")
    await check_page(page, "submissions-refused")
    assert await pool.fetchval("select count(*) from submissions") == 0

    await choose(page)
    await expect(fault).to_be_hidden()
    await send.click()
    await row(page).wait_for()
    await choose(page)
    await send.click()
    await expect(fault).to_contain_text("may make 1. The next one is possible on")
    await gateway.apply(competition(phase(attempts_per_day=1, closes_at="2020-01-01T00:00:00Z")))
    await page.get_by_role("button", name="Try again").click()
    await expect(fault).to_contain_text("is closed")
    assert await pool.fetchval("select count(*) from submissions") == 1
    await page.reload()
    await expect(page.locator("#closed")).to_contain_text("takes no submissions now. It closed on")
    await expect(page.locator("#upload")).to_be_hidden()
    await check_page(page, "submissions-closed")


async def test_a_zip_whose_answer_is_lost_is_sent_again_and_submitted_once(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    page = await open_submissions(gateway, new_page, await gateway.team("dice"))
    keys = []

    async def lose_the_answer(route: Route) -> None:
        keys.append(await route.request.header_value("Idempotency-Key"))
        if len(keys) == 1:
            await route.fetch()
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route("**/api/v1/competitions/c/submissions", lose_the_answer)
    await choose(page)
    await page.get_by_role("button", name="Submit", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("is accepted")
    assert (len(keys), len(set(keys))) == (2, 1)
    assert await pool.fetchval("select count(*) from submissions") == 1
    await expect(page.locator(".submission")).to_have_count(1)


async def test_an_upload_that_is_stopped_submits_nothing_and_may_be_sent_again(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    page = await open_submissions(gateway, new_page, await gateway.team("dice"))
    arrived = asyncio.Event()

    async def hold(_: Route) -> None:
        arrived.set()

    await page.route("**/api/v1/competitions/c/submissions", hold, times=1)
    await choose(page)
    await page.get_by_role("button", name="Submit", exact=True).click()
    async with limited():
        await arrived.wait()
    await expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    await check_page(page, "submissions-sending")
    await page.get_by_role("button", name="Stop the upload").click()
    await expect(page.locator("#said")).to_contain_text("nothing was submitted")
    assert await pool.fetchval("select count(*) from submissions") == 0
    await page.get_by_role("button", name="Submit", exact=True).click()
    await expect(page.locator("#said")).to_contain_text("is accepted")
    assert await pool.fetchval("select count(*) from submissions") == 1


async def test_the_form_offers_the_environments_where_a_phase_has_several(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    several = phase(environments=["small", f"classic@sha256:{'9f' * 32}", "modern"], boxes=["box-02"])
    await gateway.apply(competition(several, phase("try-out", boxes=["box-02"])))
    page = await open_submissions(gateway, new_page, await gateway.team("dice"))
    offered, send = page.get_by_label("Environment"), page.get_by_role("button", name="Submit", exact=True)

    await choose(page, "mine.zip")
    await expect(offered.locator("option")).to_have_text(
        ["as arena.toml says, or else small", "small", "classic", "modern"]
    )
    await check_page(page, "submissions-environment")
    await send.click()
    await expect(row(page, "mine.zip")).to_contain_text("in small")
    await choose(page, "other.zip")
    await offered.select_option("classic")
    await send.click()
    await expect(row(page, "other.zip")).to_contain_text("in classic")

    rows = await pool.fetch("select filename, split_part(environment, '@', 1) as name from submissions")
    assert {each["filename"]: each["name"] for each in rows} == {"mine.zip": "small", "other.zip": "classic"}
    await page.goto("/c/c/submissions?phase=try-out")
    await choose(page, "mine.zip")
    await expect(send).to_be_visible()
    await expect(offered).to_have_count(0)
