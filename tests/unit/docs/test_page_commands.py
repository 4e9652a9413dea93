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
    assert programs_in("\n".join(blocks)) <= INSTALLED_EVERYWHERE


def test_the_rules_page_takes_no_value_from_a_program_that_a_new_system_lacks() -> None:
    page = (ROOT / "services/gateway/website/templates/rules.html.j2").read_text()
    assert "curl" in page
    assert programs_in(page) <= INSTALLED_EVERYWHERE


def programs_in(text: str) -> set[str]:
    """Return the programs whose output a shell puts into a command."""
    return set(re.findall(r"\$\(([a-z][\w-]*)", text))
