"""Stock Bayesmark's own tools, unchanged, on a results folder, and the scores that they print.

They run on this machine's Python and not in the black-box image: writing the folder needs Bayesmark, too, so whoever
has written one has the tools, in the versions under which they are right, and needs no container engine.
"""

import json
import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from arena.failure import Failure
from arena.words.objectives import VISIBLE

PROCESS = "arena.export.bayesmark_process"


class BayesmarkTool(StrEnum):
    """What stock Bayesmark does with results: it puts them together, makes a baseline of them, and scores them."""

    AGG = "agg"
    BASELINE = "baseline"
    ANAL = "anal"


NEEDED = {
    BayesmarkTool.AGG: ("eval", "studies; 'arena export' writes such a folder"),
    BayesmarkTool.BASELINE: ("derived/eval.json", "aggregated studies; run 'arena bayesmark agg' on it first"),
    BayesmarkTool.ANAL: ("derived/eval.json", "aggregated studies; run 'arena bayesmark agg' on it first"),
}
"""What a tool reads in a results folder, and what to say when that is missing."""


def run_tool(tool: BayesmarkTool, folder: Path) -> str:
    """Run a tool on a results folder; returns what it printed. Raises Failure with the error that ended it."""
    folder = folder.resolve()
    file, meaning = NEEDED[tool]
    if not (folder / file).exists():
        raise Failure(f"Expected {folder} to be a Bayesmark results folder with {meaning}.")
    # -P, or modules in the working directory, such as an optimizer's, would be imported instead of libraries.
    command = [sys.executable, "-P", "-m", PROCESS, tool, "-dir", str(folder.parent), "-b", folder.name]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "GIT_PYTHON_REFRESH": "quiet"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2] or f"it ended with exit code {done.returncode}"
        raise Failure(f"Stock bayesmark-{tool} failed on {folder}: {last}")
    return done.stdout


def stock_scores(folder: Path) -> dict[str, float]:
    """Aggregate and score a results folder with stock Bayesmark; returns `100 x (1 - loss)` by method."""
    run_tool(BayesmarkTool.AGG, folder)
    for line in run_tool(BayesmarkTool.ANAL, folder).splitlines():
        if line.startswith("{") and VISIBLE in (found := json.loads(line)):
            losses = found[VISIBLE]
            if all(isinstance(loss, float) for loss in losses.values()):  # the others are by black box
                return {method: 100 * (1 - loss) for method, loss in losses.items()}
    raise Failure(f"Expected stock bayesmark-anal to print final scores of {folder}, it printed none.")
