"""`arena competition`: applies a competition's file after showing the diff, and shows the applied one."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from arena.client.answer import PlatformAnswer
from arena.client.http import client_from_environment
from arena.commands.families import prepare_families
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import Json
from arena.commands.seeds import SEEDS, Reveal, without_seeds
from arena.failure import Failure, Stopped
from arena.table import Heading, TextTable, facts_table, show_tables
from arena.terminal import console, plain, remark, show_json, time_text
from arena.words.text import clean_line

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
        Listed(
            "reopen",
            "organizer.phase_controls:reopen",
            "Reopen the final of a competition that has ended, as an everlasting benchmark.",
        ),
        Listed(
            "prune",
            "operator.prune:prune",
            "Drop what a finished competition keeps and its scores do not need.",
        ),
    ],
)
COLOURS = {"+": "green", "-": "red", "~": "yellow"}
TEXT_CHARS = 60


def apply_competition(
    file: Annotated[Path, typer.Argument(help="A TOML file; examples/demo/competition.toml shows what it may hold.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first. Without a terminal it never asks.")] = False,
    reveal: Reveal = False,
    as_json: Json = False,
) -> None:
    """Create or change a competition from its file.

    It shows what changes and asks first; applying the same file again changes nothing.
    """
    from arena.api.competitions import AppliedCompetition, CompetitionDiff
    from arena.competition.apply import apply_file, diff_file, read_file

    client = client_from_environment()
    found = read_file(client, file)
    prepare_families(found, remark)
    answer = diff_file(client, found)
    diff = answer.parse(CompetitionDiff)
    if not as_json:
        show_diff(found.slug, diff, dry_run=dry_run, reveal=reveal)
    if not dry_run:
        if diff.changes and not (yes or as_json) and sys.stdin.isatty():
            _ask()
        answer = apply_file(client, found, diff)
    if as_json:
        show_json(answer.json if reveal else without_seeds(answer.json))
    if as_json or dry_run:
        return
    applied = answer.parse(AppliedCompetition)
    counts = f"{len(applied.black_boxes)} black boxes, {len(applied.phases)} phases"
    console.print(f"{found.slug}: revision {applied.revision}, {counts}")


def show_competition(
    slug: Annotated[str, typer.Argument(help="Slug of the competition.")],
    reveal: Reveal = False,
    as_json: Json = False,
) -> None:
    """Show an applied competition and its revisions."""
    answer = client_from_environment().get_all(f"/api/v1/admin/competitions/{slug}/revisions", "revisions")
    revisions = answer.json["revisions"]
    if not revisions:
        raise Failure(f"Expected a competition that was applied, but {slug} has no revision; apply its file.")
    if as_json:
        shown = {"slug": slug, **revisions[0]["document"], "revisions": revisions}
        show_json(shown if reveal else without_seeds(shown))
        return
    from arena.api.competition_document import Competition
    from arena.api.competitions import RevisionPage

    document = PlatformAnswer(revisions[0]["document"]).parse(Competition)
    seed = [("seed", document.seed)] if reveal else []
    show_tables(
        facts_table([("competition", slug), ("name", document.name), *seed]),
        _phases_table(document.phases),
        _boxes_table(document),
        _revisions_table(answer.parse(RevisionPage).revisions),
    )


def _ask() -> None:
    """Ask whether to apply. Raises Failure for no, and Stopped for Ctrl-C."""
    try:
        if typer.confirm("Apply?"):
            return
    except typer.Abort:
        raise Stopped("Stopped; nothing was applied.") from None
    raise Failure("Nothing was applied.")


def show_diff(slug: str, diff: "CompetitionDiff", *, dry_run: bool, reveal: bool) -> None:
    """Print what applying changes, or in a dry run what it would change; a seed only to who asks for it."""
    if dry_run:
        console.print(plain(f"{slug}: a dry run, nothing is applied; this is what would change"))
    if not diff.changes:
        console.print(plain(f"{slug}: nothing changes"))
    for change in diff.changes:
        line = Text(f"{change.sign} {change.what}", style=COLOURS[change.sign])
        if change.what in SEEDS and not reveal:
            line.append(" (secret; --reveal prints it)")
        elif change.sign == "~":
            line.append(f": {_value(change.before)} → {_value(change.after)}")
        elif isinstance(change.after, str):
            line.append(f": {_value(change.after)}")
        console.print(line, soft_wrap=True)
    for each in diff.remarks:
        console.print(plain(f"  remark: {each}"), soft_wrap=True)
    for name in diff.datasets_missing:
        console.print(plain(f"  data set {name} {'would be' if dry_run else 'is'} uploaded"), style="dim")


def _value(value: object) -> str:
    """Return a value as one line. A long text is cut; ids, hashes, numbers and lists of them are not."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    line = clean_line(text, len(text))
    is_text = isinstance(value, str) and " " in line
    return f"{line[:TEXT_CHARS]}…" if is_text and len(line) > TEXT_CHARS else line


def _phases_table(phases: Sequence["Phase"]) -> TextTable:
    headings = [Heading("phase"), Heading("baseline"), Heading("boxes", "number"), Heading("studies", "number")]
    headings += [*map(Heading, ("size", "visibility", "environments")), Heading("CPUs", "number")]
    headings += [*map(Heading, ("names", "opens", "closes"))]
    rows = [
        (
            *(phase.name, phase.baseline, str(len(phase.boxes)), str(phase.studies_per_box)),
            *(f"{phase.n_calls} x {phase.n_suggestions}", "practice" if phase.practice else phase.visibility),
            *(", ".join(phase.environments), str(phase.cpus), phase.parameter_names),
            *(time_text(phase.opens_at), time_text(phase.closes_at)),
        )
        for phase in phases
    ]
    return TextTable(headings, rows, title="phases")


def _boxes_table(document: "Competition") -> TextTable:
    headings = [*map(Heading, ("black box", "model", "data set", "metric")), Heading("phases", "text")]
    rows = [
        (
            *(box.label, *box.parts),
            ", ".join(phase.name for phase in document.phases if box.label in phase.boxes),
        )
        for box in document.black_boxes
    ]
    return TextTable(headings, rows, title="black boxes")


def _revisions_table(revisions: Sequence["Revision"]) -> TextTable:
    headings = [Heading("revision", "number"), Heading("at"), Heading("code")]
    rows = [(str(each.revision), time_text(each.created_at), each.code_version) for each in revisions]
    return TextTable(headings, rows, title="revisions")
