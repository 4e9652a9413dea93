"""What makes a CSV file a data set: checks that need nothing but the file, so that the client makes them, too."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from arena.rules.bayesmark_names import CV_SPLITS
from arena.words.sizes import size_text

CAUSES_SHOWN, ROWS_SHOWN, VALUE_CHARS = 20, 3, 40
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
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What a file has between its values that was saved for another program."""
A_GAP, NOT_A_FINITE, A_TEXT = "no value", "numbers that are not finite", "text"
"""What may be in place of a number."""


class InvalidDataset(Exception):
    """The file is not a data set; `faults` has a line for each cause, the worst first."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = len(faults) - CAUSES_SHOWN
        self.faults = [*faults[:CAUSES_SHOWN], *([f"And {more} more causes."] if more > 0 else [])]
        super().__init__(" ".join(self.faults))


class _Cause(NamedTuple):
    """One thing that is wrong, and in how many rows."""

    rows: float
    text: str


Cells = list[tuple[int, str]]
"""Values of one column, each with the number of its row."""


def check_dataset(name: str, content: bytes) -> None:
    """Check whatever can be checked without Bayesmark; the gateway checks the rest. Raises InvalidDataset."""
    if len(content) > FILE_LIMIT_BYTES:
        raise InvalidDataset([f"Expected at most {size_text(FILE_LIMIT_BYTES)}, got more; take fewer rows."])
    header, rows = _read(content)
    causes = [*_header_causes(header, len(rows)), *_width_causes(header, rows)]
    if not rows:
        causes.append(_Cause(math.inf, "Expected rows below the header, got none; add the data."))
    whole = [(number, row) for number, row in rows if len(row) == len(header)]
    if whole:
        causes += _column_causes(name, header, whole)
    if causes:
        raise InvalidDataset([cause.text for cause in sorted(causes, key=lambda cause: -cause.rows)])
    _check_cells(header, [row for _, row in rows])


def _read(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header, and the rows with the numbers of their lines."""
    try:
        text = content.decode("utf-8")
        _check_separator(text.partition("\n")[0])
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
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


def _check_separator(first_line: str) -> None:
    """Raise InvalidDataset if the values are separated by something else: whatever else is wrong comes of that."""
    for separator, several in SEPARATORS.items():
        if separator in first_line and "," not in first_line:
            names = repr(first_line.strip()[:VALUE_CHARS])
            raise InvalidDataset(
                [f"Row 1: expected names separated by commas, got {several} ({names}); save the file with commas."]
            )


def _header_causes(header: list[str], n_rows: int) -> Iterator[_Cause]:
    if len(header) < 2:
        cure = "add the columns, separated by commas"
        yield _Cause(math.inf, f"Expected at least one feature and the target as the last column; {cure}.")
    if twice := [f"{name!r} {times} times" for name, times in Counter(header).items() if times > 1 and name.strip()]:
        yield _Cause(math.inf, f"Row 1: expected every column once, got {', '.join(twice[:ROWS_SHOWN])}; rename them.")
    if empty := sum(not name.strip() for name in header):
        yield _Cause(math.inf, f"Row 1: expected a name for every column, got {empty} without one; name them.")
    if header and all(NUMBER.fullmatch(name) for name in header):
        yield _Cause(n_rows, "Row 1: expected the names of the columns, got numbers; add a header.")


