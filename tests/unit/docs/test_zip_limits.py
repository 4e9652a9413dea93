"""The limits of a zip are one number in one unit, wherever somebody reads them."""

import re
from pathlib import Path

import pytest

from arena.rules.zip_validation import ZipLimits
from arena.words.limits import LARGEST_ZIP_BYTES, ZIP_FILES_LIMIT, Limits
from arena.words.sizes import size_text

ROOT = Path(__file__).parents[3]
LIMITS = ZipLimits()
PAGES = ("docs/participant/index.md", "docs/participant/optimizer.md", "docs/security.md")
SIZE = re.compile(r"[\d.,]*\d (?:bytes|[kKMG]i?B)\b")
FILES = re.compile(r"([\d,]+) files")


def test_the_platform_and_the_clients_check_have_the_same_limits() -> None:
    limits = Limits()
    assert (limits.zip_limit_bytes, limits.unpacked_limit_bytes) == (LIMITS.packed_bytes, LIMITS.unpacked_bytes)
    example = (ROOT / "examples/demo/competition.toml").read_text()
    assert f"# zip_limit_bytes = {LIMITS.packed_bytes} " in example
    assert f"# unpacked_limit_bytes = {LIMITS.unpacked_bytes}\n" in example
    assert f"at most {LARGEST_ZIP_BYTES}" in example


@pytest.mark.parametrize("page", PAGES)
def test_a_page_words_the_limits_of_a_zip_as_messages_do(page: str) -> None:
    lines = [line for line in (ROOT / page).read_text().splitlines() if "zip" in line and "packed" in line]
    told = " ".join(lines)
    assert SIZE.findall(told) == [size_text(LIMITS.packed_bytes), size_text(LIMITS.unpacked_bytes)]
    assert set(FILES.findall(told)) <= {f"{ZIP_FILES_LIMIT:,}"}


def test_no_page_of_the_website_words_sizes_by_itself() -> None:
    templates = [*(ROOT / "services/gateway/website/templates").glob("*.j2")]
    assert templates
    assert [path.name for path in templates if SIZE.search(path.read_text()) or " MB" in path.read_text()] == []
