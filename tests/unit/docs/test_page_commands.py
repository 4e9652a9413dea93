"""What the pages tell newcomers to type."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *(ROOT / "docs/participant").glob("*.md"), *(ROOT / "docs/organizer").glob("*.md")]
INSTALLED_EVERYWHERE = {"arena", "cat"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_takes_no_value_from_a_program_that_a_new_system_lacks(page: Path) -> None:
    blocks = re.findall(r"^```.*?^```", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    programs = set(re.findall(r"\$\(([a-z][\w-]*)", "\n".join(blocks)))
    assert programs <= INSTALLED_EVERYWHERE
