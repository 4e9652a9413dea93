"""An export as one tidy Parquet file: a row for each evaluation. Read and written in pieces, whatever its size."""

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from arena.api.export import ExportHeader, ExportStudy
from arena.export.stream import Export, ExportedBox, new_folder
from arena.scales import Scale

FILE = "evaluations.parquet"
STUDIES_AT_ONCE = 500
"""So many studies are a row group: 64,000 rows of 16 x 8 evaluations."""
COLUMNS = (
    ("competition", pa.string(), "slug of the competition"),
    ("phase", pa.string(), "name of the phase"),
    ("team", pa.string(), "name of the team"),
    ("submission", pa.string(), "id of the submission"),
    ("environment", pa.string(), "where the optimizer ran"),
    ("box", pa.string(), "label of the black box"),
    ("family", pa.string(), "problem family of the black box"),
    ("test_case", pa.string(), "real name of the black box"),
    ("study", pa.int32(), "number of the study, from 0"),
    ("iteration", pa.int32(), "from 1"),
    ("suggestion", pa.int32(), "number of the suggestion in its iteration, from 1"),
    ("evaluation", pa.int32(), "number of the evaluation in its study, from 1"),
    ("visible_loss", pa.float64(), "the loss that the optimizer was told"),
    ("generalization_loss", pa.float64(), "the loss on held-out data"),
    ("best_visible_loss", pa.float64(), "the least visible loss up to this iteration, all of it included"),
    ("rescaled_loss", pa.float64(), "the same from 1, the clip, to 0, the best known, no less than -1, no more than 1"),
    ("evaluation_s", pa.float64(), "seconds that the evaluation took"),
    ("suggest_s", pa.float64(), "seconds that suggest took in this iteration"),
    ("observe_s", pa.float64(), "seconds that observe took in this iteration"),
    (
        "cut_off_by",
        pa.string(),
        "limit past which the optimizer was cut off in this study: iteration or study; or null",
    ),
    ("parameters", pa.string(), "the suggestion as a JSON object; null where suggestions were dropped"),
)
SCHEMA = pa.schema([pa.field(name, kind, metadata={"description": text}) for name, kind, text in COLUMNS])


def write_parquet(
    lines: Iterable[str], directory: Path, scales: Callable[[ExportHeader], Mapping[str, Scale]]
) -> dict[str, Any]:
    """Write the stream of an export to a file in a new folder; returns what was written.

    `scales` finds those of the phase's baseline set; without one, as for organizer runs, nothing is rescaled.
    """
    path = new_folder(directory) / FILE
    export = Export(lines)
    known = scales(export.header)
    rows = studies = 0
    found = ((each, study) for boxes in export.submissions() for each in boxes for study in each.studies)
    with ParquetWriter(path, SCHEMA, compression="zstd") as writer:  # type: ignore[no-untyped-call]
        while batch := list(itertools.islice(found, STUDIES_AT_ONCE)):
            tidy = [
                row for each, study in batch for row in _rows(export.header, each, study, known.get(each.box.test_case))
            ]
            writer.write_table(pa.Table.from_pylist(tidy, schema=SCHEMA))
            rows, studies = rows + len(tidy), studies + len(batch)
    return {"directory": str(directory), "file": str(path), "studies": studies, "rows": rows}


def _rows(header: ExportHeader, each: ExportedBox, study: ExportStudy, scale: Scale | None) -> Iterator[dict[str, Any]]:
    of_study = {
        "competition": header.competition,
        "phase": header.phase,
        "team": study.team,
        "submission": str(study.submission_id),
        "environment": study.environment,
        "box": each.box.box,
        "family": each.box.family,
        "test_case": each.box.test_case,
        "study": study.study,
        "cut_off_by": study.cut_off_by,
    }
    best, number = math.inf, 0
    for iteration, visible in enumerate(study.visible):
        best = min(best, *visible)
        of_iteration = of_study | {
            "iteration": iteration + 1,
            "best_visible_loss": best,
            "rescaled_loss": None if scale is None else min(max(scale.rescale(best), -1.0), 1.0),
            "suggest_s": study.suggest_time_s and study.suggest_time_s[iteration],
            "observe_s": study.observe_time_s and study.observe_time_s[iteration],
        }
        for place, loss in enumerate(visible):
            number += 1
            yield of_iteration | {
                "suggestion": place + 1,
                "evaluation": number,
                "visible_loss": loss,
                "generalization_loss": study.generalization[iteration][place],
                "evaluation_s": study.eval_time_s and study.eval_time_s[iteration][place],
                "parameters": study.suggestions and json.dumps(study.suggestions[iteration][place]),
            }
