"""`arena new`: a folder with an optimizer to start from."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from arena.commands.options import Json
from arena.failure import Failure
from arena.package_data import START
from arena.terminal import console, plain, remark, show_json


def new(
    folder: Annotated[Path, typer.Argument(metavar="NAME", help="The folder to make.")], as_json: Json = False
) -> None:
    """Write a starting optimizer that passes 'arena check'."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(f"Expected a new or empty folder, but {folder} is not empty; choose another name.")
    files = sorted(path for path in START.iterdir() if path.is_file())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise Failure(f"Could not write {folder}: {error}.") from error
    if as_json:
        show_json({"folder": str(folder), "files": [file.name for file in files]})
        return
    for file in files:
        console.print(plain(f"{folder / file.name}"))
    remark(f"Next: arena check {folder}")
