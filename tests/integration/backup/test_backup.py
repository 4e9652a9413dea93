"""What a backup's folder holds, and when: only what is new is copied, and nothing half is taken for a backup."""

import asyncio
import json
from pathlib import Path

import pytest

from arena.backup.manifest import MANIFEST, BackupManifest
from shared.database import Pool
from tests.support.backup.commands import make_backup, operate
from tests.support.backup.platforms import SeededPlatform, seed_platform


@pytest.fixture
async def platform(pool: Pool, database_url: str, tmp_path: Path) -> SeededPlatform:
    return await seed_platform(pool, database_url, tmp_path / "blobs")


async def make(platform: SeededPlatform, folder: Path) -> BackupManifest:
    return await asyncio.to_thread(make_backup, folder, platform.database_url, platform.blobs_url)


async def test_a_backup_says_what_it_holds_and_what_not(platform: SeededPlatform, tmp_path: Path) -> None:
    folder = tmp_path / "backup"

    manifest = await make(platform, folder)

    assert manifest.rows["submissions"] == 3
    assert manifest.schema_migration >= "0022"
    assert {blob.sha256 for blob in manifest.blobs} == set(platform.submissions)
    assert all(str(platform.submissions[blob.sha256]) in blob.used_by for blob in manifest.blobs)
    assert any("secrets.env" in text for text in manifest.not_in_it)
    assert folder.stat().st_mode & 0o077 == 0, "it has seeds and data sets, so it is the operator's alone"
    assert sorted(path.name for path in folder.iterdir()) == ["blobs", manifest.database.path, MANIFEST]


async def test_a_blob_that_the_folder_has_is_not_copied_again(platform: SeededPlatform, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    first = await make(platform, folder)
    inodes = {blob.sha256: (folder / "blobs" / blob.sha256).stat().st_ino for blob in first.blobs}

    second = await make(platform, folder)

    assert {blob.sha256: (folder / "blobs" / blob.sha256).stat().st_ino for blob in second.blobs} == inodes
    assert not (folder / first.database.path).exists(), "the folder holds one backup"


async def test_a_blob_that_was_damaged_in_the_folder_is_copied_again(platform: SeededPlatform, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    blob = folder / "blobs" / (await make(platform, folder)).blobs[0].sha256
    whole = blob.read_bytes()
    blob.write_bytes(b"damaged")

    await make(platform, folder)

    assert blob.read_bytes() == whole


@pytest.mark.parametrize("damage", ["lost", "changed"])
async def test_a_blob_that_the_platform_has_lost_is_named_and_all_else_is_kept(
    platform: SeededPlatform, tmp_path: Path, damage: str
) -> None:
    sha256, submission = next(iter(platform.submissions.items()))
    (platform.blobs / sha256).unlink() if damage == "lost" else (platform.blobs / sha256).write_bytes(b"damaged")

    done = await asyncio.to_thread(operate, "backup", tmp_path / "backup", platform.database_url, platform.blobs_url)

    assert done.returncode == 1
    assert sha256 in done.stderr
    assert str(submission) in done.stderr
    manifest = json.loads((tmp_path / "backup" / MANIFEST).read_text())
    assert len(manifest["blobs"]) == 2
    assert len(manifest["missing_blobs"]) == 1


async def test_a_backup_that_did_not_end_leaves_the_one_before_it_as_it_was(
    platform: SeededPlatform, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    before = await make(platform, folder)
    (folder / "database-20000101T000000000000.dump").write_bytes(b"half of a dump")  # as a crash leaves it
    (folder / "blobs" / f"{'0' * 64}.unfinished").write_bytes(b"half of a blob")
    (folder / f"{MANIFEST}.unfinished").write_text("{")

    failed = await asyncio.to_thread(operate, "backup", folder, f"{platform.database_url}x", platform.blobs_url)

    assert failed.returncode == 1
    assert json.loads((folder / MANIFEST).read_text())["database"]["sha256"] == before.database.sha256
    assert (folder / before.database.path).exists()
    after = await make(platform, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["blobs", after.database.path, MANIFEST]
    assert len(list((folder / "blobs").iterdir())) == 3


async def test_a_database_that_is_not_arenas_is_no_backup(pool: Pool, database_url: str, tmp_path: Path) -> None:
    await pool.execute("drop schema public cascade; create schema public")

    done = await asyncio.to_thread(operate, "backup", tmp_path / "b", database_url, f"file://{tmp_path}")

    assert done.returncode == 1
    assert "Expected a database of Arena" in done.stderr
    assert not (tmp_path / "b" / MANIFEST).exists()
