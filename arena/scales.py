"""What losses of a black box are measured against, read from a baseline set without the libraries that wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.failure import Failure
from arena.json_file import read_json
from arena.words.objectives import VISIBLE

CLIP, BEST, TEST_CASE, OBJECTIVE = "clip", "best", "function", "objective"
"""Names in a baseline file, which are Bayesmark's."""


@dataclass(frozen=True)
class Scale:
    """The losses of one black box that stand for a score of 0 and of 100."""

    clip: float
    best: float

    def rescale(self, loss: float) -> float:
        """Return a loss on the scale of scores, where 1 is the clip and 0 the best known; it is not clipped."""
        return (loss - self.best) / (self.clip - self.best)


def read_scales(path: Path) -> dict[str, Scale]:
    """Return the scale of every black box in a baseline file."""
    return scales_of(read_json(path), str(path))


def scales_of(document: Mapping[str, Any], where: str) -> dict[str, Scale]:
    """Return the scale of every black box in the document of a baseline set, by test case; `where` it came from."""
    try:
        data = document["data"]
        cases = [str(case) for case in data["coords"][TEST_CASE]["data"]]
        clips, bests = (_visible(data, name) for name in (CLIP, BEST))
        return {case: Scale(float(clip), float(best)) for case, clip, best in zip(cases, clips, bests, strict=True)}
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Failure(f"Expected a baseline set as bayesmark-baseline writes it in {where}, got {error!r}.") from error


def _visible(data: Mapping[str, Any], name: str) -> list[float]:
    """Return the values of the objective that the optimizer sees, by test case."""
    variable = data["data_vars"][name]
    place = data["coords"][OBJECTIVE]["data"].index(VISIBLE)
    values: list[Any] = variable["data"]
    if variable["dims"] == [TEST_CASE, OBJECTIVE]:
        return [row[place] for row in values]
    if variable["dims"] == [OBJECTIVE, TEST_CASE]:
        return list(values[place])
    raise ValueError(f"{name} by {variable['dims']}")
