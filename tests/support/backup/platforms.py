"""A database with submissions, and the folder of their zips, without services."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from shared.blobs import Blobs
from shared.database import Pool
from tests.support.backends import POSTGRES
from tests.support.seeding import seed_phase, seed_submission


@dataclass(frozen=True)
class SeededPlatform:
    """What a backup is made of."""

    database_url: str
    blobs: Path
    submissions: dict[str, UUID]
    """By the SHA-256 of their zips."""

    @property
    def blobs_url(self) -> str:
        return f"file://{self.blobs}"


async def seed_platform(pool: Pool, database_url: str, blobs: Path, zips: int = 3) -> SeededPlatform:
    """Insert submissions of one team, each with a zip of its own."""
    store = Blobs(f"file://{blobs}")
    seeded = await seed_phase(pool)
    submissions = {}
    for number in range(zips):
        content = f"zip {number}".encode()
        sha256 = hashlib.sha256(content).hexdigest()
        await store.put(sha256, content)
        submissions[sha256] = await seed_submission(pool, seeded, blob_sha256=sha256)
    return SeededPlatform(database_url, blobs, submissions)


async def drop_database(url: str) -> None:
    """Lose a database with everything in it."""
    admin = await asyncpg.connect(f"{POSTGRES}/postgres")
    try:
        await admin.execute(f"drop database {url.rsplit('/', 1)[1]} with (force)")
    finally:
        await admin.close()


async def databases_beside(url: str) -> list[str]:
    """Return the databases whose names begin with this one's, without itself."""
    name = url.rsplit("/", 1)[1]
    admin = await asyncpg.connect(f"{POSTGRES}/postgres")
    try:
        rows = await admin.fetch("select datname from pg_database where datname like $1 || '_%'", name)
    finally:
        await admin.close()
    return [row["datname"] for row in rows]
