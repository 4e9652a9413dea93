"""Rows that a test keeps locked, so that services are in the middle of a transaction for as long as it likes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from shared.database import Pool
from tests.support.waiting import wait_until


@asynccontextmanager
async def locked(pool: Pool, locking_query: str, *arguments: Any) -> AsyncIterator[None]:
    """Keep what a `select ... for update` locks until the block ends."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(locking_query, *arguments)
        yield


async def wait_for_waiting(pool: Pool, number: int) -> None:
    """Wait until so many transactions of this database wait for a lock."""

    async def they_wait() -> bool:
        waiting = await pool.fetchval(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and state = 'active'
            """
        )
        return bool(waiting == number)

    await wait_until(they_wait, what=f"{number} wait for a lock")
