"""`arena archive`: a finished competition in a folder, and whether such a folder is right."""

import asyncio
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
    sample: Annotated[
        int, typer.Option("--sample", min=1, metavar="N", help="To verify: how many studies are run again.")
    ] = 3,
    no_replay: Annotated[bool, typer.Option("--no-replay", help="To verify: run no study again.")] = False,
    author: Annotated[
        list[str] | None, typer.Option("--author", help="Whom to cite, 'Surname, Given name'; may be repeated.")
    ] = None,
    licence: Annotated[
        str, typer.Option("--license", help="Under which license it is published, by its SPDX identifier.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Write everything to recompute a finished competition to a folder.

    It has the report of the final, your own problem families, the zips of those teams that agreed, and no tokens,
    persons or logs. 'arena archive verify DIR' needs no platform: it checks every file by its hash, computes every
    score from the evaluations again, and runs a sample of the studies again on this machine's engine, whose losses
    must be the same, bit for bit.
    """
    if competition == VERIFY:
        _verify(directory, 0 if no_replay else sample, as_json=as_json)
        return
    with needs_extra(REPORT):
        from arena.archive.making import make_archive
    from arena.archive.metadata import Rights

    rights = Rights(tuple(author or ()), licence)
    manifest = make_archive(client_from_environment(), competition, directory, rights, remark)
    if as_json:
        show_json(manifest.model_dump(mode="json"))
        return
    remark(f"{len(manifest.files)} files in {directory}. Check them with: arena archive verify {directory}")


def _verify(directory: Path, size: int, *, as_json: bool) -> None:
    """Check files and scores, and, where these are right, so many studies."""
    with needs_extra(REPORT):
        from arena.archive.verification import verify_archive
    found = verify_archive(directory)
    faults, replayed = found.faults, 0
    if size and not faults:
        from arena.archive.replay import replay_sample
        from arena.archive.sample import draw_sample

        sample = draw_sample(directory, size)
        replayed = len(sample)
        faults = asyncio.run(replay_sample(sample, lambda study: remark(f"running again {study}")))
    if as_json:
        counts = {"files": found.files, "scores": found.scores, "replayed": replayed}
        show_json({**counts, "faults": faults, "right": not faults})
    if faults:
        raise Failure(f"The archive in {directory} is not right. {'. '.join(faults)}.")
    if not as_json:
        remark(
            f"Right: {found.files} files by their hashes, {found.scores} scores from their evaluations, and "
            f"{replayed} studies that were run again."
        )
