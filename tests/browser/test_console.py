"""The organizer's console in a browser: what waits, what went wrong, and what is done about it."""

import asyncio
from collections.abc import Sequence

from playwright.async_api import expect

from services.dispatcher import tables as dispatcher_tables
from shared.broker.connection import Broker
from shared.broker.publishing import RawMessage
from shared.broker.topology import DEAD, SUBMISSIONS
from shared.database import Pool
from tests.support.browser.leaderboard_page import order, set_score_and_interval
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit, teams_with_submissions
from tests.support.waiting import wait_until

HOSTILE = "<img src=x onerror=alert(1)>"


async def set_aside(broker: Broker, body: bytes) -> None:
    """Send a message that nobody can read, and let a consumer set it aside."""
    before = await broker.count_waiting(DEAD)
    await broker.publish_raw([RawMessage("submission.accepted", body)])
    await consume_until(broker, before + 1)


async def consume_until(broker: Broker, dead: int) -> None:
    stop = asyncio.Event()

    async def ignore(_: Sequence[object]) -> None: ...

    async def is_dead() -> bool:
        return await broker.count_waiting(DEAD) == dead and await broker.count_waiting(SUBMISSIONS) == 0

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.consume(SUBMISSIONS, ignore, stop, prefetch=10))
        await wait_until(is_dead, what="dead-lettered")
        stop.set()


async def test_operation_shows_what_waits_and_retries_what_went_wrong(
    gateway: Gateway, pool: Pool, broker: Broker, new_page: Open
) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team(HOSTILE))).raise_for_status()
    await dispatcher_tables.expand_waiting(pool)
    await set_aside(broker, b"gibberish <script>alert(1)</script>")
    await pool.execute(
        "insert into runners (id, slots, memory_bytes, ready, reason) values ('runner-1', 2, $1, true, 'ok')",
        24 * 1024**3,
    )
    await pool.execute("insert into runners (id, slots, ready, reason) values ('runner-2', 2, false, $1)", HOSTILE)
    await pool.execute("update shards set state = 'incident', failures = 3 where ordinal = 1")
    await pool.execute(
        "update shards set state = 'running', runner_id = 'runner-1', attempt = 1, taken_at = now() where ordinal = 2"
    )
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto("/c/c/console")
    await page.get_by_text("1 of 2", exact=True).wait_for()
    await page.get_by_text("2 wanted, for 3 CPUs; 1 not ready").wait_for()
    await page.get_by_role("cell", name="24.0 GiB").wait_for()
    await page.get_by_role("link", name=HOSTILE).wait_for()
    await page.get_by_text("cannot be read").wait_for()
    await page.get_by_text("show").click()
    await page.locator("code", has_text="gibberish <script>").wait_for()
    await check_page(page, "console-operation")

    await page.get_by_role("button", name="Retry box-01").click()
    await page.get_by_text("The shard will be tried again.").wait_for()
    assert await pool.fetchval("select count(*) from shards where state = 'incident'") == 0
    await page.get_by_role("button", name="Retry submission.accepted").click()
    await page.get_by_text("The message was sent again.").wait_for()
    await consume_until(broker, 1)  # it cannot be read still


