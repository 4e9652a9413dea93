"""What is kept of what an optimizer wrote."""

from arena.words.execution import LOG_CHARS, keep_end


def test_a_log_that_fits_is_kept_as_it_is() -> None:
    assert keep_end("all of it\n", 10, 10) == "all of it\n"


def test_a_log_of_which_only_the_end_is_kept_says_so_in_its_first_line() -> None:
    kept = keep_end("x" * LOG_CHARS, 3_000_000, LOG_CHARS)

    mark, rest = kept.split("\n", 1)
    assert mark == "[The log is cut: of 3,000,000 bytes, only the end is kept.]"
    assert set(rest) == {"x"}
    assert len(kept) == LOG_CHARS
