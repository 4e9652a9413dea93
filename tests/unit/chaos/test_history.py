"""The checker finds what clients may not be told, and what did not come back."""

from pathlib import Path
from typing import Any

import pytest

from tests.chaos.history import History
from tests.chaos.promises.checker import check_history


def findings_of(file: Path, *events: dict[str, Any]) -> list[str]:
    history = History(file)
    for event in events:
        history.record(**event)
    history.close()
    return check_history(history)


def test_a_client_may_be_refused_for_its_quota(tmp_path: Path) -> None:
    assert findings_of(tmp_path / "history", {"what": "refused", "code": "too_many_active"}) == []


@pytest.mark.parametrize(
    ("events", "finding"),
    [
        ([{"what": "refused", "code": "platform_failed"}], "a client was refused"),
        ([{"what": "refused", "code": None}], "a client was refused"),
        ([{"what": "feed refused", "status": 500}], "a watcher was refused"),
        ([{"what": "stuck", "fault": "kill server: broker"}], "something did not come back"),
        ([{"what": "accepted", "submission": "s"}] * 2, "two requests were answered with one submission"),
    ],
)
def test_what_no_client_may_be_told_is_found(tmp_path: Path, events: list[dict[str, Any]], finding: str) -> None:
    assert any(finding in each for each in findings_of(tmp_path / "history", *events))
