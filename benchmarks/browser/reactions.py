"""The page of a submission with 100 black boxes x 100 studies: how soon it reacts while studies come in."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import Page, async_playwright
from pydantic import SecretStr

from arena.client.http import Client
from benchmarks.browser.pages import ARGUMENTS, CHROMIUM
from benchmarks.figure import Figure
from benchmarks.reading.leaderboard import new_database
from benchmarks.stack.compose import ROOT, broker_url, postgres_url
from benchmarks.stack.gateway import running_gateway
from benchmarks.stack.platform import RANDOM_SEARCH, pack
from shared.database import Pool, connect_database, load_queries

queries = load_queries(Path(__file__).with_name("reactions.sql"))
BOXES, STUDIES = 100, 100
BATCH = 500
ROUNDS = 8
LIMIT_S = 10

LISTEN = """() => {
    window.reactions = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.interactionId) window.reactions.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16 });
}"""
"""The browser's own measure of an interaction: from the input to the next paint, including any waiting."""


REACTION_LIMIT_MS = 200
TOKEN = "token-of-the-benchmark"  # noqa: S105 - for a database that is deleted after the benchmark
ORGANIZER = """
    insert into tokens (hash, role, name, scopes)
    values (sha256($1::text::bytea), 'organizer', 'benchmark', '{read,manage,accounts}')
"""


async def reactions() -> list[Figure]:
    """Use the page of 10,000 studies in Chromium while they come in."""
    async with (
        new_database(postgres_url()) as url,
        running_gateway(url, broker_url()) as gateway,
        await connect_database(SecretStr(url)) as pool,
        async_playwright() as playwright,
    ):
        await pool.execute(ORGANIZER, TOKEN)
        submission = await asyncio.to_thread(_submit, Client(gateway.url, TOKEN))
        await fill(pool, submission, BOXES * STUDIES // 2)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page()
        await page.goto(f"{gateway.url}/sign-in?to=/submissions/{submission}")
        await page.get_by_label("Token").fill(TOKEN)
        await page.keyboard.press("Enter")
        await page.get_by_text(f"{BOXES * STUDIES // 2}/{BOXES * STUDIES}", exact=True).wait_for()
        times = await reaction_times_ms(page, pool, submission)
        await browser.close()
    slowest = max(times)
    name = f"page, {BOXES * STUDIES} studies: slowest reaction while they come"
    return [Figure(name, slowest, "ms", f"< {REACTION_LIMIT_MS}", slowest < REACTION_LIMIT_MS)]


def _submit(organizer: Client) -> UUID:
    """Submit to a competition of BOXES black boxes; only the gateway runs, so nothing scores it."""
    document = json.loads((ROOT / "examples" / "baselines" / "baseline-16-8.json").read_text())
    boxes = many_boxes(document)
    labels = [box["label"] for box in boxes]
    phase = {"name": "feedback", "baseline": "official", "boxes": labels, "studies_per_box": STUDIES}
    organizer.post("/api/v1/admin/baselines", {"name": "official", "source": "file", "document": document})
    body = {"name": "Benchmark", "seed": "benchmark", "black_boxes": boxes, "phases": [phase]}
    organizer.put("/api/v1/admin/competitions/bench", body)
    team = organizer.post("/api/v1/admin/competitions/bench/teams", {"name": "dice"})
    dice = Client(organizer.url, team.json["token"])
    with tempfile.NamedTemporaryFile(suffix=".zip") as zip_file:
        Path(zip_file.name).write_bytes(pack(RANDOM_SEARCH))
        return UUID(dice.submit("bench", None, "optimizer.zip", Path(zip_file.name)).json["id"])


def many_boxes(document: dict[str, Any]) -> list[dict[str, str]]:
    """Return BOXES black boxes of a baseline set, as a competition's document lists them."""
    cases = [case.rsplit("_", 2) for case in document["data"]["coords"]["function"]["data"][:BOXES]]
    return [
        {"label": f"box-{number:03}", "model": model, "dataset": dataset, "metric": metric}
        for number, (model, dataset, metric) in enumerate(cases, start=1)
    ]


async def fill(pool: Pool, submission_id: UUID, count: int) -> None:
    """Set a submission to running, with `count` of its studies done."""
    await queries.expand(pool, submission_id=submission_id)
    await queries.finish_studies(pool, submission_id=submission_id, count=count)


async def reaction_times_ms(page: Page, pool: Pool, submission_id: UUID) -> list[float]:
    """Use the page's controls while batches of studies come in; returns the ms from each interaction to its paint."""
    await page.evaluate(LISTEN)
    boxes = page.locator("#grid .box")
    for number in range(ROUNDS):
        done = await queries.finish_studies(pool, submission_id=submission_id, count=BATCH)
        arrived = page.get_by_text(f"{done}/{BOXES * STUDIES}", exact=True)
        async with asyncio.timeout(LIMIT_S):
            while not await arrived.is_visible():
                await boxes.nth(number).click()
                await page.keyboard.press("ArrowRight")
        await boxes.nth(number + 1).click()  # the grid is painted over the next frames
        await page.keyboard.press("ArrowDown")
    times: list[float] = await page.evaluate("window.reactions")
    return times
