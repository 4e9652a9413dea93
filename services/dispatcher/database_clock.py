"""The database's clock, by which all waits in the tables are counted, and what is done when somebody sets it."""

import time
from datetime import datetime
from importlib.resources import files

import structlog

from shared.database import Pool, load_queries

log = structlog.get_logger()
queries = load_queries(files("services.dispatcher") / "database_clock.sql")
STEP_S = 2.0
"""A clock that is only corrected goes a little faster or slower; one that is set by less than this harms nobody."""
DISTRUSTED_S = 3600.0
"""For so long after it was set, nothing is ended for its age: it may be set right again."""


class DatabaseClock:
    """Compares the database's clock with this process's own, which nobody can set."""

    def __init__(self) -> None:
        self._ahead_s: tuple[float, float] | None = None
        self._set_at = -DISTRUSTED_S

    @property
    def is_trusted(self) -> bool:
        """Whether it was not set lately."""
        return time.monotonic() - self._set_at >= DISTRUSTED_S

    async def look(self, pool: Pool, lease_s: float, delay_s: float) -> bool:
        """Return whether the clock was set since the last look; then all that waits has begun to wait anew.

        At the first look, no wait is left that ends later than it can.
        """
        before = self._ahead_s
        step_s = await self._find_step(pool)
        if before is None or step_s:
            async with pool.acquire() as connection, connection.transaction():
                await queries.mend_shard_times(connection, lease_s=lease_s, delay_s=delay_s, restart=bool(step_s))
                await queries.mend_runner_times(connection)
                await queries.mend_team_times(connection)
        if step_s:
            log.warning("the database's clock was set; what waits, waits from now on", by_s=round(step_s))
            self._set_at = time.monotonic()
        return bool(step_s)

    async def _find_step(self, pool: Pool) -> float:
        """Return by how much the clock was set at least, or 0. An answer that took long says less."""
        asked_at = time.monotonic()
        now: datetime = await queries.read_clock(pool)
        least_s, most_s = now.timestamp() - time.monotonic(), now.timestamp() - asked_at
        before, self._ahead_s = self._ahead_s or (least_s, most_s), (least_s, most_s)
        step_s = max(least_s - before[1], 0.0) + min(most_s - before[0], 0.0)
        return step_s if abs(step_s) >= STEP_S else 0.0
