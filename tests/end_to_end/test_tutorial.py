"""The tutorial in docs/ is a script: its blocks run as they stand, in their order, and do what the page says."""

import json
import os
import re
import sys
from pathlib import Path

from shared.database import Pool
from tests.support.end_to_end.competition import ORGANIZER
from tests.support.end_to_end.docs_page import RUN, Terminal, read_blocks
from tests.support.report_page import Page
from tests.support.stack import ROOT, Services
from tests.support.waiting import SCORING_LIMIT_S, wait_until

PAGE = ROOT / "docs" / "tutorial.md"
BOXES, PER_PHASE, TEAMS, FLOOD, REPLAYS = 12, 6, ("ada", "ben", "eve"), 6, 10


async def test_the_tutorial_runs_a_competition_from_the_estimate_to_the_report(
    services: Services, pool: Pool, tmp_path: Path
) -> None:
    terminal = Terminal(
        make_tree(tmp_path / "arena"),
        tmp_path / "state",
        {**os.environ, "ARENA_URL": services.url, "COLUMNS": "100"},
    )
    shown = await run_page(terminal, services, pool)
    folder = terminal.folder()

    check_estimate(folder, shown)
    await check_baselines(pool, shown)
    await check_phases(pool, shown)
    await check_feedback(pool, shown)
    await check_fairness(pool)
    check_record(folder, shown)
    await check_final(pool, folder, shown)
    check_report(folder)


def make_tree(folder: Path) -> Path:
    """Make what the page uses of the source tree, with this tree's own code behind `arena`."""
    command = folder / ".venv" / "bin" / "arena"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m arena "$@"\n')
    command.chmod(0o755)
    (folder / ".arena").mkdir()
    (folder / ".arena" / "organizer-token").write_text(ORGANIZER)
    return folder


async def run_page(terminal: Terminal, services: Services, pool: Pool) -> dict[str, str]:
    """Do what the page says; returns what its named blocks wrote.

    Nothing is released between the flood and the others' coming: however fast the machine, the flood is there still.
    """
    shown = {}
    for block in read_blocks(PAGE):
        if block.name == "flood":
            services.pause("dispatcher")
        if block.language != RUN:
            file = terminal.folder() / block.file
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text)
        elif block.name == "ctrl-c":
            shown[block.name] = await terminal.interrupt(block, lambda: a_node_is_done(pool), SCORING_LIMIT_S)
        else:
            shown[block.name] = await terminal.run(block, SCORING_LIMIT_S)
        if block.name == "others":
            services.resume("dispatcher")
        print(f"--- {block.name or block.text}\n{shown.get(block.name, '')}")  # noqa: T201 - shown if the test fails
    return shown


async def a_node_is_done(pool: Pool) -> None:
    scored = """
        select exists (
            select from organizer_runs t join submissions s on s.id = t.submission_id
            where t.purpose like 'baseline-%' and s.state = 'scored'
        )
    """
    await wait_until(lambda: pool.fetchval(scored), limit_s=SCORING_LIMIT_S, what="a node is done")


def check_estimate(folder: Path, shown: dict[str, str]) -> None:
    """Every candidate was measured, and the page that says so loads nothing."""
    assert "revision 1, 13 black boxes, 0 phases" in shown["candidates"]
    assert f"{30 * 30 * 13 * 10 * 16 * 8:,}" in shown["estimate"]
    assert len((folder / "estimate.csv").read_text().splitlines()) == 1 + 13
    assert_loads_nothing(Page((folder / "estimate.html").read_text()))


async def check_baselines(pool: Pool, shown: dict[str, str]) -> None:
    """The build was stopped after a node and went on; nothing of it ran twice, and it made one set of all."""
    assert "Nothing is lost" in shown["ctrl-c"]
    assert "combine" in shown["graph"]
    assert "tutorial@1: 25 nodes" in shown["build"]
    assert await pool.fetchval("select count(*) from baselines where name = 'tutorial'") == 1
    nodes = await pool.fetch(
        """
        select t.key, count(e.*) as executions, sum(sh.n_studies) as studies
        from organizer_runs t join shards sh using (submission_id) join executions e on e.shard_id = sh.id
        where t.purpose like 'baseline-%' and e.outcome = 'done' group by t.key order by studies
        """
    )
    assert [(node["executions"], node["studies"]) for node in nodes] == [(1, 1)] * BOXES + [(3, 3)] * BOXES
    assert "9 black boxes compared" in shown["check"]


async def check_phases(pool: Pool, shown: dict[str, str]) -> None:
    """What was announced was applied: each phase has half of the black boxes; own data went all the way."""
    announced = ["- black box box-dear", "+ phase feedback", "+ phase final"]
    warned, *would_be = shown["dry-run"].splitlines()
    assert ("dry run" in warned, would_be) == (True, announced)
    assert shown["phases"].splitlines() == [*announced, "tutorial: revision 2, 12 black boxes, 2 phases"]
    boxes = await pool.fetch(
        """
        select p.name, count(*), array_agg(pb.box_id) as ids from phases p join phase_boxes pb on pb.phase_id = p.id
        where p.kind = 'competition' group by p.name order by p.name
        """
    )
    assert [(row["name"], row["count"]) for row in boxes] == [("feedback", PER_PHASE), ("final", PER_PHASE)]
    assert len({box for row in boxes for box in row["ids"]}) == BOXES
    own = await pool.fetch(
        """
        select p.kind, count(*) from studies st join black_boxes b on b.id = st.box_id
        join submissions s on s.id = st.submission_id join phases p on p.id = s.phase_id
        where b.dataset = 'clf-rings' and b.dataset_sha256 is not null group by p.kind
        """
    )
    assert {row["kind"] for row in own} == {"organizer_run", "competition"}


