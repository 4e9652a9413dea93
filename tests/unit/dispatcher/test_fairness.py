"""Free places go to teams by max-min fairness, and a newcomer waits for no more than its share."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.dispatcher.fairness import RELEASED_AT_LEAST, WaitingTeam, release_window, share_capacity
from shared.shard_class import ShardClass
from tests.support.simulation.rounds import Rounds

SMALL = ShardClass("small", 1)


def team(number: int, in_flight: int, waiting: int, priority: int = 0) -> WaitingTeam:
    return WaitingTeam(UUID(int=number), priority, "small", 1, in_flight, waiting, turn=number)


def share(capacity: int, teams: list[WaitingTeam]) -> dict[UUID, int]:
    """What teams get that all wait in one class."""
    return {team_id: places for (team_id, _), places in share_capacity({SMALL: capacity}, teams).items()}


teams = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8).map(
    lambda pairs: [team(number, *pair) for number, pair in enumerate(pairs)]
)


def test_a_newcomer_gets_places_before_a_team_with_many_in_flight() -> None:
    busy, newcomer = team(1, in_flight=10, waiting=100), team(2, in_flight=0, waiting=100)

    assert share(4, [busy, newcomer]) == {newcomer.team_id: 4}


def test_equal_teams_share_equally_and_who_was_served_longest_ago_gets_the_odd_place() -> None:
    first, second = team(1, 0, 100), team(2, 0, 100)

    assert share(5, [second, first]) == {first.team_id: 3, second.team_id: 2}


def test_a_higher_priority_goes_first_whatever_team_it_is_of() -> None:
    busy, newcomer = team(1, in_flight=10, waiting=3, priority=1), team(2, in_flight=0, waiting=100)

    assert share(2, [newcomer, busy]) == {busy.team_id: 2}
    assert share(5, [newcomer, busy]) == {busy.team_id: 3, newcomer.team_id: 2}


def test_what_a_team_got_by_priority_counts_when_the_rest_is_shared() -> None:
    lifted, its_other, other = team(1, 0, 2, priority=1), team(1, 0, 100), team(2, 0, 100)

    assert share(6, [its_other, other, lifted]) == {lifted.team_id: 3, other.team_id: 3}


@given(capacity=st.integers(0, 60), teams=teams)
def test_places_are_neither_wasted_nor_given_twice(capacity: int, teams: list[WaitingTeam]) -> None:
    shares = share(capacity, teams)

    assert sum(shares.values()) == min(capacity, sum(each.waiting for each in teams))
    assert all(0 < shares[each.team_id] <= each.waiting for each in teams if each.team_id in shares)


@given(capacity=st.integers(0, 60), teams=teams)
def test_no_team_that_still_waits_has_less_than_another_was_given(capacity: int, teams: list[WaitingTeam]) -> None:
    shares = share(capacity, teams)

    for poor in teams:
        if shares.get(poor.team_id, 0) < poor.waiting:
            has = poor.in_flight + shares.get(poor.team_id, 0)
            for rich in teams:
                if rich.team_id in shares:
                    assert rich.in_flight + shares[rich.team_id] <= has + 1


@given(
    slots=st.integers(1, 8),
    flood=st.integers(1, 400),
    others=st.lists(st.integers(0, 60), max_size=4),
    before=st.integers(0, 40),
    newcomer=st.integers(1, 40),
)
def test_a_newcomer_behind_a_flood_waits_for_what_is_on_the_broker_and_then_its_share(
    slots: int, flood: int, others: list[int], before: int, newcomer: int
) -> None:
    rounds = Rounds(slots)
    rounds.submit(0, flood)
    for number, shards in enumerate(others, start=1):
        rounds.submit(number, shards)
    for _ in range(before):
        rounds.run_one()
    ahead = rounds.in_flight.total()

    rounds.submit(99, newcomer)
    ran = Counter[int | None]()
    while ran[99] < newcomer:
        ran[rounds.run_one()] += 1

    assert ran.total() - newcomer <= ahead + (newcomer + 1) * (1 + len(others))


@given(slots=st.integers(1, 4), waiting=st.lists(st.integers(1, 30), min_size=2, max_size=40))
def test_more_teams_than_places_take_turns(slots: int, waiting: list[int]) -> None:
    rounds = Rounds(slots)
    for number, shards in enumerate(waiting):
        rounds.submit(number, shards)
    left = Counter[int | None](dict(enumerate(waiting)))
    ran = Counter[int | None]()

    while left.total():
        served = rounds.run_one()
        left[served] -= 1
        ran[served] += 1
        still = [ran[number] for number in left if left[number]]
        assert not still or ran[served] <= min(still) + release_window(64, 4, slots) + slots


def test_the_window_grows_with_the_slots_up_to_its_limit() -> None:
    assert [release_window(64, 4, slots) for slots in (1, 2, 10, 1000)] == [RELEASED_AT_LEAST, 8, 40, 64]
    assert release_window(3, 4, 10) == 3
    assert release_window(64, 4, 0) == 0, "nobody serves the class"
