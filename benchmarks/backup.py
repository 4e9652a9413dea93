"""What a study takes in the database and in a backup, and how long a backup and a restore of 100,000 studies take."""

import asyncio
import hashlib
import os
import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from arena.backup.making import back_up
from arena.backup.manifest import BackupManifest
from arena.backup.platform_parts import parts_by_url
from arena.backup.restoring import restore
from benchmarks.figure import Figure
from benchmarks.reading.leaderboard import new_database
from benchmarks.reading.leaderboard import queries as leaderboard_queries
from benchmarks.stack.compose import postgres_url
from shared.database import connect_database, load_queries

queries = load_queries(Path(__file__).with_name("backup.sql"))
SUBMISSIONS = 334
ZIP_BYTES = 100_000
DIFFERENT_POINTS = 64


async def backup() -> list[Figure]:
    """Measure a backup, another of the same, and a restore."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, blobs = Path(temporary, "backup"), Path(temporary, "blobs")
        async with new_database(postgres_url()) as url:
            database_bytes = await _fill(url, blobs)
            first_s, manifest = await asyncio.to_thread(_back_up, url, blobs, folder)
            again_s, manifest = await asyncio.to_thread(_back_up, url, blobs, folder)
            restore_s = await asyncio.to_thread(_restore, url, blobs, folder)
    studies = manifest.rows["studies"]
    return [
        Figure("backup: database, per study", database_bytes / studies, "bytes", "", True),
        Figure("backup: dump, per study", manifest.database.size_bytes / studies, "bytes", "", True),
        Figure("backup: 100,000 studies and 334 zips", first_s, "s", "", True),
        Figure("backup: the same again", again_s, "s", "", True),
        Figure("restore: 100,000 studies and 334 zips", restore_s, "s", "", True),
    ]


async def _fill(url: str, blobs: Path) -> int:
    """Insert studies and put their zips; returns the size of the database."""
    names = await asyncio.to_thread(_write_zips, blobs)
    async with await connect_database(SecretStr(url)) as pool:
        phase_id = await leaderboard_queries.insert_phase(pool)
        await pool.execute("create table points (number integer, suggestions json, losses double precision[])")
        await queries.insert_points(pool, n_points=DIFFERENT_POINTS)
        await queries.insert_submissions(pool, phase_id=phase_id, blobs=names)
        await pool.execute(queries.insert_executions.sql, timeout=600)
        await pool.execute(queries.insert_studies.sql, timeout=600)
        await pool.execute("drop table points")
        await pool.execute("vacuum analyze", timeout=600)
        size: int = await pool.fetchval("select pg_database_size(current_database())")
    return size


def _write_zips(blobs: Path) -> list[str]:
    blobs.mkdir()
    names = []
    for _ in range(SUBMISSIONS):
        content = os.urandom(ZIP_BYTES)
        names.append(hashlib.sha256(content).hexdigest())
        (blobs / names[-1]).write_bytes(content)
    return names


def _back_up(url: str, blobs: Path, folder: Path) -> tuple[float, BackupManifest]:
    began = time.perf_counter()
    manifest = back_up(parts_by_url(url, f"file://{blobs}", None), folder, print)
    return time.perf_counter() - began, manifest


def _restore(url: str, blobs: Path, folder: Path) -> float:
    for blob in blobs.iterdir():
        blob.unlink()
    parts = parts_by_url(url, f"file://{blobs}", None)
    parts.programs.execute(f"drop database {parts.programs.database} with (force)", database="postgres")
    began = time.perf_counter()
    restore(parts, folder, print, set_aside=False)
    return time.perf_counter() - began
