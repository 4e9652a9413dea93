"""`arena estimate`: what a competition will take, measured on the platform before it opens."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from arena.client.http import Client, Failure, client_from_environment
from arena.commands.options import CompetitionOption, Json
from arena.estimate import heatmap
from arena.estimate.workload import Estimate, Plan, Probe
from arena.estimate.workload import estimate as estimate_work
from arena.organizer_runs import Node, Run, Zip, choose_boxes, exported, run_all
from arena.package_data import RANDOM_SEARCH_OPTIMIZER
from arena.terminal import console, show_json

PURPOSE = "estimate"
PROBE_SUGGESTIONS = 8
BoxesOption = Annotated[
    str | None, typer.Option("--boxes", help="Labels of black boxes, with commas between; without it, all.")
]
Body = dict[str, Any]


def _count(name: str, meaning: str) -> Any:
    return typer.Option(name, help=meaning, min=1)


def _amount(name: str, meaning: str) -> Any:
    return typer.Option(name, help=meaning, min=0.0)


def estimate(
    competition: CompetitionOption,
    boxes: BoxesOption = None,
    teams: Annotated[int, _count("--teams", "Teams expected.")] = 30,
    submissions: Annotated[int, _count("--submissions", "Submissions expected of a team.")] = 30,
    studies: Annotated[int, _count("--studies", "Studies on a black box.")] = 10,
    n_calls: Annotated[int, _count("--n-calls", "Iterations of a study.")] = 16,
    n_suggestions: Annotated[int, _count("--n-suggestions", "Suggestions in each iteration.")] = 8,
    runners: Annotated[int, _count("--runners", "Limit of machines.")] = 30,
    slots: Annotated[int, _count("--slots", "Studies that a machine runs side by side.")] = 1,
    price: Annotated[float, _amount("--price", "Of a machine-hour.")] = 0.0,
    overhead_s: Annotated[float, _amount("--overhead-s", "Seconds of a study beyond its evaluations.")] = 1.0,
    probe_calls: Annotated[int, _count("--probe-calls", f"Iterations of a probe, {PROBE_SUGGESTIONS} each.")] = 4,
    html: Annotated[Path | None, typer.Option("--html", help="Write it as an HTML file, too.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the table as a CSV file, too.")] = None,
    as_json: Json = False,
) -> None:
    """Measure each candidate black box with random search, and say what the whole competition takes."""
    client = client_from_environment()
    plan = Plan(teams, submissions, studies, n_calls, n_suggestions, overhead_s, runners, slots, price)
    _, candidates = choose_boxes(client, competition, boxes)
    found = estimate_work(plan, probe(client, competition, candidates, probe_calls, quiet=as_json))
    if csv is not None:
        heatmap.write_csv(found, csv)
    if html is not None:
        heatmap.write_html(found, f"{competition}: estimate", html)
    if as_json:
        show_json({"competition": competition, **asdict(found)})
    else:
        _show(found)


def probe(client: Client, slug: str, boxes: Sequence[Body], n_calls: int, *, quiet: bool) -> list[Probe]:
    """Run random search on each black box, unless that has been done, and return how long its evaluations took."""
    if not boxes:
        raise Failure(f"Expected black boxes in {slug}, got none; add them with 'arena competition apply'.")
    optimizer = Zip.read(RANDOM_SEARCH_OPTIMIZER)
    nodes = [Node(PURPOSE, box["label"], optimizer, n_calls, PROBE_SUGGESTIONS, studies=1) for box in boxes]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet) as progress:
        bar = progress.add_task("probing black boxes", total=len(nodes))

        def show(runs: Sequence[Run]) -> None:
            progress.update(bar, completed=sum(run.studies_done for run in runs))

        runs = run_all(client, slug, nodes, show)
    probes = []
    for box, run in zip(boxes, runs, strict=True):
        with exported(client, slug, run.phase, run.submission) as lines:
            probes.append(Probe(**box, evaluation_s=_evaluation_s(lines)))
    return probes


def _evaluation_s(lines: Iterable[str]) -> tuple[float, ...]:
    _, *studies = lines
    return tuple(seconds for study in studies for row in json.loads(study)["eval_time_s"] for seconds in row)


def _show(found: Estimate) -> None:
    console.print(heatmap.heat_map(found))
    console.print(heatmap.savings_table(found))
    for what, amount in heatmap.summary(found):
        console.print(f"{what:>16}  {amount}", highlight=False)
