"""The tutorial is a script: its blocks run as they stand, and do what the page says."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest

from shared.database import Pool
from tests.stack import ROOT

RUNNER_ID = "runner-of-the-tutorial"
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(?:sh|toml (?P<file>\S+))\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT_S = 600
BOXES, PER_PHASE, FLOOD, REPLAYS = 12, 6, 6, 10
IN_FLIGHT = 8
"""Shards that may be on the way to two slots already when somebody comes."""


def script_of(page: str) -> str:
    """Return the page's blocks as one script of bash; a block with a file's name becomes that file."""
    parts = ["set -euo pipefail"]
    for block in BLOCK.finditer(page):
        line = page.count("\n", 0, block.start()) + 2
        text = block["text"]
        parts.append(
            f"echo '### line {line}'\n"
            + (text if block["file"] is None else f"cat >{block['file']} <<'FILE'\n{text}FILE")
        )
    return "\n".join(parts)


async def run_page(url: str, token: str, folder: Path) -> str:
    """Run the page's script in a folder as its reader would; returns what it printed."""
    commands = folder / "bin"
    commands.mkdir()
    (commands / "arena").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m arena "$@"\n')
    (commands / "arena").chmod(0o755)
    work, log = folder / "fruit", folder / "tutorial.log"
    work.mkdir()
    environment = {
        **os.environ,
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "ARENA_URL": url,
        "ARENA_TOKEN": token,
        "COLUMNS": "100",
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", script_of(PAGE.read_text())), cwd=work, env=environment, stdout=output, stderr=output
        )
        try:
            async with asyncio.timeout(LIMIT_S):
                code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
    said = log.read_text()
    assert code == 0, said[-5000:]
    return said


@pytest.mark.timeout(LIMIT_S + 60)
async def test_the_tutorial_runs_a_competition_the_whole_way(platform: str, pool: Pool, tmp_path: Path) -> None:
    said = await run_page(platform, "organizer-token-of-the-tests", tmp_path)
    work = tmp_path / "fruit"
    await check_planning(pool, work, said)
    await check_feedback(pool, said)
    assert len(re.findall("Identical, bit for bit: 1 studies", said)) == REPLAYS, said[-5000:]
    await check_final(pool, work)


async def check_planning(pool: Pool, work: Path, said: str) -> None:
    """Every candidate was measured, with the organizer's own data; no node of the baselines ran twice."""
    assert len((work / "estimate.csv").read_text().splitlines()) == 1 + BOXES
    assert "Plotly.newPlot" in (work / "estimate.html").read_text()
    assert "interrupted" in said
    trials = await pool.fetchval("select count(*) from trials where purpose <> 'replay'")
    assert trials == BOXES + 2 * BOXES
    again = await pool.fetchval(
        "select count(*) from (select key from trials group by key having count(distinct submission_id) > 1) twice"
    )
    assert again == 0
    assert await pool.fetchval("select count(*) from baselines where name = 'fruit'") == 1
    own = "select count(*) from studies st join black_boxes b on b.id = st.box_id where b.dataset = 'clf-fruit'"
    assert await pool.fetchval(own) > 0


async def check_feedback(pool: Pool, said: str) -> None:
    """Three teams were scored; the two that came after the flood waited for no more than their share."""
    scored = await pool.fetch(
        """
        select t.name, count(*) from submissions s join teams t on t.id = s.team_id join phases p on p.id = s.phase_id
        where p.name = 'feedback' and p.kind = 'competition' and s.state = 'scored' group by t.name order by t.name
        """
    )
    assert [tuple(row) for row in scored] == [("dice", 1), ("flood", FLOOD), ("steps", 1)]
    assert "and may make 6." in said
    assert "refused" in said
    for team in ("dice", "steps"):
        theirs = await pool.fetchval(
            """
            with late as (
                select s.id, s.created_at, max(e.released_at) as last
                from submissions s join teams t on t.id = s.team_id join phases p on p.id = s.phase_id
                join shards sh on sh.submission_id = s.id join executions e on e.shard_id = sh.id
                where t.name = $1 and p.name = 'feedback' and p.kind = 'competition' group by s.id
            )
            select count(*) from late, executions e join shards sh on sh.id = e.shard_id
            join submissions s on s.id = sh.submission_id join teams t on t.id = s.team_id
            where t.name = 'flood' and e.released_at between late.created_at and late.last
            """,
            team,
        )
        assert theirs <= PER_PHASE + IN_FLIGHT < FLOOD * PER_PHASE


async def check_final(pool: Pool, work: Path) -> None:
    """The final ran on the other boxes, and the report holds all of it."""
    finalists = await pool.fetch(
        """
        select t.name, s.state, s.studies_done from submissions s
        join teams t on t.id = s.team_id join phases p on p.id = s.phase_id
        where p.name = 'final' and p.kind = 'competition' order by t.name
        """
    )
    assert [tuple(row) for row in finalists] == [(team, "scored", 2 * PER_PHASE) for team in ("dice", "flood", "steps")]
    shared = await pool.fetchval(
        """
        select count(*) from (
            select pb.box_id from phase_boxes pb join phases p on p.id = pb.phase_id
            where p.kind = 'competition' group by pb.box_id having count(*) > 1
        ) both_phases
        """
    )
    assert shared == 0
    report = (work / "report.html").read_text()
    assert "plotly.js v" in report
    assert 'content="default-src &#39;none&#39;' in report[:1000]
    lines = json.loads((work / "data" / "final.json").read_text())
    assert {line["team"] for line in lines} == {"dice", "flood", "steps"}
