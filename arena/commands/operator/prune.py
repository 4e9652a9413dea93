"""`arena competition prune`: drops what a finished competition keeps and its scores do not need."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from arena.client.http import Client, client_from_environment
from arena.commands.options import Json
from arena.failure import Failure, Stopped
from arena.table import Heading, TextTable, show_tables
from arena.terminal import remark, show_json, time_text
from arena.words.states import DataKind

if TYPE_CHECKING:
    from arena.api.export import KeptData


def prune(
    slug: Annotated[str, typer.Argument(help="Slug of the competition.")],
    drop: Annotated[str, typer.Option("--drop", help=f"What to drop: {', '.join(DataKind)}, separated by commas.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be dropped, and drop nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first; needed without a terminal.")] = False,
    as_json: Json = False,
) -> None:
    """Drop what a finished competition keeps and its scores do not need.

    It says first what cannot be done any more, and how much is freed. Scores, leaderboards and reports stay.
    """
    from arena.api.export import Retention

    kinds = _read_kinds(drop)
    client = client_from_environment()
    path = f"/api/v1/admin/competitions/{slug}/retention"
    retention = client.get_patiently(path).parse(Retention)
    kept = [each for each in retention.data if each.kind in kinds]
    if not as_json:
        _show(kept)
    if retention.unfinished is not None:
        remark(f"Not yet: in {slug} {retention.unfinished}.")
    if dry_run:
        if as_json:
            show_json({"dry_run": True, **retention.model_dump(mode="json")})
        else:
            remark("A dry run: nothing was dropped.")
        return
    if not yes:
        _ask()
    freed = {kind: _drop(client, path, kind) for kind in kinds}
    if as_json:
        show_json({"dropped": freed})
        return
    for kind, sizes in freed.items():
        remark(f"{kind}: {sizes['rows']} dropped, {sizes['size_bytes']:,} bytes")


def _read_kinds(drop: str) -> list[DataKind]:
    words = [word.strip() for word in drop.split(",")]
    known = {str(kind): kind for kind in DataKind}
    if unknown := [word for word in words if word not in known]:
        raise Failure(f"Expected some of {', '.join(known)} in --drop, got {', '.join(unknown) or 'nothing'}.")
    return [known[word] for word in dict.fromkeys(words)]


def _show(kept: Sequence["KeptData"]) -> None:
    headings = [Heading("data"), Heading("number", "number"), Heading("bytes", "number"), Heading("dropped before")]
    rows = [
        (
            *(str(each.kind), str(each.rows), f"{each.size_bytes:,}"),
            f"{time_text(each.dropped.dropped_at)} by {each.dropped.dropped_by}" if each.dropped else "",
        )
        for each in kept
    ]
    show_tables(TextTable(headings, rows))
    for each in kept:
        remark(f"Without {each.kind}: {each.lost_with_it}")


def _ask() -> None:
    """Ask whether to drop. Raises Failure for no, and Stopped for Ctrl-C."""
    if not sys.stdin.isatty():
        raise Failure("Nothing was dropped: it cannot be undone, so without a terminal it wants --yes.")
    try:
        if typer.confirm("Drop it? This cannot be undone."):
            return
    except typer.Abort:
        raise Stopped("Stopped; nothing was dropped.") from None
    raise Failure("Nothing was dropped.")


def _drop(client: Client, path: str, kind: DataKind) -> dict[str, int]:
    """Drop data of a kind, in as many requests as it takes."""
    rows = size_bytes = 0
    while True:
        answer = client.post(f"{path}/drop", {"kind": kind}).json
        rows, size_bytes = rows + answer["rows"], size_bytes + answer["size_bytes"]
        if answer["submissions_left"] == 0:
            return {"rows": rows, "size_bytes": size_bytes}
