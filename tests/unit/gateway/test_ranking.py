"""The order of the leaderboard, and what is within the noise."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.gateway.leaderboard.ranking import rank, within_noise

START = datetime(2020, 7, 1, tzinfo=UTC)


def team(
    name: str, best: float | None = None, current: float | None = None, minute: int = 0, **more: Any
) -> dict[str, Any]:
    """A row of the query: `best` is a finished submission's score, `current` a running one's, if it has one."""
    running = more.get("running", current is not None)
    return {
        "team": name,
        "submissions": 1,
        "changed_at": START,
        "curve": None,
        "best_id": None if best is None else uuid4(),
        "best_score": best,
        "best_low": None if best is None else best - 1,
        "best_high": None if best is None else best + 1,
        "best_done": 4,
        "best_total": 4,
        "best_ended_at": START + timedelta(minutes=minute),
        "current_id": uuid4() if running else None,
        "current_score": current,
        "current_low": None,
        "current_high": None,
        "current_done": 1,
        "current_total": 4,
        "current_state": "running",
    }


def test_finished_come_first_by_score_then_unfinished_then_a_missing_score() -> None:
    rows = rank(
        [
            team("nothing yet", running=True),
            team("low", best=10.0),
            team("running high", current=99.0),
            team("high", best=90.0, current=1.0),
            team("running low", current=5.0),
        ],
        {},
    )

    assert [row["team"] for row in rows] == ["high", "low", "running high", "running low", "nothing yet"]
    assert [row["rank"] for row in rows] == [1, 2, None, None, None]
    assert [row["provisional"] for row in rows] == [False, False, True, True, True]


def test_of_equal_scores_the_earlier_comes_first() -> None:
    rows = rank([team("late", best=50.0, minute=2), team("early", best=50.0, minute=1)], {})
    assert [row["team"] for row in rows] == ["early", "late"]


def test_places_whose_order_is_noise_are_marked() -> None:
    teams = [team("a", best=60.0), team("b", best=59.0), team("c", best=10.0)]
    boxes = [uuid4() for _ in range(20)]
    draw = np.random.default_rng(0)
    losses = {
        teams[0]["best_id"]: dict(zip(boxes, draw.normal(0.40, 0.1, 20), strict=True)),
        teams[1]["best_id"]: dict(zip(boxes, draw.normal(0.41, 0.1, 20), strict=True)),
        teams[2]["best_id"]: dict(zip(boxes, draw.normal(0.90, 0.1, 20), strict=True)),
    }

    assert [row["within_noise_of_next"] for row in rank(teams, losses)] == [True, False, False]


numbers = st.floats(-1, 1, allow_nan=False)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40))
def test_within_noise_is_the_paired_t_test_over_shared_boxes(pairs: list[tuple[float, float]]) -> None:
    boxes = [UUID(int=number) for number in range(len(pairs))]
    a, b = ({box: pair[which] for box, pair in zip(boxes, pairs, strict=True)} for which in (0, 1))

    differences = np.array([pair[0] - pair[1] for pair in pairs])
    half = stats.sem(differences) * stats.t.ppf(0.975, len(pairs) - 1)
    if abs(abs(differences.mean()) - half) > 1e-9:
        assert within_noise(a, b) == (abs(differences.mean()) <= half)
    assert within_noise(a, b) == within_noise(b, a)


def test_fewer_than_two_shared_boxes_tell_nothing() -> None:
    box = uuid4()
    assert within_noise({box: -1.0}, {box: 1.0})
    assert within_noise({}, {})
