"""The forecast of a queue, against a simulated platform that releases by the dispatcher's own rule."""

import itertools
import math
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.queue.queue_estimate import Cost, QueueEstimate, UnendedSubmission, estimate_queue
from tests.support.simulation.platform_in_time import START, PlatformInTime, shards

DOUBT, NOISE = 0.3, 0.5


def random_platform(draw: np.random.Generator, *, exact: bool = False) -> tuple[PlatformInTime, float]:
    """Some teams with some submissions each, run for a while; and what a study takes on average."""
    platform = PlatformInTime(slots=int(draw.integers(1, 33)))
    boxes = [float(each) for each in draw.uniform(1, 10, size=int(draw.integers(2, 12)))]
    for team in range(int(draw.integers(1, 9))):
        for _ in range(int(draw.integers(1, 6))):
            speed = 1.0 if exact else float(draw.lognormal(0, DOUBT))
            durations = shards(draw, boxes, int(draw.integers(1, 6)), speed, 0.0 if exact else NOISE)
            platform.submit(team, durations, priority=int(draw.random() < 0.1))
    for _ in range(int(draw.integers(0, 60))):
        platform.step()
    return platform, float(np.mean(boxes))


def forecast_of(platform: PlatformInTime, usual_s: float, doubt: float = DOUBT) -> dict[UUID, QueueEstimate]:
    costs = {}
    for each in platform.submissions:
        # As the gateway does: the more of its studies are known, the less doubt there is of a submission's own speed.
        weight = 3.0
        speed = (weight * usual_s + sum(each.spent_s)) / (weight + len(each.spent_s)) / usual_s
        costs[each.number] = Cost(usual_s * speed, doubt / math.sqrt(1 + len(each.spent_s) / weight), NOISE)
    return estimate_queue(platform.open(costs), platform.slots, len(platform.broker))


def test_the_interval_covers_the_truth_in_most_simulated_queues() -> None:
    covered, widths = [], []
    for seed in range(150):
        platform, usual_s = random_platform(np.random.default_rng(seed))
        foreseen, now = forecast_of(platform, usual_s), platform.now
        while platform.step():
            pass
        for each in platform.submissions:
            if (found := foreseen.get(UUID(int=each.number))) is not None and found.remaining_s is not None:
                low, high = found.remaining_s
                covered.append(low <= each.ended - now <= high)
                widths.append((high - low) / max(each.ended - now, usual_s))

    assert np.mean(covered) >= 0.9
    assert np.median(widths) <= 1.5


def test_the_position_is_the_order_in_which_submissions_begin() -> None:
    right = []
    for seed in range(150):
        platform, usual_s = random_platform(np.random.default_rng(seed), exact=True)
        foreseen = forecast_of(platform, usual_s, doubt=0.0)
        queued = [each for each in platform.submissions if each.began == math.inf]
        while platform.step():
            pass
        places = {each.number: foreseen[UUID(int=each.number)].position for each in queued}
        order = {number: place for number, place in places.items() if place is not None}
        assert sorted(order.values()) == list(range(1, len(queued) + 1))
        for one, other in itertools.combinations(queued, 2):
            right.append((order[one.number] < order[other.number]) == (one.began < other.began))

    assert np.mean(right) >= 0.95


def test_a_newcomer_behind_twenty_of_another_team_is_next_and_keeps_its_share_of_the_slots() -> None:
    platform = PlatformInTime(slots=2)
    for _ in range(20):
        platform.submit(0, [1.0] * 20)
    platform.step()
    platform.submit(1, [1.0] * 20)

    found = forecast_of(platform, 1.0, doubt=0.0)[UUID(int=20)]

    assert found.position == 1
    assert found.remaining_s is not None
    low, high = found.remaining_s
    assert low <= 20 <= high < 60


def entry(number: int, **changes: Any) -> UnendedSubmission:
    usual: dict[str, Any] = {"team": number, "queued": True, "priority": 0, "studies_left": 10, "cost": Cost(1.0, 0, 0)}
    usual |= changes
    team = UUID(int=usual.pop("team"))
    created = START + timedelta(seconds=number)
    return UnendedSubmission(UUID(int=number), team, created_at=created, turn=number, studies_per_shard=1, **usual)


def test_a_higher_priority_is_ahead() -> None:
    found = estimate_queue([entry(0), entry(1), entry(2, priority=1)], 1, 0)
    assert [found[UUID(int=number)].position for number in (2, 0, 1)] == [1, 2, 3]
    assert found[UUID(int=2)].remaining_s == (9, 11)


def test_without_slots_or_without_a_known_cost_there_is_a_position_and_no_time() -> None:
    queue = [entry(0), entry(1, cost=None)]
    assert estimate_queue(queue, 0, 0)[UUID(int=0)] == QueueEstimate(1, None)
    assert estimate_queue(queue, 4, 0)[UUID(int=1)] == QueueEstimate(2, None)


def test_what_runs_has_no_position() -> None:
    assert estimate_queue([entry(0, queued=False)], 1, 0)[UUID(int=0)].position is None


entries = st.builds(
    entry,
    st.integers(0, 10**6),
    team=st.integers(0, 4),
    queued=st.booleans(),
    priority=st.integers(-1, 1),
    studies_left=st.integers(0, 200),
    cost=st.none() | st.builds(Cost, st.floats(0, 1e4), st.floats(0, 2), st.floats(0, 2)),
)


@given(
    st.lists(entries, max_size=20, unique_by=lambda each: each.submission_id), st.integers(0, 50), st.integers(0, 64)
)
def test_every_queue_has_a_forecast(queue: list[UnendedSubmission], slots: int, released: int) -> None:
    found = estimate_queue(queue, slots, released)

    assert found.keys() == {each.submission_id for each in queue}
    for each in queue:
        remaining = found[each.submission_id].remaining_s
        assert (remaining is None) == (each.cost is None or slots == 0)
        assert remaining is None or 0 <= remaining[0] <= remaining[1]
