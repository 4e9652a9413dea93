"""How many rows of a table a call reads, which does not depend on how fast the machine is."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.database import Connection, Pool
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class RowsRead:
    """A transaction that counts the rows that it reads, since the counts `before`."""

    connection: Connection
    before: Mapping[str, int]

    async def of(self, table: str) -> int:
        """Return how many rows of a table it has read so far."""
        return (await _count(self.connection)).get(table, 0) - self.before.get(table, 0)


@asynccontextmanager
async def counting_rows(pool: Pool) -> AsyncIterator[RowsRead]:
    """Yield a transaction that counts, once Postgres knows how large its tables are and that everybody sees their rows.

    While it does not know the latter of a page, making a plan reads a first and a last row there, which would count.
    One vacuum may leave such a page: another process holds it just then, or a snapshot from before its last change.
    """

    async def are_seen_by_everybody() -> bool:
        await pool.execute("vacuum analyze")
        found = await pool.fetchval(
            "select bool_and(relallvisible = relpages) from pg_class"
            " where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
        return bool(found)

    await wait_until(are_seen_by_everybody, what="everybody sees the rows of every table")
    async with pool.acquire() as connection, connection.transaction():
        yield RowsRead(connection, await _count(connection))  # of earlier transactions some are not yet settled


async def _count(connection: Connection) -> dict[str, int]:
    rows = await connection.fetch(
        "select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) as read from pg_stat_xact_user_tables"
    )
    return {row["relname"]: row["read"] for row in rows}


async def rows_read_so_far(pool: Pool, table: str) -> int:
    """Return how many rows of a table were read since the database was made, by a pool with one connection."""
    await pool.execute("select pg_stat_force_next_flush()")
    found: int = await pool.fetchval(
        "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables where relname = $1", table
    )
    return found
