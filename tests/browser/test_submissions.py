"""The page of submissions as a team and the organizer use it: submit, follow, stop, choose, read why."""

import asyncio
import re
from typing import Any
from uuid import UUID

import httpx
from playwright.async_api import Page, Route, expect

from services.dispatcher.tables import expand_waiting
from shared.database import Pool
from tests.support.browser.leaderboard_page import set_score_and_interval
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import measure_studies
from tests.support.gateway.submitting import make_zip, submit
from tests.support.waiting import limited, wait_until

PAGE = "/c/c/submissions"
HOSTILE = "<img src=x onerror=alert(1)>"
DROP = """([name, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(content)], name));
    document.querySelector('#upload').dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true}));
}"""


async def fail(pool: Pool, submission: str, verdict: str, detail: str, iteration: int | None = None) -> None:
    """End a submission as the aggregator does for a fatal error."""
    await pool.execute(
        """
        update submissions set state = 'failed', verdict = $2, verdict_detail = $3, verdict_stage = 'suggest',
            verdict_iteration = $4, started_at = now(), ended_at = now(), change = next_change(phase_id)
        where id = $1
        """,
        UUID(submission),
        verdict,
        detail,
        iteration,
    )


async def submit_file(client: httpx.AsyncClient, name: str = "optimizer.zip", to: str = "feedback") -> str:
    """Submit a zip of this name by the API."""
    answer = await client.post(
        "/api/v1/competitions/c/submissions", files={"file": (name, make_zip())}, data={"phase": to}
    )
    identity: str = answer.raise_for_status().json()["id"]
    return identity


async def choose(page: Page, name: str = "optimizer.zip", content: bytes | None = None) -> None:
    """Choose a zip, as a person does in the browser's own dialog."""
    content = make_zip() if content is None else content
    await page.get_by_label("Choose a zip").set_input_files(
        {"name": name, "mimeType": "application/zip", "buffer": content}
    )


async def open_submissions(gateway: Gateway, new_page: Open, client: httpx.AsyncClient, query: str = "") -> Page:
    page = await new_page(gateway.url, token_of(client))
    await page.goto(PAGE + query)
    await expect(page.locator("#live")).to_have_text("live")
    return page


def row(page: Page, name: str = "optimizer.zip") -> Any:
    return page.locator(".submission").filter(has=page.get_by_role("link", name=name, exact=True))


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
    await gateway.apply(competition(phase(attempts_per_day=1)))
    team = await gateway.team("dice")
    page = await open_submissions(gateway, new_page, team)
    fault, send = page.locator("#fault"), page.get_by_role("button", name="Submit", exact=True)

    await choose(page, "optimizer.tar", b"x")
    await expect(fault).to_contain_text("ends in .zip")
    await choose(page, "empty.zip", b"")
    await expect(fault).to_contain_text("empty")
    await choose(page, "large.zip", b"x" * 1_000_001)
    await expect(fault).to_contain_text("may have 1.0 MB")
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


async def test_a_submission_is_stopped_by_keyboard_after_a_question(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition(phase(attempts_per_day=5)))
    team = await gateway.team("dice")
    await submit(team)
    page = await open_submissions(gateway, new_page, team)
    stop = page.get_by_role("button", name="Stop optimizer.zip")

    await stop.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("optimizer.zip, 0 of 4 studies done")
    await expect(page.get_by_role("dialog")).to_contain_text("does not count against the quota")
    await check_page(page, "submissions-stop")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert await pool.fetchval("select state from submissions") == "queued"

    await expect(stop).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(row(page).locator(".state")).to_contain_text("cancelled")
    await expect(page.get_by_role("link", name="optimizer.zip")).to_be_focused()
    assert await pool.fetchval("select state from submissions") == "cancelled"


async def test_the_time_left_is_said_as_an_interval(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition())
    await measure_studies(pool, await submit_file(await gateway.team("before")), 9.5)
    await pool.execute("insert into runners (id, slots, ready, reason) values ('runner', 2, true, '')")
    team = await gateway.team("dice")
    await submit_file(team, "first.zip")
    await submit_file(team, "second.zip")
    page = await open_submissions(gateway, new_page, team)
    place = row(page, "second.zip").locator(".state")
    await expect(place).to_contain_text(re.compile(r"number 2 in the queue, \d+ to \d+ (s|min) left"))


async def test_what_a_team_chose_counts(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(counting="chosen")))
    team = await gateway.team("dice")
    for name, score in (("best.zip", 90.0), ("safe.zip", 80.0)):
        await set_score_and_interval(pool, await submit_file(team, name), score)
    page = await open_submissions(gateway, new_page, team)

    await expect(row(page, "best.zip").locator(".marks")).to_have_text("counts")
    await page.get_by_role("button", name="Let it count safe.zip").click()
    await expect(row(page, "safe.zip").locator(".marks")).to_have_text("counts")
    await expect(row(page, "best.zip").locator(".marks")).to_have_text("")
    await check_page(page, "submissions-chosen")


