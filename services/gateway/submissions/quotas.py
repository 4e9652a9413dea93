"""Effective quotas of a team in a phase, and whether the phase is open."""

import math
from uuid import UUID

import asyncpg

from services.gateway.problems import Problem
from services.gateway.tables import queries
from shared.database import Connection

ACTIVE_RETRY_AFTER_S = 60
QUOTAS = ("attempts_per_day", "scored_per_day", "active_submissions")


async def find_effective_quota(connection: Connection, phase_id: UUID, team_id: UUID) -> asyncpg.Record:
    """Return a phase's times and a team's quotas as they are now; the caller holds the phase's lock."""
    terms: asyncpg.Record | None = await queries.terms(connection, phase_id=phase_id, team_id=team_id)
    if terms is None:
        raise Problem(409, "The phase was taken away at this moment; look at the competition's phases.")
    return terms


def check_open(phase: asyncpg.Record) -> None:
    """Raise Problem 409 unless the phase, or these terms of it, are open."""
    if not phase["is_open"]:
        opens, closes = (each and each.isoformat() for each in (phase["opens_at"], phase["closes_at"]))
        raise Problem(
            409,
            f"Phase {phase['name']} is closed; it is open from {opens or 'the beginning'} to {closes or 'the end'}.",
        )


def check_quota(phase: asyncpg.Record, used: asyncpg.Record) -> None:
    if phase["active_submissions"] is not None and used["active"] >= phase["active_submissions"]:
        raise Problem(
            429,
            f"The team has {used['active']} submissions that have not ended, and may have "
            f"{phase['active_submissions']}; wait for one to end, or cancel one.",
            retry_after_s=ACTIVE_RETRY_AFTER_S,
        )
    if phase["attempts_per_day"] is not None and used["attempts"] >= phase["attempts_per_day"]:
        raise Problem(
            429,
            f"The team has made {used['attempts']} attempts in 24 hours, and may make {phase['attempts_per_day']}.",
            retry_after_s=max(1, math.ceil(used["attempt_in_s"])),
        )
    if phase["scored_per_day"] is not None and used["scored"] >= phase["scored_per_day"]:
        raise Problem(
            429,
            f"The team has {used['scored']} submissions of the last 24 hours that were scored or are on the way, "
            f"and may have {phase['scored_per_day']}.",
            retry_after_s=max(1, math.ceil(used["score_in_s"])),
        )