def _width_causes(header: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[_Cause]:
    if other := [(number, str(len(row))) for number, row in rows if len(row) != len(header)]:
        expected = f"Expected {len(header)} values in every row, as in the header"
        yield _Cause(len(other), f"{expected}, got another number in {_first(other)}; mend the rows.")


def _column_causes(name: str, header: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[_Cause]:
    columns = [[(number, row[place]) for number, row in rows] for place in range(len(header))]
    for column, cells in zip(header[:-1], columns[:-1], strict=True):
        if column.endswith(CATEGORICAL):
            yield from _category_causes(column, cells)
        else:
            yield from _number_causes(column, cells, f"name the column {column + CATEGORICAL!r} if it holds categories")
    target, cells = header[-1], columns[-1]
    if name.startswith("reg-"):
        yield from _number_causes(target, cells, "name the data set 'clf-...' if its target is a class")
    else:
        yield from _class_causes(target, cells)
    if len(rows) < FEW_ROWS:
        text = f"Expected at least {FEW_ROWS} rows for {CV_SPLITS} splits of them, got {len(rows)}; add rows."
        yield _Cause(math.inf, text)


def _number_causes(column: str, cells: Cells, cure_of_text: str) -> Iterator[_Cause]:
    found: dict[str, Cells] = {}
    for row, value in cells:
        if misfit := _misfit_of_number(value):
            found.setdefault(misfit, []).append((row, value))
    cures = {A_GAP: "fill them in", NOT_A_FINITE: "remove the rows", A_TEXT: cure_of_text}
    for misfit, those in found.items():
        yield _in_column(column, "numbers", misfit, those, cures[misfit])
    if not found and all(WHOLE.fullmatch(value) for _, value in cells):
        value = cells[0][1]
        text = (
            f"Column {column!r}: expected numbers with a decimal point, as Bayesmark takes no others, got only whole "
            f"ones; write {value} as {value}.0, or {cure_of_text}."
        )
        yield _Cause(len(cells), text)


def _misfit_of_number(value: str) -> str | None:
    if value.strip().lower() in MISSING:
        return A_GAP
    if NOT_FINITE.fullmatch(value) or (NUMBER.fullmatch(value) and not math.isfinite(float(value))):
        return NOT_A_FINITE
    return None if NUMBER.fullmatch(value) else A_TEXT


def _category_causes(column: str, cells: Cells) -> Iterator[_Cause]:
    if gaps := [(row, value) for row, value in cells if not value.strip()]:
        yield _in_column(column, "categories", A_GAP, gaps, "fill them in")


def _class_causes(column: str, cells: Cells) -> Iterator[_Cause]:
    gaps = [(row, value) for row, value in cells if value.strip().lower() in MISSING]
    if gaps:
        yield _in_column(column, "classes", A_GAP, gaps, "fill them in")
    given = [(row, value) for row, value in cells if value.strip().lower() not in MISSING]
    kind = TRUTH if given and TRUTH.fullmatch(given[0][1]) else WHOLE
    if others := [(row, value) for row, value in given if not kind.fullmatch(value)]:
        expected = "true and false, as in its first row" if kind is TRUTH else "classes as whole numbers"
        yield _in_column(column, expected, "something else", others, "number the classes")
    if len({value for _, value in cells}) < 2:
        only = cells[0][1][:VALUE_CHARS]
        text = f"Column {column!r}: expected two classes or more, got only {only!r}; add rows of another."
        yield _Cause(len(cells), text)


def _in_column(column: str, expected: str, got: str, cells: Cells, cure: str) -> _Cause:
    shown = [(row, repr(value[:VALUE_CHARS])) for row, value in cells]
    return _Cause(len(cells), f"Column {column!r}: expected {expected}, got {got} in {_first(shown)}; {cure}.")


def _first(cells: Cells) -> str:
    """Return how many rows there are, and what is in the first of them."""
    shown = ", ".join(f"row {row}: {value}" for row, value in cells[:ROWS_SHOWN])
    more = ", ..." if len(cells) > ROWS_SHOWN else ""
    return f"{len(cells):,} row{'s' * (len(cells) != 1)} ({shown}{more})"


def _check_cells(header: list[str], rows: list[list[str]]) -> None:
    widths = (
        len({row[place] for row in rows}) if column.endswith(CATEGORICAL) else 1
        for place, column in enumerate(header[:-1])
    )
    if (cells := len(rows) * sum(widths)) > CELLS_LIMIT:
        raise InvalidDataset(
            [f"Expected at most {CELLS_LIMIT} values once categories are columns, got {cells}; take fewer."]
        )
