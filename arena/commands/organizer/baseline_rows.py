"""`arena baseline rows`: the optimizers that boards show without a rank."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json
from arena.progress import show_progress
from arena.terminal import console, console_for_people, plain, remark, show_json

if TYPE_CHECKING:
    from arena.organizer_runs import Run


def run_rows(
    competition: CompetitionOption,
    file: Annotated[Path, typer.Option("--file", help="The competition file, for rows with a zip of your own.")] = Path(
        "competition.toml"
    ),
    rerun: Annotated[bool, typer.Option("--rerun", help="Run again what has run already.")] = False,
    as_json: Json = False,
) -> None:
    """Run the optimizers that boards show without a rank.

    What has run already is not run twice: the same command again goes on from where it was.
    """
    from arena.baseline.rows import plan_rows
    from arena.competition.baseline_rows import find_zips
    from arena.organizer_runs import run_all

    client = client_from_environment()
    planned = plan_rows(client, competition)
    if not planned:
        remark(
            "No board shows a baseline row; add [[boards]] and [[baseline_rows]] to the competition file, and apply it."
        )
    zips = find_zips([each.row for each in planned], file)
    parts = [each.nodes(zips, again=rerun) for each in planned]
    ends = [sum(map(len, parts[:number])) for number in range(len(parts) + 1)]

    def of_each(runs: Sequence["Run"]) -> list[Sequence["Run"]]:
        return [runs[start:end] for start, end in itertools.pairwise(ends)]

    with show_progress(console_for_people(), quiet=as_json) as show:

        def show_all(runs: Sequence["Run"]) -> None:
            for each, its in zip(planned, of_each(runs), strict=True):
                show(each.step(its))

        done = of_each(run_all(client, competition, [node for part in parts for node in part], show_all))
    steps = [each.step(its) for each, its in zip(planned, done, strict=True)]
    if as_json:
        pairs = zip(planned, steps, strict=True)
        rows = [{"row": each.row.name, "phase": each.phase.name, "studies": step.done} for each, step in pairs]
        show_json({"competition": competition, "rows": rows})
        return
    for step in steps:
        console.print(plain(f"{step.name}: {step.done} studies"))
