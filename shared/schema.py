"""Whether the database has the tables that the services were written for. They wait for these, and never migrate."""

from __future__ import annotations  # asyncpg's classes take parameters in its stubs alone

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from shared.database import Pool

NEWEST_MIGRATION = "0045"
"""The version of the newest file in `deploy/migrations`. Later ones, of newer services, are no hindrance."""


class SchemaBehind(Exception):
    """The database lacks a migration. It comes later, from the job `migrate`."""


async def require_schema(pool: Pool, newest: str = NEWEST_MIGRATION) -> None:
    """Raise SchemaBehind unless the database has this migration or a later one."""
    try:
        found = await pool.fetchval("select max(version) from schema_migrations")
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        found = None  # no migration has run, or none that lets this service look
    if found is None or found < newest:
        raise SchemaBehind(
            f"expected the database's migration {newest}, found {found or 'none that this service may see'}; "
            "the job 'migrate' makes it, or 'dbmate up'"
        )
