"""Which teams get the free capacity, and how much there is: pure decisions."""

import heapq
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

RELEASED_AT_LEAST = 8


@dataclass(frozen=True)
class WaitingTeam:
    """A team with pending shards of one priority.

    `in_flight` counts its shards of any priority, `waiting` those of this one. `turn` is the team's place in the round:
    the team served longest ago comes first.
    """

    team_id: UUID
    priority: int
    in_flight: int
    waiting: int
    turn: int


def share_capacity(capacity: int, teams: Sequence[WaitingTeam]) -> dict[UUID, int]:
    """Give each free place to the team that has the fewest shards in flight at that point.

    Among equals, it goes to the team whose turn it is. Higher priorities come first. Returns the number of places of
    every team that got one. Within a priority this is max-min fairness: no team could get more without taking it from a
    team that has no more than itself.
    """
    shares = Counter[UUID]()
    by_priority = sorted(teams, key=lambda team: -team.priority)
    for _, level in itertools.groupby(by_priority, key=lambda team: team.priority):
        capacity = _share_level(capacity, list(level), shares)
    return dict(shares)


def _share_level(capacity: int, teams: Sequence[WaitingTeam], shares: Counter[UUID]) -> int:
    """Add what the teams of one priority get to `shares`; returns the places that are left."""
    heap = [
        (team.in_flight + shares[team.team_id], team.turn, team.team_id.int, team.waiting, team.team_id)
        for team in teams
        if team.waiting > 0
    ]
    heapq.heapify(heap)
    while capacity > 0 and heap:
        in_flight, turn, order, waiting, team_id = heapq.heappop(heap)
        shares[team_id] += 1
        capacity -= 1
        if waiting > 1:
            heapq.heappush(heap, (in_flight + 1, turn, order, waiting - 1, team_id))
    return capacity


def release_window(limit: int, per_slot: int, slots: int) -> int:
    """Return how many shards may wait on the broker: `per_slot` for each slot, but never more than `limit`.

    The broker serves first come, first served, so a newcomer waits for everything on it, whatever its share.
    """
    return min(limit, max(RELEASED_AT_LEAST, per_slot * slots))
