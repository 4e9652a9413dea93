"""Checks that Bayesmark can evaluate studies on a data set, and measures its size as Bayesmark sees it."""

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from arena.rules.bayesmark_names import CV_SPLITS, MODEL_NAMES, metrics_of
from arena.rules.datasets import InvalidDataset, check_dataset


@dataclass(frozen=True)
class DatasetSize:
    """The rows and features of a data set as models see it, with a column for each value of a category."""

    n_rows: int
    n_features: int


def measure_dataset(name: str, content: bytes) -> DatasetSize:
    """Check a data set in full and return its size. Raises InvalidDataset."""
    from bayesmark.sklearn_funcs import SklearnModel  # noqa: PLC0415 - scikit-learn takes 60 MB, and uploads are rare

    check_dataset(name, content)
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / f"{name}.csv").write_bytes(content)
        try:
            problem = SklearnModel(MODEL_NAMES[0], name, metrics_of(name)[0], data_root=root)
        except (AssertionError, ValueError, TypeError, OverflowError) as error:
            raise InvalidDataset(
                [f"Bayesmark cannot read this data set: {error!r}; its README describes the format."]
            ) from error
    if problem.is_classifier:
        _check_split(Counter(problem.data_y.tolist()), Counter(problem.data_yt.tolist()))
    return DatasetSize(len(problem.data_y) + len(problem.data_yt), problem.data_X.shape[1])


def _check_split(trained: Counter[int], held_out: Counter[int]) -> None:
    """Raise InvalidDataset unless every class has a row in each cross-validation split and one held out."""
    faults = [
        f"Class {each}: expected at least {CV_SPLITS} rows to learn from and 1 held out, got {trained[each]} and "
        f"{held_out[each]} by Bayesmark's split; add rows of it, or take it away."
        for each in sorted(trained.keys() | held_out.keys())
        if trained[each] < CV_SPLITS or held_out[each] < 1
    ]
    if faults:
        raise InvalidDataset(faults)
