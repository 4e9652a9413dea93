"""Which teams get the free capacity, and how much there is: pure decisions."""

import heapq
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.words.environments import SKLEARN
from shared.shard_class import USUAL_MEMORY_MIB, ShardClass

RELEASED_AT_LEAST = 8


@dataclass(frozen=True)
class WaitingTeam:
    """A team with pending shards of one priority and class.

    `in_flight` counts its shards of any priority and class, `waiting` those of this one. `turn` is the team's place in
    the round: the team served longest ago comes first.
    """

    team_id: UUID
    priority: int
    environment: str
    cpus: int
    in_flight: int
    waiting: int
    turn: int
    memory_mib: int = USUAL_MEMORY_MIB
    family: str = SKLEARN

    @property
    def shard_class(self) -> ShardClass:
        """Return the class."""
        return ShardClass(self.environment, self.cpus, self.memory_mib, self.family)


Share = tuple[UUID, ShardClass]


def share_capacity(capacities: Mapping[ShardClass, int], teams: Sequence[WaitingTeam]) -> dict[Share, int]:
    """Give each free place to a team that has the fewest shards in flight at that point, of those that can use one.

    Among equals, it goes to the team whose turn it is. Of the classes in which that team waits, it gets a place of the
    one with the most places left. Higher priorities come first. Returns the number of places of every team and class
    that got one. Within a priority and with one class this is max-min fairness: no team could get more without taking
    it from a team that has no more than itself.
    """
    shares = Counter[Share]()
    left = Counter(capacities)
    in_flight = {team.team_id: team.in_flight for team in teams}
    by_priority = sorted(teams, key=lambda team: -team.priority)
    for _, level in itertools.groupby(by_priority, key=lambda team: team.priority):
        _share_level(left, list(level), in_flight, shares)
    return dict(shares)


def _share_level(
    left: Counter[ShardClass], teams: Sequence[WaitingTeam], in_flight: dict[UUID, int], shares: Counter[Share]
) -> None:
    """Add what the teams of one priority get to `shares` and `in_flight`, and take it from what is `left`."""
    waiting: dict[UUID, Counter[ShardClass]] = {}
    for team in teams:
        waiting.setdefault(team.team_id, Counter())[team.shard_class] += team.waiting
    turns = {team.team_id: team.turn for team in teams}
    heap = [(in_flight[team_id], turn, team_id.int, team_id) for team_id, turn in turns.items()]
    heapq.heapify(heap)
    while heap:
        _, turn, order, team_id = heapq.heappop(heap)
        usable = [each for each, number in waiting[team_id].items() if number > 0 and left[each] > 0]
        if not usable:
            continue
        chosen = max(usable, key=lambda each: (left[each], each))
        shares[team_id, chosen] += 1
        left[chosen] -= 1
        waiting[team_id][chosen] -= 1
        in_flight[team_id] += 1
        heapq.heappush(heap, (in_flight[team_id], turn, order, team_id))


def release_window(limit: int, per_slot: int, slots: int) -> int:
    """Return how many shards of a class may wait on the broker: `per_slot` for each slot, but never more than `limit`.

    None for a class that no runner serves. The broker serves first come, first served, so a newcomer waits for
    everything on it, whatever its share.
    """
    return min(limit, max(RELEASED_AT_LEAST, per_slot * slots)) if slots else 0
