"""Free places go to teams by max-min fairness."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.dispatcher.fairness import WaitingTeam, share_room

START = datetime(2020, 7, 1, tzinfo=UTC)


def team(number: int, in_flight: int, waiting: int) -> WaitingTeam:
    return WaitingTeam(UUID(int=number), in_flight, waiting, START + timedelta(minutes=number))


teams = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8).map(
    lambda pairs: [team(number, *pair) for number, pair in enumerate(pairs)]
)


def test_a_newcomer_gets_places_before_a_team_with_many_in_flight() -> None:
    busy, newcomer = team(1, in_flight=10, waiting=100), team(2, in_flight=0, waiting=100)

    assert share_room(4, [busy, newcomer]) == {newcomer.team_id: 4}


def test_equal_teams_share_equally_and_the_longest_waiting_gets_the_odd_place() -> None:
    first, second = team(1, 0, 100), team(2, 0, 100)

    assert share_room(5, [second, first]) == {first.team_id: 3, second.team_id: 2}


@given(room=st.integers(0, 60), teams=teams)
def test_places_are_neither_wasted_nor_given_twice(room: int, teams: list[WaitingTeam]) -> None:
    shares = share_room(room, teams)

    assert sum(shares.values()) == min(room, sum(each.waiting for each in teams))
    assert all(0 < shares[each.team_id] <= each.waiting for each in teams if each.team_id in shares)


@given(room=st.integers(0, 60), teams=teams)
def test_no_team_that_still_waits_has_less_than_another_was_given(room: int, teams: list[WaitingTeam]) -> None:
    shares = share_room(room, teams)

    for poor in teams:
        if shares.get(poor.team_id, 0) < poor.waiting:
            has = poor.in_flight + shares.get(poor.team_id, 0)
            for rich in teams:
                if rich.team_id in shares:
                    assert rich.in_flight + shares[rich.team_id] <= has + 1
