"""Services wait for the newest migration that they know of, and for no other."""

from pathlib import Path

import pytest

from shared.database import Pool
from shared.schema import NEWEST_MIGRATION, SchemaBehind, require_schema
from tests.support.service_settings import PlatformSettings
from tests.support.starting import starting

SERVICES = ("gateway", "dispatcher", "aggregator")


async def go_back(pool: Pool) -> None:
    """Make the database one whose newest migration has not run."""
    await pool.execute("delete from schema_migrations where version = $1", NEWEST_MIGRATION)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_says_which_migration_it_waits_for_and_works_as_soon_as_that_is_there(
    pool: Pool, settings: PlatformSettings, tmp_path: Path, name: str
) -> None:
    await go_back(pool)
    async with starting(name, settings, tmp_path) as service:
        await service.wait_for_reason("database", f"migration {NEWEST_MIGRATION}")
        await service.wait_for_reason("database", "the job 'migrate' makes it")

        await pool.execute("insert into schema_migrations (version) values ($1)", NEWEST_MIGRATION)
        await service.wait_until_ready()


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
