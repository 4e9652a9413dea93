"""The problem families of a competition's file, before it is applied: checked, built and asked on this machine."""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from arena.commands.extras import CHECK, needs_extra
from arena.failure import Failure
from arena.words.environments import SKLEARN

if TYPE_CHECKING:
    from pathlib import Path

    from arena.competition.file import CompetitionFile
    from arena.sandbox.settings import SandboxSettings


def prepare_families(found: "CompetitionFile", report: Callable[[str], None]) -> None:
    """Check and build the organizer's own families, then look up the problems of all in their images.

    A file of stock black boxes needs no engine. Raises Failure with what is refused.
    """
    if all(box.get("family", SKLEARN) == SKLEARN for box in found.document["black_boxes"]):
        return
    with needs_extra(CHECK):
        from arena.check.studies import read_settings
        from arena.competition.families import look_up_problems, problems_by_family
    settings = read_settings(os.environ)
    for family, problems in problems_by_family(found).items():
        if family in found.families:
            report(f"checking the problem family {family}")
            _check_and_build(family, found.families[family], problems, settings)
    look_up_problems(found, settings)


def _check_and_build(family: str, folder: "Path", problems: Sequence[str], settings: "SandboxSettings") -> None:
    from arena.family.check import check_family
    from arena.family.image import build_family_image

    findings = asyncio.run(check_family(folder, settings, problems=problems))
    if not findings.accepted:
        told = "\n".join(each.sentence for each in findings.refusals)
        raise Failure(
            f"The problem family {family} is refused, nothing applied:\n{told}\n"
            f"Mend it, and try it with 'arena problem check {folder}'."
        )
    build_family_image(folder, settings.blackbox_image, family)
