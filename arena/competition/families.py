"""The problem families of a competition file, asked on the organizer's own engine: what they have, and known optima."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from arena.competition.file import CompetitionFile, InvalidCompetitionFile
from arena.failure import Failure
from arena.rules.competition_document import DocumentFault
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.engine.family import ask_family
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure
from arena.words.environments import SKLEARN

ANSWER_TIMEOUT_S = 120.0
"""For all problems of a family together; each is made once where its optimum is known."""


def problems_by_family(found: CompetitionFile) -> dict[str, list[str]]:
    """Return the names of the problems of each family but Bayesmark's own, which is known without an image."""
    problems: dict[str, list[str]] = {}
    for box in found.document["black_boxes"]:
        if (family := box.get("family", SKLEARN)) != SKLEARN:
            problems.setdefault(family, []).append(box["problem"])
    return problems


def look_up_problems(found: CompetitionFile, settings: SandboxSettings) -> None:
    """Refuse problems that their families do not have, and give black boxes the optima that are known.

    Raises InvalidCompetitionFile with their lines, and Failure where a family cannot be asked.
    """
    described = asyncio.run(_describe(problems_by_family(found), settings))
    faults = []
    for index, box in enumerate(found.document["black_boxes"]):
        if (family := box.get("family", SKLEARN)) == SKLEARN:
            continue
        told = described[family][box["problem"]]
        if told is None:
            what = f"The problem family {family} has no problem {box['problem']!r}."
            cure = "Mend the name; the page on problem families says which there are."
            faults.append((found.line_of(("black_boxes", index, "problem")), DocumentFault((), what, cure)))
        elif told["best"] is not None:
            box.setdefault("best", told["best"])
    if faults:
        raise InvalidCompetitionFile(found.file, faults)


async def _describe(problems: Mapping[str, Sequence[str]], settings: SandboxSettings) -> dict[str, dict[str, Any]]:
    described = {}
    try:
        async with connect_engine(settings) as engine:
            for family, names in problems.items():
                answer = await ask_family(engine, family, {"describe": list(names)}, ANSWER_TIMEOUT_S)
                described[family] = answer["described"]
    except InfrastructureFailure as failure:
        raise Failure(
            f"Expected to ask an image on this machine's engine which problems its family has. {failure}"
        ) from failure
    return described
