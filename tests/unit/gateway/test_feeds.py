"""Whoever follows a feed, from wherever, has the rows that are."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.feeds import KEPT_CHANGES, PhaseFeed

boards = st.lists(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 3), max_size=5), min_size=1, max_size=30)


def rows(board: dict[str, int]) -> list[dict[str, Any]]:
    return [{"team": team, "score": score} for team, score in board.items()]


def apply(seen: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """Do what a client does with a message."""
    if message["type"] == "snapshot":
        return {row["team"]: row for row in message["rows"]}
    kept = {team: row for team, row in seen.items() if team not in message["removed"]}
    return kept | {row["team"]: row for row in message["rows"]}


@given(boards, st.data())
def test_a_watcher_who_resumes_from_any_number_ends_with_the_current_rows(
    history: list[dict[str, int]], data: st.DataObject
) -> None:
    feed = PhaseFeed()
    views = []
    for change, board in enumerate(history):
        feed.take(change, rows(board))
        views.append((change, {row["team"]: row for row in rows(board)}))
    number, seen = data.draw(st.sampled_from(views))

    message = feed.since(number)

    assert message["type"] == "changes"
    assert apply(seen, message) == {row["team"]: row for row in rows(history[-1])}


def test_a_newcomer_gets_a_snapshot() -> None:
    feed = PhaseFeed()
    feed.take(7, rows({"a": 1}))
    assert feed.since(None) == {"type": "snapshot", "change": 7, "frozen": False, "rows": rows({"a": 1})}


def test_a_number_from_the_future_or_from_too_long_ago_gets_a_snapshot() -> None:
    feed = PhaseFeed()
    for change in range(KEPT_CHANGES + 10):
        feed.take(change, rows({"a": change}))
    assert feed.since(10**6)["type"] == "snapshot"
    assert feed.since(2)["type"] == "snapshot"
    assert feed.since(KEPT_CHANGES)["type"] == "changes"
