"""Who is copied into a final, and what is shown of those who are there."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.gateway.final.finalists import select_copies, show_finalists
from services.gateway.final.tables import FinalistRow, TopRow

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
TEAM = UUID(int=1)
TOP = TopRow(uuid4(), TEAM, "Gaussians", 92.0)
FINALIST = FinalistRow(
    uuid4(), TEAM, "Gaussians", "small", "scored", "scored", 91.0, None, None, 5, 5, NOON, TOP.id, NOON
)


def test_a_team_that_is_in_the_final_is_not_copied_again() -> None:
    other = TopRow(uuid4(), UUID(int=2), "Bayes", 90.0)
    assert select_copies({TEAM: TOP.id, other.team_id: other.id}, [FINALIST]) == [other.id]


@pytest.mark.parametrize(("state", "verdict"), [("cancelled", "cancelled"), ("failed", "platform_fault")])
def test_what_ended_through_no_fault_of_its_team_is_run_once_more(state: str, verdict: str) -> None:
    assert select_copies({TEAM: TOP.id}, [replace(FINALIST, state=state, verdict=verdict)]) == [FINALIST.id]


def test_a_finalist_has_its_rank_of_the_phase_it_came_from_and_its_losses() -> None:
    (shown,) = show_finalists([FINALIST], [TOP], {FINALIST.id: {"box-01": [0.5]}})
    assert (shown.feedback_rank, shown.feedback_score, shown.losses) == (1, 92.0, {"box-01": [0.5]})


def test_a_finalist_that_no_longer_counts_in_the_first_phase_has_no_rank_there() -> None:
    (shown,) = show_finalists([FINALIST], [], {})
    assert (shown.feedback_rank, shown.feedback_score, shown.interval, shown.losses) == (None, None, None, None)
