"""`arena rescore`: runs a phase's submissions again under a changed definition, first as a candidate."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import CompetitionOption, Json, PhaseOption
from arena.failure import Failure
from arena.table import Heading, TextTable, show_tables
from arena.terminal import NO_SCORE, console, remark, remark_to_copy, score_text, show_json

if TYPE_CHECKING:
    from arena.api.reruns import RescoringComparison

group = LazyGroup(
    "Run a phase's submissions again under a changed definition.",
    [
        Listed("start", "organizer.rescore:start", "Run submissions again in a rescoring candidate."),
        Listed("show", "organizer.rescore:show", "Show how far the candidate is, and how it changes scores and ranks."),
        Listed("apply", "organizer.rescore:apply", "Make the candidate the phase; the old scores are archived."),
        Listed("discard", "organizer.rescore:discard", "Stop the candidate and hide it."),
    ],
)


def _count(what: str) -> Any:
    return typer.Option(min=1, help=f"{what}; by default the phase's.")


def _path(competition: str, phase: str, act: str = "") -> str:
    return f"/api/v1/admin/competitions/{competition}/phases/{phase}/rescore{act}"


def start(
    competition: CompetitionOption,
    phase: PhaseOption,
    submissions: Annotated[
        list[str] | None, typer.Option("--submission", help="Only this submission; repeatable.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every submission, not only those that count.")] = False,
    baseline: Annotated[str | None, typer.Option("--baseline", help="Baseline set, as NAME or NAME@VERSION.")] = None,
    boxes: Annotated[list[str] | None, typer.Option("--box", help="Score on this black box only; repeatable.")] = None,
    n_calls: Annotated[int | None, _count("Iterations of a study")] = None,
    n_suggestions: Annotated[int | None, _count("Suggestions in each iteration")] = None,
    studies_per_box: Annotated[int | None, _count("Studies on each black box")] = None,
    studies_per_shard: Annotated[int | None, _count("Studies of a shard")] = None,
    limits: Annotated[list[str] | None, typer.Option("--limit", help="As study_timeout_s=60; repeatable.")] = None,
    priority: Annotated[int | None, typer.Option(help="Priority of its shards; higher goes first.")] = None,
    wait: Annotated[bool, typer.Option("--watch", help="Show progress until all have ended.")] = False,
    as_json: Json = False,
) -> None:
    """Run submissions again in a rescoring candidate.

    Running it again without changes adds the submissions that are new.
    """
    if submissions and everything:
        raise Failure("Expected --submission or --all, got both.")
    wanted = {
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
    _show(_start(competition, phase, wanted, wait=wait, quiet=as_json), as_json)


def _start(competition: str, phase: str, wanted: dict[str, Any], *, wait: bool, quiet: bool) -> PlatformAnswer:
    client = client_from_environment()
    path = _path(competition, phase)
    candidate = client.post(path, {name: each for name, each in wanted.items() if each is not None})
    if wait:
        from arena.client.watch import watch

        watch(client, [each["new_id"] for each in candidate.json["submissions"]], quiet=quiet)
        candidate = client.get(path)
    return candidate


def _limit(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, int(value) if value.isdecimal() else float(value)
    except ValueError as error:
        raise Failure(f"Expected a limit as NAME=NUMBER, got {text!r}.") from error


def show(competition: CompetitionOption, phase: PhaseOption, as_json: Json = False) -> None:
    """Show how far the candidate is, and how it changes scores and ranks."""
    _show(client_from_environment().get(_path(competition, phase)), as_json)


def apply(competition: CompetitionOption, phase: PhaseOption, as_json: Json = False) -> None:
    """Make the candidate the phase; the old scores are archived."""
    answer = client_from_environment().post(_path(competition, phase, "/apply"))
    if as_json:
        show_json(answer.json)
        return
    from arena.api.reruns import AppliedRescoring

    applied = answer.parse(AppliedRescoring)
    show_tables(comparison_table(applied.competition, applied.phase, applied))
    remark(f"applied as revision {applied.revision}")
    if lines := lines_of_file(applied.changes):
        remark(f"Write into phase {applied.phase} of the competition's file, which is older now:")
        for line in lines:
            remark_to_copy(line)


def discard(competition: CompetitionOption, phase: PhaseOption, as_json: Json = False) -> None:
    """Stop the candidate and hide it."""
    answer = client_from_environment().post(_path(competition, phase, "/discard"))
    if as_json:
        show_json(answer.json)
    else:
        console.print(f"discarded; {len(answer.json['stopped'])} submissions were stopped")


def _show(answer: PlatformAnswer, as_json: bool) -> None:
    if as_json:
        show_json(answer.json)
        return
    from arena.api.reruns import RescoringStatus

    candidate = answer.parse(RescoringStatus)
    show_tables(comparison_table(candidate.competition, candidate.phase, candidate))
    progress = candidate.progress
    remark(
        f"{progress.ended} of {progress.submissions} submissions, "
        f"{progress.studies_done} of {progress.studies_total} studies"
    )


def lines_of_file(changes: Mapping[str, Any]) -> list[str]:
    """Return what a rescoring has changed, as lines of a competition file; its priority is the candidate's alone."""
    return [f"{key} = {json.dumps(value)}" for key, value in _by_key(changes) if key != "priority"]


def _by_key(changes: Mapping[str, Any]) -> list[tuple[str, Any]]:
    limits = [(f"limits.{name}", value) for name, value in changes.get("limits", {}).items()]
    return [(name, value) for name, value in changes.items() if name != "limits"] + limits


def comparison_table(competition: str, phase: str, comparison: "RescoringComparison") -> TextTable:
    """Return ranks and scores before and after as a table, a row for each team."""
    changes = ", ".join(f"{name}: {value}" for name, value in _by_key(comparison.changes)) or "nothing"
    numbers = ("rank", "new rank", "score", "new score", "difference")
    rows = []
    for row in comparison.teams:
        known = row.old_score is not None and row.new_score is not None
        rows.append(
            (
                *(row.team, str(row.old_rank or NO_SCORE), str(row.new_rank or NO_SCORE)),
                *(score_text(row.old_score), score_text(row.new_score)),
                f"{(row.new_score or 0.0) - (row.old_score or 0.0):+.3f}" if known else NO_SCORE,
            )
        )
    headings = [Heading("team", "text"), *(Heading(title, "number") for title in numbers)]
    return TextTable(headings, rows, title=f"{competition} / {phase}, changed: {changes}")
