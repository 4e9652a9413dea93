"""`arena baseline build`: a baseline set, computed on the platform."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from arena.baseline.graph import graph_table, nodes_of, step_of
from arena.baseline.nodes import Recipe
from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import CompetitionOption, Json
from arena.organizer_runs import Run, Zip
from arena.package_data import RANDOM_SEARCH_OPTIMIZER, STRONG_OPTIMIZER
from arena.progress import show_progress
from arena.table import draw_table
from arena.terminal import console, console_for_people, plain, show_json


def build(
    competition: CompetitionOption,
    name: Annotated[str, typer.Option("--name", help="Name of the set; a changed set becomes its next version.")],
    strong: Annotated[
        Path, typer.Option("--strong", metavar="ZIP", help="Zip or folder of the strong optimizer.", exists=True)
    ] = STRONG_OPTIMIZER,
    boxes: Annotated[str | None, typer.Option("--boxes", help="Labels, separated by commas; all if not given.")] = None,
    n_calls: Annotated[int, typer.Option("--n-calls", min=1, help="Iterations of random search.")] = 16,
    n_suggestions: Annotated[int, typer.Option("--n-suggestions", min=1, help="Suggestions in each iteration.")] = 8,
    random_studies: Annotated[
        int, typer.Option("--random-studies", min=1, help="Studies of random search on each black box.")
    ] = 10,
    strong_calls: Annotated[
        int, typer.Option("--strong-calls", min=1, help="Iterations of the strong optimizer.")
    ] = 64,
    strong_studies: Annotated[
        int, typer.Option("--strong-studies", min=1, help="Studies of the strong optimizer on each black box.")
    ] = 5,
    as_json: Json = False,
) -> None:
    """Compute a baseline set on the platform.

    Scores lie between what random search reaches and the best that either optimizer finds.
    """
    with needs_extra(REPORT):
        from arena.baseline.build import build_set
    optimizers = Zip.read(RANDOM_SEARCH_OPTIMIZER), Zip.read(strong)
    recipe = Recipe(*optimizers, n_calls, n_suggestions, random_studies, strong_calls, strong_studies)
    with _show_graph(quiet=as_json) as show:
        body = build_set(client_from_environment(), competition, name, boxes, recipe, show)
    if as_json:
        show_json(body)
        return
    console.print(f"{body['name']}@{body['version']}: {body['nodes']} nodes, {body['nodes_run']} of them new")
    for box in body.get("random_is_best", ()):
        console.print(plain(f"  {box}: nothing was better than random search; try a larger budget"))


@contextmanager
def _show_graph(*, quiet: bool) -> Iterator[Callable[[Sequence[Run]], None]]:
    """Yield a function that shows the nodes: a live table on a terminal, elsewhere a line for each change."""
    if console.is_terminal and not quiet:
        from rich.live import Live

        with Live(console=console) as live:
            yield lambda runs: live.update(draw_table(graph_table(nodes_of(runs))))
        return
    with show_progress(console_for_people(), quiet=quiet) as show:

        def show_all(runs: Sequence[Run]) -> None:
            for run in runs:
                show(step_of(run))

        yield show_all
