"""`arena final` and `arena report`: the last phase, and what is to be said of it."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from arena.client.http import Client, Failure, client_from_environment
from arena.client.watch import watch
from arena.commands.options import CompetitionOption, Json
from arena.export.results_folder import write_results_folder
from arena.report.data import losses_of, read_data
from arena.report.statistics import Place, rank_final
from arena.terminal import NO_SCORE, console, plain, show_json

app = typer.Typer(help="The best teams once more, on other black boxes and with more studies.")
Body = dict[str, Any]
Origin = Annotated[str, typer.Option("--from", help="Phase whose best teams go to the final.")]
Phase = Annotated[str, typer.Option("--phase", help="Phase that is the final.")]
NEEDED = {"competition": "--competition", "origin": "--from", "phase": "--phase"}


@app.callback(invoke_without_command=True)
def final(
    context: typer.Context,
    competition: Annotated[str | None, typer.Option("--competition", help="Slug of the competition.")] = None,
    origin: Annotated[str | None, typer.Option("--from", help="Phase whose best teams go to the final.")] = None,
    phase: Annotated[str | None, typer.Option("--phase", help="Phase that is the final.")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many teams.")] = 20,
    studies: Annotated[int, typer.Option(min=1, help="Studies on each black box.")] = 100,
    even_if_unended: Annotated[
        bool, typer.Option("--even-if-unended", help="Go on without submissions that have not ended.")
    ] = False,
    wait: Annotated[bool, typer.Option("--watch/--no-watch", help="Show progress until all have ended.")] = True,
    as_json: Json = False,
) -> None:
    """Run the final, or go on with it: who is in it stays, what is missing is added. Ctrl-C stops the show alone."""
    if context.invoked_subcommand is not None:
        return
    given = {"competition": competition, "origin": origin, "phase": phase}
    missing = [option for name, option in NEEDED.items() if given[name] is None]
    if missing:
        raise Failure(f"Expected {', '.join(missing)}; see 'arena final --help'.")
    client = client_from_environment()
    started = client.post(
        _path(str(competition)),
        {"from": origin, "phase": phase, "top": top, "studies": studies, "even_if_unended": even_if_unended},
    )
    if not as_json:
        _announce(started)
    if wait:
        watch(client, [each["submission_id"] for each in started["finalists"]], quiet=as_json)
        show(str(competition), str(origin), str(phase), as_json)
    elif as_json:
        show_json(started)


@app.command()
def show(competition: CompetitionOption, origin: Origin, phase: Phase, as_json: Json = False) -> None:
    """Show the final leaderboard beside the one before it, with how sure each place is."""
    shown = _get(client_from_environment(), competition, origin, phase, losses=True)
    places: list[Body] = []
    if any(each["state"] == "scored" for each in shown["finalists"]):
        teams, losses = losses_of(shown)
        places = [
            {"submission_id": teams[each.team].submission_id} | _place(each) for each in rank_final(losses).places
        ]
    by_id = {
        each["submission_id"]: {name: each[name] for name in each if name != "losses"} for each in shown["finalists"]
    }
    rows = [by_id.pop(place["submission_id"]) | place for place in places] + list(by_id.values())
    if as_json:
        show_json(shown | {"finalists": rows})
    else:
        console.print(_table(shown, rows))


def report(
    out: Annotated[Path, typer.Argument(metavar="OUT.html", help="The file to write.")],
    competition: CompetitionOption,
    origin: Origin,
    phase: Phase,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="A new folder for the tables as CSV and JSON, and a Bayesmark folder."
        ),
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Name the black boxes by model, data set and metric.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write all that is to be said of a final as one HTML file, and with --data the numbers behind it."""
    if data is not None and data.exists() and any(data.iterdir()):
        raise Failure(f"Expected a new folder for --data, got {data} with files in it.")
    client = client_from_environment()
    found = _get(client, competition, origin, phase)
    baseline = client.get(f"/api/v1/admin/baselines/{found['baseline']['name']}", version=found["baseline"]["version"])
    path = f"/api/v1/admin/competitions/{competition}/phases/{phase}/export"
    write_report = _writer()
    with client.lines(path, only_losses=True) as lines:
        read = read_data(lines, found, baseline)
    with _all_or_nothing(data) as folder:
        written = write_report(read, out, folder, reveal=reveal)
        if folder is not None:
            with client.lines(path) as lines:
                studies = write_results_folder(lines, folder / "bayesmark", lambda *_: baseline)["studies"]
            written |= {"data": str(data), "bayesmark_studies": studies}
    if as_json:
        show_json(written)
    else:
        console.print(f"{written['teams']} teams, {written['studies']} studies: {out}", soft_wrap=True)


@contextmanager
def _all_or_nothing(data: Path | None) -> Iterator[Path | None]:
    """Yield a folder that becomes `data` at the end; what an interrupted report left of it is taken away."""
    if data is None:
        yield None
        return
    folder = data.with_name(f"{data.name}.partial")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    folder.rename(data)


def _writer() -> Callable[..., Body]:
    """Return what writes a report; imported late, as its libraries take a second and are an extra."""
    try:
        from arena.report.writing import write_report  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Failure(f"The report needs {error.name}; install it with 'pip install arena[report]'.") from error
    return write_report


def _path(competition: str) -> str:
    return f"/api/v1/admin/competitions/{competition}/final"


def _get(client: Client, competition: str, origin: str, phase: str, *, losses: bool | None = None) -> Body:
    return client.get(_path(competition), **{"from": origin, "phase": phase, "losses": losses})


def _announce(started: Body) -> None:
    new, all_of = len(started["new"]), len(started["finalists"])
    console.print(
        f"{all_of} finalists, {new} of them new; {started['studies_per_box']} studies on each of "
        f"{len(started['boxes'])} black boxes"
    )
    if started["shared_boxes"]:
        boxes = ", ".join(started["shared_boxes"])
        console.print(plain(f"Teams have seen scores on these black boxes before, in {started['from']}: {boxes}"))


def _place(place: Place) -> Body:
    return {name: value for name, value in dataclasses.asdict(place).items() if name != "team"}


def _table(shown: Body, rows: list[Body]) -> Table:
    """Return the final beside the phase before it; `≈` marks a place that is within the noise of the next."""
    title = plain(f"{shown['competition']} / {shown['phase']}, after {shown['from']}")
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("rank", justify="right", no_wrap=True, min_width=4)
    table.add_column("team", min_width=12, overflow="fold")
    for column in ("score", "95 %", "ranks", "best", "> next", "tie", shown["from"]):
        table.add_column(plain(column), justify="right")
    for row in rows:
        before = f"{row['feedback_rank'] or NO_SCORE}: {_number(row['feedback_score'])}"
        if "rank" in row:
            table.add_row(
                f"{row['rank']}{' ≈' if row['within_noise_of_next'] else ''}",
                plain(row["team"]),
                _number(row["score"]),
                f"{row['score_low']:.2f} to {row['score_high']:.2f}",
                f"{row['rank_low']} to {row['rank_high']}",
                f"{row['p_best']:.0%}",
                NO_SCORE if row["p_better_than_next"] is None else f"{row['p_better_than_next']:.0%}",
                str(row["tie_group"]),
                before,
            )
        else:
            state = row["verdict"] or f"{row['studies_done']}/{row['studies_total']}"
            table.add_row(NO_SCORE, plain(f"{row['team']} ({state})"), *[NO_SCORE] * 6, before)
    table.caption = (
        "best, > next: how sure the team is the best, and better than the next; tie: groups within the noise"
    )
    return table


def _number(score: float | None) -> str:
    return NO_SCORE if score is None else f"{score:.3f}"
