"""`arena report`: a final as one HTML file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.client.final import get_final
from arena.client.http import Client, client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import CompetitionOption, FinalPhaseOption, Json, OriginOption, SecondPhaseOption
from arena.failure import Failure
from arena.terminal import console, show_json

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="A new folder for the tables (CSV, JSON) and a Bayesmark results folder."
    ),
]


def report(
    out: Annotated[Path, typer.Argument(metavar="OUT.html", help="The file to write.")],
    competition: CompetitionOption,
    origin: OriginOption,
    phase: FinalPhaseOption,
    second_phase: SecondPhaseOption = None,
    data: DataOption = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Name the black boxes by model, data set and metric.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a report of a final as one HTML file.

    With --data, also write the numbers behind it. With --second-phase, it says what parameter names were worth.
    """
    with needs_extra(REPORT):
        from arena.api.reruns import FinalStatus
        from arena.report.data import read_data
        from arena.report.writing import write_report
    if data is not None and data.exists() and any(data.iterdir()):
        raise Failure(f"Expected a new folder for --data, got {data} with files in it.")
    client = client_from_environment()
    found = get_final(client, competition, origin, phase).parse(FinalStatus)
    second = second_phase and get_final(client, competition, origin, second_phase, losses=True).parse(FinalStatus)
    baseline = client.get(f"/api/v1/admin/baselines/{found.baseline.name}", version=found.baseline.version).json
    path = f"/api/v1/admin/competitions/{competition}/phases/{phase}/export"
    with client.lines(path, only_losses=True) as lines:
        read = read_data(lines, found, baseline)
    with _all_or_nothing(data) as folder:
        written = write_report(read, out, folder, reveal=reveal, second=second or None)
        if folder is not None:
            written |= {"data": str(data), "bayesmark_studies": _write_studies(client, path, folder, baseline)}
    if as_json:
        show_json(written)
    else:
        console.print(f"{written['teams']} teams, {written['studies']} studies: {out}", soft_wrap=True)


def _write_studies(client: Client, path: str, folder: Path, baseline: dict[str, Any]) -> int:
    """Write the phase's evaluations as a Bayesmark folder; returns how many studies it has."""
    with needs_extra(REPORT):
        from arena.export.results_folder import write_results_folder
    with client.lines(path) as lines:
        written = write_results_folder(lines, folder / "bayesmark", lambda *_: baseline)
    studies: int = written["studies"]
    return studies


@contextmanager
def _all_or_nothing(data: Path | None) -> Iterator[Path | None]:
    """Yield a folder that becomes `data` on success; removes what an interrupted report has left."""
    if data is None:
        yield None
        return
    folder = data.with_name(f"{data.name}.partial")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    folder.rename(data)
