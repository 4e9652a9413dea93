"""The shape of what the untrusted side may answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.protocol import BrokenAnswer, parse_answer


def test_answer_to_the_request_is_taken() -> None:
    answer = parse_answer(b'{"id": 7, "points": [{"a": 1.5}]}', 7)

    assert answer.points == [{"a": 1.5}]
    assert answer.error is None


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"id": "7"}',
        b'{"id": true}',
        b'{"id": 6}',
        b'{"id": 7, "points": 3}',
        b'{"id": 7, "points": [[1]]}',
        b'{"id": 7, "points": [{"a": [1]}]}',
        b'{"id": 7, "points": [{"a": {"b": 1}}]}',
        b'{"id": 7, "error": 3}',
        b'{"id": 7, "error": "' + b"x" * 5000 + b'"}',
        b'{"id": 7, "losses": [0.0]}',
        b'{"id": 7, "points": [{"a": ' + b"9" * 5000 + b"}]}",
        b"[" * 100_000,
    ],
)
def test_anything_else_is_broken(line: bytes) -> None:
    with pytest.raises(BrokenAnswer, match="expected"):
        parse_answer(line, 7)


@given(st.binary())
def test_no_bytes_raise_anything_but_broken(line: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        parse_answer(line, 7)
