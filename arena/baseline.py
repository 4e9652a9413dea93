"""A baseline set from random search, by Bayesmark's own aggregation and `compute_baseline`."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bayesmark.cmd_parse import CmdArgs
from bayesmark.constants import BASELINE, EVAL, EVAL_RESULTS, RANDOM_SEARCH
from bayesmark.experiment_aggregate import analyze_signatures, concat_experiments, load_experiments
from bayesmark.experiment_baseline import do_baseline
from bayesmark.serialize import XRSerializer

from arena.export import write_results_folder

Body = dict[str, Any]


def compute_baseline_document(lines: Iterable[str]) -> Body:
    """Return the baseline set of one exported random-search submission, as `bayesmark-baseline` would write it.

    Worst is what these studies reach, best is the best of all their evaluations (`compute_baseline`).
    """
    with tempfile.TemporaryDirectory() as root:
        name = "baseline"
        write_results_folder(lines, Path(root) / name, method=RANDOM_SEARCH)
        uuids = XRSerializer.get_uuids(root, db=name, key=EVAL)
        evaluations, _, _, signatures = concat_experiments(load_experiments(uuids, root, name))
        _, median = analyze_signatures(signatures)
        meta = {"args": {}, "signature": median}
        XRSerializer.save_derived(evaluations, meta, root, db=name, key=EVAL_RESULTS)
        do_baseline({CmdArgs.db_root: root, CmdArgs.db: name})
        dataset, meta = XRSerializer.load_derived(root, db=name, key=BASELINE)
    return {"data": dataset.to_dict(), "meta": meta}
