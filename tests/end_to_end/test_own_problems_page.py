"""The page on problems of one's own is a script: its blocks run as they stand, and show what the page says."""

import os
import sys
from pathlib import Path

from tests.support.end_to_end.docs_page import RUN, Terminal, read_blocks
from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S

PAGE = ROOT / "docs" / "organizer" / "problems.md"


async def test_the_page_on_own_problems_makes_checks_and_breaks_a_family(tmp_path: Path) -> None:
    command = tmp_path / "bin" / "arena"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m arena "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}:{os.environ['PATH']}"
    terminal = Terminal(tmp_path, tmp_path / "state", {**os.environ, "COLUMNS": "100", "PATH": path})

    blocks = [block for block in read_blocks(PAGE) if block.language == RUN]
    shown = {block.name: await terminal.run(block, SCORING_LIMIT_S) for block in blocks}

    assert list(shown) == ["new", "check", "broken"]
    for block in blocks:
        assert block.is_shown_in(shown[block.name]), shown[block.name]
