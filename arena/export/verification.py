"""Stock Bayesmark's scores of an export beside the leaderboard's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from arena.api.leaderboard import Leaderboard

REVISION = "arena"
"""Bayesmark names a method OPTIMIZER_OPTREVISION_REVISION; the platform has no revisions of its own to tell."""
TOLERANCE = 1e-6
"""Both add up the same numbers, in different orders; what differs by more than this differs for another reason."""


@dataclass(frozen=True)
class VerifiedScore:
    """A submission's two scores; one of them is None if another submission of the team has come to count meanwhile."""

    team: str
    submission_id: str
    leaderboard: float | None
    bayesmark: float | None

    @property
    def agrees(self) -> bool:
        """Whether there are two scores, and they are the same."""
        if self.leaderboard is None or self.bayesmark is None:
            return False
        return abs(self.leaderboard - self.bayesmark) <= TOLERANCE


def compare_scores(
    methods: Mapping[str, str], board: Leaderboard, stock: Mapping[str, float]
) -> Sequence[VerifiedScore]:
    """Return every submission that is exported or ranked, in the leaderboard's order.

    `methods` has the name of each exported submission's method, and `stock` what Bayesmark prints for each method.
    """
    ranked = {str(row.submission_id): row for row in board.rows if row.rank is not None}
    teams = {submission: unquote(method) for submission, method in methods.items()}
    teams = {submission: row.team for submission, row in ranked.items()} | teams
    return [
        VerifiedScore(
            team=teams[submission],
            submission_id=submission,
            leaderboard=ranked[submission].score if submission in ranked else None,
            bayesmark=stock.get(f"{methods.get(submission)}_{REVISION}_{REVISION}"),
        )
        for submission in dict.fromkeys([*ranked, *methods])
    ]
