"""Where things are in a TOML file, against files that were written line by line."""

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.competition.toml_lines import Path, line_of, locate_lines

KEYS = st.text("abc-_ .#\"'[]=é", min_size=1, max_size=5)
SCALARS = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.text("ab#[]{}=,'\"\n\\ ", max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.lists(st.lists(SCALARS, max_size=2), max_size=2))
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)
DOCUMENTS = st.dictionaries(KEYS, st.one_of(TABLES, st.lists(TABLES, min_size=1, max_size=3)), max_size=4)


def written(document: dict[str, Any]) -> tuple[str, dict[Path, int]]:
    """A TOML text of tables and lists of tables, with the line of each of their keys; JSON's scalars are TOML's."""
    text: list[str] = []
    lines: dict[Path, int] = {}

    def write_table(path: Path, table: dict[str, Any]) -> None:
        for key, value in table.items():
            text.extend(("", "# [x] = {"))
            lines[(*path, key)] = len(text) + 1
            text.append(f"{json.dumps(key)} = {json.dumps(value)} # '")

    for name, value in document.items():
        for index, table in enumerate(value if isinstance(value, list) else [value]):
            path: Path = (name, index) if isinstance(value, list) else (name,)
            lines[path] = len(text) + 1
            text.append(f"[[{json.dumps(name)}]]" if isinstance(value, list) else f"[ {json.dumps(name)} ]")
            write_table(path, table)
    return "\n".join(text), lines


@given(DOCUMENTS)
def test_every_table_and_key_is_found_on_its_line(document: dict[str, Any]) -> None:
    text, lines = written(document)
    assert tomllib.loads(text) == document

    found = locate_lines(text)

    assert {path: found[path] for path in lines} == lines


TEXT = '''
a.b = 1
text = """
x = 2
""" # y
boxes = [ # first
    "one",
    { p = 1, q = [
        2, 3] },
]
when = 2026-07-01 00:00:00Z
[[phases]]
name = 'feed#back'
limits = { study_timeout_s = 1 }
[phases.more]
deep."er.est" = true
[[phases]]
name = "final"
[[phases.inner]]
x = 1
[[phases.inner]]
x = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a", "b"), 2),
        (("text",), 3),
        (("boxes",), 6),
        (("boxes", 0), 7),
        (("boxes", 1), 8),
        (("boxes", 1, "p"), 8),
        (("boxes", 1, "q", 0), 9),
        (("when",), 11),
        (("phases", 0), 12),
        (("phases", 0, "name"), 13),
        (("phases", 0, "limits", "study_timeout_s"), 14),
        (("phases", 0, "more"), 15),
        (("phases", 0, "more", "deep", "er.est"), 16),
        (("phases", 1, "name"), 18),
        (("phases", 1, "inner", 0, "x"), 20),
        (("phases", 1, "inner", 1, "x"), 22),
        (("phases", 1, "unknown"), 17),
        (("nothing",), 1),
    ],
)
def test_things_are_found_however_they_are_written(path: Path, line: int) -> None:
    tomllib.loads(TEXT)
    assert line_of(locate_lines(TEXT), path) == line
