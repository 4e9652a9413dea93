"""The scores and ranks that the generalization losses of a leaderboard's submissions would give."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from arena.api.leaderboard import GeneralizationRow, LeaderboardRow
from arena.rules.ranking import rank, ranking_key
from arena.scoring import Score, submission_score
from services.gateway.boards.losses import SubmissionLosses


def rank_generalization(
    rows: Sequence[LeaderboardRow], losses: Mapping[UUID, SubmissionLosses], boxes: Collection[UUID]
) -> list[GeneralizationRow]:
    """Return the ranked rows of a leaderboard, in its order, with the score and rank of their generalization losses.

    A submission that lacks one of the black boxes has neither.
    """
    ranked = [row for row in rows if row.rank is not None]
    scores = {row.submission_id: _score(losses[row.submission_id], boxes) for row in ranked}
    scored = [(row, found) for row in ranked if (found := scores[row.submission_id]) is not None]
    in_order = rank(
        scored,
        lambda each: ranking_key(each[1].score, losses[each[0].submission_id].ended_at, each[0].team),
    )
    places = {row.submission_id: place for place, (row, _) in enumerate(in_order, start=1)}
    return [_row(row, scores[row.submission_id], places.get(row.submission_id)) for row in ranked]


def _score(losses: SubmissionLosses, boxes: Collection[UUID]) -> Score | None:
    means = losses.means
    if not boxes or means.keys() != set(boxes):
        return None
    return submission_score([means[box] for box in sorted(means, key=lambda box: box.int)])


def _row(row: LeaderboardRow, found: Score | None, place: int | None) -> GeneralizationRow:
    low, high = (None, None) if found is None else (found.low, found.high)
    return GeneralizationRow(
        team=row.team,
        submission_id=row.submission_id,
        rank=row.rank or 0,
        score=row.score,
        generalization_rank=place,
        generalization_score=found and found.score,
        generalization_interval=None if low is None or high is None else (low, high),
    )
