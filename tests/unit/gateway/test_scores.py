"""What stands beside a score has its unit."""

import pytest

from services.gateway.scores import show_curve, show_score


def test_a_loss_is_shown_as_the_score_that_it_gives() -> None:
    assert [show_score(loss) for loss in (1.0, 0.0, -1.0, None)] == [0.0, 100.0, 200.0, None]


def test_a_curve_of_losses_is_shown_as_scores_that_rise_to_the_last() -> None:
    assert show_curve([0.51, 0.32, 0.0760001]) == [49.0, 68.0, 92.4]
    assert show_curve([0.123456], 0) == [88.0]
    assert show_curve(None) is None


def test_the_end_of_a_curve_is_the_score() -> None:
    curve = show_curve([0.9, 0.12345])
    assert curve is not None
    assert curve[-1] == pytest.approx(show_score(0.12345), abs=1e-3)
