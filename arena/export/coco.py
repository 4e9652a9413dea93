"""An export as COCO's `cocopp` reads it: `.info`, `.dat` and `.tdat` files, a folder for each team.

`cocopp` knows suites by their names, and in each so many functions, of so many dimensions. So black boxes of the family
`bbob` are what they are there, and all others are functions of the suite `bbob-boxed`, 24 in a folder: of COCO's suites
with bounds it is the one to which no reference results belong. docs/organizer/exports.md says what is mapped how.
"""

import csv
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arena.api.export import ExportHeader, ExportStudy
from arena.export.stream import Export, ExportedBox, evaluations, new_folder, team_folder
from arena.failure import Failure
from arena.scales import Scale

OF_COCO = re.compile(r"(?P<suite>bbob(-mixint|-largescale)?)-f0*(?P<function>\d+)-d0*(?P<dim>\d+)-i0*(?P<instance>\d+)")
"""The name of a black box of the family `bbob`."""
SUITE, DIMENSION, FUNCTIONS = "bbob-boxed", 5, 24
"""What black boxes are that COCO does not know, and how many functions a suite has at most."""
POINTS = 100.0
PRECISION = 1e-8
FAILED = 3e21
"""What `cocopp` takes as infinite."""
HEADINGS = (
    "% f evaluations | g evaluations | best noise-free fitness - Fopt (0.0e+00) + sum g_i+ | measured fitness "
    "| best measured fitness or single-digit g-values | x1 | x2...\n"
)
FUNCTIONS_FILE = "functions.csv"
ScaleLookup = Callable[[ExportHeader], Mapping[str, Scale]]


@dataclass(frozen=True)
class CocoPlace:
    """What a black box is called in COCO's files: a group is a folder that `cocopp` reads at once."""

    group: str
    suite: str
    function: int
    dim: int
    instance: int | None

    @property
    def data(self) -> Path:
        """The data file, below the team's folder."""
        return Path(f"data_f{self.function}") / f"bbobexp_f{self.function}_DIM{self.dim}.dat"


@dataclass
class _Submission:
    """The folders of one submission, and the runs that the .info files of each will name."""

    name: str
    runs: dict[tuple[str, str, int, int], list[str]] = field(default_factory=dict)


def write_coco(lines: Iterable[str], directory: Path, scales: ScaleLookup) -> dict[str, Any]:
    """Write the stream of an export to a new folder; returns what was written.

    `scales` finds those of the phase's baseline set.
    """
    directory = new_folder(directory)
    export = Export(lines)
    functions, known = name_functions(export.header), scales(export.header)
    taken, folders, studies = set[str](), dict[str, str](), 0
    for boxes in export.submissions():
        submission = None
        for each in boxes:
            first = each.studies[0]
            if submission is None:
                submission = _Submission(team_folder(first.team, taken))
                folders[str(first.submission_id)] = submission.name
            _write_runs(directory, submission, functions[each.box.box], each, known)
            studies += len(each.studies)
        if submission is not None:
            _write_info(directory, submission, export.header)
    _write_functions(directory / FUNCTIONS_FILE, export.header, functions)
    groups = sorted({each.group for each in functions.values()})
    return {"directory": str(directory), "studies": studies, "folders": folders, "groups": groups}


def name_functions(header: ExportHeader) -> dict[str, CocoPlace]:
    """Return what each black box of a phase is called in COCO's files, by label."""
    named: dict[str, CocoPlace] = {}
    others = 0
    for box in header.boxes:
        if box.family == "bbob" and (found := OF_COCO.fullmatch(box.test_case)):
            suite, function, dim, instance = found.group("suite", "function", "dim", "instance")
            named[box.box] = CocoPlace(suite, suite, int(function), int(dim), int(instance))
        else:
            group = f"boxes-{others // FUNCTIONS + 1}"
            named[box.box] = CocoPlace(group, SUITE, others % FUNCTIONS + 1, DIMENSION, None)
            others += 1
    return named


def precisions(study: ExportStudy, scale: Scale, *, of_coco: bool) -> list[float]:
    """Return how far each evaluation is from the best known, at least 0.

    COCO's own functions are in their own unit. Others are in points of the score: the clip is 100 from the best known.
    """
    unit = 1.0 if of_coco else POINTS / (scale.clip - scale.best)
    return [max((loss - scale.best) * unit, 0.0) if math.isfinite(loss) else FAILED for loss in evaluations(study)]


def _write_runs(
    directory: Path, submission: _Submission, named: CocoPlace, each: ExportedBox, scales: Mapping[str, Scale]
) -> None:
    if each.box.test_case not in scales:
        raise Failure(f"Expected a baseline for {each.box.test_case}, the phase's baseline set has none.")
    scale = scales[each.box.test_case]
    path = directory / named.group / submission.name / named.data
    path.parent.mkdir(parents=True, exist_ok=True)
    runs = submission.runs.setdefault((named.group, named.suite, named.function, named.dim), [])
    with path.open("a") as dat, path.with_suffix(".tdat").open("a") as tdat:
        for study in each.studies:
            reached = precisions(study, scale, of_coco=named.instance is not None)
            dat.write(HEADINGS)
            tdat.write(HEADINGS)
            best = math.inf
            for number, value in enumerate(reached, 1):
                better, best = value < best, min(best, value)
                line = f"{number} 0 {best:.12e} {value:.12e} {best:.12e}\n"
                tdat.write(line)
                if better or number == len(reached):  # by targets: the first evaluation is always better
                    dat.write(line)
            instance = study.study + 1 if named.instance is None else named.instance
            runs.append(f"{instance}:{len(reached)}|{best - PRECISION:.1e}")


def _write_info(directory: Path, submission: _Submission, header: ExportHeader) -> None:
    for (group, suite, function, dim), runs in sorted(submission.runs.items()):
        folder = directory / group / submission.name
        data = CocoPlace(group, suite, function, dim, None).data
        with (folder / f"bbobexp_f{function}.info").open("a") as file:
            file.write(
                f"suite = '{suite}', funcId = {function}, DIM = {dim}, Precision = {PRECISION:.3e}, "
                f"algId = '{submission.name}', logger = 'bbob', data_format = 'bbob-new2', coco_version = '2.9.1'\n"
                f"% {header.competition} / {header.phase}\n{data.as_posix()}, {', '.join(runs)}\n"
            )


def _write_functions(path: Path, header: ExportHeader, functions: Mapping[str, CocoPlace]) -> None:
    """Say which black box is which function."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("folder", "suite", "function", "dimension", "instance", "box", "test_case", "family"))
        for box in header.boxes:
            named = functions[box.box]
            instance = "" if named.instance is None else named.instance
            place = (named.group, named.suite, named.function, named.dim, instance)
            writer.writerow((*place, box.box, box.test_case, box.family))
