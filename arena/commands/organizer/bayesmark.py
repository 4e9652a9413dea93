"""`arena bayesmark`: stock Bayesmark's own tools on an exported results folder."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import Json
from arena.export.bayesmark_tools import BayesmarkTool, run_tool
from arena.terminal import show_json


def run_bayesmark(
    tool: Annotated[BayesmarkTool, typer.Argument(help="agg first, then anal, which prints the scores.")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A results folder of 'arena export'.")],
    as_json: Json = False,
) -> None:
    """Run a tool of stock Bayesmark on an exported results folder.

    It is bayesmark-agg, bayesmark-baseline or bayesmark-anal as Bayesmark brings it, started so that it runs.
    """
    with needs_extra(REPORT):
        import bayesmark  # noqa: F401 - the tool runs in a process of its own, where a missing extra would be a traceback
    printed = run_tool(tool, directory)
    if as_json:
        show_json({"tool": tool, "directory": str(directory), "printed": printed})
    else:
        sys.stdout.write(printed)
