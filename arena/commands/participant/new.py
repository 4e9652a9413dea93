"""`arena new`: a folder with an optimizer to start from."""

from pathlib import Path
from typing import Annotated

import typer

from arena.commands.new_folder import README, read_texts, write_folder
from arena.commands.options import Json
from arena.failure import Failure
from arena.package_data import START, TEMPLATES

LIBRARIES = sorted(path.parent.name for path in TEMPLATES.glob("*/optimizer.py"))


def new(
    folder: Annotated[Path, typer.Argument(metavar="NAME", help="The folder to make.")],
    library: Annotated[
        str | None,
        typer.Option(
            "--with", metavar="LIBRARY", help=f"Start from an optimizer that wraps a library: {', '.join(LIBRARIES)}."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a starting optimizer that passes 'arena check'."""
    if library is not None and library not in LIBRARIES:
        raise Failure(f"Expected --with one of {', '.join(LIBRARIES)}; got {library}.")
    write_folder(folder, _contents(library), following="arena check", as_json=as_json)


def _contents(library: str | None) -> dict[str, str]:
    """Return the texts of the new files by name; what a library's template says follows what holds for all."""
    contents = read_texts(START)
    if library is not None:
        template = read_texts(TEMPLATES / library)
        contents |= template | {README: f"{contents[README]}\n{template[README]}"}
    return dict(sorted(contents.items()))
