"""What a re-scoring changes: the definition of its phase, and the teams' ranks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from arena.api.leaderboard import TeamColumns
from arena.words.states import SubmissionState
from services.gateway.competitions.tables import PhaseRow
from services.gateway.leaderboard.ranking import Ranking
from services.gateway.leaderboard.tables import RankedSubmission, RankedTeamRow
from services.gateway.rescoring.comparison import compare_ranks, list_changes
from services.gateway.rescoring.tables import ComparedRow

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
PHASE = PhaseRow(
    id=UUID(int=1),
    competition_id=UUID(int=2),
    competition="spring",
    name="feedback",
    kind="competition",
    position=0,
    visibility="public",
    practice=False,
    baseline="x",
    baseline_version=1,
    n_calls=1,
    n_suggestions=2,
    studies_per_box=3,
    studies_per_shard=1,
    first_study=0,
    limits={},
    opens_at=None,
    closes_at=None,
    is_open=True,
    attempts_per_day=None,
    scored_per_day=None,
    active_submissions=None,
    counting="best",
    frozen_at=None,
    priority=0,
    environments=["small"],
    cpus=1,
    parameter_names="visible",
    runtime=None,
    boxes=["b"],
)


def compared(team: str, old: float | None, new: float | None, *, minutes: int = 0) -> ComparedRow:
    """A team's submission that counts wherever it has a score; it ended so many minutes after noon, both times."""
    at = NOON + timedelta(minutes=minutes)
    return ComparedRow(team, uuid4(), old, at, old is not None, uuid4(), new, at, "scored", "scored", new is not None)


def test_ranks_are_compared_by_what_counts_before_and_after() -> None:
    rows = [compared("a", 3, 1), compared("b", 2, 2), compared("c", None, 3), compared("d", 1, None)]
    assert [(each.team, each.old_rank, each.new_rank) for each in compare_ranks(rows)] == [
        ("a", 1, 3),
        ("b", 2, 2),
        ("d", 3, None),
        ("c", None, 1),
    ]


def test_of_equal_scores_the_one_that_ended_first_ranks_higher() -> None:
    changes = compare_ranks([compared("a", 5, 5, minutes=2), compared("b", 5, 5, minutes=1)])
    assert [(each.team, each.old_rank, each.new_rank) for each in changes] == [("b", 1, 1), ("a", 2, 2)]


@given(st.lists(st.tuples(st.sampled_from([1.0, 2.0]), st.integers(0, 2)), max_size=6))
def test_teams_rank_as_on_the_leaderboard(ended: list[tuple[float, int]]) -> None:
    rows = [compared(f"team {n}", score, score, minutes=minutes) for n, (score, minutes) in enumerate(ended)]
    leaderboard = Ranking().rank([_on_leaderboard(row) for row in rows], {})
    changes = compare_ranks(rows)
    assert [(each.team, each.old_rank) for each in changes] == [(each.team, each.rank) for each in leaderboard]
    assert all(each.old_rank == each.new_rank for each in changes)


def test_only_what_is_different_is_a_change() -> None:
    assert list_changes(PHASE, PHASE) == {}
    assert list_changes(PHASE, replace(PHASE, baseline_version=2, n_calls=5)) == {"n_calls": 5, "baseline": "x@2"}


def _on_leaderboard(row: ComparedRow) -> RankedTeamRow:
    submission = RankedSubmission(row.old_id, SubmissionState.SCORED, row.old_score, None, None, 1, 1, row.old_ended_at)
    columns = TeamColumns(team=row.team, submissions=1, changed_at=NOON, curve=None)
    return RankedTeamRow(columns, counting=submission, current=None)
