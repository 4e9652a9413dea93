"""`arena images`: builds the container images of a study from the installed package."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import Json
from arena.failure import Failure
from arena.images.build import build_images
from arena.images.definition import find_definitions, installed_definitions
from arena.images.docker import BuildFailed
from arena.table import Heading, TextTable, show_tables
from arena.terminal import plain, show_json

SIDES = ("blackbox", "small")
group = LazyGroup(
    "Build the container images in which studies run.",
    [Listed("build", "operator.images:build", "Build the images whose inputs have changed.")],
)


def build(
    names: Annotated[list[str] | None, typer.Argument(help="Images to build; without any, those of a study.")] = None,
    definitions: Annotated[
        Path | None,
        typer.Option(
            "--definitions",
            help="A folder with more of them, each a folder with a Dockerfile; they copy from the current folder.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the images whose inputs have changed.

    'arena check' runs studies in them.
    """
    known = installed_definitions()
    if definitions is not None:
        known |= find_definitions(definitions, Path.cwd())
    progress = Console(stderr=True, highlight=False)
    try:
        ids = build_images(known, names or SIDES, lambda text: progress.print(plain(f"images: {text}")))
    except BuildFailed as error:
        raise Failure(str(error)) from error
    if as_json:
        show_json({"images": ids})
        return
    rows = [(known[name].tag, image_id) for name, image_id in ids.items()]
    show_tables(TextTable([Heading("image"), Heading("id")], rows))
