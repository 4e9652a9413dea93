"""`arena archive`: a finished competition in a folder, and whether such a folder is right."""

from pathlib import Path
from typing import Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.extras import REPORT, needs_extra
from arena.commands.options import Json
from arena.failure import Failure
from arena.terminal import remark, show_json

VERIFY = "verify"


def archive(
    competition: Annotated[str, typer.Argument(help="Slug of the competition; or 'verify', to check an archive.")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make, or to verify.")],
    as_json: Json = False,
) -> None:
    """Write everything to recompute a finished competition to a folder.

    It has the zips of those teams that agreed, and no tokens, persons or logs. 'arena archive verify DIR' needs no
    platform: it checks every file by its hash, and computes every score from the evaluations again.
    """
    if competition == VERIFY:
        _verify(directory, as_json=as_json)
        return
    from arena.archive.making import make_archive

    manifest = make_archive(client_from_environment(), competition, directory)
    if as_json:
        show_json(manifest.model_dump(mode="json"))
        return
    remark(f"{len(manifest.files)} files in {directory}. Check them with: arena archive verify {directory}")


def _verify(directory: Path, *, as_json: bool) -> None:
    with needs_extra(REPORT):
        from arena.archive.verification import verify_archive
    found = verify_archive(directory)
    if as_json:
        show_json({"files": found.files, "scores": found.scores, "faults": found.faults, "right": not found.faults})
    if found.faults:
        raise Failure(f"The archive in {directory} is not right. {'. '.join(found.faults)}.")
    if not as_json:
        remark(f"Right: {found.files} files by their hashes, and {found.scores} scores from their evaluations.")
