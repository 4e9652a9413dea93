"""Stock Bayesmark's command line, in a process of its own, on a results folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

from arena.words.objectives import VISIBLE
from tests.support.waiting import LIMIT_S

SITECUSTOMIZE = "import enum\nenum.IntEnum.__str__ = enum.Enum.__str__\n"
"""Bayesmark 0.0.8's command line relies on enum members printing as in Python 3.10."""


def run_bayesmark(command: str, folder: Path, scratch: Path) -> str:
    """Run a command such as `bayesmark-agg` on a results folder; returns what it printed."""
    scratch.mkdir(exist_ok=True)
    (scratch / "sitecustomize.py").write_text(SITECUSTOMIZE)
    done = subprocess.run(
        [Path(sys.executable).parent / command, "-dir", folder.parent, "-b", folder.name],
        env={**os.environ, "PYTHONPATH": str(scratch), "GIT_PYTHON_REFRESH": "quiet", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def leaderboard_scores(folder: Path, scratch: Path) -> dict[str, float]:
    """Aggregate and analyse a results folder; returns 100 x (1 - visible loss) by method, as Bayesmark prints it."""
    run_bayesmark("bayesmark-agg", folder, scratch)
    for line in run_bayesmark("bayesmark-anal", folder, scratch).splitlines():
        if line.startswith("{") and VISIBLE in (found := json.loads(line)):
            losses = found[VISIBLE]
            if all(isinstance(loss, float) for loss in losses.values()):
                return {method: 100 * (1 - loss) for method, loss in losses.items()}
    raise AssertionError("bayesmark-anal printed no final scores")
