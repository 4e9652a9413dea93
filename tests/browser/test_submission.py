"""One submission as its team and an organizer see it: cells that fill, curves, logs, executions, and stopping it."""

import json
from typing import Any
from uuid import UUID

from playwright.async_api import Page, expect

from arena.words.cut_off import TimeLimit
from arena.words.states import Stage
from arena.words.verdicts import Verdict
from benchmarks.browser import reactions as many
from services.aggregator.service import Aggregator
from services.aggregator.storing import storing
from services.dispatcher import tables as dispatcher_tables
from shared.database import Pool
from shared.messages import StudyFatal
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import BASELINE, competition, phase
from tests.support.gateway.executions import finish, release
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.results import result

HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
DONE = "() => [...document.querySelectorAll('#grid tbody tr')].map((row) => row.children[2].textContent).join(' ')"


class Asked:
    """What a page has asked of the API, and the sockets that it has opened."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.sockets: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url) if "/api/" in request.url else None)
        page.on("websocket", lambda socket: self.sockets.append(socket.url) if "/submissions/" in socket.url else None)


async def team_token(gateway: Gateway, team: str = "team", slug: str = "test") -> str:
    path = f"/api/v1/admin/competitions/{slug}/teams/{team}/tokens"
    answer = await gateway.organizer.post(path, json={"name": "browser", "scopes": ["read", "submit"]})
    token: str = answer.raise_for_status().json()["token"]
    return token


async def wait_for_done(page: Page, rows: str) -> None:
    await page.wait_for_function(f"(rows) => ({DONE})() === rows", arg=rows)


async def test_cells_fill_while_studies_come_and_the_score_grows(
    gateway: Gateway, pool: Pool, aggregator: Aggregator, new_page: Open
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=2))
    page = await new_page(gateway.url, await team_token(gateway))
    asked = Asked(page)
    await page.goto(f"/submissions/{submission}")
    await wait_for_done(page, "0/2 0/2")
    await check_page(page, "submission-queued")
    shards = await release(pool)
    for number, (_, box, study, held) in enumerate(shards):
        late = TimeLimit.ITERATION if number == 1 else None
        shard = (held.shard_id, held.attempt)
        await aggregator.take_results([result(submission, box, study, shard, cut_off_by=late)])
        await page.get_by_text(f"{number + 1}/4", exact=True).wait_for()
    await wait_for_done(page, "2/2 2/2")
    await page.locator("#head .chip.scored").wait_for()
    body = (await gateway.organizer.get(f"/api/v1/submissions/{submission}")).json()
    assert await page.locator("#head .big").inner_text() == f"{body['score']:.3f}"
    await page.locator("#live.ended").wait_for()
    await page.locator("#one-box canvas").wait_for()

    row = page.locator("#grid .box").nth(0)
    await row.focus()
    await page.keyboard.press("ArrowRight")
    assert (await page.locator("#readout").inner_text()).startswith("box-00, study 0: score ")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.locator("#one-box figcaption b", has_text="box-01").wait_for()
    assert len(asked.sockets) == 1
    assert {url.rsplit("/", 1)[1] for url in asked.requests} <= {"boxes"}, "the team sees no executions"
    assert await page.locator("#executions, #logs").count() == 0


async def test_a_study_that_was_cut_off_says_by_which_limit_and_what_it_is_worth(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=2))
    first, second = await release(pool)
    await finish(pool, *first, timed_out=True, cut_off_by=TimeLimit.ITERATION)
    await finish(pool, *second)
    token = await team_token(gateway)
    page = await new_page(gateway.url, token)
    said = (
        "1 study was cut off by the limit of 40 s for an iteration. "
        "Of such a study the best found before counts; if nothing was found, it scores 0."
    )
    await page.goto("/c/test/submissions")
    await page.locator(".submission .mishaps", has_text=said).wait_for()
    await page.goto(f"/submissions/{submission}")
    await page.locator("#head .mishaps", has_text=said).wait_for()
    await page.locator("#one-box figcaption", has_text="of 640 s for a study and 40 s for an iteration").wait_for()
    await wait_for_done(page, "2/2")
    await page.locator("#grid .box").focus()
    await page.keyboard.press("ArrowRight")
    cell = await page.locator("#readout").inner_text()
    assert cell.endswith("; cut off by the limit of an iteration, the best found before counts")
    await check_page(page, "submission-cut-off")


async def test_ten_thousand_studies_come_by_one_socket_and_few_requests(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    boxes = many.many_boxes(json.loads(BASELINE.read_text()))
    of_phase = phase(boxes=[box["label"] for box in boxes], studies_per_box=many.STUDIES)
    (await gateway.apply(competition(of_phase, black_boxes=boxes))).raise_for_status()
    submission = UUID((await submit(await gateway.team("dice"), phase="feedback")).raise_for_status().json()["id"])
    await many.fill(pool, submission, 5000)
    page = await new_page(gateway.url, token_of(gateway.organizer))
    asked = Asked(page)
    await page.goto(f"/submissions/{submission}")
    await page.get_by_text("5000/10000", exact=True).wait_for()
    times = await many.reaction_times_ms(page, pool, submission)
    print(f"{len(times)} reactions, the longest {max(times, default=0)} ms")  # noqa: T201 - the figure is make bench's
    await many.queries.finish_studies(pool, submission_id=submission, count=300)
    await page.get_by_text("9300/10000", exact=True).wait_for()
    await page.locator("#grid .used").first.wait_for()
    await expect(page.locator("#one-box .key")).to_have_text(["this submission", "random search", "best known (100)"])
    cells = page.locator("#grid canvas").nth(3)
    await cells.hover(position={"x": 3, "y": 5})
    assert (await page.locator("#grid .hint").inner_text()).startswith("box-004, study 0: score ")
    await check_page(page, "submission-many")
    assert len(asked.sockets) == 1
    assert len(asked.requests) < 100, "not one for each study"


async def test_what_a_team_wrote_is_text_and_the_organizer_follows_the_log(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    seeded = await seed_phase(pool, boxes=2, studies_per_box=1)
    await pool.execute("update phases set practice = true")
    submission = await seed_submission(pool, seeded, HOSTILE)
    await pool.execute("update submissions set filename = $1", HOSTILE)
    done, fatal = await release(pool)
    await finish(pool, *done, log=HOSTILE)
    await fail(pool, fatal)
    organizer = await new_page(gateway.url, token_of(gateway.organizer))
    await organizer.goto(f"/submissions/{submission}")
    await organizer.locator("#head .verdict pre", has_text="<img src=x").wait_for()
    await organizer.locator("#executions .chip.fatal").wait_for()
    await check_page(organizer, "submission-failed")
    await organizer.get_by_role("button", name="Log of box-00").click()
    await organizer.locator("#log-text", has_text="<script>").wait_for()
    await organizer.locator("#log-live.ended").wait_for()
    await check_page(organizer, "submission-log")
    await organizer.get_by_role("button", name="Close").click()
    await organizer.get_by_label("Of", exact=True).select_option("box-01")
    await organizer.wait_for_function("() => document.querySelectorAll('#executions tbody tr').length === 1")

    team = await new_page(gateway.url, await token_of_team(gateway, pool))
    await team.goto(f"/submissions/{submission}")
    await team.locator("#logs pre", has_text="<img src=x").wait_for()
    await team.get_by_role("button", name="box-01").click()
    await team.get_by_text("has written nothing on box-01").wait_for()
    assert [await page.title() for page in (organizer, team)] == [f"{HOSTILE} of {HOSTILE}"] * 2
    assert await team.locator("main img, main script").count() == 0


async def fail(pool: Pool, shard: tuple[UUID, UUID, int, Any]) -> None:
    """End a submission with a verdict whose detail is hostile."""
    submission, box, study, held = shard
    message = StudyFatal(
        submission_id=submission, shard_id=held.shard_id, attempt=held.attempt, runner_id="runner", box_id=box,
        study=study, verdict=Verdict.PROCESS_DIED, stage=Stage.SUGGEST, iteration=2, detail=HOSTILE,
    )  # fmt: skip
    async with pool.acquire() as connection, storing(connection, [], [message]):
        pass
    await dispatcher_tables.drop_shards(pool, [submission])


async def token_of_team(gateway: Gateway, pool: Pool) -> str:
    """A token of the only team, whatever it is called."""
    name = await pool.fetchval("update teams set name = 'team' returning name")
    token = await team_token(gateway, name)
    await pool.execute("update teams set name = $1", HOSTILE)
    return token


async def test_a_replay_is_said_to_be_identical_or_where_it_differs(
    gateway: Gateway, pool: Pool, new_page: Open
) -> None:
    submission = await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    ((_, box, study, held),) = await release(pool)
    await finish(pool, submission, box, study, held)
    page = await new_page(gateway.url, token_of(gateway.organizer))
    await page.goto(f"/submissions/{submission}")
    changed = result(submission, box, 0, (held.shard_id, 1)).visible
    changed[2][1] += 2**-50
    outcomes: list[tuple[dict[str, Any], str]] = [
        ({}, "bit-identical: 1 study"),
        ({"visible": changed}, "study 0, iteration 3: visible"),
    ]
    for more, text in outcomes:
        await page.get_by_role("button", name="Replay box-00").click()
        await page.get_by_text("replay queued…").wait_for()
        copies: list[Any] = []
        while not copies:
            copies = await release(pool)
        await finish(pool, *copies[0], **more)
        await page.locator("#executions .replay", has_text=text).wait_for()


async def test_a_submission_is_stopped_after_a_question_and_seen_by_nobody_else(
    gateway: Gateway, new_page: Open
) -> None:
    await gateway.apply(competition())
    team, other = await gateway.team("dice"), await gateway.team("library")
    submission = (await submit(team, phase="feedback")).raise_for_status().json()["id"]
    anyone = await new_page(gateway.url)
    await anyone.goto(f"/submissions/{submission}")
    await anyone.get_by_label("Token").wait_for()
    stranger = await new_page(gateway.url, token_of(other))
    answer = await stranger.goto(f"/submissions/{submission}")
    assert answer is not None
    assert answer.status == 404
    page = await new_page(gateway.url, token_of(team))
    await page.goto(f"/submissions/{submission}")
    await page.get_by_role("button", name="Stop").click()
    await check_page(page, "submission-stop")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Stop").click()
    await page.get_by_role("button", name="Stop it").click()
    await page.get_by_text("The submission was cancelled").wait_for()
    assert await page.get_by_role("button", name="Stop").count() == 0
    await page.get_by_role("link", name="Submissions in feedback").wait_for()