async def check_feedback(pool: Pool, shown: dict[str, str]) -> None:
    """All that came within the quota was scored; a seventh submission did not get in; the board was frozen a while."""
    assert "verdict scored" in shown["check-zip"]
    assert "The team has made 6 attempts" in shown["flood"]
    assert re.findall(r"submission (\d) was refused", shown["flood"]) == ["7"]
    assert "team\tben" in shown["status"]
    assert "frozen since" in shown["frozen"]
    assert "frozen since" not in shown["leaderboard"]
    scored = await pool.fetch(
        """
        select t.name, count(*) from submissions s join teams t on t.id = s.team_id join phases p on p.id = s.phase_id
        where p.name = 'feedback' and p.kind = 'competition' and s.state = 'scored' group by t.name order by t.name
        """
    )
    assert [tuple(row) for row in scored] == [("ada", 1), ("ben", 1), ("eve", FLOOD)]
    ranks = re.findall(r"^(\d)\t≈?\t(\w+)\t", shown["leaderboard"], re.MULTILINE)
    assert [rank for rank, _ in ranks] == ["1", "2", "3"]
    assert {team for _, team in ranks} == set(TEAMS)


async def check_fairness(pool: Pool) -> None:
    """Who came after all of the flood did not wait for all of it: whole submissions of it came after theirs."""
    releases = await pool.fetch(
        """
        select t.name as team, e.released_at
        from executions e join shards sh on sh.id = e.shard_id join submissions s on s.id = sh.submission_id
        join teams t on t.id = s.team_id join phases p on p.id = s.phase_id
        where p.name = 'feedback' and p.kind = 'competition'
        """
    )
    times = {team: [row["released_at"] for row in releases if row["team"] == team] for team in TEAMS}
    for team in ("ada", "ben"):
        assert len(times[team]) == PER_PHASE
        assert sum(released > max(times[team]) for released in times["eve"]) > PER_PHASE


def check_record(folder: Path, shown: dict[str, str]) -> None:
    """Executions are listed, what an optimizer wrote is kept, and ten of them give the same again, bit for bit."""
    assert shown["executions"].count("\tben\tfeedback\t") == PER_PHASE
    assert "parameters to tune" in shown["logs"]
    assert "runner code version" in shown["provenance"]
    assert "seed\t" not in shown["provenance"]
    drawn = (folder / "drawn.txt").read_text().split()
    known = {each["id"] for each in json.loads((folder / "executions.json").read_text())["executions"]}
    assert len(set(drawn) & known) == REPLAYS == len(drawn)
    assert len(re.findall(r"^Identical, bit for bit", shown["replay"], re.MULTILINE)) == REPLAYS
    assert "Different" not in shown["replay"]


async def check_final(pool: Pool, folder: Path, shown: dict[str, str]) -> None:
    """Three teams were in the final, with twice the studies, and each has its place."""
    finalists = await pool.fetch(
        """
        select t.name, s.state, s.studies_done from submissions s
        join teams t on t.id = s.team_id join phases p on p.id = s.phase_id
        where p.name = 'final' and p.kind = 'competition' order by t.name
        """
    )
    assert [tuple(row) for row in finalists] == [(team, "scored", 2 * PER_PHASE) for team in TEAMS]
    assert "3 finalists, 3 of them new; 2 studies on each of 6 black boxes" in shown["final"]
    places = json.loads((folder / "report-data" / "final.json").read_text())
    assert sorted(place["rank"] for place in places) == [1, 2, 3]
    assert {place["team"] for place in places} == set(TEAMS)
    for place in places:
        line = rf"{place['rank']}\t≈?\t{place['team']}\tsmall\tscored\t{place['score']:.3f}\t"
        assert re.search(line, shown["final"])


def check_report(folder: Path) -> None:
    """The report is one file, and what is behind it is there: tables, and a folder of Bayesmark's."""
    report = Page((folder / "report.html").read_text())
    assert any("plotly.js v" in script for _, script in report.scripts), "its charts work offline"
    assert_loads_nothing(report)
    studies = (folder / "report-data" / "studies.csv").read_text().splitlines()
    assert len(studies) == 1 + len(TEAMS) * PER_PHASE * 2
    assert any((folder / "report-data" / "bayesmark").rglob("*.json"))


def assert_loads_nothing(page: Page) -> None:
    """No tag or style of the page loads anything."""
    assert not [tag for tag, attributes in page.tags if tag in {"link", "iframe", "img"} or "src" in attributes]
    assert "url(" not in page.styles
    assert "@import" not in page.styles
