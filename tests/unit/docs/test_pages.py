"""The pages that newcomers rely on name what is there."""

import re
from pathlib import Path

import pytest

from arena.words.problems import ProblemCode
from arena.words.states import ExecutionOutcome, ShardState, Stage, SubmissionState
from arena.words.verdicts import Verdict

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"


def test_every_test_that_the_design_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (DOCS / "developer/design.md").read_text()))
    defined = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    assert named
    assert named <= defined


@pytest.mark.parametrize("words", [SubmissionState, ShardState, ExecutionOutcome, Stage, Verdict])
def test_the_glossary_has_every_state_outcome_and_verdict(words: type[Verdict]) -> None:
    glossary = (DOCS / "glossary.md").read_text()
    assert [word for word in words if f"`{word}`" not in glossary] == []


def test_the_page_of_problems_has_every_code_with_its_meaning() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (.*) \|$", (DOCS / "reference/problems.md").read_text(), re.M)
    assert rows == [(code.value, str(code.status), code.meaning) for code in ProblemCode]


LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)")
GENERATED = {"commands.md", "packages.md", "routes.md", "settings.md"}
"""Pages of docs/reference that `make docs` writes."""


PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    links = [link for link in LINK.findall(prose) if Path(link).name not in GENERATED]
    assert [link for link in links if not (page.parent / link).exists()] == []


PATH = re.compile(r"`((?:arena|services|shared|deploy|tests|docs|benchmarks|examples)/[\w./-]+)`")
NEWCOMERS_OWN = {"arena/commands/participant/packages.py"}


@pytest.mark.parametrize("page", [*DOCS.glob("developer/*.md"), DOCS / "security.md"], ids=lambda page: str(page.name))
def test_every_file_that_a_page_for_developers_names_exists(page: Path) -> None:
    named = set(PATH.findall(page.read_text())) - NEWCOMERS_OWN
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
