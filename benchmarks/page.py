"""The page of a submission with 100 black boxes x 100 studies: how soon it reacts while studies come in."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import Page

from shared.database import Pool, load_queries

queries = load_queries(Path(__file__).with_name("page.sql"))
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
"""The browser's own measure of an interaction: from the input to the next paint, what it waited for included."""


def many_boxes(document: dict[str, Any]) -> list[dict[str, str]]:
    """Return so many black boxes of a baseline set, as a competition names them."""
    cases = [case.rsplit("_", 2) for case in document["data"]["coords"]["function"]["data"][:BOXES]]
    return [
        {"label": f"box-{number:03}", "model": model, "dataset": dataset, "metric": metric}
        for number, (model, dataset, metric) in enumerate(cases, start=1)
    ]


async def fill(pool: Pool, submission_id: UUID, count: int) -> None:
    """Let a submission run, with so many of its studies done."""
    await queries.expand(pool, submission_id=submission_id)
    await queries.finish_studies(pool, submission_id=submission_id, count=count)


async def reaction_times_ms(page: Page, pool: Pool, submission_id: UUID) -> list[float]:
    """Use the page's controls while batches of studies come in; returns what each interaction took until its paint."""
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
