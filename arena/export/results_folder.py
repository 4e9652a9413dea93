"""Evaluations as a Bayesmark results folder, on which stock Bayesmark's own tools run unchanged."""

import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import xarray as xr
from bayesmark.cmd_parse import CmdArgs, serializable_dict
from bayesmark.constants import BASELINE, EVAL, EXP_VARS, SUGGEST_LOG, TEST_CASE, TIME
from bayesmark.experiment import build_eval_ds, build_suggest_ds, build_timing_ds
from bayesmark.serialize import XRSerializer

from arena.api.export import ExportBox, ExportHeader, ExportStudy
from arena.client.answer import parse_line
from arena.export.verification import REVISION
from arena.failure import Failure
from arena.words.names import name_test_case
from arena.words.objectives import GENERALIZATION, VISIBLE

DROPPED = "dropped"
"""The only parameter of studies whose suggestions were dropped: Bayesmark's tools refuse a study without numbers."""


FUNCTION, LOSS = "function", "loss"
"""What Bayesmark's tools see as the data set and the metric of a family's problem."""


def method_name(team: str) -> str:
    """Return a team's name as Bayesmark takes it: without its delimiter `_`, and different for different teams."""
    return quote(team, safe="").replace("_", "%5F")


def write_results_folder(
    lines: Iterable[str],
    directory: Path,
    load_baseline: Callable[[str, int], dict[str, Any]] | None = None,
    method: str | None = None,
) -> dict[str, Any]:
    """Write the stream of an export to a new folder; returns what was written.

    `lines` is a header and a line per study, `load_baseline(name, version)` returns the document of the baseline set,
    which the folder has only then, and `method` names the submission when it is not to bear its team's name.
    """
    directory = directory.resolve()
    if directory.exists() and any(directory.iterdir()):
        raise Failure(f"Expected a new folder, got {directory} with files in it.")
    directory.parent.mkdir(parents=True, exist_ok=True)
    root, name = str(directory.parent), directory.name
    try:
        XRSerializer.init_db(root, keys=EXP_VARS, db=name)
    except ValueError as error:  # Bayesmark allows no more than every operating system does
        raise Failure(f"Expected a folder with a name that Bayesmark allows, got {name!r}: {error}") from error
    stream = iter(lines)
    header = parse_line(next(stream), ExportHeader)
    boxes = {box.box: box for box in header.boxes}
    methods: dict[str, str] = {}
    studies = 0
    for line in stream:
        study = parse_line(line, ExportStudy)
        named = methods.setdefault(str(study.submission_id), method or method_name(study.team))
        _save_study(root, name, header, boxes[study.box], study, named)
        studies += 1
    if load_baseline is not None and header.baseline.name is not None and header.baseline.version is not None:
        document = load_baseline(header.baseline.name, header.baseline.version)
        XRSerializer.save_derived(*rename_test_cases(document, header.boxes), root, db=name, key=BASELINE)
    dropped = header.suggestions_dropped
    return {
        "directory": str(directory),
        "studies": studies,
        "methods": methods,
        "suggestions_dropped": dropped and dropped.model_dump(mode="json"),
    }


def bayesmark_parts(box: ExportBox) -> tuple[str, str, str]:
    """Return model, data set and metric as Bayesmark's tools have them, who know no families and want all three."""
    return (box.model, box.dataset or FUNCTION, box.metric or LOSS)


def rename_test_cases(document: dict[str, Any], boxes: Iterable[ExportBox]) -> tuple[xr.Dataset, dict[str, Any]]:
    """Return a baseline set with the names that Bayesmark's tools make of the problems of families."""
    names = {box.model: name_test_case(*bayesmark_parts(box)) for box in boxes if not box.dataset}
    data, meta = xr.Dataset.from_dict(document["data"]), document["meta"]
    cases = [names.get(each, each) for each in data.coords[TEST_CASE].values.tolist()]
    renamed = data.assign_coords({TEST_CASE: cases})
    return renamed, {**meta, "signature": {names.get(name, name): each for name, each in meta["signature"].items()}}


def _save_study(root: str, name: str, header: ExportHeader, box: ExportBox, study: ExportStudy, method: str) -> None:
    identity = uuid.uuid5(study.submission_id, f"{study.box}/{study.study}")
    meta = {"args": _arguments(root, name, header, box, method, identity), "signature": [[], box.signature]}
    evaluations = np.stack([np.array(study.visible), np.array(study.generalization)], axis=-1)
    times = (study.suggest_time_s, study.eval_time_s, study.observe_time_s)
    datasets = {
        EVAL: build_eval_ds(evaluations, [VISIBLE, GENERALIZATION]),
        TIME: build_timing_ds(*(np.array(each, dtype=float) for each in times)),
        SUGGEST_LOG: build_suggest_ds(keep_numbers(study.suggestions or _unknown_points(header))),
    }
    for key, dataset in datasets.items():
        XRSerializer.save(dataset, meta, root, db=name, key=key, uuid_=identity)


def keep_numbers(points: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Return suggestions without the parameters whose values are text: Bayesmark's tools read numbers alone."""
    texts = {name for row in points for point in row for name, value in point.items() if isinstance(value, str)}
    return [
        [{name: point[name] for name in point if name not in texts} or {DROPPED: 0.0} for point in row]
        for row in points
    ]


def _unknown_points(header: ExportHeader) -> list[list[dict[str, float]]]:
    """Return what stands for suggestions that were dropped."""
    return [[{DROPPED: 0.0}] * header.n_suggestions] * header.n_calls


def _arguments(
    root: str, name: str, header: ExportHeader, box: ExportBox, method: str, identity: uuid.UUID
) -> dict[str, Any]:
    """Return the arguments that `bayesmark-exp` would have had for this study."""
    arguments: dict[str, Any] = serializable_dict(
        {
            CmdArgs.db_root: root,
            CmdArgs.db: name,
            CmdArgs.uuid: identity.hex,
            CmdArgs.optimizer: method,
            CmdArgs.opt_rev: REVISION,
            CmdArgs.rev: REVISION,
            **dict(zip((CmdArgs.classifier, CmdArgs.data, CmdArgs.metric), bayesmark_parts(box), strict=True)),
            CmdArgs.n_calls: header.n_calls,
            CmdArgs.n_suggest: header.n_suggestions,
        }
    )
    return arguments
