"""What a rescoring changes in a phase's definition, and in the ranks and scores of its teams. Pure."""

from collections.abc import Iterable
from typing import Any

from arena.api.reruns import RankChange, RescoredSubmission, RescoringComparison
from arena.rules.ranking import RankingKey, rank, ranking_key
from services.gateway.competitions.tables import PhaseRow
from services.gateway.rescoring.tables import ComparedRow

DEFINITION = ("n_calls", "n_suggestions", "studies_per_box", "studies_per_shard", "limits", "priority", "boxes")


def list_changes(live: PhaseRow, other: PhaseRow) -> dict[str, Any]:
    """Return the fields in which the definitions of two phases differ, with the values of `other`; of limits, each."""
    changes = {name: getattr(other, name) for name in DEFINITION if getattr(other, name) != getattr(live, name)}
    if "limits" in changes:
        changes["limits"] = {name: value for name, value in other.limits.items() if live.limits.get(name) != value}
    if other.versioned_baseline != live.versioned_baseline:
        changes["baseline"] = other.versioned_baseline
    return changes


def compare(live: PhaseRow, candidate: PhaseRow, rows: Iterable[ComparedRow]) -> RescoringComparison:
    """Return what a candidate changes in the definition, and in ranks and scores."""
    rows = list(rows)
    return RescoringComparison(
        changes=list_changes(live, candidate),
        teams=compare_ranks(rows),
        submissions=[
            RescoredSubmission(
                team=row.team,
                old_id=row.old_id,
                old_score=row.old_score,
                new_id=row.new_id,
                new_score=row.new_score,
                new_state=row.new_state,
                verdict=row.new_verdict,
            )
            for row in rows
            if row.new_id is not None
        ],
    )


def compare_ranks(rows: Iterable[ComparedRow]) -> list[RankChange]:
    """Return each team's rank and score before and after, from its counting submission at the time; best before first.

    Ranks are those of the leaderboard: submissions with equal scores rank by when they ended.
    """
    rows = list(rows)
    old = rank((row for row in rows if row.old_counts), _old_key)
    new = rank((row for row in rows if row.new_counts), _new_key)
    before = {row.team: (place, row.old_score) for place, row in enumerate(old, start=1)}
    after = {row.team: (place, row.new_score) for place, row in enumerate(new, start=1)}
    compared = [
        RankChange(team=team, old_rank=old_rank, old_score=old_score, new_rank=new_rank, new_score=new_score)
        for team in {row.team for row in rows}
        for old_rank, old_score in [before.get(team, (None, None))]
        for new_rank, new_score in [after.get(team, (None, None))]
    ]
    return sorted(compared, key=lambda change: (change.old_rank is None, change.old_rank, change.team))


def _old_key(row: ComparedRow) -> RankingKey:
    return ranking_key(row.old_score, row.old_ended_at, row.team)


def _new_key(row: ComparedRow) -> RankingKey:
    return ranking_key(row.new_score, row.new_ended_at, row.team)