async def test_hostile_names_verdicts_and_logs_are_text(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(practice=True)))
    team = await gateway.team(HOSTILE)
    identity = await submit_file(team, f"{HOSTILE}.zip")
    await expand_waiting(pool)
    await pool.execute(
        "insert into study_logs (shard_id, attempt, study, submission_id, log) "
        "select id, 1, first_study, submission_id, $1 from shards order by ordinal limit 1",
        HOSTILE,
    )
    await fail(pool, identity, "out_of_range", f"{HOSTILE} detail", 3)
    for client, name in ((team, "submissions-hostile"), (gateway.organizer, "submissions-hostile-organizer")):
        page = await open_submissions(gateway, new_page, client)
        mine = row(page, f"{HOSTILE}.zip")
        await expect(mine).to_contain_text("a point outside the search space. It happened in suggest, iteration 3.")
        await mine.get_by_text("What it said").click()
        await expect(mine.locator("pre").first).to_have_text(f"{HOSTILE} detail")
        await mine.get_by_text("Log", exact=True).click()
        await expect(mine.locator(".log pre")).to_have_text(HOSTILE)
        assert await page.locator("img").count() == 0
        await check_page(page, name)


async def test_logs_of_secret_boxes_are_not_offered_to_a_team(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition())
    team = await gateway.team("dice")
    await submit(team)
    page = await open_submissions(gateway, new_page, team)
    await row(page).wait_for()
    await expect(page.locator(".log")).to_have_count(0)


async def test_the_organizer_sees_every_teams_submissions_and_finds_some_of_them(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    submissions = {}
    for name in ("ant", "bee", "cat"):
        submissions[name] = await submit_file(await gateway.team(name), f"{name}.zip")
    await set_score_and_interval(pool, submissions["ant"], 90.0)
    await set_score_and_interval(pool, submissions["bee"], 91.0, done=False)
    page = await open_submissions(gateway, new_page, gateway.organizer)
    shown = page.locator(".submission:visible .team")

    await expect(shown).to_have_text(["cat", "bee", "ant"])
    await expect(page.locator("#upload")).to_have_count(0)
    await check_page(page, "submissions-organizer")
    await page.get_by_label("State").select_option("running")
    await expect(shown).to_have_text(["bee"])
    await page.get_by_label("Team").select_option("cat")
    await page.get_by_role("heading", name="No submission matches").wait_for()
    await set_score_and_interval(pool, submissions["cat"], 50.0, done=False)
    await expect(shown).to_have_text(["cat"])


async def test_the_page_comes_back_by_itself_and_has_missed_nothing(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("dice")
    first, second = await submit_file(team, "first.zip"), await submit_file(team, "second.zip")
    page = await open_submissions(gateway, new_page, team)

    await gateway.database.cut()
    await expect(page.locator("#live")).to_have_text("reconnecting…")
    await set_score_and_interval(pool, first, 90.0)
    await fail(pool, second, "process_died", "")
    await gateway.database.mend()
    await expect(row(page, "first.zip").locator(".result")).to_contain_text("90.000")
    await expect(row(page, "second.zip").locator(".more")).to_contain_text("ended before its study was finished")
    await expect(page.locator("#live")).to_have_text("live")


async def test_of_500_submissions_only_what_changed_is_drawn_again(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("dice")
    identity = await submit_file(team, "newest.zip")
    await pool.execute(
        """
        insert into submissions (
            phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, created_at, change
        )
        select phase_id, team_id, blob_sha256, 'old-' || n || '.zip', 1, 4, created_at - n * interval '1 s', change
        from submissions, generate_series(1, 499) n
        """
    )
    page = await open_submissions(gateway, new_page, team)
    await expect(page.locator(".submission")).to_have_count(500)
    await page.evaluate(
        """() => {
            window.drawn = new Set();
            new MutationObserver((records) => {
                for (const {target} of records) {
                    const row = target.closest('.submission');
                    if (row && target.matches('.result')) window.drawn.add(row.querySelector('.name').textContent);
                }
            }).observe(document.querySelector('#submissions'), {childList: true, subtree: true});
        }"""
    )
    await set_score_and_interval(pool, identity, 90.0, done=False)
    await expect(row(page, "newest.zip").locator(".result")).to_contain_text("90.000")

    async def is_drawn() -> bool:
        drawn: list[str] = await page.evaluate("[...window.drawn]")
        return drawn == ["newest.zip"]

    await wait_until(is_drawn, what="the changed row alone was drawn again")


async def test_the_page_is_for_those_who_take_part(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition())
    await gateway.apply(competition(), "other")
    page = await new_page(gateway.url)
    await page.goto(PAGE)
    await expect(page).to_have_url(f"{gateway.url}/sign-in?to={PAGE}")
    stranger = await new_page(gateway.url, token_of(await gateway.team("else", "other")))
    await stranger.goto(PAGE)
    await expect(stranger.locator("main")).to_contain_text("Your team does not take part in c")
