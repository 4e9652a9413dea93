"""What a service's connections to the database promise."""

import pytest
from pydantic import SecretStr

from shared.database import Pool, connect_database
from tests.support.waiting import wait_until


async def test_a_service_that_vanishes_in_the_middle_of_a_transaction_does_not_keep_its_locks(
    pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.database.IDLE_TRANSACTION_LIMIT_S", 0.2)
    async with await connect_database(SecretStr(database_url), size=1) as service:
        connection = await service.acquire()
        await connection.execute("begin")
        await connection.execute("select pg_advisory_xact_lock(1)")

        await wait_until(lambda: pool.fetchval("select pg_try_advisory_xact_lock(1)"), what="the lock is free")

        service.terminate()


async def test_a_query_that_reads_many_rows_is_run_and_not_compiled(pool: Pool) -> None:
    plan = await pool.fetchval("explain (format json) select count(*) from generate_series(1, 100000000) n where n > 5")

    assert plan[0]["Plan"]["Total Cost"] > 100_000  # from which on Postgres compiles by default
    assert "JIT" not in plan[0]
