"""Decides who is in the final, and what the API shows of the finalists. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from arena.api.reruns import Finalist
from arena.words.states import SubmissionState
from arena.words.verdicts import Verdict
from services.gateway.competitions.tables import PhaseRow
from services.gateway.final.tables import FinalistRow, TopRow

ALIKE = (
    *("boxes", "baseline", "baseline_version", "n_calls", "n_suggestions", "first_study", "limits"),
    *("environments", "cpus", "runtime"),
)
"""What two phases of a final have in common, so that nothing but the names tells them apart."""


def find_other_differences(first: PhaseRow, second: PhaseRow) -> list[str]:
    """Return in what two phases of a final differ besides whether parameter names are visible; they must in that."""
    differing = [name for name in ALIKE if getattr(first, name) != getattr(second, name)]
    return differing if first.parameter_names != second.parameter_names else ["parameter_names", *differing]


def select_copies(entrants: Mapping[UUID, UUID], present: Sequence[FinalistRow]) -> list[UUID]:
    """Return what to copy into the final: submissions of new teams, and runs cancelled or failed by the platform.

    `entrants` has the submission of each team that is to be in it.
    """
    teams = {row.team_id for row in present}
    again = [
        row.id for row in present if row.state == SubmissionState.CANCELLED or row.verdict == Verdict.PLATFORM_FAULT
    ]
    return again + [submission for team, submission in entrants.items() if team not in teams]


def show_finalists(
    finalists: Sequence[FinalistRow],
    ranking: Sequence[TopRow],
    losses: Mapping[UUID, dict[str, list[float]]],
) -> list[Finalist]:
    """Return the finalists beside their ranks and scores in the first phase, whose ranking is `ranking`."""
    ranked = {row.team_id: (place, row.score) for place, row in enumerate(ranking, start=1)}
    unranked: tuple[int | None, float | None] = (None, None)
    return [_show(row, ranked.get(row.team_id, unranked), losses.get(row.id)) for row in finalists]


def _show(
    row: FinalistRow, rank_and_score: tuple[int | None, float | None], losses: dict[str, list[float]] | None
) -> Finalist:
    low, high = row.score_low, row.score_high
    rank, score = rank_and_score
    return Finalist(
        team=row.team,
        submission_id=row.id,
        origin_id=row.origin_id,
        submitted_at=row.submitted_at,
        environment=row.environment,
        state=row.state,
        verdict=row.verdict,
        ended=row.ended_at is not None,
        score=row.score,
        interval=None if low is None or high is None else (low, high),
        studies_done=row.studies_done,
        studies_total=row.studies_total,
        feedback_rank=rank,
        feedback_score=score,
        losses=losses,
    )
