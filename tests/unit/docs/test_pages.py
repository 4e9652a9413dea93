"""The pages that newcomers rely on name what is there."""

import json
import re
from pathlib import Path

import pytest

from arena.words.problems import ProblemCode
from arena.words.states import ExecutionOutcome, ShardState, Stage, SubmissionState
from arena.words.verdicts import Verdict
from services.gateway import request_guard
from services.gateway.live.websocket import NORMAL, TRY_AGAIN_LATER
from services.gateway.paging import PAGE_SIZE, PAGE_SIZE_LIMIT
from services.gateway.settings import GatewaySettings
from services.gateway.submissions.live_list import SHOWN_LIMIT
from services.gateway.submissions.routes import KEY_LENGTH

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


@pytest.mark.parametrize("example", sorted((ROOT / "examples/api").iterdir()), ids=lambda example: str(example.name))
def test_the_page_on_the_api_shows_the_clients_that_are_tested(example: Path) -> None:
    assert f"\n{example.read_text()}```\n" in (DOCS / "reference/api.md").read_text()


def test_the_page_on_the_api_has_every_feed_and_message() -> None:
    page = (DOCS / "reference/api.md").read_text()
    feeds = json.loads((DOCS / "reference/asyncapi.json").read_text())
    assert [
        each["address"]
        for each in feeds["channels"].values()
        if each["address"].replace("submission_id", "id") not in page
    ] == []
    assert [name for name in feeds["components"]["messages"] if f"`{name}`" not in page] == []


def test_the_page_on_the_api_has_the_limits_of_the_gateway() -> None:
    page = (DOCS / "reference/api.md").read_text()
    mebi = 1024**2
    assert GatewaySettings.model_fields["anonymous_rate"].default == "300/minute"
    assert (
        f"| {GatewaySettings.model_fields['zip_limit_bytes'].default // mebi} MiB (`ARENA_ZIP_LIMIT_BYTES`) |" in page
    )
    assert f"| {request_guard.JSON_LIMIT_BYTES // mebi} MiB, or a zip" in page
    assert f"| {request_guard.ANONYMOUS_BODY_BYTES // 1024} KiB |" in page
    assert f"| {request_guard.UPLOADS_AT_ONCE} |" in page
    assert f"({PAGE_SIZE} unless you say so, {PAGE_SIZE_LIMIT} at most)" in page
    assert f"at most {KEY_LENGTH} characters" in page
    assert f"the newest {SHOWN_LIMIT};" in page
    assert all(f"| {code} |" in page for code in (NORMAL, TRY_AGAIN_LATER))


LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)")
GENERATED = {"commands.md", "routes.md", "settings.md"}
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
