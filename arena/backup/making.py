"""Making a backup: one snapshot of the database, then every blob that this snapshot refers to."""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from arena.backup.manifest import (
    BLOBS,
    MANIFEST,
    BackedUpBlob,
    BackedUpFile,
    BackupManifest,
    blob_path,
    sync_folder,
    write_manifest,
)
from arena.backup.platform_parts import PlatformParts
from arena.backup.programs import DatabaseSession, Programs
from arena.failure import Failure
from arena.file_hash import hash_file
from arena.version import code_version

Say = Callable[[str], None]
KEEP_BLOBS = "select pg_advisory_lock_shared(hashtext('blobs'))::text as locked"
"""While this lock is held, nobody deletes a blob: `services/gateway/retention` takes it alone."""
BEGIN = "begin isolation level repeatable read, read only"
FACTS = """
    select pg_export_snapshot() as snapshot, now() as made_at, current_setting('server_version') as postgres_version,
        to_regclass('public.schema_migrations') is not null as has_schema
"""
ROLES = "select rolname as name from pg_roles where rolname like 'arena\\_%' order by rolname"
TABLES = """
    select relname as name, quote_ident(relname) as quoted from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by relname
"""
COUNT = "select '{name}' as name, count(*) as rows from {quoted}"
ZIPS = """
    select s.blob_sha256 as sha256, 'the zip of submission ' || min(s.id::text) || ' of team ' || min(t.name)
        || case when count(*) > 1 then ' and of ' || count(*) - 1 || ' more' else '' end as used_by
    from submissions s join teams t on t.id = s.team_id {where} group by s.blob_sha256
"""
DATASETS = """
    select blob_sha256 as sha256, 'the data set ' || min(name) || ' of competition ' || min(competition_slug) as used_by
    from datasets group by blob_sha256
"""


def back_up(parts: PlatformParts, folder: Path, say: Say) -> BackupManifest:
    """Make or renew the backup in a folder. Files that it has already are not copied again.

    Until the end the folder holds the backup that it held before.
    """
    (folder / BLOBS).mkdir(parents=True, exist_ok=True)
    with DatabaseSession(parts.programs, parts.programs.database) as session:
        session.query(KEEP_BLOBS)
        session.execute(BEGIN)
        [facts] = session.query(FACTS)
        if not facts["has_schema"]:
            raise Failure("Expected a database of Arena, found none of its tables. Check which database this is.")
        described = _describe(session)
        say("writing the database")
        dump = _dump(parts.programs, facts["snapshot"], folder, datetime.fromisoformat(facts["made_at"]))
        session.execute("commit")
        blobs, missing = _copy_blobs(parts, folder, described.pop("used_by"), say)
    manifest = BackupManifest(
        made_at=facts["made_at"],
        arena_version=code_version(),
        postgres_version=facts["postgres_version"],
        database=dump,
        blobs=blobs,
        missing_blobs=missing,
        **described,
    )
    write_manifest(folder, manifest)
    _remove_leftovers(folder, manifest)
    return manifest


def _describe(session: DatabaseSession) -> dict[str, Any]:
    """Return what the snapshot holds: its rows, its schema, the roles with rights, and who uses which blob."""
    [schema] = session.query("select max(version) as version from schema_migrations")
    rows = count_rows(session)
    where = "where s.zip_dropped_at is null" if "dropped_data" in rows else ""
    used_by = {each["sha256"]: each["used_by"] for each in session.query(ZIPS.format(where=where))}
    if "datasets" in rows:
        used_by |= {each["sha256"]: each["used_by"] for each in session.query(DATASETS)}
    roles = tuple(each["name"] for each in session.query(ROLES))
    return {"schema_migration": schema["version"], "rows": rows, "roles": roles, "used_by": used_by}


def count_rows(session: DatabaseSession) -> dict[str, int]:
    """Return how many rows each table has, by its name."""
    tables = session.query(TABLES)
    if not tables:
        return {}
    counts = (COUNT.format(**each) for each in tables)  # the catalogue has quoted the names
    return {each["name"]: each["rows"] for each in session.query(" union all ".join(counts))}


def _dump(programs: Programs, snapshot: str, folder: Path, made_at: datetime) -> BackedUpFile:
    name = f"database-{made_at:%Y%m%dT%H%M%S%f}.dump"
    with (folder / name).open("wb") as file:
        flags = ("--format=custom", "--no-owner", f"--snapshot={snapshot}")
        programs.run("pg_dump", *flags, database=programs.database, to=file)
        os.fsync(file.fileno())
    path = folder / name
    return BackedUpFile(path=name, size_bytes=path.stat().st_size, sha256=hash_file(path))


def _copy_blobs(
    parts: PlatformParts, folder: Path, used_by: dict[str, str], say: Say
) -> tuple[tuple[BackedUpBlob, ...], tuple[str, ...]]:
    """Copy what the folder lacks, or has damaged; returns every blob, and those that the platform itself has lost."""
    there = {name for name in used_by if _is_whole(folder, name)}
    wanted = parts.blobs.find(sorted(used_by.keys() - there))
    say(f"copying {len(wanted)} blobs; {len(there)} are in the folder")
    for name, pieces in parts.blobs.read(sorted(wanted)):
        unfinished = blob_path(folder, f"{name}.unfinished")
        digest = hashlib.sha256()
        with unfinished.open("wb") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() == name:
            unfinished.replace(blob_path(folder, name))
            there.add(name)
        else:
            unfinished.unlink()  # the platform's own copy is damaged, which is as good as lost
    sync_folder(folder / BLOBS)
    blobs = (BackedUpBlob(sha256=name, size_bytes=_size(folder, name), used_by=used_by[name]) for name in sorted(there))
    return tuple(blobs), tuple(f"{name}: {used_by[name]}" for name in sorted(used_by.keys() - there))


def _is_whole(folder: Path, name: str) -> bool:
    path = blob_path(folder, name)
    return path.is_file() and hash_file(path) == name


def _size(folder: Path, name: str) -> int:
    return blob_path(folder, name).stat().st_size


def _remove_leftovers(folder: Path, manifest: BackupManifest) -> None:
    """Remove what is no part of this backup: older dumps, blobs that retention has dropped, what a crash has left."""
    kept = {blob.sha256 for blob in manifest.blobs}
    for path in folder.glob("database-*.dump"):
        if path.name != manifest.database.path:
            path.unlink()
    for path in (folder / BLOBS).iterdir():
        if path.name not in kept:
            path.unlink()
    (folder / f"{MANIFEST}.unfinished").unlink(missing_ok=True)
