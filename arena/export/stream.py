"""The stream of an export, read study by study, and what every format takes from it."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.api.export import ExportBox, ExportHeader, ExportStudy
from arena.client.answer import parse_line
from arena.failure import Failure

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True)
class ExportedBox:
    """A submission's studies on one black box, and the box's number in the phase, from 1."""

    box: ExportBox
    number: int
    studies: Sequence[ExportStudy]


class Export:
    """A header, and then the studies of one submission after the other; each is held in memory by black box only."""

    def __init__(self, lines: Iterable[str]) -> None:
        stream = iter(lines)
        self.header = parse_line(next(stream), ExportHeader)
        self._studies = (parse_line(line, ExportStudy) for line in stream)
        self._boxes = {box.box: (number, box) for number, box in enumerate(self.header.boxes, 1)}

    def submissions(self) -> Iterator[Iterator[ExportedBox]]:
        """Yield the black boxes of each submission; read all of them before the next submission."""
        for _, studies in itertools.groupby(self._studies, key=lambda study: study.submission_id):
            yield self._by_box(studies)

    def _by_box(self, studies: Iterable[ExportStudy]) -> Iterator[ExportedBox]:
        for label, group in itertools.groupby(studies, key=lambda study: study.box):
            number, box = self._boxes[label]
            yield ExportedBox(box, number, sorted(group, key=lambda study: study.study))


def new_folder(directory: Path) -> Path:
    """Make a folder for an export, which has no files yet. Raises Failure if it has."""
    if directory.exists() and any(directory.iterdir()):
        raise Failure(f"Expected a new folder, got {directory} with files in it.")
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def team_folder(team: str, taken: set[str]) -> str:
    """Return a team's name as a folder's, which may stand in a link and in TeX, and add it to those taken."""
    name = NOT_IN_NAMES.sub("-", team).strip("-.") or "team"
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    free = next(each for each in itertools.chain([name], numbered) if each.lower() not in taken)
    taken.add(free.lower())
    return free


def evaluations(study: ExportStudy) -> Iterator[float]:
    """Yield the visible losses of a study, in the order of its suggestions."""
    return itertools.chain.from_iterable(study.visible)


def count_parameters(studies: Sequence[ExportStudy]) -> int:
    """Return how many parameters the search space has; 1 where suggestions were dropped and nobody knows."""
    suggestions = studies[0].suggestions
    return len(suggestions[0][0]) if suggestions and suggestions[0] else 1
