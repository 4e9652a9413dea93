"""`arena estimate` and `arena cost`: what a competition will take, measured before it opens, and has taken so far."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import CompetitionOption, Json
from arena.estimate.probe import PROBE_SUGGESTIONS, probe_boxes
from arena.estimate.so_far import RUNNERS, machines_facts, phases_table, read_so_far, spent_facts, teams_table
from arena.estimate.tables import heat_map, notes, savings_table, summary, write_csv
from arena.estimate.workload import Estimate, WorkPlan, estimate_work
from arena.organizer_runs import Run, choose_boxes
from arena.progress import Step, show_progress
from arena.table import facts_table, show_tables
from arena.terminal import console_for_people, remark, show_json

BoxesOption = Annotated[
    str | None, typer.Option("--boxes", help="Labels of black boxes, separated by commas; all if not given.")
]

STATED = "by default what the operator has stated"


def _count(name: str, meaning: str) -> Any:
    return typer.Option(name, help=meaning, min=1)


def _amount(name: str, meaning: str) -> Any:
    return typer.Option(name, help=meaning, min=0.0)


def estimate(
    competition: CompetitionOption,
    boxes: BoxesOption = None,
    teams: Annotated[int, _count("--teams", "Teams expected.")] = 30,
    submissions: Annotated[int, _count("--submissions", "Submissions expected from each team.")] = 30,
    studies: Annotated[int, _count("--studies", "Studies on a black box.")] = 10,
    n_calls: Annotated[int, _count("--n-calls", "Iterations of a study.")] = 16,
    n_suggestions: Annotated[int, _count("--n-suggestions", "Suggestions in each iteration.")] = 8,
    runners: Annotated[int | None, _count("--runners", f"Machines at most; {STATED}, or {RUNNERS}.")] = None,
    slots: Annotated[int | None, _count("--slots", f"Studies side by side on a machine; {STATED}.")] = None,
    price: Annotated[float | None, _amount("--price", f"Price of a machine-hour; {STATED}.")] = None,
    overhead_s: Annotated[float, _amount("--overhead-s", "Seconds that a study takes beyond its evaluations.")] = 1.0,
    probe_calls: Annotated[int, _count("--probe-calls", f"Iterations of a probe, {PROBE_SUGGESTIONS} each.")] = 4,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the estimate to an HTML file.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Also write the table to a CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """Measure black boxes, and say what a competition takes.

    The platform runs random search on each of them. What was spent so far stands beside it.
    """
    if html is not None:
        with needs_extra(REPORT):
            from arena.estimate.page import write_html
    client = client_from_environment()
    _, candidates = choose_boxes(client, competition, boxes)
    with _show_probes(quiet=as_json) as show:
        probes = probe_boxes(client, competition, candidates, probe_calls, show)
    so_far = read_so_far(client, competition)
    machines = so_far.choose_machines(runners, slots, price)
    found = estimate_work(WorkPlan(teams, submissions, studies, n_calls, n_suggestions, overhead_s, *machines), probes)
    facts = [*summary(found), *spent_facts(so_far.spending, found.plan.slots, found.plan.price)]
    if csv is not None:
        write_csv(found, csv)
    if html is not None:
        write_html(found, facts, f"{competition}: estimate", html)
    if as_json:
        show_json({"competition": competition, **asdict(found), **so_far.json})
    else:
        _show(found, [*facts, *machines_facts(so_far.machines)])


def cost(competition: CompetitionOption, as_json: Json = False) -> None:
    """Say what a competition has cost so far, and what the machines do now.

    Every attempt at a shard counts, also one that failed or was handed back, and what runs now.
    """
    found = read_so_far(client_from_environment(), competition)
    if as_json:
        show_json(found.json)
        return
    spending = found.spending
    facts = [*machines_facts(found.machines), *spent_facts(spending, spending.slots, spending.price)]
    show_tables(facts_table(facts), phases_table(spending), teams_table(spending))
    if not spending.price:
        remark("To see money, the operator states the price of a machine-hour: ARENA_MACHINE_HOUR_PRICE.")


@contextmanager
def _show_probes(*, quiet: bool) -> Iterator[Callable[[Sequence[Run]], None]]:
    with show_progress(console_for_people(), quiet=quiet) as show:

        def show_runs(runs: Sequence[Run]) -> None:
            done, total = (sum(getattr(run, name) for run in runs) for name in ("studies_done", "studies_total"))
            show(Step("probes", "probing black boxes", done, total))

        yield show_runs


def _show(found: Estimate, facts: Sequence[tuple[str, str]]) -> None:
    show_tables(heat_map(found), savings_table(found), facts_table(facts))
    for note in notes(found):
        remark(note)
