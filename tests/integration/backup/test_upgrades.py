"""What earlier releases stored is served, with the same scores, after the migrations of this one."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from shared.blobs import Blobs
from shared.database import Pool, connect_database
from shared.schema import NEWEST_MIGRATION
from tests.support.backends import new_database
from tests.support.backup.commands import make_backup, restore_backup
from tests.support.backup.old_schemas import RELEASED, make_release
from tests.support.backup.platforms import drop_database
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.template_database import migrate

SCORED, FAILED, RUNNING = (f"50000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
EXECUTION = "5a000000-0000-4000-8000-000000000001:1"
SCORE = 62.5


@pytest.fixture
async def old_database(template_database: str) -> AsyncIterator[str]:
    """An empty database; the template's fixture has made the logins."""
    assert template_database
    async with new_database("template0") as url:
        yield url


@pytest.fixture
def settings(old_database: str, broker_url: str, tmp_path: Path) -> PlatformSettings:
    return platform_settings(old_database, broker_url, tmp_path / "blobs")


async def get(client: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer


async def assert_that_everything_is_served(gateway: Gateway) -> None:
    organizer = gateway.organizer
    board = (await get(gateway.anyone, "/competitions/old/leaderboard?phase=feedback")).json()
    best = board["rows"][0]
    assert (best["team"], best["rank"], best["score"]) == ("first", 1, SCORE)
    scored = (await get(organizer, f"/submissions/{SCORED}")).json()
    assert (scored["state"], scored["score"], scored["studies_done"]) == ("scored", SCORE, 2)
    assert (await get(organizer, f"/submissions/{FAILED}")).json()["verdict"] == "process_died"
    assert (await get(organizer, f"/submissions/{RUNNING}")).json()["state"] == "running"
    await get(organizer, f"/submissions/{SCORED}/provenance")
    await get(organizer, f"/admin/submissions/{SCORED}")
    executions = (await get(organizer, "/admin/executions?competition=old&phase=feedback")).json()["executions"]
    assert {each["id"] for each in executions} >= {EXECUTION}
    record = (await get(organizer, f"/admin/executions/{EXECUTION}")).json()
    assert [study["finished"]["score"] for study in record["studies"]] == [75.0]
    header, *studies = (await get(organizer, "/admin/competitions/old/phases/feedback/export")).text.splitlines()
    assert len(json.loads(header)["boxes"]) == 2
    assert {json.loads(line)["visible"][-1][0] for line in studies} == {0.25, 0.5}
    for path in (
        "/competitions",
        "/competitions/old",
        "/competitions/old/submissions",
        "/admin/competitions/old/spending",
        "/admin/competitions/old/organizer-runs",
        f"/submissions/{SCORED}/boxes",
    ):
        await get(organizer, path)
    page = await gateway.anyone.get("/c/old?phase=feedback")
    assert page.status_code == 200


async def assert_that_constraints_hold(pool: Pool) -> None:
    assert await pool.fetchval("select count(*) from pg_constraint where not convalidated") == 0
    twice = "insert into box_scores select * from box_scores"
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(twice)
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("update submissions set ended_at = null where state = 'scored'")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await pool.execute("update shards set box_id = gen_random_uuid()")


@pytest.mark.parametrize("release", RELEASED)
async def test_what_a_release_stored_is_served_after_the_upgrade(
    release: str, old_database: str, settings: PlatformSettings, tmp_path: Path
) -> None:
    await asyncio.to_thread(make_release, old_database, release, tmp_path / "migrations")

    await asyncio.to_thread(migrate, old_database)

    async with running_gateway(settings.gateway) as gateway:
        await assert_that_everything_is_served(gateway)
        team = await gateway.client("team-token").get(f"/api/v1/submissions/{SCORED}")
        assert team.json()["score"] == SCORE, "a team's token goes on"
    pool = await connect_database(SecretStr(old_database))
    await assert_that_constraints_hold(pool)
    await pool.close()


async def test_a_backup_of_an_old_release_is_restored_to_this_one(
    old_database: str, settings: PlatformSettings, tmp_path: Path
) -> None:
    blobs = tmp_path / "blobs"
    for content in (b"a zip", b"a data set"):
        await Blobs(f"file://{blobs}").put(hashlib.sha256(content).hexdigest(), content)
    await asyncio.to_thread(make_release, old_database, "0016", tmp_path / "migrations")
    old = await asyncpg.connect(old_database)
    await old.execute("update submissions set blob_sha256 = $1", hashlib.sha256(b"a zip").hexdigest())
    await old.execute("update datasets set blob_sha256 = $1", hashlib.sha256(b"a data set").hexdigest())
    await old.close()
    manifest = await asyncio.to_thread(make_backup, tmp_path / "backup", old_database, f"file://{blobs}")
    assert manifest.schema_migration == "0016"
    await drop_database(old_database)

    await asyncio.to_thread(restore_backup, tmp_path / "backup", old_database, f"file://{blobs}")

    restored = await asyncpg.connect(old_database)
    assert await restored.fetchval("select max(version) from schema_migrations") == NEWEST_MIGRATION
    await restored.close()
    async with running_gateway(settings.gateway) as gateway:
        await assert_that_everything_is_served(gateway)
