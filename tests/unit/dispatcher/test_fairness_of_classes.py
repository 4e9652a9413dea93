"""Places of several classes of shards: each runner runs some of them, and each team waits in some."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.dispatcher.fairness import WaitingTeam, share_capacity
from shared.shard_class import ShardClass

SMALL, MODERN, WIDE = ShardClass("small", 1), ShardClass("modern", 1), ShardClass("small", 2)


def team(number: int, shard_class: ShardClass, waiting: int, in_flight: int = 0) -> WaitingTeam:
    return WaitingTeam(UUID(int=number), 0, shard_class.environment, shard_class.cpus, in_flight, waiting, turn=number)


@st.composite
def waiting_teams(draw: st.DrawFn) -> list[WaitingTeam]:
    """Teams with what is in flight of them, each waiting in some of the classes."""
    teams = []
    for number in range(draw(st.integers(0, 6))):
        in_flight = draw(st.integers(0, 20))
        classes = draw(st.sets(st.sampled_from([SMALL, MODERN, WIDE])))
        teams += [team(number, each, draw(st.integers(1, 20)), in_flight) for each in classes]
    return teams


capacities = st.fixed_dictionaries({each: st.integers(0, 20) for each in (SMALL, MODERN, WIDE)})


def test_a_class_without_a_place_holds_nothing_up() -> None:
    shares = share_capacity({SMALL: 4}, [team(1, MODERN, 100), team(2, SMALL, 3)])

    assert shares == {(UUID(int=2), SMALL): 3}


def test_a_team_that_waits_in_two_classes_leaves_the_scarce_one_to_those_that_need_it() -> None:
    shares = share_capacity({SMALL: 4, MODERN: 8}, [team(1, SMALL, 9), team(2, SMALL, 9), team(2, MODERN, 9)])

    assert shares == {(UUID(int=1), SMALL): 4, (UUID(int=2), MODERN): 8}


@given(capacities=capacities, teams=waiting_teams())
def test_every_place_that_somebody_can_use_is_given_once(
    capacities: dict[ShardClass, int], teams: list[WaitingTeam]
) -> None:
    shares = share_capacity(capacities, teams)

    for shard_class, capacity in capacities.items():
        waiting = sum(each.waiting for each in teams if each.shard_class == shard_class)
        given_places = sum(places for (_, of), places in shares.items() if of == shard_class)
        assert given_places == min(capacity, waiting)
    assert all(shares.get((each.team_id, each.shard_class), 0) <= each.waiting for each in teams)


@given(capacities=capacities, teams=waiting_teams())
def test_no_team_that_waits_in_one_class_has_less_than_another_of_that_class_alone(
    capacities: dict[ShardClass, int], teams: list[WaitingTeam]
) -> None:
    alone = Counter(each.team_id for each in teams)
    shares = share_capacity(capacities, teams)

    def has(each: WaitingTeam) -> int:
        return each.in_flight + shares.get((each.team_id, each.shard_class), 0)

    for poor in teams:
        got = shares.get((poor.team_id, poor.shard_class), 0)
        if alone[poor.team_id] > 1 or got == poor.waiting:
            continue
        for rich in teams:
            if alone[rich.team_id] == 1 and rich.shard_class == poor.shard_class:
                assert has(rich) <= max(has(poor) + 1, rich.in_flight)
