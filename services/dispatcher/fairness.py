"""Which teams get the free places: a pure decision."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class WaitingTeam:
    """A team with pending shards: how many are in flight, how many wait, and since when its oldest submission does."""

    team_id: UUID
    in_flight: int
    waiting: int
    oldest: datetime


def share_room(room: int, teams: Sequence[WaitingTeam]) -> dict[UUID, int]:
    """Give each of `room` places to the team that then has the fewest shards in flight; the longest waiting wins a tie.

    Returns the number of places of every team that got one. This is max-min fairness: no team could have more without
    another, that has no more than it, having less.
    """
    shares: dict[UUID, int] = {}
    heap = [(team.in_flight, team.oldest, team.team_id.int, team) for team in teams if team.waiting > 0]
    heapq.heapify(heap)
    while room > 0 and heap:
        in_flight, oldest, order, team = heapq.heappop(heap)
        shares[team.team_id] = shares.get(team.team_id, 0) + 1
        room -= 1
        if shares[team.team_id] < team.waiting:
            heapq.heappush(heap, (in_flight + 1, oldest, order, team))
    return shares
