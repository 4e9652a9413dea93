"""The commands about executions: what ran, and whether it gives the same result again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.options import Json
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, plain, remark, show_json, time_text
from arena.words.environments import environment_name
from arena.words.states import ExecutionState
from arena.words.verdicts import Verdict

if TYPE_CHECKING:
    from arena.api.executions import Execution, ReplayComparison

ExecutionArgument = Annotated[str, typer.Argument(help="An execution, as SHARD_ID:ATTEMPT.")]
MEGABYTE = 1024**2


def executions(
    competition: Annotated[str | None, typer.Option("--competition", help="Slug of the competition.")] = None,
    phase: Annotated[str | None, typer.Option("--phase", help="Phase.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Team.")] = None,
    submission: Annotated[str | None, typer.Option("--submission", help="Id of a submission.")] = None,
    box: Annotated[str | None, typer.Option("--box", help="Label of a black box.")] = None,
    runner: Annotated[str | None, typer.Option("--runner", help="Runner.")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help=f"One of {', '.join(ExecutionState)}.")] = None,
    verdict: Annotated[str | None, typer.Option("--verdict", help=f"One of {', '.join(Verdict)}.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Released since, as 2026-01-31T12:00:00Z.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many.")] = 50,
    cursor: Annotated[
        str | None, typer.Option("--cursor", help="Continue from here: `next` of the previous page.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List executions, the newest first.

    Shows each one's team, black box, runner and outcome, and the CPU time and memory that it used.
    """
    answer = client_from_environment().get(
        "/api/v1/admin/executions",
        competition=competition,
        phase=phase,
        team=team,
        submission=submission,
        box=box,
        runner=runner,
        outcome=outcome,
        verdict=verdict,
        since=since,
        limit=limit,
        cursor=cursor,
    )
    if as_json:
        show_json(answer.json)
    else:
        _show_page(answer)


def _show_page(answer: PlatformAnswer) -> None:
    from arena.api.executions import ExecutionPage

    page = answer.parse(ExecutionPage)
    show_tables(executions_table(page.executions))
    if page.next:
        remark(f"There are more: --cursor '{page.next}'")


def executions_table(rows: Sequence["Execution"]) -> TextTable:
    """Return executions as a table; `optimizer s` is the time of construct, suggest and observe."""
    headings = [*map(Heading, ("execution", "ended as", "box"))]
    headings += [Heading(title, "number") for title in ("studies", "CPU s", "peak MB", "optimizer s", "evaluation s")]
    headings += [Heading("team", "text"), *map(Heading, ("phase", "environment", "image", "released", "runner"))]
    return TextTable(headings, [_execution_cells(row) for row in rows])


def _execution_cells(row: "Execution") -> tuple[str, ...]:
    usage = row.usage
    own = [seconds for seconds in (usage.construct_time_s, usage.suggest_time_s, usage.observe_time_s) if seconds]
    memory = usage.memory_peak_bytes
    return (
        *(row.id, row.verdict or row.outcome, row.box, f"{row.studies_done}/{row.n_studies}"),
        *(_number(usage.cpu_s), _number(memory and memory / MEGABYTE, 0)),
        *(_number(None if usage.suggest_time_s is None else sum(own)), _number(usage.eval_time_s)),
        *(row.team, row.phase, environment_name(row.environment), row.optimizer_image or ""),
        *(time_text(row.released_at), row.runner or ""),
    )


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def replay(execution: ExecutionArgument, as_json: Json = False) -> None:
    """Run an execution again, and compare the results bit for bit.

    The exit code is 1 when they differ.
    """
    from arena.api.executions import ReplayComparison
    from arena.client.watch import watch

    client = client_from_environment()
    submission = client.post(f"/api/v1/admin/executions/{execution}/replay").json["submission"]["id"]
    watch(client, [submission], quiet=as_json)
    answer = client.get(f"/api/v1/admin/replays/{submission}")
    compared = answer.parse(ReplayComparison)
    if as_json:
        show_json(answer.json)
    else:
        _show_comparison(compared)
    if not compared.identical:
        raise typer.Exit(1)


def _show_comparison(compared: "ReplayComparison") -> None:
    if compared.identical is None:
        console.print(f"The replay has no result to compare: it is {compared.state}.")
    elif compared.identical:
        console.print(f"Identical, bit for bit: {compared.studies_compared} studies.")
    if dropped := compared.suggestions_dropped:
        when = time_text(dropped.dropped_at)
        console.print(
            plain(f"Losses alone were compared: suggestions were dropped on {when} by {dropped.dropped_by}."),
            soft_wrap=True,
        )
    for each in compared.differences:
        place = f"study {each.study}: " if each.study is not None else ""
        iteration = f", first in iteration {each.iteration}" if each.iteration is not None else ""
        reason = " (cut off by the clock)" if each.timed_out else ""
        console.print(f"Different: {place}{each.what}{iteration}{reason}")
    both = compared.provenance
    for name in compared.provenance_differs:
        was, now = (getattr(side, name, None) for side in (both.execution, both.replay))
        console.print(f"The platform differs: {name} was {was}, is {now}", soft_wrap=True)
