"""The second tutorial is a script, too: families, people, boards, a webhook, an archive and a benchmark for good."""

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.database import Pool
from tests.support.end_to_end.competition import ORGANIZER
from tests.support.end_to_end.docs_page import RUN, Block, Terminal, read_blocks
from tests.support.field_tools.environment import make_environment
from tests.support.oidc.provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.support.service_settings import PlatformSettings
from tests.support.stack import ROOT, Services, free_port, running_services
from tests.support.waiting import SCORING_LIMIT_S

PAGE = ROOT / "docs" / "tutorial-2.md"
MAIL_PORT = free_port()
TEAMS = {"lovelace", "franklin"}


@pytest.fixture(scope="module", autouse=True)
def images() -> Iterator[None]:
    """The family that the page asks for; the one that it makes is gone afterwards."""
    subprocess.run(["bash", ROOT / "deploy" / "images.sh", "family-bbob"], check=True, timeout=SCORING_LIMIT_S)
    yield
    subprocess.run(["docker", "image", "rm", "--force", "arena-family-coffee:local"], check=True, capture_output=True)


@pytest.fixture
async def services(settings: PlatformSettings, tmp_path: Path) -> AsyncIterator[Services]:
    """The four services, set up as the page asks the operator for."""
    port, secret = free_port(), tmp_path / "client-secret"
    secret.write_text(f"{CLIENT_SECRET}\n")
    public_url = f"http://127.0.0.1:{port}"
    async with running_provider(public_url) as issuer:
        asked = {
            "smtp_host": "127.0.0.1",
            "smtp_port": MAIL_PORT,
            "smtp_tls": "none",
            "smtp_from": "Arena <arena@platform.example>",
            "oidc_issuer": issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret_file": secret,
            "webhook_allowed_networks": "127.0.0.1/32",
        }
        [env_file] = re.findall(r"^```text\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
        assert list(asked) == [name.lower() for name in re.findall(r"ARENA_(\w+)=", env_file)]
        changed = settings.with_runner("runner-of-the-second-tutorial").with_changes(public_url=public_url, **asked)
        async with running_services(changed, tmp_path, gateway_port=port) as services:
            yield services


async def test_the_second_tutorial_runs_a_mixed_competition_from_a_problem_to_a_benchmark(
    services: Services, pool: Pool, tmp_path: Path
) -> None:
    ports = {"host": "127.0.0.1", "mail_port": str(MAIL_PORT), "hook_port": str(free_port())}
    environment = {**os.environ, **ports, "ARENA_URL": services.url, "COLUMNS": "100", "mail": "", "hook": ""}
    terminal = Terminal(make_tree(tmp_path / "arena"), tmp_path / "state", environment)
    try:
        shown = await run_page(terminal)
    finally:
        await terminal.run(Block("", RUN, "", "kill $mail $hook 2> /dev/null || true"), SCORING_LIMIT_S)
    folder = terminal.folder()

    assert "accepted: 2 problems" in shown["problem"]
    assert "revision 1, 6 black boxes, 0 phases" in shown["candidates"]
    assert "beyond@1: 11 nodes" in shown["baseline"], "six random searches, four strong runs and what combines them"
    await check_people(pool, shown)
    await check_submissions(pool, folder)
    check_boards(shown)
    check_figures(folder, shown)
    check_the_end(shown)


def make_tree(folder: Path) -> Path:
    """Make what the page uses of the source tree: `arena` of this tree, and the `python3` of its .venv."""
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, command in {"arena": f'"{sys.executable}" -m arena', "python3": f'"{sys.executable}"'}.items():
        (programs / name).write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec {command} "$@"\n')
        (programs / name).chmod(0o755)
    (folder / ".arena").mkdir()
    (folder / ".arena" / "organizer-token").write_text(ORGANIZER)
    return folder


async def run_page(terminal: Terminal) -> dict[str, str]:
    """Do what the page says; returns what its named blocks wrote. COCO's tool is the one of the tests' lock."""
    shown = {}
    for block in read_blocks(PAGE):
        if block.language != RUN:
            file = terminal.folder() / block.file
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text)
            continue
        if block.name == "cocopp":
            (terminal.folder() / "field-tools").symlink_to(make_environment())
        shown[block.name] = await terminal.run(block, SCORING_LIMIT_S)
        print(f"--- {block.name or block.text}\n{shown[block.name]}")  # noqa: T201 - shown if the test fails
    return shown


