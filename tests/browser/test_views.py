"""The pages beside the leaderboard, and its chart: they move by themselves, and can be read in three ways."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

from benchmarks.browser.pages import CHARTS, WEIGHT_LIMIT_BYTES, load
from shared.database import Pool
from tests.support.browser.pages import Open, check_page
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import score_boxes
from tests.support.gateway.submitting import submit, teams_with_submissions

HOSTILE = "<img src=x onerror=\"document.title='hacked'\">"


async def score_and_curve(pool: Pool, submission: str, *losses: float) -> None:
    """Score a submission, with a curve that gets to its score."""
    curve = [1.0, 0.8, sum(losses) / len(losses)]
    await pool.execute("update submissions set curve = $2 where id = $1::uuid", submission, curve)
    await score_boxes(pool, submission, {f"box-{number:02}": loss for number, loss in enumerate(losses, start=1)})


async def many_teams(gateway: Gateway, pool: Pool, count: int) -> None:
    """Teams with one scored submission each, whose ends are days apart."""
    await gateway.apply(competition(phase()))
    (await gateway.organizer.post("/api/v1/admin/competitions/c/teams", json={"name": "t"})).raise_for_status()
    await pool.execute(
        """
        insert into teams (competition_id, name)
        select id, 'team ' || n from competitions, generate_series(1, $1::integer) n
        """,
        count,
    )
    await pool.execute(
        """
        insert into submissions (
            phase_id, team_id, blob_sha256, filename, size_bytes, studies_total, studies_done, change, state, verdict,
            score, score_low, score_high, curve, created_at, started_at, ended_at
        )
        select
            p.id, t.id, repeat('0', 64), 'optimizer.zip', 1, 4, 4, next_change(p.id), 'scored', 'scored',
            100 - n / 3.0, 90 - n / 3.0, 100,
            array(select least(1, n / 300.0 + 1.0 / i) from generate_series(1, 16) i)::real[],
            $1::timestamptz + n * interval '1 day', $1::timestamptz + n * interval '1 day',
            $1::timestamptz + n * interval '1 day' + interval '1 hour'
        from phases p join teams t on t.competition_id = p.competition_id
        cross join lateral (select split_part(t.name, ' ', 2)::integer as n) number
        where t.name like 'team %'
        """,
        datetime.now(UTC) - timedelta(days=count + 1),
    )
    await pool.execute(
        """
        insert into box_scores (submission_id, box_id, studies, loss)
        select s.id, b.id, 2, (100 - s.score) / 100 * case when b.label = 'box-01' then 0.5 else 1.5 end
        from submissions s cross join black_boxes b
        """
    )


async def marked(page: Page, figure: str) -> str:
    """What is said of the point that is marked in a chart."""
    return await page.locator(f"{figure} .hint").inner_text()


async def test_the_convergence_of_all_teams_is_read_by_keyboard_by_pointer_and_as_a_table(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    submissions = await teams_with_submissions(gateway, "dice", "library")
    page = await new_page(gateway.url)
    await page.goto("/c/c")
    assert await page.locator("#convergence").is_hidden()
    await score_and_curve(pool, submissions["dice"], 0.2, 0.4)
    await page.locator("#convergence canvas").wait_for()
    await score_and_curve(pool, submissions["library"], 0.1, 0.1)
    await expect(page.locator("#convergence .key")).to_have_text(["library", "dice"])

    plot = page.locator("#convergence .plot")
    await plot.focus()
    for key in ("ArrowRight", "End", "ArrowDown"):
        await page.keyboard.press(key)
    await expect(page.locator("#convergence [role=status]")).to_have_text("dice: score 70 at iteration 3")
    await page.keyboard.press("Home")
    await expect(page.locator("#convergence [role=status]")).to_have_text("dice: score 0 at iteration 1")
    await page.keyboard.press("Escape")
    assert await page.locator("#convergence .hint").is_hidden()

    over = await page.locator("#convergence .u-over").bounding_box()
    assert over is not None
    await page.mouse.move(over["x"] + over["width"] - 3, over["y"] + over["height"] * 0.06)
    assert await marked(page, "#convergence") == "library: score 90 at iteration 3"
    await page.locator("#convergence summary").click()
    rows = page.locator("#convergence tbody tr")
    await expect(rows).to_have_count(3)  # they are made when the table is opened
    assert await rows.all_inner_texts() == ["1\t0\t0", "2\t20\t20", "3\t90\t70"]
    library = page.get_by_role("button", name="library")
    await library.focus()
    await page.keyboard.press("Enter")
    await expect(library).to_have_attribute("aria-pressed", "false")
    await check_page(page, "convergence")


async def test_the_days_move_by_themselves(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await many_teams(gateway, pool, 12)
    page = await new_page(gateway.url)
    await page.goto("/c/c")
    await page.get_by_role("link", name="Over the days").click()
    await page.locator("#ranks canvas").wait_for()
    await expect(page.locator("#scores .others")).to_have_text("4 more; point at one to see whose it is")
    await check_page(page, "days")

    await page.locator("#ranks summary").click()
    newest = (await submit(await gateway.team(HOSTILE), phase="feedback")).raise_for_status().json()["id"]
    await score_and_curve(pool, newest, 0.0, 0.0)
    await page.locator("#ranks th", has_text=HOSTILE).wait_for()
    await expect(page.locator("#ranks .key").first).to_have_text(HOSTILE)
    assert await page.locator("main img").count() == 0


async def test_the_black_boxes_show_every_team_and_the_median(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await many_teams(gateway, pool, 12)
    page = await new_page(gateway.url)
    await page.goto("/c/c/boxes")
    await page.locator("#boxes canvas").wait_for()
    await page.locator("#boxes .plot").focus()
    await page.keyboard.press("ArrowRight")
    said = page.locator("#boxes [role=status]")
    await expect(said).to_have_text("median, and the middle half: score 96.75 (95.38 to 98.13) at black box box-02")
    await page.keyboard.press("ArrowDown")
    await expect(said).to_have_text("team 1: score 99.5 at black box box-02")
    await check_page(page, "boxes")


async def test_two_teams_are_compared_and_the_choice_is_in_the_address(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await gateway.apply(competition())
    page = await new_page(gateway.url)
    await page.goto("/c/c/versus")
    await page.get_by_role("heading", name="Not two teams yet").wait_for()
    await check_page(page, "versus-empty")

    submissions = await teams_with_submissions(gateway, "dice", "library", "third")
    await score_and_curve(pool, submissions["dice"], 0.2, 0.4)
    await score_and_curve(pool, submissions["library"], 0.1, 0.1)
    await score_and_curve(pool, submissions["third"], 0.9, 0.9)
    await page.reload()
    await page.get_by_text("library is better than dice with a probability of more than 99.9 %.").wait_for()
    await page.get_by_label("Team").select_option("third")
    await page.get_by_label("Against").select_option("dice")
    await page.get_by_role("button", name="Compare").click()
    await page.get_by_text("dice is better than third with a probability of more than 99.9 %.").wait_for()
    assert page.url.endswith("/c/c/versus?phase=feedback&a=third&b=dice")
    await page.locator("#pair canvas").wait_for()
    await check_page(page, "versus")


async def test_a_team_finds_itself_among_those_with_a_colour_and_in_the_comparison(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await many_teams(gateway, pool, 12)
    token = (await gateway.organizer.post("/api/v1/admin/competitions/c/teams/team 12/token")).json()["token"]
    page = await new_page(gateway.url, token)
    await page.goto("/c/c")
    await expect(page.locator("#convergence .key", has_text="team 12")).to_be_visible()
    await page.goto("/c/c/versus")
    await expect(page.get_by_label("Team")).to_have_value("team 12")
    await page.get_by_text("team 1 is better than team 12").wait_for()


async def test_the_home_page_counts_what_teams_have_done(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await many_teams(gateway, pool, 12)
    await pool.execute("update submissions set spent_s = 4 * 86400 * 365.25")
    page = await new_page(gateway.url)
    await page.goto("/")
    counters = page.locator("#counters dd")
    await expect(counters).to_have_text(["12", "12", "48", "6,144", "48.00 CPU-years"])
    await check_page(page, "home-counters")


async def test_every_page_of_a_hundred_teams_weighs_less_than_100_kb_before_the_charts(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    await many_teams(gateway, pool, 100)
    page = await new_page(gateway.url)
    browser = page.context.browser
    assert browser is not None
    is_counted = "() => !document.querySelector('#counters').hidden && 1"
    there = "() => document.getElementById('live')?.textContent == 'live' && document.querySelector('{}') && 1"
    weights = {}
    for path, what in (("", "#convergence canvas"), ("/days", "#ranks canvas"), ("/boxes", "#boxes canvas")):
        found = await load(browser, f"{gateway.url}/c/c{path}", there.format(what))
        weights[path] = found.weight_bytes
    weights["/versus"] = (await load(browser, f"{gateway.url}/c/c/versus", there.format("#pair canvas"))).weight_bytes
    weights["home"] = (await load(browser, f"{gateway.url}/", is_counted)).weight_bytes

    assert {path: weight for path, weight in weights.items() if not 1000 < weight < WEIGHT_LIMIT_BYTES} == {}, CHARTS
