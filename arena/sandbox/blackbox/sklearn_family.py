"""Bayesmark's own family: scikit-learn models on data sets, the stock ones and the organizer's."""

from collections.abc import Sequence

from bayesmark.constants import DATA_LOADER_NAMES, MODEL_NAMES
from bayesmark.data import METRICS_LOOKUP, get_problem_type
from bayesmark.experiment import _build_test_problem
from bayesmark.sklearn_funcs import SklearnModel


def problems() -> Sequence[str]:
    """Return the names of Bayesmark's test cases on its stock data sets."""
    return [
        SklearnModel.test_case_str(model, dataset, metric)
        for model in MODEL_NAMES
        for dataset in DATA_LOADER_NAMES
        for metric in METRICS_LOOKUP[get_problem_type(dataset)]
    ]


def make_problem(name: str, data_root: str | None = None) -> SklearnModel:
    """Return the stock problem of a test case; of one on an own data set, from the folder that has its file."""
    return _build_test_problem(*SklearnModel.inverse_test_case_str(name), data_root)
