"""`arena new`: a folder with an optimizer to start from."""

from pathlib import Path
from typing import Annotated

import typer

from arena.commands.options import Json
from arena.failure import Failure
from arena.package_data import START, TEMPLATES
from arena.terminal import console, plain, remark, show_json

README = "README.md"
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
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(f"Expected a new or empty folder, but {folder} is not empty; choose another name.")
    try:
        contents = _contents(library)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_text(content)
    except OSError as error:
        raise Failure(f"Could not write {folder}: {error}.") from error
    if as_json:
        show_json({"folder": str(folder), "files": list(contents)})
        return
    for name in contents:
        console.print(plain(f"{folder / name}"))
    remark(f"Next: arena check {folder}")


def _contents(library: str | None) -> dict[str, str]:
    """Return the texts of the new files by name; what a library's template says follows what holds for all."""
    contents = _texts(START)
    if library is not None:
        template = _texts(TEMPLATES / library)
        contents |= template | {README: f"{contents[README]}\n{template[README]}"}
    return dict(sorted(contents.items()))


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.is_file()}
