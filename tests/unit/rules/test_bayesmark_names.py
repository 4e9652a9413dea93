"""The names that the client knows without Bayesmark are Bayesmark's."""

import pytest
from bayesmark import constants, data
from bayesmark.sklearn_funcs import CV_SPLITS

from arena.rules import bayesmark_names as names


def test_names_are_those_of_bayesmark() -> None:
    assert tuple(constants.MODEL_NAMES) == names.MODEL_NAMES
    assert sorted(names.DATASET_NAMES) == sorted(constants.DATA_LOADER_NAMES)
    assert tuple(constants.METRICS) == names.METRICS
    assert tuple(constants.SCORERS_CLF) == names.CLASSIFICATION_METRICS
    assert tuple(constants.SCORERS_REG) == names.REGRESSION_METRICS
    assert names.CV_SPLITS == CV_SPLITS


@pytest.mark.parametrize("dataset", [*names.DATASET_NAMES, "reg-mine", "clf-mine"])
def test_regression_is_told_as_bayesmark_tells_it(dataset: str) -> None:
    assert names.is_regression(dataset) == (data.get_problem_type(dataset) == data.ProblemType.reg)
