"""What makes a CSV file a data set: checks that need nothing but the file, so that the client makes them, too."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from arena.rules.bayesmark_names import CV_SPLITS

FAULTS_SHOWN = 20
FILE_LIMIT_BYTES = 16 * 1024**2
CELLS_LIMIT = 10_000_000
"""Values of the table that Bayesmark makes of the file, eight bytes each; every category becomes a column."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d{1,18}")
TRUTH = re.compile(r"true|false", re.IGNORECASE)
NOT_FINITE = re.compile(r"[+-]?(inf|infinity)", re.IGNORECASE)
MISSING = {"", "?", "-", "na", "n/a", "nan", "-nan", "null", "none", "<na>"}
CATEGORICAL = "_cat"
"""How Bayesmark recognizes a column of categories: by the end of its name."""
FEW_ROWS = CV_SPLITS * 2


class InvalidDataset(Exception):
    """The file is not a data set; `faults` says why, with row and column where it can."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = len(faults) - FAULTS_SHOWN
        self.faults = [*faults[:FAULTS_SHOWN], *([f"And {more} more of the kind."] if more > 0 else [])]
        super().__init__(" ".join(self.faults))


def check_dataset(name: str, content: bytes) -> None:
    """Check whatever can be checked without Bayesmark; the gateway checks the rest. Raises InvalidDataset."""
    if len(content) > FILE_LIMIT_BYTES:
        raise InvalidDataset([f"Expected at most {FILE_LIMIT_BYTES} bytes, got more; take fewer rows."])
    header, rows = _read(content)
    faults = [*_header_faults(header), *_width_faults(header, rows)]
    if not rows:
        faults.append("Expected rows below the header, got none; add the data.")
    whole = [(number, row) for number, row in rows if len(row) == len(header)]
    if whole:
        faults += _column_faults(name, header, [row for _, row in whole], [number for number, _ in whole])
    if faults:
        raise InvalidDataset(faults)
    _check_cells(header, [row for _, row in rows])


def _read(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header, and the rows with the numbers of their lines."""
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        lines = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError as error:
        raise InvalidDataset(
            [f"Expected text in UTF-8, got byte {error.start} that does not belong to it; save the file as UTF-8."]
        ) from error
    except csv.Error as error:
        raise InvalidDataset(
            [f"Row {reader.line_num}: expected CSV, got something that cannot be read: {error}; mend the row."]
        ) from error
    if not lines:
        raise InvalidDataset(["Expected a header and rows, got an empty file; add the data."])
    return lines[0][1], lines[1:]


def _header_faults(header: list[str]) -> Iterator[str]:
    if len(header) < 2:
        yield "Expected at least one feature and the target as the last column; add the columns, separated by commas."
    for column, times in Counter(header).items():
        if times > 1:
            yield f"Row 1: expected every column once, got {column!r} {times} times; rename them."
        if not column.strip():
            yield "Row 1: expected a name for every column, got an empty one; name it."
    if header and all(NUMBER.fullmatch(column) for column in header):
        yield "Row 1: expected the names of the columns, got numbers; add a header."


def _width_faults(header: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[str]:
    for number, row in rows:
        if len(row) != len(header):
            yield f"Row {number}: expected {len(header)} values as in the header, got {len(row)}; mend the row."


def _column_faults(name: str, header: list[str], rows: list[list[str]], numbers: list[int]) -> Iterator[str]:
    columns = list(zip(*rows, strict=True))
    for column, values in zip(header[:-1], columns[:-1], strict=True):
        check = _category_faults if column.endswith(CATEGORICAL) else _number_faults
        yield from check(column, values, numbers)
    check = _number_faults if name.startswith("reg-") else _class_faults
    yield from check(header[-1], columns[-1], numbers)
    if len(rows) < FEW_ROWS:
        yield f"Expected at least {FEW_ROWS} rows for {CV_SPLITS} splits of them, got {len(rows)}; add rows."
    if not name.startswith("reg-") and len(classes := set(columns[-1])) < 2:
        yield f"Column {header[-1]!r}: expected two classes or more, got only {classes.pop()!r}; add rows of another."


def _number_faults(column: str, values: Sequence[str], numbers: Sequence[int]) -> Iterator[str]:
    good = True
    for row, value in zip(numbers, values, strict=True):
        if value.strip().lower() in MISSING:
            yield f"Row {row}, column {column!r}: expected a number, got a missing value ({value!r}); fill it in."
        elif NOT_FINITE.fullmatch(value) or (NUMBER.fullmatch(value) and not math.isfinite(float(value))):
            yield f"Row {row}, column {column!r}: expected a finite number, got {value!r}; remove the row."
        elif not NUMBER.fullmatch(value):
            cure = f"name the column {column + CATEGORICAL!r} if it holds categories"
            yield f"Row {row}, column {column!r}: expected a number, got the text {value[:40]!r}; {cure}."
        else:
            continue
        good = False
    if good and all(WHOLE.fullmatch(value) for value in values):
        yield (
            f"Column {column!r}: expected numbers with a decimal point, as Bayesmark takes no others, got only whole "
            f"ones; write {values[0]} as {values[0]}.0 (or name a column of categories {column + CATEGORICAL!r})."
        )


def _category_faults(column: str, values: Sequence[str], numbers: Sequence[int]) -> Iterator[str]:
    for row, value in zip(numbers, values, strict=True):
        if not value.strip():
            yield f"Row {row}, column {column!r}: expected a category, got a missing value; fill it in."


def _class_faults(column: str, values: Sequence[str], numbers: Sequence[int]) -> Iterator[str]:
    kind: Callable[[str], object] = TRUTH.fullmatch if TRUTH.fullmatch(values[0]) else WHOLE.fullmatch
    for row, value in zip(numbers, values, strict=True):
        if value.strip().lower() in MISSING:
            yield f"Row {row}, column {column!r}: expected a class, got a missing value ({value!r}); fill it in."
        elif not kind(value):
            yield (
                f"Row {row}, column {column!r}: expected a class as a whole number, as true or as false, like the rows "
                f"above it, got {value[:40]!r}; number the classes."
            )


def _check_cells(header: list[str], rows: list[list[str]]) -> None:
    widths = (
        len({row[place] for row in rows}) if column.endswith(CATEGORICAL) else 1
        for place, column in enumerate(header[:-1])
    )
    if (cells := len(rows) * sum(widths)) > CELLS_LIMIT:
        raise InvalidDataset(
            [f"Expected at most {CELLS_LIMIT} values once categories are columns, got {cells}; take fewer."]
        )
