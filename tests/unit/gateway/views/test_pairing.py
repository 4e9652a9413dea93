"""Two teams against each other, on the black boxes that both have."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.report.statistics import rank_final
from services.gateway.leaderboard.within_noise import within_noise
from services.gateway.views.pairing import pair

LOSSES = st.lists(st.floats(-1, 1).map(lambda loss: round(loss, 6)), min_size=0, max_size=20)


def boxes(losses: list[float]) -> dict[UUID, float]:
    return {UUID(int=number): loss for number, loss in enumerate(losses)}


LABELS = {UUID(int=number): f"box-{number:02}" for number in range(100)}


def test_a_team_that_is_better_everywhere_is_surely_better() -> None:
    found = pair(LABELS, boxes([0.1, 0.2, 0.3]), boxes([0.2, 0.3, 0.5]))

    assert (found.a_better, found.a_wins, found.b_wins, found.ties) == (1.0, 3, 0, 0)
    assert found.difference == pytest.approx(100 * 0.4 / 3)
    assert (found.boxes[0].box, found.boxes[0].a, found.boxes[0].b) == ("box-00", 90.0, 80.0)


def test_two_equal_teams_are_each_better_with_probability_one_half() -> None:
    found = pair(LABELS, boxes([0.1, 0.2]), boxes([0.1, 0.2]))

    assert (found.a_better, found.ties, found.difference) == (0.5, 2, 0.0)


@pytest.mark.parametrize("shared", [0, 1])
def test_fewer_than_two_black_boxes_say_nothing_of_others(shared: int) -> None:
    found = pair(LABELS, boxes([0.1] * shared), boxes([0.2, 0.2]))

    assert (found.a_better, found.interval, len(found.boxes)) == (None, None, shared)


@given(LOSSES, LOSSES)
def test_the_other_way_round_everything_is_the_other_way_round(a: list[float], b: list[float]) -> None:
    one, other = pair(LABELS, boxes(a), boxes(b)), pair(LABELS, boxes(b), boxes(a))

    assert (one.a_wins, one.b_wins, one.ties) == (other.b_wins, other.a_wins, other.ties)
    assert one.difference == pytest.approx(-other.difference)
    if one.a_better is not None and other.a_better is not None:
        assert one.a_better == pytest.approx(1 - other.a_better)


@given(LOSSES, LOSSES)
def test_the_interval_contains_0_where_the_leaderboard_says_within_the_noise(a: list[float], b: list[float]) -> None:
    found = pair(LABELS, boxes(a), boxes(b))

    if found.interval is not None and abs(found.difference) > 1e-9:
        assert (found.interval[0] <= 0 <= found.interval[1]) == within_noise(boxes(a), boxes(b))


def test_the_probability_is_that_of_the_report_where_a_black_box_has_one_study() -> None:
    random = np.random.default_rng(7)
    a, b = random.uniform(0, 0.3, 30), random.uniform(0, 0.35, 30)

    found = pair(LABELS, boxes(a.tolist()), boxes(b.tolist())).a_better

    first, _ = rank_final(np.stack([a, b])[:, :, np.newaxis]).places
    assert first.p_better_than_next is not None
    assert found == pytest.approx(
        first.p_better_than_next if first.team == 0 else 1 - first.p_better_than_next, abs=0.02
    )
    assert 0.01 < (found or 0) < 0.99, "a case in which the probability is no matter of course"
