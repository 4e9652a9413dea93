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
        ("clf-a", table("a,a,t", "1.5,2.5,0", "2.5,1.5,1"), ["Row 1: expected every column once, got 'a' 2 times"]),
        ("clf-a", table("a,,t", "1.5,2.5,0", "2.5,1.5,1"), ["expected a name for every column"]),
        ("clf-a", table("1.5,2.5,0", "2.5,1.5,1"), ["add a header"]),
        ("clf-a", table("t", "0", "1"), ["at least one feature"]),
        (
            "clf-a",
            table("a,t", "1.5,0", "1.5,1") + "1.5\n",
            ["Expected 2 values in every row, as in the header, got another number in 1 row (row 32: 1)"],
        ),
        (
            "clf-a",
            table("a,t", "1.5,0", ",1"),
            ["Column 'a': expected numbers, got no value in 15 rows (row 3: '', row 5: '', row 7: '', ...); fill"],
        ),
        (
            "clf-a",
            table("a,t", "1.5,0", "NaN,1"),
            ["Column 'a': expected numbers, got no value in 15 rows (row 3: 'NaN', "],
        ),
        (
            "clf-a",
            table("a,t", "red,0", "1.5,1"),
            ["Column 'a': expected numbers, got text in 15 rows (row 2: 'red', ", "name the column 'a_cat' if"],
        ),
        (
            "clf-a",
            table("a,t", "1e999,0", "-inf,1"),
            ["got numbers that are not finite in 30 rows (row 2: '1e999', row 3: '-inf', "],
        ),
        (
            "clf-a",
            table("a,t", "1,0", "2,1"),
            ["Column 'a': expected numbers with a decimal point", "write 1 as 1.0, or name the column"],
        ),
        (
            "clf-a",
            table("a_cat,t", "x,0", ",1"),
            ["Column 'a_cat': expected categories, got no value in 15 rows (row 3: '', "],
        ),
        (
            "clf-a",
            table("a,t", "1.5,no", "2.5,yes"),
            ["Column 't': expected classes as whole numbers, got something else in 30 rows (row 2: 'no', "],
        ),
        (
            "clf-a",
            table("a,t", "1.5,0", "2.5,1.0"),
            ["Column 't': expected classes as whole numbers, got something else in 15 rows (row 3: '1.0', "],
        ),
        ("clf-a", table("a,t", "1.5,0", "2.5,0"), ["Column 't': expected two classes or more, got only '0'"]),
        ("clf-a", table("a,t", "1.5,0", "2.5,1", times=2), ["Expected at least 10 rows for 5 splits of them, got 4"]),
        ("clf-a", table("a,t", "1.5,0", "2.5,1") + "3.5,7\n", ["Class 7: expected at least 5 rows to learn from"]),
        ("clf-a", table("a_cat,t", "x,0", "x,1"), ["Bayesmark cannot read this data set"]),
        ("reg-a", table("a,t", "1.5,1", "2.5,2"), ["Column 't': expected numbers with a decimal point"]),
        ("reg-a", 'a,t\n"1.5,2.5\n', ["expected CSV"]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else "",
)
def test_what_is_no_data_set_is_refused_with_its_column_and_rows(name: str, text: str, fragments: list[str]) -> None:
    found = faults(name, text)
    for fragment in fragments:
        assert fragment in found


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InvalidDataset, match="UTF-8"):
        measure_dataset("reg-a", b"a,t\n\xff,1.5\n")


def test_a_column_that_is_wrong_in_every_row_is_one_line_with_the_count_and_its_first_rows() -> None:
    found = faults("reg-a", table("a,t", "x,1.5", times=1000))
    assert found == (
        "Column 'a': expected numbers, got text in 1,000 rows (row 2: 'x', row 3: 'x', row 4: 'x', ...); "
        "name the column 'a_cat' if it holds categories."
    )


def test_the_cause_of_the_most_rows_comes_first_and_rows_are_in_the_order_of_the_file() -> None:
    rows = [f"{'1.5' if number % 4 else ''},{'2.5' if number % 2 else 'x'},3.5" for number in range(2, 42)]
    assert faults("reg-a", "\n".join(["a,b,t", *rows])).splitlines() == [
        (
            "Column 'b': expected numbers, got text in 20 rows (row 2: 'x', row 4: 'x', row 6: 'x', ...); "
            "name the column 'b_cat' if it holds categories."
        ),
        "Column 'a': expected numbers, got no value in 10 rows (row 4: '', row 8: '', row 12: '', ...); fill them in.",
    ]


@pytest.mark.parametrize("target", ["target", "target_cat"])
@pytest.mark.parametrize("values", [("no", "yes"), ("1", "2")])
def test_the_cure_for_a_target_that_is_no_number_is_a_data_set_of_classes(target: str, values: tuple[str, ...]) -> None:
    found = faults("reg-a", table(f"a,{target}", *(f"1.5,{value}" for value in values)))
    assert "name the data set 'clf-...' if its target is a class." in found
    assert f"{target}_cat" not in found


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_a_file_without_commas_has_one_fault(separator: str, name: str) -> None:
    rows = ('"a","b","t"', "1.5,2.5,0", "2.5,3.5,1")
    found = faults("clf-a", table(*(row.replace(",", separator) for row in rows)))
    assert len(found.splitlines()) == 1
    assert f"expected names separated by commas, got {name}" in found
    decimal_commas = faults("reg-a", table("a;t", "1,5;2,5"))
    assert decimal_commas == (
        "Row 1: expected names separated by commas, got semicolons ('a;t'); save the file with commas."
    )


def test_a_table_with_many_bad_columns_is_told_in_part_and_the_count_comes_last() -> None:
    names, cells = (",".join(f"{kind}{number}" for number in range(100)) for kind in ("column", "x"))
    found = faults("reg-a", table(f"{names},t", f"{cells},1.5")).splitlines()
    assert len(found) == 21
    assert found[-1] == "And 80 more causes."


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
