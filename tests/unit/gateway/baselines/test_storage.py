"""A baseline set is read as xarray reads it."""

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr
from bayesmark import experiment_baseline
from bayesmark.constants import ITER, OBJECTIVE, TEST_CASE

from services.gateway.baselines import storage
from services.gateway.baselines.labelled_arrays import LabelledArrays
from services.gateway.problems import Problem
from tests.support.gateway.competitions import BASELINE


def read_document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(BASELINE.read_text())
    return document


@pytest.mark.parametrize("dims", [(TEST_CASE, OBJECTIVE, ITER), (ITER, OBJECTIVE, TEST_CASE)])
def test_arrays_are_those_of_xarray_in_any_order_of_dimensions(dims: tuple[str, ...]) -> None:
    data = read_document()["data"]
    dataset = xr.Dataset.from_dict(data)

    arrays = LabelledArrays(data)

    assert "median" in arrays
    assert "nothing" not in arrays
    assert arrays.sizes == dict(dataset.sizes)
    assert np.array_equal(arrays.read("mean", dims), dataset["mean"].transpose(*dims).values)


def test_a_dimension_that_an_array_lacks_has_the_size_1() -> None:
    data = read_document()["data"]
    clip = LabelledArrays(data).read("clip", (OBJECTIVE, ITER, TEST_CASE))
    assert np.array_equal(clip[:, 0], xr.Dataset.from_dict(data)["clip"].transpose(OBJECTIVE, TEST_CASE).values)
    assert clip.shape[1] == 1


def test_the_numbers_of_bayesmarks_padding_are_its_own() -> None:
    assert storage.MIN_POS == experiment_baseline.MIN_POS
    assert storage.PAD_FACTOR == experiment_baseline.PAD_FACTOR


@pytest.mark.parametrize(
    "fault", ["another size", "other dimensions", "no dimensions", "text", "no such objective", "no iteration"]
)
def test_a_document_of_another_form_is_a_problem_and_no_failure(fault: str) -> None:
    document = read_document()
    variables, coords = document["data"]["data_vars"], document["data"]["coords"]
    match fault:
        case "another size":
            variables["clip"]["data"].pop()
        case "other dimensions":
            variables["clip"]["dims"] = ["function", "other"]
        case "no dimensions":
            del variables["best"]["dims"]
        case "text":
            variables["best"]["data"][0][0] = "low"
        case "no such objective":
            coords["objective"]["data"][0] = "other"
        case "no iteration":
            del coords["iter"], variables["mean"], variables["median"]

    with pytest.raises(Problem):
        storage.read_boxes(document)
