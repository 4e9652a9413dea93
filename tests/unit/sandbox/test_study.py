"""How a study fails."""

import pytest

from arena.sandbox.study import Fatal
from arena.words.verdicts import Verdict


def test_detail_of_a_verdict_is_text_that_every_store_takes() -> None:
    fatal = Fatal(Verdict.PROCESS_DIED, "x" * 5000 + "\x00 \ud800 \x1b[31m end\n")

    assert len(fatal.detail) == 4000
    assert fatal.detail.endswith("\ufffd \ufffd  end\n")


def test_only_fatal_verdicts_end_a_submission() -> None:
    with pytest.raises(ValueError, match="fatal verdict"):
        Fatal(Verdict.PLATFORM_FAULT, "")
