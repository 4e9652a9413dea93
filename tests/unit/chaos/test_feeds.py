"""The checker of feeds finds what watchers may not see."""

from pathlib import Path
from typing import Any

import pytest

from tests.chaos.history import History
from tests.chaos.promises.feeds import check_feeds

STUDY = {"box": "box-1", "study": 0, "score": 50.0, "timed_out": False, "cut_off_by": None, "change": 3}
ENDED = {"state": "scored", "score": 50.0, "studies_done": 1}


def message(change: int, kind: str = "changes", *studies: dict[str, Any], **submission: Any) -> dict[str, Any]:
    return {"type": kind, "change": change, "submission": ENDED | submission, "studies": list(studies)}


FIRST = message(1, "snapshot", state="running", score=None, studies_done=0)


def findings_of(file: Path, *messages: dict[str, Any]) -> list[str]:
    history = History(file)
    history.record("accepted", submission="s")
    since = None
    for each in messages:
        history.record("message", watcher="s", since=since, message=each)
        since = each["change"]
    history.close()
    return check_feeds(history)


def test_a_feed_that_tells_all_is_right(tmp_path: Path) -> None:
    assert findings_of(tmp_path / "history", FIRST, message(3, "changes", STUDY)) == []


@pytest.mark.parametrize(
    ("messages", "finding"),
    [
        ([], "never said anything"),
        ([FIRST, message(3)], "said 1 studies and sent 0"),
        ([FIRST, message(3, "changes", STUDY, STUDY | {"score": 51.0})], "came again as"),
        ([FIRST, message(3, "changes", STUDY, state="running", score=None)], "never said how it ended"),
        ([FIRST, message(3, "changes", STUDY), message(4, state="failed")], "was scored and then failed"),
        ([FIRST, message(3, "changes", STUDY), message(4, score=51.0)], "was scored 50.0 and then 51.0"),
        ([FIRST, message(3, "changes", STUDY), message(2)], "number 2 came after 3"),
        ([FIRST, message(3, "snapshot", STUDY)], "and got a snapshot"),
        ([message(3, "changes", STUDY)], "before any snapshot"),
    ],
)
def test_a_feed_with_a_hole_or_a_contradiction_is_found(
    tmp_path: Path, messages: list[dict[str, Any]], finding: str
) -> None:
    assert any(finding in each for each in findings_of(tmp_path / "history", *messages))
