"""A baseline build as people see it: its nodes as a table, or as steps."""

from collections.abc import Sequence

from rich.text import Text

from arena.api.planning import BaselineNode
from arena.baseline.nodes import COMBINE, RANDOM, STRONG, kind_of
from arena.organizer_runs import Run
from arena.progress import Step
from arena.table import Cell, Heading, TextTable
from arena.words.states import SubmissionState

BAR_WIDTH = 7
AT_WORK, WAITING, DONE = 0, 1, 2
ORDER = {SubmissionState.QUEUED: WAITING, SubmissionState.SCORED: DONE}
"""Rows at work, and rows that failed, come first."""
COMBINING = BaselineNode(
    kind=COMBINE, box=None, key=None, state=SubmissionState.QUEUED, studies_done=0, studies_total=1
)


def nodes_of(runs: Sequence[Run]) -> list[BaselineNode]:
    """Return the nodes of a build that runs, as `graph_table` takes them."""
    nodes = [
        BaselineNode(
            kind=kind_of(run.node),
            box=run.node.box,
            key=run.key,
            state=run.state,
            studies_done=run.studies_done,
            studies_total=run.studies_total,
        )
        for run in runs
    ]
    return [*nodes, COMBINING]


def step_of(run: Run) -> Step:
    """Return how far one node of a build is."""
    return Step(
        key=run.key,
        name=f"{run.node.box} {kind_of(run.node)}",
        done=run.studies_done,
        total=run.studies_total,
        state=run.state,
    )


def graph_table(nodes: Sequence[BaselineNode]) -> TextTable:
    """Return the graph as a table: a row for each black box, those at work first, and the node that combines all."""
    by_box: dict[str, dict[str, BaselineNode]] = {}
    for node in nodes:
        if node.box is not None:
            by_box.setdefault(node.box, {})[node.kind] = node
    combine = next(node for node in nodes if node.kind == COMBINE)
    done = sum(node.studies_done for node in nodes if node.box is not None)
    total = sum(node.studies_total for node in nodes if node.box is not None)
    headings = [Heading("black box")]
    for title in (f"{RANDOM} search", f"{STRONG} optimizer"):
        headings += [Heading("", "picture"), Heading(title, "number"), Heading("state")]
    rows: list[tuple[Cell, ...]] = [
        (box, *(part for kind in (RANDOM, STRONG) for part in _cells(by_box[box].get(kind))))
        for box in sorted(by_box, key=lambda box: (_order(by_box[box]), box))
    ]
    return TextTable(headings, [*rows, (COMBINE, *[""] * 4, f"{done}/{total}", combine.baseline or combine.state)])


def _order(nodes: dict[str, BaselineNode]) -> int:
    return min(ORDER.get(node.state, AT_WORK) for node in nodes.values())


def _cells(node: BaselineNode | None) -> tuple[Cell, Cell, Cell]:
    if node is None:
        return "", "-", ""
    filled = BAR_WIDTH * node.studies_done // max(node.studies_total, 1)
    bar = Text("━" * filled, style="bar.complete").append("━" * (BAR_WIDTH - filled), style="bar.back")
    return bar, f"{node.studies_done}/{node.studies_total}", node.state
