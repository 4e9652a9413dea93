"""`arena announce`: tell everybody something."""

from pathlib import Path
from typing import Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.options import CompetitionOption, Json
from arena.failure import Failure
from arena.terminal import console, show_json


def announce(
    file: Annotated[Path, typer.Argument(help="A Markdown file whose first line is the title: # One week to go")],
    competition: CompetitionOption,
    as_json: Json = False,
) -> None:
    """Tell everybody something, on the site, by e-mail and webhooks."""
    title, text = split_title(file)
    path = f"/api/v1/admin/competitions/{competition}/announcements"
    answer = client_from_environment().post(path, {"title": title, "text": text})
    if as_json:
        show_json(answer.json)
    else:
        console.print(f"announced {answer.json['title']!r} in {competition}", markup=False)


def split_title(file: Path) -> tuple[str, str]:
    """Return the title and the text of a Markdown file. Raises Failure."""
    try:
        first, _, rest = file.read_text(encoding="utf-8").lstrip().partition("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"Expected a Markdown file, cannot read {file}: {error}") from error
    if not first.startswith("# ") or not rest.strip():
        raise Failure(f"Expected '# ' and a title in the first line of {file}, and text below it, got {first[:60]!r}.")
    return first.removeprefix("# ").strip(), rest.strip()
