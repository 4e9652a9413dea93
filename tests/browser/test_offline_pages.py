"""The files that commands write for a browser: a final's report, and an estimate."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize

from arena.estimate.page import write_html
from arena.estimate.tables import summary
from arena.estimate.workload import Probe, WorkPlan, estimate_work
from arena.report.data import read_data
from arena.report.writing import write_report
from benchmarks.synthetic import DATASETS, MODELS, SyntheticFinal
from tests.support.browser.pages import Open, check_page

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1200, "height": 900}
OVERLAPPING = """() => [...document.querySelectorAll('.infolayer .colorbar')].flatMap((bar) => {
    const texts = [...bar.querySelectorAll('text')].filter((each) => each.getBoundingClientRect().width);
    const boxes = texts.map((each) => each.getBoundingClientRect());
    const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).map((b, j) => [a, b, i, i + 1 + j]));
    return pairs.filter(([a, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map(([, , i, j]) => `${texts[i].textContent} and ${texts[j].textContent}`);
})"""
BARS = "() => document.querySelectorAll('.infolayer .colorbar text').length"
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


async def open_file(new_page: Open, file: Path, size: ViewportSize) -> Page:
    page = await new_page("http://unused.invalid", viewport=size)
    await page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("reveal", [False, True])
async def test_the_labels_of_a_reports_colours_do_not_overlap_however_few_teams_there_are(
    new_page: Open, tmp_path: Path, reveal: bool
) -> None:
    synthetic = SyntheticFinal(["dice", "library"], n_boxes=6, studies=3)
    data = read_data(synthetic.lines(), synthetic.shown(), synthetic.baseline())
    await asyncio.to_thread(write_report, data, tmp_path / "report.html", None, reveal=reveal)
    for size in (DESK, PHONE):
        page = await open_file(new_page, tmp_path / "report.html", size)
        await page.wait_for_function(f"() => ({BARS})() >= 6")
        assert await page.evaluate(OVERLAPPING) == []
    await check_page(page, "report-two-teams")


async def test_an_estimate_follows_dark_mode_and_fits_a_phone(new_page: Open, tmp_path: Path) -> None:
    probes = [
        Probe(f"box-{number:02}", model, dataset, "acc", (0.1 + number,), evaluation_cpu_s=0.1 + number)
        for number, (model, dataset) in enumerate((model, dataset) for model in MODELS for dataset in DATASETS)
        if number != 5
    ]
    file = tmp_path / "estimate.html"
    found = estimate_work(WorkPlan(price=0.1), probes)
    await asyncio.to_thread(write_html, found, summary(found), "demo: estimate", file)
    page = await open_file(new_page, file, DESK)
    backgrounds = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        backgrounds.append(await page.evaluate(BACKGROUND))
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]
    await check_page(page, "estimate")
    await page.set_viewport_size(PHONE)
    for name in ("CPU-seconds of a study", "What leaving out a black box saves"):
        last = page.get_by_role("region", name=name).locator("tbody tr").last.locator("td").last
        await last.scroll_into_view_if_needed()
        box = await last.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"], "what is wide is scrolled to, not cut"
