"""`arena pack`: the zip to submit, from a folder."""

from pathlib import Path
from typing import Annotated

import typer

from arena.commands.options import Json
from arena.failure import Failure
from arena.pack.folder import PackedFolder, pack_folder
from arena.pack.refusal import find_refusal
from arena.pack.wheels import this_machine
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, remark, show_json

LARGEST_SHOWN = 5
ROWS_SHOWN = 40
"""On a terminal, which would scroll the rest of a larger package away."""


def pack(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with optimizer.py.", exists=True)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The zip to write; DIR.zip here.")] = None,
    machine: Annotated[str, typer.Option("--machine", help="The platform's architecture.")] = this_machine(),
    as_json: Json = False,
) -> None:
    """Build the zip to submit, with the wheels that the image lacks.

    requirements.txt says which packages the optimizer needs.
    """
    if folder.is_file():
        refusal = find_refusal(folder.read_bytes())
        raise Failure(
            f"Expected a folder to pack, got {folder}. {refusal or 'It is a zip already; submit it as it is.'}"
        )
    packed = pack_folder(folder, machine)
    if refusal := find_refusal(packed.content):
        raise Failure(f"The platform would refuse this zip: {refusal} {_largest(packed)}")
    target = output or Path(f"{folder.resolve().name}.zip")
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(packed.content)
    beside.replace(target)
    body = {"zip": str(target), "bytes": len(packed.content), "files": packed.sizes, "wheels": packed.wheels}
    if as_json:
        show_json(body)
        return
    rows = [(name, str(size)) for name, size in packed.sizes.items()]
    hidden = len(rows) - ROWS_SHOWN if console.is_terminal else 0
    if hidden > 0:
        rows = [*rows[:ROWS_SHOWN], (f"and {hidden} more", "")]
    show_tables(TextTable([Heading("file"), Heading("bytes", "number")], rows, title=str(target)))
    remark(f"{target}: {len(packed.sizes)} files, {len(packed.wheels)} of them wheels; {len(packed.content)} bytes")


def _largest(packed: PackedFolder) -> str:
    largest = sorted(packed.sizes.items(), key=lambda item: -item[1])[:LARGEST_SHOWN]
    return "The largest of its files: " + ", ".join(f"{name} ({size} bytes)" for name, size in largest) + "."
