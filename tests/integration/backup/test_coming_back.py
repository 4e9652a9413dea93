"""A backup taken while a submission runs; everything destroyed; and the platform comes back to the same leaderboard."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from services.runner.blobs.source import open_blobs
from shared.broker.connection import connect_broker
from shared.database import Pool
from tests.support.backends import POSTGRES, lose_everything
from tests.support.backup.commands import make_backup, restore_backup
from tests.support.backup.platforms import databases_beside, drop_database
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import official_baseline
from tests.support.gateway.submitting import make_zip, submit
from tests.support.service_settings import PlatformSettings, platform_settings
from tests.support.services.fake_slots import HeldAfter
from tests.support.services.generations import Generation, generations
from tests.support.services.pipeline import runner
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S, wait_until

STUDIES, BEFORE_THE_BACKUP = 12, 5
QUICK: dict[str, Any] = {"sweep_interval_s": 0.2, "heartbeat_interval_s": 0.2, "grace_s": 0.5, "lease_s": 3}
LEADERBOARD = "/api/v1/competitions/c/leaderboard?phase=feedback"


@pytest.fixture
def settings(database_url: str, broker_url: str, tmp_path: Path) -> PlatformSettings:
    return platform_settings(database_url, broker_url, tmp_path / "blobs", message_lost_s=3, **QUICK)


@asynccontextmanager
async def running_slot(settings: PlatformSettings, slot: HeldAfter) -> AsyncIterator[None]:
    """A runner with this one slot; its end is that of a machine that loses its power."""
    blobs = open_blobs(settings.runner)
    async with connect_broker(settings.runner.broker_url) as broker:
        task = asyncio.create_task(runner(broker, blobs, settings, [slot]).run(asyncio.Event()))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=LIMIT_S)


async def open_competition(platform: Generation, *teams: str) -> dict[str, httpx.AsyncClient]:
    headers = {"Content-Type": "application/json"}
    organizer = platform.organizer
    answer = await organizer.post("/api/v1/admin/baselines", content=official_baseline(), headers=headers)
    answer.raise_for_status()
    document = competition(phase(studies_per_box=STUDIES // 2))
    (await organizer.put("/api/v1/admin/competitions/c", json=document)).raise_for_status()
    clients = {}
    for name in teams:
        answer = await organizer.post("/api/v1/admin/competitions/c/teams", json={"name": name})
        clients[name] = platform.client(answer.raise_for_status().json()["token"])
    return clients


async def leaderboard(platform: Generation) -> bytes:
    return (await platform.organizer.get(LEADERBOARD)).raise_for_status().content


def without_times(answer: bytes) -> list[dict[str, Any]]:
    """A leaderboard's rows but for when a team's last change was, which a run that was interrupted does not repeat."""
    rows: list[dict[str, Any]] = json.loads(answer)["rows"]
    return [{name: value for name, value in row.items() if name != "changed_at"} for row in rows]


async def scored(pool: Pool, number: int) -> bool:
    return await pool.fetchval("select count(*) = $1 from submissions where state = 'scored'", number) is True


async def destroy(settings: PlatformSettings, blobs: Path) -> None:
    """Lose the database, every queue and message, and every blob."""
    name = settings.database_url.get_secret_value().rsplit("/", 1)[1]
    admin = await asyncpg.connect(f"{POSTGRES}/postgres")
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()
    await asyncio.to_thread(lose_everything, settings.broker_url.get_secret_value().rsplit("/", 1)[1])
    shutil.rmtree(blobs)


async def test_everything_destroyed_comes_back_to_the_same_leaderboard_from_a_backup_of_a_running_submission(
    pool: Pool, settings: PlatformSettings, tmp_path: Path, database_url: str
) -> None:
    folder, blobs = tmp_path / "backup", tmp_path / "blobs"
    slot = HeldAfter(STUDIES + BEFORE_THE_BACKUP)
    async with generations(settings, tmp_path, first=ROOT) as (first,):
        await first.start("gateway", "dispatcher", "aggregator")
        teams = await open_competition(first, "done", "in-flight")
        async with running_slot(settings, slot):
            (await submit(teams["done"], make_zip(b"LOSS = 0.3"), phase="feedback")).raise_for_status()
            await wait_until(lambda: scored(pool, 1), what="the first team is scored")
            (await submit(teams["in-flight"], make_zip(b"LOSS = 0.5"), phase="feedback")).raise_for_status()
            await slot.started.wait()
            stored = "select count(*) = $1 from studies"
            await wait_until(
                lambda: pool.fetchval(stored, STUDIES + BEFORE_THE_BACKUP), what="what was finished is stored"
            )
            at_the_backup = await leaderboard(first)

            manifest = await asyncio.to_thread(make_backup, folder, database_url, f"file://{blobs}")

            slot.go.set()
            await wait_until(lambda: scored(pool, 2), what="what would have been without a disaster")
            undisturbed = await leaderboard(first)
        first.kill()
    assert manifest.rows["studies"] == STUDIES + BEFORE_THE_BACKUP
    assert manifest.rows["submissions"] == len(manifest.blobs) == 2
    await destroy(settings, blobs)

    await asyncio.to_thread(restore_backup, folder, database_url, f"file://{blobs}")

    async with generations(settings, tmp_path, second=ROOT) as (second,):
        await second.start("gateway")
        assert await leaderboard(second) == at_the_backup, "to the last byte"
        await second.start("dispatcher", "aggregator")
        async with running_slot(settings, HeldAfter(STUDIES)):
            await wait_until(lambda: scored(pool, 2), what="the submission in flight is scored")
        assert without_times(await leaderboard(second)) == without_times(undisturbed)
        team = second.client(teams["in-flight"].headers["Authorization"].removeprefix("Bearer "))
        assert (await team.get("/api/v1/competitions/c/submissions")).status_code == 200, "tokens go on"
    assert await pool.fetchval("select count(*) from studies") == 2 * STUDIES


async def test_services_that_wait_for_a_lost_database_go_on_when_it_is_restored(
    pool: Pool, settings: PlatformSettings, tmp_path: Path, database_url: str
) -> None:
    folder, blobs = tmp_path / "backup", tmp_path / "blobs"
    async with generations(settings, tmp_path, all=ROOT) as (platform,):
        await platform.start("gateway", "dispatcher", "aggregator")
        teams = await open_competition(platform, "team")
        (await submit(teams["team"], phase="feedback")).raise_for_status()
        await asyncio.to_thread(make_backup, folder, database_url, f"file://{blobs}")
        before = await leaderboard(platform)

        await destroy(settings, blobs)
        await wait_until(lambda: not_ready(platform), what="the gateway has seen that its database is gone")
        await asyncio.to_thread(restore_backup, folder, database_url, f"file://{blobs}")

        await wait_until(lambda: ready(platform), what="the gateway has its database again")
        assert await leaderboard(platform) == before
        async with running_slot(settings, HeldAfter(STUDIES)):
            await wait_until(lambda: scored(pool, 1), what="scored by the services that went on")


async def test_services_go_on_with_a_database_that_is_restored_beside_them(
    pool: Pool, settings: PlatformSettings, tmp_path: Path, database_url: str
) -> None:
    folder, blobs = tmp_path / "backup", tmp_path / "blobs"
    async with generations(settings, tmp_path, all=ROOT) as (platform,):
        await platform.start("gateway", "dispatcher", "aggregator")
        teams = await open_competition(platform, "team")
        (await submit(teams["team"], phase="feedback")).raise_for_status()
        await asyncio.to_thread(make_backup, folder, database_url, f"file://{blobs}")
        await pool.execute("delete from submissions")  # by mistake

        await asyncio.to_thread(restore_backup, folder, database_url, f"file://{blobs}", "--set-aside")

        async with running_slot(settings, HeldAfter(STUDIES)):
            await wait_until(lambda: scored(pool, 1), what="scored by the services that went on")
        await wait_until(lambda: ready(platform), what="the gateway answers")
        assert (await platform.organizer.get("/api/v1/competitions/c/submissions")).json()["submissions"]
    for aside in await databases_beside(database_url):
        await drop_database(f"/{aside}")


async def not_ready(platform: Generation) -> bool:
    return (await platform.organizer.get("/readyz")).status_code == 503


async def ready(platform: Generation) -> bool:
    return (await platform.organizer.get("/readyz")).status_code == 200
