"""Which teams get the free places, and how many places there are: pure decisions."""

import heapq
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

RELEASED_AT_LEAST = 8


@dataclass(frozen=True)
class WaitingTeam:
    """A team with pending shards of one priority: how many are in flight, of any, and how many wait, of this one.

    `turn` is the team's place in the round: who was served longest ago comes first.
    """

    team_id: UUID
    priority: int
    in_flight: int
    waiting: int
    turn: int


def share_capacity(room: int, teams: Sequence[WaitingTeam]) -> dict[UUID, int]:
    """Give each of `room` places to the team that then has the fewest shards in flight, and of those whose turn it is.

    Higher priorities come first. Returns the number of places of every team that got one. Within a priority this is
    max-min fairness: no team could have more without another, that has no more than it, having less.
    """
    shares = Counter[UUID]()
    by_priority = sorted(teams, key=lambda team: -team.priority)
    for _, level in itertools.groupby(by_priority, key=lambda team: team.priority):
        room = _share_level(room, list(level), shares)
    return dict(shares)


def _share_level(room: int, teams: Sequence[WaitingTeam], shares: Counter[UUID]) -> int:
    """Add what teams of one priority get to `shares`; returns the places that are left."""
    heap = [
        (team.in_flight + shares[team.team_id], team.turn, team.team_id.int, team.waiting, team.team_id)
        for team in teams
        if team.waiting > 0
    ]
    heapq.heapify(heap)
    while room > 0 and heap:
        in_flight, turn, order, waiting, team_id = heapq.heappop(heap)
        shares[team_id] += 1
        room -= 1
        if waiting > 1:
            heapq.heappush(heap, (in_flight + 1, turn, order, waiting - 1, team_id))
    return room


def release_window(limit: int, per_slot: int, slots: int) -> int:
    """Return how many shards may wait on the broker: `per_slot` keep a slot busy, and never more than `limit`.

    What is on the broker is first come, first served, so a newcomer waits for all of it, whatever its share.
    """
    return min(limit, max(RELEASED_AT_LEAST, per_slot * slots))
