"""What is looked for on every page is found where it is, and only there."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.browser.looks import find_faults

PAGE = '<!doctype html><html lang="en"><head><title>Page</title></head><body><main><h1>Page</h1>{}</main></body></html>'


@pytest.mark.parametrize(
    ("markup", "faults"),
    [
        ("<p>One line.</p><p>Another line.</p>", 0),
        ('<p>One line.</p><p style="margin-top: -2.1em">Another line.</p>', 4),
        ('<p>One line.</p><p style="margin-top: -2.1em; visibility: hidden">Another line.</p>', 0),
        ('<div style="width: 500px">wide</div>', 2),
        ('<img src="data:," width="9" height="9">', 4),
        ('<p style="color: #777; background: #888">Hardly to be read.</p>', 4),
    ],
    ids=["good", "overlap", "hidden", "wide", "image", "contrast"],
)
async def test_a_page_is_judged_by_what_a_person_sees(
    browser: Browser, tmp_path: Path, markup: str, faults: int
) -> None:
    page = await browser.new_page()
    await page.set_content(PAGE.format(markup))

    assert len(await find_faults(page, tmp_path / "page")) == faults
