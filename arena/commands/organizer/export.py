"""`arena export`: a phase's evaluations as a Bayesmark results folder."""

from pathlib import Path
from typing import Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import CompetitionOption, Json, PhaseOption
from arena.terminal import console, show_json


def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The results folder to make.")],
    competition: CompetitionOption,
    phase: PhaseOption,
    as_json: Json = False,
) -> None:
    """Write a phase's evaluations as a Bayesmark results folder.

    It holds each team's best finished submission; stock bayesmark-agg and bayesmark-anal read it.
    """
    with needs_extra(REPORT):
        from arena.export.results_folder import write_results_folder
    client = client_from_environment()
    with client.lines(f"/api/v1/admin/competitions/{competition}/phases/{phase}/export") as lines:
        written = write_results_folder(
            lines,
            directory,
            lambda name, version: client.get(f"/api/v1/admin/baselines/{name}", version=version).json,
        )
    if as_json:
        show_json(written)
    else:
        console.print(f"{written['studies']} studies of {len(written['methods'])} submissions in {directory}")
