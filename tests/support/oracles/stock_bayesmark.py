"""Stock Bayesmark's tools by the command that organizers have, on a results folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

from arena.words.objectives import VISIBLE
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S


def run_bayesmark(tool: str, folder: Path) -> str:
    """Run a tool such as `agg` on a results folder; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "arena", "bayesmark", tool, folder],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def leaderboard_scores(folder: Path) -> dict[str, float]:
    """Aggregate and analyse a results folder; returns 100 x (1 - visible loss) by method, as Bayesmark prints it."""
    run_bayesmark("agg", folder)
    for line in run_bayesmark("anal", folder).splitlines():
        if line.startswith("{") and VISIBLE in (found := json.loads(line)):
            losses = found[VISIBLE]
            if all(isinstance(loss, float) for loss in losses.values()):
                return {method: 100 * (1 - loss) for method, loss in losses.items()}
    raise AssertionError("bayesmark-anal printed no final scores")
