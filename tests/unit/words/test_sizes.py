"""Sizes are worded exactly, in one kind of unit."""

import pytest

from arena.words.sizes import size_text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (2 * 1024**3, "2 GiB"),
        (50 * 1024**2, "50 MiB"),
        (1536 * 1024**2, "1,536 MiB"),
        (64 * 1024, "64 KiB"),
        (1_000_000, "1,000,000 bytes"),
        (10 * 1024**2 + 1, "10,485,761 bytes"),
    ],
)
def test_a_size_is_told_exactly(size_bytes: int, text: str) -> None:
    assert size_text(size_bytes) == text
