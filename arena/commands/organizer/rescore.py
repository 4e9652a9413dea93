"""`arena rescore`: a phase's submissions again under a changed definition, first as a candidate."""

from typing import Annotated, Any

import typer
from rich.table import Table

from arena.client.http import Failure, client_from_environment
from arena.client.watch import watch
from arena.commands.options import Json
from arena.terminal import NO_SCORE, console, plain, show_json

app = typer.Typer(no_args_is_help=True, help="Run a phase's submissions again under a changed definition.")
Body = dict[str, Any]
Competition = Annotated[str, typer.Option("--competition", help="Slug of the competition.")]
Phase = Annotated[str, typer.Option("--phase", help="Phase.")]
Count = Annotated[int | None, typer.Option(min=1)]


def _path(competition: str, phase: str, act: str = "") -> str:
    return f"/api/v1/admin/competitions/{competition}/phases/{phase}/rescore{act}"


@app.command()
def start(
    competition: Competition,
    phase: Phase,
    submissions: Annotated[
        list[str] | None, typer.Option("--submission", help="Only this submission; repeatable.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every submission, not only those that count.")] = False,
    baseline: Annotated[str | None, typer.Option("--baseline", help="NAME or NAME@VERSION.")] = None,
    boxes: Annotated[list[str] | None, typer.Option("--box", help="Label of a black box; repeatable.")] = None,
    n_calls: Count = None,
    n_suggestions: Count = None,
    studies_per_box: Count = None,
    studies_per_shard: Count = None,
    limits: Annotated[
        list[str] | None, typer.Option("--limit", help="NAME=VALUE, as study_timeout_s=60; repeatable.")
    ] = None,
    priority: Annotated[int | None, typer.Option(help="Of its shards; higher goes first.")] = None,
    wait: Annotated[bool, typer.Option("--watch", help="Show progress until all have ended.")] = False,
    as_json: Json = False,
) -> None:
    """Run submissions again in a candidate; sent again without changes, it adds those that came since."""
    if submissions and everything:
        raise Failure("Expected --submission or --all, got both.")
    body = {
        "submissions": submissions or None,
        "everything": everything,
        "baseline": baseline,
        "boxes": boxes or None,
        "n_calls": n_calls,
        "n_suggestions": n_suggestions,
        "studies_per_box": studies_per_box,
        "studies_per_shard": studies_per_shard,
        "limits": dict(_limit(each) for each in limits) if limits else None,
        "priority": priority,
    }
    client = client_from_environment()
    candidate = client.post(_path(competition, phase), {name: each for name, each in body.items() if each is not None})
    if wait:
        watch(client, [each["new_id"] for each in candidate["submissions"]], quiet=as_json)
        candidate = client.get(_path(competition, phase))
    _show(candidate, as_json)


def _limit(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, int(value) if value.isdecimal() else float(value)
    except ValueError as error:
        raise Failure(f"Expected a limit as NAME=NUMBER, got {text!r}.") from error


@app.command()
def show(competition: Competition, phase: Phase, as_json: Json = False) -> None:
    """Show how far the candidate is, and what it does to scores and ranks."""
    _show(client_from_environment().get(_path(competition, phase)), as_json)


@app.command()
def apply(competition: Competition, phase: Phase, as_json: Json = False) -> None:
    """Put the candidate in the phase's place; what was there is archived."""
    _show(client_from_environment().post(_path(competition, phase, "/apply")), as_json)


@app.command()
def discard(competition: Competition, phase: Phase, as_json: Json = False) -> None:
    """Stop the candidate and take it out of view."""
    body = client_from_environment().post(_path(competition, phase, "/discard"))
    if as_json:
        show_json(body)
    else:
        console.print(f"discarded; {len(body['stopped'])} submissions were stopped")


def _show(body: Body, as_json: bool) -> None:
    if as_json:
        show_json(body)
        return
    changes = ", ".join(f"{name}: {value}" for name, value in body["changes"].items()) or "nothing"
    table = Table(title=plain(f"{body['competition']} / {body['phase']}, changed: {changes}"))
    table.add_column("team")
    for column in ("rank", "new rank", "score", "new score", "difference"):
        table.add_column(column, justify="right")
    for row in body["teams"]:
        scores = row["old_score"], row["new_score"]
        table.add_row(
            plain(row["team"]),
            str(row["old_rank"] or NO_SCORE),
            str(row["new_rank"] or NO_SCORE),
            *(NO_SCORE if score is None else f"{score:.3f}" for score in scores),
            NO_SCORE if None in scores else f"{scores[1] - scores[0]:+.3f}",
        )
    console.print(table)
    if "progress" in body:
        progress = body["progress"]
        console.print(
            f"{progress['ended']} of {progress['submissions']} submissions, "
            f"{progress['studies_done']} of {progress['studies_total']} studies"
        )
    else:
        console.print(f"applied as revision {body['revision']}")
