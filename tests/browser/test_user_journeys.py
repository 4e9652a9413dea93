"""The whole way of a participant, an organizer and a watcher, each in a browser, on the real platform."""

import json
import shutil
from pathlib import Path

from playwright.async_api import Page

from arena.client.http import Client
from arena.pack.optimizer_zip import read_zip
from tests.support.browser.pages import Open, check_page
from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S

ORGANIZER = "organizer-token-of-the-tests"
BOXES = [("DT", "iris", "acc"), ("lasso", "diabetes", "mse"), ("kNN", "wine", "acc")]
STUDIES = 4
LABELS = [f"box-{number:02}" for number, _ in enumerate(BOXES, start=1)]
COMPETITION = {
    "seed": "paths",
    "black_boxes": [
        {"label": label, "model": model, "dataset": dataset, "metric": metric}
        for label, (model, dataset, metric) in zip(LABELS, BOXES, strict=True)
    ],
    "phases": [
        {
            "name": "feedback",
            "baseline": "official",
            "boxes": LABELS,
            "studies_per_box": STUDIES,
            "attempts_per_day": 20,
        }
    ],
}
TOTAL = STUDIES * len(BOXES)
SCORING_MS = 1000 * SCORING_LIMIT_S


def apply_competition(url: str, season: str) -> None:
    organizer = Client(url, ORGANIZER)
    document = json.loads((ROOT / "examples" / "baselines" / "baseline-16-8.json").read_text())
    organizer.post("/api/v1/admin/baselines", {"name": "official", "source": "file", "document": document})
    organizer.put(f"/api/v1/admin/competitions/{season}", {**COMPETITION, "name": f"The {season} competition"})


def pack(example: str, folder: Path) -> Path:
    name, zip_file = read_zip(ROOT / "examples" / example)
    return Path(shutil.copyfile(zip_file, folder / name))


async def make_team(console: Page, name: str) -> str:
    """Make a team as an organizer does, and return the token that the page shows this once."""
    await console.get_by_label("Name").first.fill(name)
    await console.get_by_role("button", name="Create a team").click()
    await console.get_by_role("cell", name=name, exact=True).wait_for()
    return await console.locator("#token").inner_text()


async def send(page: Page, zip_file: Path) -> None:
    """Submit a zip as a team does."""
    await page.get_by_role("link", name="Submit", exact=True).click()
    await page.get_by_text("Choose a zip").wait_for()
    await page.locator("#file").set_input_files(zip_file)
    await page.get_by_role("button", name="Submit").click()
    await page.locator("#submissions .submission").first.wait_for()


async def test_from_upload_to_final_score_before_the_eyes_of_a_watcher(
    platform: str, new_page: Open, tmp_path: Path
) -> None:
    apply_competition(platform, "autumn")
    console = await new_page(platform, ORGANIZER, viewport={"width": 1100, "height": 640})
    await console.goto("/c/autumn/console/teams")
    tokens = {name: await make_team(console, name) for name in ("dice", "library")}

    watcher = await new_page(platform, viewport={"width": 1100, "height": 330})
    await watcher.goto("/")
    await watcher.get_by_role("link", name="The autumn competition").click()
    await watcher.get_by_role("heading", name="No submission yet").wait_for()

    dice, library = [
        await new_page(platform, tokens[name], viewport={"width": 1100, "height": 440}) for name in ("dice", "library")
    ]
    for page in (dice, library):
        await page.goto("/c/autumn")
    await send(dice, pack("random_search", tmp_path))
    await send(library, pack("hyperopt_tpe", tmp_path))

    # Everything moves by itself: nobody opens a page again.
    await watcher.locator("#leaderboard progress").first.wait_for()
    await console.goto("/c/autumn/console")
    await console.get_by_text(f"of {2}", exact=False).first.wait_for()
    await console.get_by_text("runner-1").first.wait_for()
    await check_page(console, "path-console")
    await watcher.locator("#leaderboard .score.provisional", has_text=".").first.wait_for(timeout=SCORING_MS)
    await check_page(watcher, "path-watcher-running")
    await dice.get_by_role("link", name="random_search.zip").click()
    await dice.locator("#head .chip").first.wait_for()
    await check_page(dice, "path-submission-running")
    await library.get_by_text("scored", exact=True).first.wait_for(timeout=SCORING_MS)
    await check_page(library, "path-submissions")
    await dice.locator("#head .chip.scored").wait_for(timeout=SCORING_MS)
    await dice.get_by_text(f"{TOTAL}/{TOTAL}", exact=True).wait_for()
    await check_page(dice, "path-submission")

    shown = await dice.locator("#head .big").inner_text()
    row = watcher.locator("#leaderboard tbody tr", has_text="dice")
    await row.locator(".score:not(.provisional)", has_text=shown).wait_for()
    await watcher.locator("#leaderboard .chip.running").wait_for(state="detached", timeout=SCORING_MS)
    await check_page(watcher, "path-watcher")
    board = Client(platform, None).get("/api/v1/competitions/autumn/leaderboard").json["rows"]
    assert {each["team"]: f"{each['score']:.3f}" for each in board}["dice"] == shown
    await watcher.get_by_role("link", name="Performance").click()
    await watcher.locator("#ecdf canvas").wait_for()
    await check_page(watcher, "path-performance")


async def test_an_organizer_looks_into_a_submission_replays_it_and_closes_the_curtain(
    platform: str, new_page: Open, tmp_path: Path
) -> None:
    apply_competition(platform, "winter")
    console = await new_page(platform, ORGANIZER)
    await console.goto("/c/winter/console/teams")
    token = await make_team(console, "dice")
    watcher = await new_page(platform)
    await watcher.goto("/c/winter")
    Client(platform, token).submit("winter", "feedback", *read_zip(pack("random_search", tmp_path)))
    await watcher.locator("#leaderboard .chip.scored").wait_for(timeout=SCORING_MS)

    await console.get_by_role("link", name="Executions").click()
    await console.locator("tbody tr").nth(TOTAL - 1).wait_for()
    await check_page(console, "path-executions")
    await console.get_by_role("button", name="Replay dice, box-01").first.click()
    await console.get_by_text("identical, bit for bit").wait_for(timeout=SCORING_MS)

    await console.get_by_role("link", name="Phases").click()
    await console.get_by_role("button", name="Freeze feedback", exact=True).click()
    await console.get_by_role("dialog").get_by_role("button", name="Freeze").click()
    await watcher.locator("#frozen").wait_for()
    await console.get_by_role("button", name="Unfreeze feedback").click()
    await console.get_by_role("dialog").get_by_role("button", name="Unfreeze").click()
    await watcher.locator("#frozen").wait_for(state="hidden")

    await console.get_by_role("link", name="Planning").click()
    await console.get_by_text("No baselines yet").wait_for()
