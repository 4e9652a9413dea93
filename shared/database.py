"""The pool of connections to Postgres, and which of its errors are worth another try."""

from __future__ import annotations  # asyncpg's classes take parameters in its stubs alone

import asyncio
from collections.abc import AsyncIterable, Awaitable, Mapping
from importlib.resources.abc import Traversable
from typing import Any, TypeAlias, TypeVar

import aiosql
import asyncpg
from pydantic import SecretStr
from pydantic_core import from_json, to_json

from shared.connecting.backoff import connect_with_backoff
from shared.connecting.readiness import ServiceReadiness
from shared.connecting.server import Server
from shared.connecting.tls import NO_TLS, TlsFiles
from shared.schema import SchemaBehind, require_schema
from shared.telemetry import Check

POSTGRES_PORT = 5432
CONNECT_TIMEOUT_S = 10.0
COMMAND_TIMEOUT_S = 30.0
IDLE_TRANSACTION_LIMIT_S = 60.0
"""A service whose machine vanishes in the middle of a transaction leaves its locks to others after this time, and not
when Postgres notices that nobody is there, which takes hours."""

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
RowT = TypeVar("RowT")
Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
PoolOrConnection: TypeAlias = "Pool | Connection"


def load_queries(file: Traversable) -> Any:
    """Load the named queries of a `.sql` file of a package.

    A name becomes a coroutine function of (connection, **parameters).
    """
    return aiosql.from_str(file.read_text(), "asyncpg")


async def fetch_all(row_type: type[RowT], rows: AsyncIterable[Mapping[str, Any]]) -> list[RowT]:
    """Return all rows of a query as dataclasses, whose fields are the query's columns."""
    return [row_type(**row) async for row in rows]


async def fetch_one(row_type: type[RowT], row: Awaitable[Mapping[str, Any] | None]) -> RowT | None:
    """Return the row of a query as a dataclass, or None when there is none."""
    found = await row
    return None if found is None else row_type(**found)


TRANSIENT_ERRORS = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.InvalidCatalogNameError,  # the database is gone until a backup is restored
    asyncpg.ObjectNotInPrerequisiteStateError,  # it takes no connections while it gives its name to a restored one
)


def is_transient(error: BaseException) -> bool:
    """Tell whether the database was unavailable or busy, so that the same call may succeed later."""
    return isinstance(error, TRANSIENT_ERRORS)


def _may_come(error: BaseException) -> bool:
    """Tell whether a database may be usable later: the migrations make its tables and roles."""
    missing = (SchemaBehind, asyncpg.InvalidAuthorizationSpecificationError)
    return is_transient(error) or isinstance(error, missing)


async def connect_database(
    url: SecretStr, tls: TlsFiles = NO_TLS, readiness: ServiceReadiness | None = None, *, size: int = 8
) -> Pool:
    """Return a pool, waiting with backoff for the database to be there, and for the newest migration known here.

    Raises StoppedBeforeStart. Where `tls` names a file, the server's certificate and host name are verified; else the
    URL's `sslmode` holds.
    """
    server, readiness = Server("database", url, POSTGRES_PORT), readiness or ServiceReadiness(asyncio.Event())
    pool = await connect_with_backoff(
        server.name, lambda: _create_pool(url, tls, size), _may_come, server.explain, readiness
    )
    readiness.checks[server.name] = database_check(pool)
    return pool


async def connect_once(url: SecretStr, tls: TlsFiles) -> asyncpg.Connection[asyncpg.Record]:
    """Return one connection, made as a pool's are."""
    return await asyncpg.connect(url.get_secret_value(), ssl=tls.make_context() if tls.are_given else None)


async def _create_pool(url: SecretStr, tls: TlsFiles, size: int) -> Pool:
    pool = await asyncpg.create_pool(
        url.get_secret_value(),
        ssl=tls.make_context() if tls.are_given else None,
        min_size=1,
        max_size=size,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings={
            "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_LIMIT_S * 1000:.0f}",
            "jit": "off",  # as tables grow, Postgres would compile queries for a second that take a tenth of one
        },
        init=_set_codecs,
        reset=_leave,
    )
    try:
        await require_schema(pool)
    except BaseException:
        await pool.close()
        raise
    return pool


async def take_turn(connection: Connection, work: str) -> None:
    """Wait until nobody else does this work; the turn ends with the transaction.

    What is read from here on has all that was committed before.
    """
    await connection.execute("select pg_advisory_xact_lock(hashtext($1))", work)


async def _leave(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Reset nothing.

    Nothing here outlives its transaction, and a reset costs a round trip for every use of the pool. asyncpg still rolls
    back a transaction that was left open.
    """


async def _set_codecs(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=_to_json, decoder=from_json, schema="pg_catalog")


def _to_json(value: object) -> str:
    return to_json(value, inf_nan_mode="constants").decode()


def database_check(pool: Pool) -> Check:
    """Return the readiness check of the database."""

    async def check() -> str | None:
        try:
            await pool.fetchval("select 1", timeout=2)
        except Exception as error:
            if is_transient(error):
                return f"the database does not answer: {error!r}"
            raise
        return None

    return check
