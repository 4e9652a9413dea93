"""Why there is no log."""

from typing import Any

import pytest

from arena.api.body import example_of
from arena.api.submissions import Submission
from arena.commands.participant.logs import explain_nothing

DONE = {"studies_done": 2, "studies_total": 6}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": "queued"}, "Nothing yet: the submission waits in the queue, and no study has begun."),
        ({"state": "running", **DONE}, "Nothing yet: 2 of its 6 studies have ended"),
        ({"state": "running", **DONE}, "--follow shows it while it is written"),
        ({"state": "cancelled", **DONE}, "the submission was cancelled; 2 of its 6 studies had ended"),
        ({"state": "scored"}, "The optimizer wrote nothing in any study; what it prints is shown here."),
        ({"state": "failed"}, "The submission is failed."),
    ],
)
def test_a_submission_without_a_log_says_why(fields: dict[str, Any], reason: str) -> None:
    assert reason in explain_nothing(Submission.model_validate(example_of(Submission) | fields))
