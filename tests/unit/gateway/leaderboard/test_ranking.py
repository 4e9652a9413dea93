"""The order of the leaderboard, and what is within the noise."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from arena.api.leaderboard import TeamColumns
from arena.words.states import SubmissionState
from services.gateway.leaderboard.ranking import Ranking
from services.gateway.leaderboard.tables import RankedSubmission, RankedTeamRow
from services.gateway.leaderboard.within_noise import within_noise

START = datetime(2020, 7, 1, tzinfo=UTC)


def submission(score: float | None, state: SubmissionState, minute: int = 0) -> RankedSubmission:
    """A finished or running submission with this score."""
    ended_at = START + timedelta(minutes=minute) if state == SubmissionState.SCORED else None
    return RankedSubmission(uuid4(), state, score, None, None, 1, 4, ended_at)


def team(
    name: str,
    counting: float | None = None,
    current: float | None = None,
    minute: int = 0,
    *,
    running: bool = False,
) -> RankedTeamRow:
    """A team with a scored submission, a running one with a provisional score, or both."""
    return RankedTeamRow(
        columns=TeamColumns(team=name, submissions=1, changed_at=START, curve=None),
        counting=None if counting is None else submission(counting, SubmissionState.SCORED, minute),
        current=submission(current, SubmissionState.RUNNING) if running or current is not None else None,
    )


def test_finished_come_first_by_score_then_unfinished_then_a_missing_score() -> None:
    rows = Ranking().rank(
        [
            team("nothing yet", running=True),
            team("low", counting=10.0),
            team("running high", current=99.0),
            team("high", counting=90.0, current=1.0),
            team("running low", current=5.0),
        ],
        {},
    )

    assert [row.team for row in rows] == ["high", "low", "running high", "running low", "nothing yet"]
    assert [row.rank for row in rows] == [1, 2, None, None, None]
    assert [row.provisional for row in rows] == [False, False, True, True, True]


def test_of_equal_scores_the_earlier_comes_first() -> None:
    rows = Ranking().rank([team("late", counting=50.0, minute=2), team("early", counting=50.0, minute=1)], {})
    assert [row.team for row in rows] == ["early", "late"]


def test_places_whose_order_is_noise_are_marked() -> None:
    teams = [team("a", counting=60.0), team("b", counting=59.0), team("c", counting=10.0)]
    boxes = [uuid4() for _ in range(20)]
    draw = np.random.default_rng(0)
    ids = [each.counting.id for each in teams if each.counting]
    losses = {
        ids[0]: dict(zip(boxes, draw.normal(0.40, 0.1, 20), strict=True)),
        ids[1]: dict(zip(boxes, draw.normal(0.41, 0.1, 20), strict=True)),
        ids[2]: dict(zip(boxes, draw.normal(0.90, 0.1, 20), strict=True)),
    }

    assert [row.within_noise_of_next for row in Ranking().rank(teams, losses)] == [True, False, False]


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