async def test_an_organizer_freezes_a_phase_and_a_watcher_sees_it(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition(phase(attempts_per_day=5)))
    submissions = await teams_with_submissions(gateway, "dice", "library")
    await set_score_and_interval(pool, submissions["dice"], 90.0)
    watcher = await new_page(gateway.url)
    await watcher.goto("/c/c")
    await watcher.get_by_text("90.000").wait_for()
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto("/c/c/console/phases")
    await page.get_by_role("button", name="Freeze feedback", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Freeze").click()
    await page.get_by_text("feedback is frozen.").wait_for()
    await watcher.locator("#frozen").wait_for()

    await page.get_by_label("Team", exact=True).fill("dice")
    await page.get_by_label("Attempts a day").fill("50")
    await page.get_by_role("button", name="Set").first.click()
    await page.get_by_text("50 attempts a day").wait_for()
    assert await pool.fetchval("select attempts_per_day from team_quotas") == 50
    await check_page(page, "console-phases")
    await page.get_by_label("Team", exact=True).fill("nobody")
    await page.get_by_role("button", name="Set").first.click()
    await page.get_by_text("There is no team 'nobody' in c.").wait_for()

    await page.get_by_role("button", name="Unfreeze feedback").click()
    await page.get_by_role("dialog").get_by_role("button", name="Unfreeze").click()
    await set_score_and_interval(pool, submissions["library"], 95.0)
    await order(watcher).nth(1).wait_for()
    await expect(watcher.locator("#frozen")).to_be_hidden()


async def test_a_team_is_made_and_its_token_signs_it_in_until_it_is_revoked(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition())
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto("/c/c/console/teams")
    await page.get_by_label("Name").first.fill(HOSTILE)
    await page.get_by_role("button", name="Create a team").click()
    token = await page.locator("#token").inner_text()
    await page.get_by_role("cell", name=HOSTILE, exact=True).wait_for()
    await check_page(page, "console-teams")

    team = await new_page(gateway.url, token)
    assert await team.locator(".who .name").inner_text() == HOSTILE
    await team.goto("/c/c/console")
    await team.get_by_text("The console is for organizers").wait_for()

    await page.get_by_role("button", name=f"Revoke a token of {HOSTILE} (c)").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await page.get_by_text("The token is no longer valid.").wait_for()
    await team.goto("/c/c/submissions")
    await team.get_by_role("heading", name="Sign in").wait_for()


async def test_a_runner_s_token_is_made_by_choosing_what_it_may(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition())
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto("/c/c/console/teams")
    await page.get_by_label("Name").last.fill("the lab's")
    await page.get_by_label("May").select_option("fetch blobs (for runners)")
    await page.get_by_role("button", name="Make an organizer's or a runner's token").click()
    token = await page.locator("#token").inner_text()
    await page.get_by_role("row").filter(has_text="the lab's").filter(has_text="blobs:read").wait_for()

    assert (await gateway.client(token).get("/api/v1/blobs/" + "0" * 64)).status_code == 404


async def test_executions_are_filtered_and_their_logs_are_text(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition())
    for name in ("dice", "library"):
        (await submit(await gateway.team(name))).raise_for_status()
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute(
        "insert into executions (shard_id, attempt, runner_id, outcome, released_at, cpu_s, memory_peak_bytes) "
        "select id, 1, 'runner-1', 'done', now(), 1.5, 30000000 from shards"
    )
    await pool.execute(
        "insert into study_logs (submission_id, shard_id, attempt, study, log) "
        "select submission_id, id, 1, first_study, $1 from shards",
        HOSTILE,
    )
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto("/c/c/console/executions")
    await page.locator("tbody tr").nth(7).wait_for()
    await check_page(page, "console-executions")
    await page.get_by_label("Team", exact=True).fill("dice")
    await page.get_by_label("Box", exact=True).fill("box-02")
    await page.get_by_role("button", name="Show", exact=True).click()
    await page.wait_for_function("() => document.querySelectorAll('tbody tr').length == 2")
    await page.get_by_role("button", name="Log of dice, box-02").first.click()
    await page.locator("#detail pre", has_text=HOSTILE).wait_for()
    await page.get_by_role("button", name="Close").click()


async def test_planning_draws_the_graph_and_the_costs(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition())
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto("/c/c/console/planning")
    await page.get_by_text("No baselines yet").wait_for()
    submissions = [(await submit(await gateway.team(name))).json()["id"] for name in ("a", "b")]
    await dispatcher_tables.expand_waiting(pool)
    for submission, kind in zip(submissions, ("random", "strong"), strict=True):
        for box in ("box-01", "box-02"):
            await pool.execute(
                "insert into organizer_runs (key, competition_id, submission_id, purpose, document) "
                "select $2, p.competition_id, s.id, 'baseline-' || $3, $4 "
                "from submissions s join phases p on p.id = s.phase_id where s.id = $1::uuid",
                submission,
                f"{kind}-{box}",
                kind,
                {"boxes": [box]},
            )
        await pool.execute(
            """
            insert into studies (
                submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
                suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors,
                observe_errors, loss, change, evaluation_cpu_s
            )
            select submission_id, box_id, first_study, id, 1, 'r', '{{0.1,0.2}}', '{{0.1,0.2}}', '{{0.25,0.75}}', '{0}',
                '{0}', 0, '[]', false, 0, 0, 0.5, 1, 0.5
            from shards where submission_id = $1::uuid
            """,
            submission,
        )
    await page.get_by_text("0 of 5 nodes done").wait_for()
    await page.get_by_role("rowheader", name="lasso").wait_for()
    await pool.execute("update submissions set state = 'scored', verdict = 'scored', ended_at = now()")
    await page.get_by_text("4 of 5 nodes done").wait_for()
    assert await page.locator(".heat .cell").first.inner_text() == "32 s 50.0 %"
    await check_page(page, "console-planning")


async def test_planning_shows_what_was_spent_by_phase_and_by_team(gateway: Gateway, pool: Pool, new_page: Open) -> None:
    await gateway.apply(competition())
    await teams_with_submissions(gateway, HOSTILE)
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute(
        """
        insert into executions (shard_id, attempt, runner_id, outcome, taken_at, ended_at)
        select id, 1, 'r', 'done', now() - interval '1000 hours', now() from shards
        """
    )
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto("/c/c/console/planning")

    await page.get_by_text("2,000.0 hours of machines with 2 slots, in 4 executions").wait_for()
    amounts = ["4", "2,000.0", "0.00"]
    for table, cells in (
        ("Spent by phase", ["feedback", *amounts]),
        ("Spent by team", [HOSTILE, *amounts, "2,000.0"]),
    ):
        row = page.get_by_role("table", name=table).get_by_role("row").filter(has_text=cells[0])
        await expect(row.get_by_role("cell")).to_have_text(cells)
    await check_page(page, "console-spending")
