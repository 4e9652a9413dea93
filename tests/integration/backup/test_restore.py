"""A restore checks before it changes anything, and a database appears under its name when it is whole."""

import asyncio
from pathlib import Path
from subprocess import CompletedProcess

import asyncpg
import pytest

from arena.backup.manifest import MANIFEST, BackupManifest, write_manifest
from shared.database import Pool
from tests.support.backup.commands import make_backup, operate
from tests.support.backup.platforms import SeededPlatform, databases_beside, drop_database, seed_platform


@pytest.fixture
async def platform(pool: Pool, database_url: str, tmp_path: Path) -> SeededPlatform:
    return await seed_platform(pool, database_url, tmp_path / "blobs")


@pytest.fixture
async def backup(platform: SeededPlatform, tmp_path: Path) -> tuple[Path, BackupManifest]:
    """A backup of the platform, whose database is then lost."""
    folder = tmp_path / "backup"
    manifest = await asyncio.to_thread(make_backup, folder, platform.database_url, platform.blobs_url)
    return folder, manifest


async def restore(platform: SeededPlatform, folder: Path, *options: str) -> "CompletedProcess[str]":
    return await asyncio.to_thread(operate, "restore", folder, platform.database_url, platform.blobs_url, *options)


async def exists(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        return False
    await connection.close()
    return True


async def test_a_flipped_byte_is_named_with_what_it_touches_and_nothing_is_restored(
    platform: SeededPlatform, backup: tuple[Path, BackupManifest]
) -> None:
    folder, manifest = backup
    blob = manifest.blobs[1].sha256
    for path in (folder / "blobs" / blob, folder / manifest.database.path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    await drop_database(platform.database_url)

    done = await restore(platform, folder)

    assert done.returncode == 1
    assert f"blobs/{blob} has changed" in done.stderr
    assert f"the zip of submission {platform.submissions[blob]} of team team" in done.stderr
    assert f"{manifest.database.path} has changed" in done.stderr
    assert not await exists(platform.database_url)


async def test_a_file_that_is_gone_is_named(platform: SeededPlatform, backup: tuple[Path, BackupManifest]) -> None:
    folder, manifest = backup
    (folder / "blobs" / manifest.blobs[0].sha256).unlink()

    done = await restore(platform, folder)

    assert done.returncode == 1
    assert f"blobs/{manifest.blobs[0].sha256} is not there" in done.stderr


async def test_half_a_backup_is_known_as_one(platform: SeededPlatform, backup: tuple[Path, BackupManifest]) -> None:
    folder, _ = backup
    (folder / MANIFEST).unlink()
    await drop_database(platform.database_url)

    done = await restore(platform, folder)

    assert done.returncode == 1
    assert "which a backup writes last" in done.stderr
    assert not await exists(platform.database_url)


async def test_a_database_with_data_is_not_restored_over(
    pool: Pool, platform: SeededPlatform, backup: tuple[Path, BackupManifest]
) -> None:
    folder, _ = backup

    done = await restore(platform, folder)

    assert done.returncode == 1
    assert "has rows" in done.stderr
    assert "3 in submissions" in done.stderr
    assert "--set-aside" in done.stderr
    assert await pool.fetchval("select count(*) from submissions") == 3


async def test_a_database_with_data_is_kept_under_another_name_if_one_asks_for_it(
    pool: Pool, platform: SeededPlatform, backup: tuple[Path, BackupManifest]
) -> None:
    await pool.execute("delete from submissions")  # by mistake
    await pool.execute("insert into runners (id, slots, ready, reason) values ('since', 1, true, '')")

    done = await restore(platform, backup[0], "--set-aside")

    assert done.returncode == 0, done.stderr
    assert await pool.fetchval("select count(*) from submissions") == 3
    [aside] = await databases_beside(platform.database_url)
    kept = await asyncpg.connect(platform.database_url.rsplit("/", 1)[0] + f"/{aside}")
    assert await kept.fetchval("select id from runners") == "since"
    await kept.close()
    await drop_database(f"/{aside}")


async def test_a_platform_that_nobody_has_used_yet_is_restored_over(
    platform: SeededPlatform, backup: tuple[Path, BackupManifest], template_database: str
) -> None:
    folder, manifest = backup
    await drop_database(platform.database_url)
    admin = await asyncpg.connect(platform.database_url.rsplit("/", 1)[0] + "/postgres")
    await admin.execute(f"create database {platform.database_url.rsplit('/', 1)[1]} template {template_database}")
    await admin.close()
    fresh = await asyncpg.connect(platform.database_url)
    token = "insert into tokens (hash, role, scopes) values ('\\x00', 'organizer', '{}')"
    await fresh.execute(token)  # as the gateway makes it at its first start
    for blob in manifest.blobs:
        (platform.blobs / blob.sha256).unlink()

    done = await restore(platform, folder)

    assert done.returncode == 0, done.stderr
    await fresh.close()
    restored = await asyncpg.connect(platform.database_url)
    assert await restored.fetchval("select count(*) from submissions") == 3
    assert await restored.fetchval("select count(*) from tokens") == 0
    assert await restored.fetchval("select has_database_privilege('gateway', current_database(), 'connect')")
    assert not await restored.fetchval("select has_database_privilege('public', current_database(), 'connect')")
    await restored.close()
    assert sorted(path.name for path in platform.blobs.iterdir()) == sorted(platform.submissions)
    assert await databases_beside(platform.database_url) == []


async def test_a_restore_that_fails_leaves_no_database_under_the_name(
    platform: SeededPlatform, backup: tuple[Path, BackupManifest]
) -> None:
    folder, manifest = backup
    write_manifest(folder, manifest.model_copy(update={"rows": {**manifest.rows, "submissions": 4}}))
    await drop_database(platform.database_url)

    failed = await restore(platform, folder)

    assert failed.returncode == 1
    assert "found others in submissions" in failed.stderr
    assert not await exists(platform.database_url)
    write_manifest(folder, manifest)
    assert (await restore(platform, folder)).returncode == 0, "and the next one starts from the beginning"


async def test_a_backup_of_a_later_release_is_refused(
    platform: SeededPlatform, backup: tuple[Path, BackupManifest]
) -> None:
    folder, manifest = backup
    write_manifest(folder, manifest.model_copy(update={"schema_migration": "9999"}))

    done = await restore(platform, folder)

    assert done.returncode == 1
    assert "got 9999" in done.stderr
