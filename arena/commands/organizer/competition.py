"""`arena competition`: apply a file, as a diff; show what is applied."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from arena.client.http import Client, client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import Json
from arena.competition.file import CompetitionFile, InvalidCompetitionFile, read_competition
from arena.failure import Failure
from arena.rules.competition_document import DocumentFault
from arena.terminal import console, plain, show_json

group = LazyGroup(
    "Create, change and show competitions.",
    [
        Listed(
            "apply",
            "organizer.competition:apply_competition",
            "Create a competition, or change it by its file.",
        ),
        Listed("show", "organizer.competition:show_competition", "Show an applied competition and its revisions."),
    ],
)
COLOURS = {"+": "green", "-": "red", "~": "yellow"}
VALUE_CHARS = 60
Body = dict[str, Any]


def apply_competition(
    file: Annotated[Path, typer.Argument(help="A TOML file; examples/demo/competition.toml shows what it may hold.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; without a terminal it never asks.")] = False,
    as_json: Json = False,
) -> None:
    """Create a competition, or change it by its file.

    It shows what changes and asks first; applying the same file again changes nothing.
    """
    client = client_from_environment()
    found = read_file(client, file)
    plan = diff_file(client, found)
    if not as_json:
        show_diff(found.slug, plan)
    if dry_run:
        if as_json:
            show_json(plan)
        return
    if plan["changes"] and not (yes or as_json) and sys.stdin.isatty():
        typer.confirm("Apply?", abort=True)
    body = apply_file(client, found, plan)
    if as_json:
        show_json(body)
    else:
        counts = f"{len(body['black_boxes'])} black boxes, {len(body['phases'])} phases"
        console.print(f"{found.slug}: revision {body['revision']}, {counts}")


def show_competition(
    slug: Annotated[str, typer.Argument(help="Slug of the competition.")], as_json: Json = False
) -> None:
    """Show an applied competition and its revisions."""
    revisions = client_from_environment().get(f"/api/v1/admin/competitions/{slug}/revisions")["revisions"]
    if not revisions:
        raise Failure(f"Expected a competition that was applied, got {slug} without a revision; apply its file.")
    if as_json:
        show_json({"slug": slug, **revisions[0]["document"], "revisions": revisions})
        return
    document = revisions[0]["document"]
    console.print(plain(f"{slug}: {document['name']}"))
    console.print(_phases_table(document["phases"]))
    console.print(_boxes_table(document))
    console.print(_revisions_table(revisions))


def read_file(client: Client, file: Path) -> CompetitionFile:
    """Read a competition file against the baseline sets that are there. Raises InvalidCompetitionFile."""
    baselines = client.get("/api/v1/admin/baselines")["baselines"]
    names = {name for each in baselines for name in (each["name"], f"{each['name']}@{each['version']}")}
    return read_competition(file, names)


def diff_file(client: Client, found: CompetitionFile) -> Body:
    """Return what applying a file would change. Raises InvalidCompetitionFile with the lines of what is refused."""
    try:
        plan = client.post(f"/api/v1/admin/competitions/{found.slug}/diff", found.document)
    except Failure as failure:
        raise found.refuse(failure) from failure
    if plan["refusals"]:
        raise found.refuse(Failure("refused", {"errors": plan["refusals"]}))
    return plan


def apply_file(client: Client, found: CompetitionFile, plan: Body) -> Body:
    """Upload the data sets that are missing, then apply the document; either may be repeated after a break."""
    places = {each["name"]: index for index, each in enumerate(found.document["datasets"])}
    for name in plan["datasets_missing"]:
        try:
            client.upload_dataset(found.slug, name, found.contents[name])
        except Failure as failure:
            line = found.line_of(("datasets", places[name], "file"))
            raise InvalidCompetitionFile(found.file, [(line, DocumentFault((), str(failure)))]) from failure
    try:
        return client.put(f"/api/v1/admin/competitions/{found.slug}", found.document)
    except Failure as failure:
        raise found.refuse(failure) from failure


def show_diff(slug: str, plan: Body) -> None:
    """Print what would change as a diff."""
    if not plan["changes"]:
        console.print(f"{slug}: nothing changes")
    for change in plan["changes"]:
        sign = change["sign"]
        line = Text(f"{sign} {change['what']}", style=COLOURS[sign])
        if sign == "~":
            line.append(f": {_value(change['before'])} → {_value(change['after'])}")
        elif isinstance(change["after"], str):
            line.append(f": {_value(change['after'])}")
        console.print(line, soft_wrap=True)
    for name in plan["datasets_missing"]:
        console.print(f"  data set {name} is uploaded", style="dim")


def _value(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return plain(text if len(text) <= VALUE_CHARS else f"{text[:VALUE_CHARS]}…").plain


def _phases_table(phases: Sequence[Body]) -> Table:
    table = Table(title="phases")
    for column in ("name", "baseline", "boxes", "studies", "size", "visibility", "opens", "closes"):
        table.add_column(column)
    for phase in phases:
        table.add_row(
            phase["name"],
            phase["baseline"],
            str(len(phase["boxes"])),
            str(phase["studies_per_box"]),
            f"{phase['n_calls']} x {phase['n_suggestions']}",
            "practice" if phase["practice"] else phase["visibility"],
            phase["opens_at"] or "",
            phase["closes_at"] or "",
        )
    return table


def _boxes_table(document: Body) -> Table:
    table = Table(title="black boxes")
    for column in ("label", "model", "data set", "metric", "phases"):
        table.add_column(column)
    for box in document["black_boxes"]:
        phases = [phase["name"] for phase in document["phases"] if box["label"] in phase["boxes"]]
        table.add_row(box["label"], box["model"], box["dataset"], box["metric"], ", ".join(phases))
    return table


def _revisions_table(revisions: Sequence[Body]) -> Table:
    table = Table(title="revisions")
    for column in ("revision", "at", "code"):
        table.add_column(column)
    for each in revisions:
        table.add_row(str(each["revision"]), each["created_at"], each["code_version"])
    return table
