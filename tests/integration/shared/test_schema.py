"""Services wait for the newest migration that they know of, and for no other."""

import asyncio

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from shared.database import Pool, connect_database
from shared.schema import NEWEST_MIGRATION, SchemaBehind, require_schema
from tests.support.backends import as_user
from tests.support.waiting import limited, wait_until

SERVICES = ("gateway", "dispatcher", "aggregator")


async def go_back(pool: Pool) -> None:
    """Make the database one whose newest migration has not run."""
    await pool.execute("delete from schema_migrations where version = $1", NEWEST_MIGRATION)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_starts_as_soon_as_the_migration_it_waits_for_is_there(
    pool: Pool, database_url: str, service: str
) -> None:
    await go_back(pool)
    with capture_logs() as logs:
        connecting = asyncio.create_task(connect_database(SecretStr(as_user(service, database_url))))

        async def says_what_is_missing() -> bool:
            return any(f"migration {NEWEST_MIGRATION}" in entry.get("error", "") for entry in logs)

        await wait_until(says_what_is_missing, what="it waits")
    assert not connecting.done()
    await pool.execute("insert into schema_migrations (version) values ($1)", NEWEST_MIGRATION)

    async with limited():
        await (await connecting).close()


async def test_a_schema_that_is_behind_is_told_with_the_migration_that_is_missing_and_who_makes_it(pool: Pool) -> None:
    await go_back(pool)
    with pytest.raises(SchemaBehind, match=f"migration {NEWEST_MIGRATION}, found 00.*the job 'migrate' makes it"):
        await require_schema(pool)

    await pool.execute("drop table schema_migrations")
    with pytest.raises(SchemaBehind, match="found none that this service may see"):
        await require_schema(pool)


async def test_a_schema_that_is_newer_than_the_service_is_no_hindrance(pool: Pool) -> None:
    await pool.execute("insert into schema_migrations (version) values ('9999')")

    await require_schema(pool)
