"""`arena pack`: the zip to submit, from a folder."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from arena.commands.options import Json
from arena.failure import Failure
from arena.pack.environment import this_machine
from arena.pack.folder import PackedFolder, pack_folder
from arena.pack.refusal import find_refusal
from arena.rules.zip_validation import ZipLimits
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, remark, show_json
from arena.words.limits import LARGEST_ZIP_BYTES, Limits
from arena.words.sizes import size_text

ENVIRONMENT_HELP = "Where it runs; by default what its arena.toml says, else small."
LARGEST = ZipLimits(LARGEST_ZIP_BYTES, sys.maxsize)
"""What any phase may allow; how much a phase allows unpacked, the platform says."""
LARGEST_SHOWN = 5
ROWS_SHOWN = 40
"""On a terminal, which would scroll the rest of a larger package away."""


def pack(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with optimizer.py.", exists=True)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The zip to write; DIR.zip here.")] = None,
    environment: Annotated[str | None, typer.Option("--environment", help=ENVIRONMENT_HELP)] = None,
    machine: Annotated[str, typer.Option("--machine", help="The platform's architecture.")] = this_machine(),
    as_json: Json = False,
) -> None:
    """Build the zip to submit, with the wheels that the environment lacks.

    requirements.txt says which packages the optimizer needs. Those without wheels are built in the environment's image.
    """
    if folder.is_file():
        refusal = find_refusal(folder, LARGEST)
        raise Failure(
            f"Expected a folder to pack, got {folder}. {refusal or 'It is a zip already; submit it as it is.'}"
        )
    target = output or Path(f"{folder.resolve().name}.zip")
    beside = target.with_name(f".{target.name}.new")
    try:
        packed = pack_folder(folder, beside, machine=machine, environment=environment)
        if refusal := find_refusal(beside, LARGEST):
            raise Failure(f"The platform would refuse this zip: {refusal} {_largest(packed)}")
        size_bytes = beside.stat().st_size
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    body = {"zip": str(target), "bytes": size_bytes, "files": packed.sizes, "wheels": packed.wheels}
    body["environment"] = packed.environment
    if as_json:
        show_json(body)
        return
    _show(target, size_bytes, packed)


def _show(target: Path, size_bytes: int, packed: PackedFolder) -> None:
    rows = [(name, str(size)) for name, size in packed.sizes.items()]
    hidden = len(rows) - ROWS_SHOWN if console.is_terminal else 0
    if hidden > 0:
        rows = [*rows[:ROWS_SHOWN], (f"and {hidden} more", "")]
    show_tables(TextTable([Heading("file"), Heading("bytes", "number")], rows, title=str(target)))
    remark(f"{target}: {len(packed.sizes)} files, {len(packed.wheels)} of them wheels; {size_bytes} bytes")
    if packed.environment:
        remark(f"It says in arena.toml that it runs in the environment {packed.environment}.")
    usual = Limits()
    if size_bytes > usual.zip_limit_bytes or sum(packed.sizes.values()) > usual.unpacked_limit_bytes:
        remark(
            f"It is larger than the usual {size_text(usual.zip_limit_bytes)}, {size_text(usual.unpacked_limit_bytes)} "
            f"unpacked: see on the phase's rules page whether that phase allows more. {_largest(packed)}"
        )


def _largest(packed: PackedFolder) -> str:
    largest = sorted(packed.sizes.items(), key=lambda item: -item[1])[:LARGEST_SHOWN]
    return "The largest of its files: " + ", ".join(f"{name} ({size} bytes)" for name, size in largest) + "."
