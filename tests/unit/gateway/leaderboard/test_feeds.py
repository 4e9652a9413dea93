"""Whoever follows a feed, from wherever, has the rows that are."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from arena.api.body import example_of
from arena.api.leaderboard import LeaderboardRow
from arena.api.live import LeaderboardChanges, LeaderboardMessage, LeaderboardSnapshot
from services.gateway.leaderboard.feeds import PhaseFeed

MESSAGES: TypeAdapter[LeaderboardSnapshot | LeaderboardChanges] = TypeAdapter(LeaderboardMessage)
boards = st.lists(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 3), max_size=5), min_size=1, max_size=30)


EXAMPLE = LeaderboardRow.model_validate(example_of(LeaderboardRow))
Seen = dict[str, LeaderboardRow]


def rows(board: dict[str, int]) -> list[LeaderboardRow]:
    return [EXAMPLE.model_copy(update={"team": team, "score": float(score)}) for team, score in board.items()]


def apply(seen: Seen, message: LeaderboardSnapshot | LeaderboardChanges) -> Seen:
    """Do what a client does with a message."""
    if isinstance(message, LeaderboardSnapshot):
        return {row.team: row for row in message.rows}
    kept = {team: row for team, row in seen.items() if team not in message.removed}
    return kept | {row.team: row for row in message.rows}


@given(boards, st.data())
def test_a_watcher_who_resumes_from_any_number_ends_with_the_current_rows(
    history: list[dict[str, int]], data: st.DataObject
) -> None:
    feed = PhaseFeed()
    views = []
    for change, board in enumerate(history):
        feed.take(change, rows(board))
        views.append((change, {row.team: row for row in rows(board)}))
    number, seen = data.draw(st.sampled_from(views))

    message = feed.since(number)

    assert message.type == "changes"
    assert apply(seen, message) == {row.team: row for row in rows(history[-1])}


def test_a_newcomer_gets_a_snapshot() -> None:
    feed = PhaseFeed()
    feed.take(7, rows({"a": 1}))
    assert feed.since(None) == LeaderboardSnapshot(change=7, frozen=False, rows=rows({"a": 1}))


def test_a_number_that_is_not_known_gets_a_snapshot() -> None:
    feed = PhaseFeed()
    for change in range(5, 10):
        feed.take(change, rows({"a": change}))
    assert feed.since(10**6).type == "snapshot"
    assert feed.since(4).type == "snapshot"
    assert feed.since(5).type == "changes"


def test_numbers_that_start_again_lower_are_not_taken_for_those_from_before() -> None:
    feed = PhaseFeed()
    for change, score in ((5, 1), (9, 2), (7, 3)):
        feed.take(change, rows({"a": score}))
    assert feed.since(6).type == "snapshot"
    assert feed.since(9).type == "snapshot"


def test_all_who_have_seen_the_same_number_get_the_same_text() -> None:
    feed = PhaseFeed()
    feed.take(1, rows({"a": 1, "b": 1}))
    feed.take(2, rows({"a": 2, "b": 1}))

    text = feed.text_since(1)

    assert text is not None
    assert MESSAGES.validate_json(text) == feed.since(1)
    assert feed.text_since(1) is text
    assert feed.text_since(None) is feed.text_since(0)


def test_a_number_by_which_no_row_has_changed_is_not_told_unless_the_board_was_frozen() -> None:
    feed = PhaseFeed()
    feed.take(1, rows({"a": 1}))
    feed.take(2, rows({"a": 1}))
    assert feed.text_since(1) is None
    feed.take(3, rows({"a": 1}), frozen=True)
    assert MESSAGES.validate_json(feed.text_since(2) or "") == feed.since(2)
    assert feed.since(2).frozen


async def test_who_has_seen_more_at_another_gateway_is_not_sent_back() -> None:
    feed = PhaseFeed()
    feed.take(1, rows({"a": 1}))
    waiting = asyncio.create_task(feed.wait_beyond(2))
    await asyncio.sleep(0)

    feed.take(1, rows({"a": 1}))  # a look that began before the client came
    await asyncio.sleep(0)
    feed.take(2, rows({"a": 2}))
    await asyncio.sleep(0)
    assert not waiting.done()
    feed.take(3, rows({"a": 3}))
    await waiting

    assert feed.since(2) == LeaderboardChanges(change=3, frozen=False, rows=rows({"a": 3}), removed=[])


async def test_a_number_that_two_looks_do_not_find_is_nobodys() -> None:
    feed = PhaseFeed()
    feed.take(1, rows({"a": 1}))
    waiting = asyncio.create_task(feed.wait_beyond(1000))
    for _ in range(2):
        await asyncio.sleep(0)
        feed.take(1, rows({"a": 1}))
    await waiting
    assert feed.since(1000).type == "snapshot"


@pytest.mark.parametrize("number", [None, 1, 1000], ids=["a newcomer", "who is up to date", "who has seen more"])
async def test_nobody_waits_for_a_phase_that_is_gone(number: int | None) -> None:
    feed = PhaseFeed()
    if number is not None:
        feed.take(1, rows({"a": 1}))
    waiting = asyncio.create_task(feed.wait_beyond(number))
    await asyncio.sleep(0)

    feed.end()
    await asyncio.wait_for(waiting, timeout=10)

    assert feed.is_over
