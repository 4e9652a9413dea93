"""CSV files that are data sets, and why others are none; what is taken, stock Bayesmark reads."""

import contextlib
from pathlib import Path

import numpy as np
import pytest
from bayesmark.data import load_data
from bayesmark.sklearn_funcs import CV_SPLITS
from hypothesis import given
from hypothesis import strategies as st

from arena.rules.datasets import InvalidDataset
from services.gateway.competitions.dataset_size import DatasetSize, measure_dataset
from tests.support import csv_files


def faults(name: str, text: str) -> str:
    with pytest.raises(InvalidDataset) as invalid:
        measure_dataset(name, text.encode())
    return "\n".join(invalid.value.faults)


def table(header: str, *rows: str, times: int = 15) -> str:
    return "\n".join([header, *rows * times, ""])


def test_size_is_that_of_the_table_the_models_see() -> None:
    size = measure_dataset("clf-three", csv_files.classification())
    assert (size.n_rows, size.n_features) == (90, 4)
    size = measure_dataset("reg-sum", csv_files.regression())
    assert (size.n_rows, size.n_features) == (60, 2)


@pytest.mark.parametrize(
    ("name", "text", "fragments"),
    [
        ("clf-a", "", ["an empty file"]),
        ("clf-a", "a,b\n", ["Expected rows below the header, got none"]),
        ("clf-a", table("a,a,t", "1.5,2.5,0", "2.5,1.5,1"), ["expected every column once, got 'a' 2 times"]),
        ("clf-a", table("a,,t", "1.5,2.5,0", "2.5,1.5,1"), ["expected a name for every column"]),
        ("clf-a", table("1.5,2.5,0", "2.5,1.5,1"), ["add a header"]),
        ("clf-a", table("t", "0", "1"), ["at least one feature"]),
        ("clf-a", table("a,t", "1.5,0", "1.5,1") + "1.5\n", ["Row 32: expected 2 values as in the header, got 1"]),
        ("clf-a", table("a,t", "1.5,0", ",1"), ["Row 3, column 'a': expected a number, got a missing value ('')"]),
        ("clf-a", table("a,t", "1.5,0", "NaN,1"), ["Row 3, column 'a'", "missing value ('NaN')"]),
        ("clf-a", table("a,t", "red,0", "1.5,1"), ["Row 2, column 'a'", "the text 'red'", "'a_cat'"]),
        ("clf-a", table("a,t", "1e999,0", "-inf,1"), ["Row 2, column 'a': expected a finite", "Row 3, column 'a'"]),
        ("clf-a", table("a,t", "1,0", "2,1"), ["Column 'a': expected numbers with a decimal point", "write 1 as 1.0"]),
        ("clf-a", table("a_cat,t", "x,0", ",1"), ["Row 3, column 'a_cat': expected a category"]),
        ("clf-a", table("a,t", "1.5,no", "2.5,yes"), ["Row 2, column 't': expected a class", "'no'"]),
        ("clf-a", table("a,t", "1.5,0", "2.5,1.0"), ["Row 3, column 't'", "'1.0'"]),
        ("clf-a", table("a,t", "1.5,0", "2.5,0"), ["Column 't': expected two classes or more, got only '0'"]),
        ("clf-a", table("a,t", "1.5,0", "2.5,1", times=2), ["Expected at least 10 rows for 5 splits of them, got 4"]),
        ("clf-a", table("a,t", "1.5,0", "2.5,1") + "3.5,7\n", ["Class 7: expected at least 5 rows to learn from"]),
        ("clf-a", table("a_cat,t", "x,0", "x,1"), ["Bayesmark cannot read this data set"]),
        ("reg-a", table("a,t", "1.5,1", "2.5,2"), ["Column 't': expected numbers with a decimal point"]),
        ("reg-a", 'a,t\n"1.5,2.5\n', ["expected CSV"]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else "",
)
def test_what_is_no_data_set_is_refused_with_its_row_and_column(name: str, text: str, fragments: list[str]) -> None:
    found = faults(name, text)
    for fragment in fragments:
        assert fragment in found


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidDataset, match="UTF-8"):
        measure_dataset("reg-a", b"a,t\n\xff,1.5\n")


def test_many_faults_are_told_in_part() -> None:
    found = faults("reg-a", table("a,t", "x,1.5", times=100))
    assert found.count("the text 'x'") == 20
    assert "And 80 more" in found


CELLS = st.sampled_from(
    ["1.5", "-2.25", "3", "1e3", "x", "", "nan", "inf", "true", " 1.5", "0", "1", "1_0", "0x1", "é"]
)


@given(
    st.sampled_from(["clf-a", "reg-a"]),
    st.lists(st.sampled_from(["a", "b_cat", "c"]), unique=True, min_size=1, max_size=3),
    st.data(),
)
def test_what_is_taken_bayesmark_reads_into_finite_numbers_and_splits(
    tmp_path_factory: pytest.TempPathFactory, name: str, columns: list[str], data: st.DataObject
) -> None:
    palette = [data.draw(st.lists(CELLS, min_size=1, max_size=3)) for _ in columns]
    targets = data.draw(st.sampled_from([["0", "1"], ["true", "false"], ["1.5", "2"], ["0", "1", "2"], ["1.5", "x"]]))
    rows = [[cells[i % len(cells)] for cells in [*palette, targets]] for i in range(60)]
    content = "\n".join(map(",".join, [[*columns, "target"], *rows])).encode()
    size: DatasetSize | None = None
    with contextlib.suppress(InvalidDataset):
        size = measure_dataset(name, content)
    if size is None:
        return
    root = tmp_path_factory.mktemp("root")
    (Path(root) / f"{name}.csv").write_bytes(content)
    features, target, _ = load_data(name, str(root))
    assert features.shape == (size.n_rows, size.n_features) == (60, features.shape[1])
    assert np.isfinite(features).all()
    assert name == "reg-a" or min(np.unique(target, return_counts=True)[1]) > CV_SPLITS