async def check_people(pool: Pool, shown: dict[str, str]) -> None:
    """Whoever is of the domain took part at once, the other one was approved; each has a team of their own.

    Ben came in at the provider, and nobody else did.
    """
    assert '"email":"ben@home.example"' in shown["sign-in"]
    assert '"state":"waiting"' in shown["sign-in"]
    proven = await pool.fetch("select p.email from identities i join people p on p.id = i.person_id")
    assert [row["email"] for row in proven] == ["ben@home.example"]
    assert "ben@home.example" not in shown["register"] + shown["confirm"]
    assert "ben@home.example: approved" in shown["approve"]
    assert "ada@uni.example" not in shown["approve"]
    members = await pool.fetch(
        """
        select p.email, t.name from memberships m join people p on p.id = m.person_id join teams t on t.id = m.team_id
        order by p.email
        """
    )
    assert [tuple(row) for row in members] == [
        ("ada@uni.example", "lovelace"),
        ("ben@home.example", "franklin"),
        ("cleo@uni.example", "hopper"),
    ]


async def check_submissions(pool: Pool, folder: Path) -> None:
    """Studies of all families were scored, and the webhook told of each end what the table says."""
    families = await pool.fetch(
        """
        select distinct b.family from studies st join black_boxes b on b.id = st.box_id
        join submissions s on s.id = st.submission_id join phases p on p.id = s.phase_id where p.kind = 'competition'
        """
    )
    assert {row["family"] for row in families} == {"sklearn", "bbob", "coffee"}
    told = [json.loads(line) for line in (folder / "received.ndjson").read_text().splitlines()]
    first = {(each["phase"], each["team"]): each["score"] for each in told if each["phase"] in {"visible", "hidden"}}
    assert first.keys() == {(phase, team) for phase in ("visible", "hidden") for team in TEAMS}
    rows = await pool.fetch(
        """
        select p.name as phase, t.name as team, s.score from submissions s join phases p on p.id = s.phase_id
        join teams t on t.id = s.team_id where p.name in ('visible', 'hidden') and p.kind = 'competition'
        """
    )
    assert first == {(row["phase"], row["team"]): pytest.approx(row["score"]) for row in rows}


def check_boards(shown: dict[str, str]) -> None:
    """Each board ranks both teams, and shows random search without a rank."""
    _, *boards = re.split(r"^[\w-]+:\n", shown["boards"], flags=re.MULTILINE)
    rows = [[line.rsplit(maxsplit=1)[0] for line in board.splitlines()] for board in boards]
    assert len(rows) == 4
    for board in rows:
        assert "baseline Random search" in board
        assert {line.split()[1] for line in board if line[0] in "12"} == TEAMS


def check_figures(folder: Path, shown: dict[str, str]) -> None:
    """The report has figures at any budget, and COCO's tool has drawn the same studies."""
    report = (folder / "report.html").read_text()
    assert "ECDF" in report
    assert "xpected running time" in report
    assert shown["cocopp"].splitlines()[-1] == "ppdata/index.html"
    assert list((folder / "ppdata").glob("*frank_lovel*/*.html")), "pages that compare franklin with lovelace"


def check_the_end(shown: dict[str, str]) -> None:
    """The archive is right, a changed byte is found, and the later entry stands among the frozen final's."""
    assert "6 scores from their evaluations" in shown["archive"]
    assert "results/final/leaderboard.json has changed" in shown["damaged"]
    assert "it is every rank of final" in shown["damaged"]
    assert '"box-2","test_case":"bbob-f01-d2-i3"' in shown["reopen"]
    rows = [line.split() for line in shown["later"].splitlines()[-3:]]
    assert {team for _, team, _, _ in rows} == TEAMS | {"hopper"}
    assert [last for _, team, _, last in rows if team == "hopper"] == ["later"]
    assert sorted(last for _, team, _, last in rows if team in TEAMS) == ["1", "2"]
