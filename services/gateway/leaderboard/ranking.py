"""Who stands where: each team's counting submission, ranked, with what is within the noise."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from bayesmark.stats import t_EB

from services.gateway.tables import queries
from shared.database import Connection, Pool

Row = dict[str, Any]
Losses = Mapping[UUID, float]


@dataclass(frozen=True)
class RankedLeaderboard:
    """Rows that hold at least everything up to the phase's change `change`, or up to the moment it was frozen."""

    change: int
    frozen_at: datetime | None
    rows: list[Row]


class Leaderboard:
    """Reads a phase's rows; losses of finished submissions never change and are kept.

    While a phase is frozen, only `present` reads beyond the moment it was frozen.
    """

    def __init__(self, pool: Pool, phase_id: UUID, *, present: bool) -> None:
        self._pool = pool
        self._phase_id = phase_id
        self._present = present
        self._losses: dict[UUID, dict[UUID, float]] = {}

    async def load(self) -> RankedLeaderboard:
        """Return the standings as they are."""
        # One snapshot, so that what comes right after a freeze is not taken for what was before it.
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            phase = await queries.phase_change(connection, phase_id=self._phase_id)
            teams = await self._teams(connection, phase["frozen_at"])
        shown = {row["best_id"] for row in teams if row["best_id"] is not None}
        self._losses = {each: losses for each, losses in self._losses.items() if each in shown}
        unknown = list(shown - self._losses.keys())
        if unknown:
            async for row in queries.box_losses(self._pool, submission_ids=unknown):
                self._losses[row["submission_id"]] = dict(zip(row["boxes"], row["losses"], strict=True))
        return RankedLeaderboard(phase["change"], phase["frozen_at"], rank(teams, self._losses))

    async def _teams(self, connection: Connection, frozen_at: datetime | None) -> list[Mapping[str, Any]]:
        if frozen_at is None or self._present:
            return [row async for row in queries.leaderboard(connection, phase_id=self._phase_id)]
        return [row async for row in queries.frozen_leaderboard(connection, phase_id=self._phase_id, at=frozen_at)]


def rank(teams: Iterable[Mapping[str, Any]], losses: Mapping[UUID, Losses]) -> list[Row]:
    """Order teams: finished by score, then unfinished by provisional score, and a missing score last."""
    teams = list(teams)
    finished = sorted(
        (team for team in teams if team["best_id"] is not None),
        key=lambda team: (-team["best_score"], team["best_ended_at"], team["team"]),
    )
    unfinished = sorted(
        (team for team in teams if team["best_id"] is None),
        key=lambda team: (team["current_score"] is None, -(team["current_score"] or 0.0), team["team"]),
    )
    rows = [
        {"rank": place, **_row(team, "best"), "current": _current(team)} for place, team in enumerate(finished, start=1)
    ]
    in_order = [losses.get(team["best_id"], {}) for team in finished]
    for row, noise in zip(rows, within_noise_all(list(itertools.pairwise(in_order))), strict=False):
        row["within_noise_of_next"] = noise
    return rows + [{"rank": None, **_row(team, "current"), "current": _current(team)} for team in unfinished]


def _row(team: Mapping[str, Any], which: str) -> Row:
    low, high = team[f"{which}_low"], team[f"{which}_high"]
    return {
        "team": team["team"],
        "submission_id": str(team[f"{which}_id"]),
        "state": "scored" if which == "best" else team["current_state"],
        "score": team[f"{which}_score"],
        "interval": None if low is None else [low, high],
        "provisional": which != "best",
        "within_noise_of_next": False,
        "studies_done": team[f"{which}_done"],
        "studies_total": team[f"{which}_total"],
        "submissions": team["submissions"],
        "changed_at": team["changed_at"].isoformat(),
        "curve": team["curve"],
    }


def _current(team: Mapping[str, Any]) -> Row | None:
    if team["current_id"] is None:
        return None
    return {
        "submission_id": str(team["current_id"]),
        "score": team["current_score"],
        "studies_done": team["current_done"],
        "studies_total": team["current_total"],
    }


def within_noise(a: Losses, b: Losses) -> bool:
    """Tell whether the 95 % interval (`t_EB`) of the paired difference over shared black boxes contains 0."""
    return within_noise_all([(a, b)])[0]


def within_noise_all(pairs: Sequence[tuple[Losses, Losses]]) -> list[bool]:
    """Tell it of each pair; fewer than two shared black boxes are all noise. At once, as `t_EB` costs by the call."""
    noise = [True] * len(pairs)
    by_size: dict[int, dict[int, list[float]]] = {}
    for number, (a, b) in enumerate(pairs):
        shared = sorted(a.keys() & b.keys(), key=lambda box: box.int)
        by_size.setdefault(len(shared), {})[number] = [a[box] - b[box] for box in shared]
    for size, differences in by_size.items():
        if size >= 2:
            rows = np.array(list(differences.values()))
            for number, contains_0 in zip(differences, abs(rows.mean(axis=-1)) <= t_EB(rows), strict=True):
                noise[number] = bool(contains_0)
    return noise
