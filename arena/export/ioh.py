"""An export as IOHanalyzer reads it: the files that IOHexperimenter's logger writes, a folder for each team.

https://iohprofiler.github.io: a JSON file for each function says what was run, and names a data file in which each run
begins with a line of headings.
"""

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from arena.api.export import ExportHeader, ExportStudy
from arena.export.stream import Export, ExportedBox, count_parameters, evaluations, new_folder, team_folder
from arena.version import code_version

FORMAT_VERSION = "0.4.2"
"""Of IOHexperimenter, whose files these are like."""
HEADINGS = ["evaluations", "raw_y"]
FAILED = sys.float_info.max
"""What stands for an infinite loss, which neither JSON nor IOHanalyzer knows."""


def write_ioh(lines: Iterable[str], directory: Path) -> dict[str, Any]:
    """Write the stream of an export to a new folder; returns what was written."""
    directory = new_folder(directory)
    export, taken, folders, studies = Export(lines), set[str](), dict[str, str](), 0
    for boxes in export.submissions():
        folder = None
        for each in boxes:
            first = each.studies[0]
            if folder is None:
                folder = directory / team_folder(first.team, taken)
                folders[str(first.submission_id)] = folder.name
            _write_function(folder, export.header, each)
            studies += len(each.studies)
    return {"directory": str(directory), "studies": studies, "folders": folders}


def _write_function(folder: Path, header: ExportHeader, each: ExportedBox) -> None:
    dimension = count_parameters(each.studies)
    data = Path(f"data_f{each.number}_{each.box.box}") / f"IOHprofiler_f{each.number}_DIM{dimension}.dat"
    (folder / data).parent.mkdir(parents=True)
    with (folder / data).open("w") as file:
        runs = []
        for study in each.studies:
            file.write(" ".join(HEADINGS) + "\n")
            losses = [loss if math.isfinite(loss) else FAILED for loss in evaluations(study)]
            file.writelines(f"{number} {loss!r}\n" for number, loss in enumerate(losses, 1))
            best = min(losses)
            runs.append(
                {"instance": 1, "evals": len(losses), "best": {"evals": losses.index(best) + 1, "y": best, "x": []}}
            )
    about = {
        "version": FORMAT_VERSION,
        "suite": f"arena-{each.box.family}",
        "function_id": each.number,
        "function_name": each.box.test_case,
        "maximization": False,
        "algorithm": _algorithm(header, each.studies[0]),
        "experiment_attributes": [{"label": each.box.box}, {"submission": str(each.studies[0].submission_id)}],
        "attributes": HEADINGS,
        "scenarios": [{"dimension": dimension, "path": data.as_posix(), "runs": runs}],
    }
    path = folder / f"IOHprofiler_f{each.number}_{each.box.box}.json"
    path.write_text(json.dumps(about, indent=1, allow_nan=False) + "\n")


def _algorithm(header: ExportHeader, study: ExportStudy) -> dict[str, str]:
    return {
        "name": study.team,
        "info": f"{header.competition} / {header.phase}, exported by Arena {code_version()}",
    }
