"""A pool of connections whose queries are noted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from shared.database import Pool, connect_database


class NotedPool:
    """A pool with one connection, and its queries since they were taken."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._queries: list[str] = []

    def note(self, query: str) -> None:
        self._queries.append(query)

    def take(self) -> list[str]:
        taken, self._queries = self._queries, []
        return taken


@asynccontextmanager
async def noted_pool(database_url: str) -> AsyncIterator[NotedPool]:
    noted = NotedPool(await connect_database(SecretStr(database_url), size=1))
    async with noted.pool.acquire() as connection:
        connection.add_query_logger(lambda record: noted.note(record.query))
    yield noted
    await noted.pool.close()
