"""Checks that a team's quotas in a phase allow one more submission."""

import math
from uuid import UUID

from arena.api.live import QuotaName, QuotaUse
from arena.words.problems import ProblemCode
from services.gateway.problems import Problem
from services.gateway.submissions import tables
from services.gateway.submissions.tables import EffectiveQuota, UsedQuota
from shared.database import Connection

ACTIVE_RETRY_AFTER_S = 60


async def find_effective_quota(connection: Connection, phase_id: UUID, team_id: UUID) -> EffectiveQuota:
    """Return a phase's times and a team's quotas now; the caller holds the phase's lock.

    Raises Problem 404 if it is gone.
    """
    quota = await tables.find_effective_quota(connection, phase_id, team_id)
    if quota is None:
        raise Problem(ProblemCode.NO_SUCH_PHASE, "The phase was deleted just now; look at the competition's phases.")
    return quota


def has_quota(quota: EffectiveQuota) -> bool:
    """Return whether any quota limits a team."""
    return (quota.attempts_per_day, quota.scored_per_day, quota.active_submissions) != (None, None, None)


def check_quota(quota: EffectiveQuota, used: UsedQuota) -> None:
    """Raise Problem 429 if a quota does not allow one more submission."""
    if quota.active_submissions is not None and used.active >= quota.active_submissions:
        raise Problem(
            ProblemCode.TOO_MANY_ACTIVE,
            f"The team has {used.active} submissions that have not ended, and may have {quota.active_submissions}; "
            "wait for one to end, or cancel one.",
            retry_after_s=ACTIVE_RETRY_AFTER_S,
        )
    if quota.attempts_per_day is not None and used.attempts >= quota.attempts_per_day:
        raise Problem(
            ProblemCode.NO_ATTEMPTS_LEFT,
            f"The team has made {used.attempts} attempts in 24 hours, and may make {quota.attempts_per_day}.",
            retry_after_s=_whole_seconds(used.attempt_in_s),
        )
    if quota.scored_per_day is not None and used.scored >= quota.scored_per_day:
        raise Problem(
            ProblemCode.NO_SCORES_LEFT,
            f"The team has {used.scored} submissions of the last 24 hours that were scored or are on the way, "
            f"and may have {quota.scored_per_day}.",
            retry_after_s=_whole_seconds(used.score_in_s),
        )


def _whole_seconds(seconds: float | None) -> int:
    return max(1, math.ceil(seconds or 0))


def show_quota(quota: EffectiveQuota, used: UsedQuota) -> dict[QuotaName, QuotaUse]:
    """Return for each quota that is set its limit and how much of it is used."""
    uses: dict[QuotaName, tuple[int | None, int]] = {
        "attempts_per_day": (quota.attempts_per_day, used.attempts),
        "scored_per_day": (quota.scored_per_day, used.scored),
        "active_submissions": (quota.active_submissions, used.active),
    }
    return {name: QuotaUse(limit=limit, used=used) for name, (limit, used) in uses.items() if limit is not None}
