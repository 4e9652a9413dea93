"""The page of submissions as a team and the organizer use it: submit, follow, stop, choose, read why."""

import re

from playwright.async_api import expect

from services.dispatcher.tables import expand_waiting
from shared.database import Pool
from tests.support.browser.leaderboard_page import set_score_and_interval
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.browser.submissions_page import PAGE, fail, open_submissions, row, submit_file
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import measure_studies
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until

HOSTILE = "<img src=x onerror=alert(1)>"


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


async def test_a_cancelled_submission_says_why_it_has_no_log(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition(phase(practice=True)))
    team = await gateway.team("dice")
    identity = await submit_file(team)
    page = await open_submissions(gateway, new_page, team)
    await row(page).get_by_text("Log", exact=True).click()
    await expect(row(page).locator(".log")).to_contain_text("Nothing yet: a study's log appears when it has ended")
    (await team.post(f"/api/v1/submissions/{identity}/cancel")).raise_for_status()
    said = "There is no log: no study had ended when the submission was cancelled."
    await expect(row(page).locator(".log")).to_have_text(said)
    await page.goto(f"/submissions/{identity}")
    await expect(page.locator("#logs")).to_have_text(said)


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
