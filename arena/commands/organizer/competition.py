"""`arena competition`: applies a competition's file after showing the diff, and shows the applied one."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import Json
from arena.failure import Failure
from arena.terminal import console, plain, show_json, time_text

if TYPE_CHECKING:
    from arena.api.competition_document import Competition, Phase
    from arena.api.competitions import CompetitionDiff, Revision

group = LazyGroup(
    "Create, change and show competitions.",
    [
        Listed(
            "apply",
            "organizer.competition:apply_competition",
            "Create or change a competition from its file.",
        ),
        Listed("show", "organizer.competition:show_competition", "Show an applied competition and its revisions."),
    ],
)
COLOURS = {"+": "green", "-": "red", "~": "yellow"}
VALUE_CHARS = 60


def apply_competition(
    file: Annotated[Path, typer.Argument(help="A TOML file; examples/demo/competition.toml shows what it may hold.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first. Without a terminal it never asks.")] = False,
    as_json: Json = False,
) -> None:
    """Create or change a competition from its file.

    It shows what changes and asks first; applying the same file again changes nothing.
    """
    from arena.api.competitions import AppliedCompetition, CompetitionDiff
    from arena.competition.apply import apply_file, diff_file, read_file

    client = client_from_environment()
    found = read_file(client, file)
    answer = diff_file(client, found)
    diff = answer.parse(CompetitionDiff)
    if not as_json:
        _show_diff(found.slug, diff)
    if dry_run:
        if as_json:
            show_json(answer.json)
        return
    if diff.changes and not (yes or as_json) and sys.stdin.isatty():
        typer.confirm("Apply?", abort=True)
    answer = apply_file(client, found, diff)
    if as_json:
        show_json(answer.json)
        return
    applied = answer.parse(AppliedCompetition)
    counts = f"{len(applied.black_boxes)} black boxes, {len(applied.phases)} phases"
    console.print(f"{found.slug}: revision {applied.revision}, {counts}")


def show_competition(
    slug: Annotated[str, typer.Argument(help="Slug of the competition.")], as_json: Json = False
) -> None:
    """Show an applied competition and its revisions."""
    answer = client_from_environment().get_all(f"/api/v1/admin/competitions/{slug}/revisions", "revisions")
    revisions = answer.json["revisions"]
    if not revisions:
        raise Failure(f"Expected a competition that was applied, but {slug} has no revision; apply its file.")
    if as_json:
        show_json({"slug": slug, **revisions[0]["document"], "revisions": revisions})
        return
    from arena.api.competition_document import Competition
    from arena.api.competitions import RevisionPage

    document = PlatformAnswer(revisions[0]["document"]).parse(Competition)
    console.print(plain(f"{slug}: {document.name}"))
    console.print(_phases_table(document.phases))
    console.print(_boxes_table(document))
    console.print(_revisions_table(answer.parse(RevisionPage).revisions))


def _show_diff(slug: str, diff: "CompetitionDiff") -> None:
    if not diff.changes:
        console.print(f"{slug}: nothing changes")
    for change in diff.changes:
        line = Text(f"{change.sign} {change.what}", style=COLOURS[change.sign])
        if change.sign == "~":
            line.append(f": {_value(change.before)} → {_value(change.after)}")
        elif isinstance(change.after, str):
            line.append(f": {_value(change.after)}")
        console.print(line, soft_wrap=True)
    for name in diff.datasets_missing:
        console.print(f"  data set {name} is uploaded", style="dim")


def _value(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return plain(text if len(text) <= VALUE_CHARS else f"{text[:VALUE_CHARS]}…").plain


def _phases_table(phases: Sequence["Phase"]) -> Table:
    table = Table(title="phases")
    for column in ("name", "baseline", "boxes", "studies", "size", "visibility", "opens", "closes"):
        table.add_column(column)
    for phase in phases:
        table.add_row(
            phase.name,
            phase.baseline,
            str(len(phase.boxes)),
            str(phase.studies_per_box),
            f"{phase.n_calls} x {phase.n_suggestions}",
            "practice" if phase.practice else phase.visibility,
            time_text(phase.opens_at),
            time_text(phase.closes_at),
        )
    return table


def _boxes_table(document: "Competition") -> Table:
    table = Table(title="black boxes")
    for column in ("label", "model", "data set", "metric", "phases"):
        table.add_column(column)
    for box in document.black_boxes:
        phases = [phase.name for phase in document.phases if box.label in phase.boxes]
        table.add_row(box.label, box.model, box.dataset, box.metric, ", ".join(phases))
    return table


def _revisions_table(revisions: Sequence["Revision"]) -> Table:
    table = Table(title="revisions")
    for column in ("revision", "at", "code"):
        table.add_column(column)
    for each in revisions:
        table.add_row(str(each.revision), time_text(each.created_at), each.code_version)
    return table
