"""`arena baseline rows`: the optimizers that leaderboards and boards show without a rank."""

from pathlib import Path
from typing import Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json
from arena.progress import show_progress
from arena.terminal import console, console_for_people, plain, remark, show_json


def rows(
    competition: CompetitionOption,
    file: Annotated[Path, typer.Option("--file", help="The competition file, for rows with a zip of your own.")] = Path(
        "competition.toml"
    ),
    phase: Annotated[
        list[str] | None,
        typer.Option(
            "--phase",
            help="In this phase. Repeatable; by default in all that are public or have a board.",
        ),
    ] = None,
    rerun: Annotated[bool, typer.Option("--rerun", help="Run again what has run already.")] = False,
    as_json: Json = False,
) -> None:
    """Run the optimizers that leaderboards show without a rank.

    What has run already is not run twice: the same command again goes on from where it was.
    """
    from arena.baseline.rows import plan_rows, run_rows
    from arena.competition.baseline_rows import find_zips

    client = client_from_environment()
    planned = plan_rows(client, competition, phase or [])
    if not planned:
        remark("There is no baseline row to run; state [[baseline_rows]] in the competition file, and apply it.")
    zips = find_zips([each.row for each in planned], file)
    with show_progress(console_for_people(), quiet=as_json) as show:
        steps = run_rows(client, competition, planned, zips, show, again=rerun)
    if as_json:
        pairs = zip(planned, steps, strict=True)
        done = [{"row": each.row.name, "phase": each.phase.name, "studies": step.done} for each, step in pairs]
        show_json({"competition": competition, "rows": done})
        return
    for step in steps:
        console.print(plain(f"{step.name}: {step.done} studies"))
