"""A submission as `arena status` shows it."""

from typing import Any

import pytest

from arena.api.body import example_of
from arena.api.submissions import Submission
from arena.client.answer import PlatformAnswer
from arena.commands.participant.submission_table import show_submission


def test_time_outs_name_the_limit_that_struck_and_what_its_studies_are_worth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def shown(**fields: Any) -> str:
        show_submission(PlatformAnswer(example_of(Submission) | fields), as_json=False)
        return capsys.readouterr().out

    cut_offs = [
        {"limit": "iteration", "seconds": 40, "studies": 2},
        {"limit": "study", "seconds": 640, "studies": 1},
    ]

    text = shown(studies_timed_out=3, cut_offs=cut_offs)

    worth = "the best found before counts, and a study in which nothing was found scores 0."
    assert f"2 studies were cut off by the limit of 40 s for an iteration: {worth}" in text
    assert f"1 study was cut off by the limit of 640 s for a study: {worth}" in text
    assert "cut off" not in shown()
