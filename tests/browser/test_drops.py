"""Files are dragged onto the page from outside the browser, as a person does it with the mouse."""

from pathlib import Path

import pytest
from playwright.async_api import Download, Page, expect

from shared.database import Pool
from tests.support.browser.pages import Open, check_page, token_of
from tests.support.browser.submissions_page import PAGE, open_submissions, row
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip

COPY = 1


class Drag:
    """Files that are held over a page; the browser says by its events what it would do with them."""

    def __init__(self, page: Page, *files: Path) -> None:
        self._page = page
        self._files = [str(each) for each in files]

    async def move(self, kind: str, x: float, y: float) -> None:
        session = await self._page.context.new_cdp_session(self._page)
        data = {"items": [], "files": self._files, "dragOperationsMask": COPY}
        await session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})

    async def drop(self, x: float, y: float) -> None:
        for kind in ("dragEnter", "dragOver", "drop"):
            await self.move(kind, x, y)


async def middle_of(page: Page, selector: str) -> tuple[float, float]:
    box = await page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def zips(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("first.zip", "second.zip")]
    for path in paths:
        path.write_bytes(make_zip(path.name.encode()))
    return paths


async def test_a_zip_is_dropped_on_the_form_and_submitted(
    gateway: Gateway, pool: Pool, new_page: Open, zips: list[Path]
) -> None:
    await gateway.apply(competition())
    page = await open_submissions(gateway, new_page, await gateway.team("dice"))
    drag, form = Drag(page, zips[0]), page.locator("#upload")
    place = await middle_of(page, "#upload")

    await drag.move("dragEnter", *place)
    await drag.move("dragOver", *place)
    await expect(form).to_have_class("drop over")
    await check_page(page, "submissions-over")
    await drag.move("drop", *place)
    await expect(form).to_have_class("drop")
    await expect(page.locator("#chosen")).to_contain_text("first.zip")
    await page.get_by_role("button", name="Submit", exact=True).click()
    await row(page, "first.zip").wait_for()
    assert await pool.fetchval("select filename from submissions") == "first.zip"


async def test_a_zip_is_taken_wherever_on_the_page_it_is_dropped(
    gateway: Gateway, new_page: Open, zips: list[Path]
) -> None:
    await gateway.apply(competition())
    page = await open_submissions(gateway, new_page, await gateway.team("dice"))
    await Drag(page, zips[0]).drop(*await middle_of(page, "#list-title"))
    await expect(page.locator("#chosen")).to_contain_text("first.zip")
    await Drag(page, zips[1]).drop(5, 5)
    await expect(page.locator("#chosen")).to_contain_text("second.zip")


async def test_several_files_and_folders_are_refused_with_what_to_do(
    gateway: Gateway, pool: Pool, new_page: Open, zips: list[Path], tmp_path: Path
) -> None:
    await gateway.apply(competition())
    page = await open_submissions(gateway, new_page, await gateway.team("dice"))
    fault, place = page.locator("#fault"), await middle_of(page, "#upload")
    folder, text = tmp_path / "my_optimizer", tmp_path / "optimizer.py"
    folder.mkdir()
    text.write_text("x")
    for files, said in (
        (zips, "Several files came at once."),
        ([folder], "my_optimizer is a folder. Drop a zip of what is in it"),
        ([text], "ends in .zip, got optimizer.py"),
    ):
        await Drag(page, zips[0]).drop(*place)
        await expect(fault).to_be_hidden()
        await Drag(page, *files).drop(*place)
        await expect(fault).to_contain_text(said)
        await expect(page.locator("#send")).to_be_hidden()
    await check_page(page, "submissions-dropped-wrong")
    assert await pool.fetchval("select count(*) from submissions") == 0


async def test_where_nothing_can_be_submitted_a_dropped_file_leaves_the_page_as_it_is(
    gateway: Gateway, new_page: Open, zips: list[Path]
) -> None:
    await gateway.apply(competition(phase(closes_at="2020-01-01T00:00:00Z")))
    team = await gateway.team("dice")
    body = {"name": "reader", "scopes": ["read"]}
    path = "/api/v1/admin/competitions/c/teams/dice/tokens"
    reader = (await gateway.organizer.post(path, json=body)).raise_for_status().json()["token"]
    downloads: list[Download] = []
    for token in (token_of(team), reader):
        page = await new_page(gateway.url, token)
        page.on("download", lambda download: downloads.append(download))  # noqa: PLW0108 - Playwright marks functions
        await page.goto(PAGE)
        await expect(page.locator("#live")).to_have_text("live")
        await Drag(page, zips[0]).drop(100, 100)
        await page.evaluate("() => new Promise(requestAnimationFrame)")
        assert page.url.endswith(PAGE)
        assert len(page.context.pages) == 1
        await expect(page.get_by_role("heading", name="Nothing submitted yet")).to_be_visible()
    assert downloads == []
