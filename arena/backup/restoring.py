"""Coming back from a backup: everything is checked first, and the database appears under its name when it is whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from arena.backup.making import count_rows
from arena.backup.manifest import BackupManifest, blob_path, check_files, read_manifest
from arena.backup.migrations import migrate, newest_migration
from arena.backup.platform_parts import PlatformParts
from arena.backup.programs import DatabaseSession, Programs
from arena.failure import Failure

Say = Callable[[str], None]
SERVER = "postgres"
"""The database that every server has; from it others are made and renamed."""
DROP = "drop database if exists {name} with (force);"
SET_ASIDE = """
    alter database {name} allow_connections false;
    select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = replace('{name}', '"', '');
    alter database {name} rename to {aside};
    alter database {aside} allow_connections true;
"""
"""Nobody, superusers included, connects again until the name is another's; services take it for a busy server. A
session that is told to end takes a moment, and has a minute."""
TAKE = "alter database {restoring} rename to {name};"
MADE_BY_A_START = frozenset({"schema_migrations", "tokens", "sessions", "runners"})
"""Tables in which a platform that nobody has used yet has rows."""


def restore(parts: PlatformParts, folder: Path, say: Say, *, set_aside: bool) -> BackupManifest:
    """Restore the backup in a folder to a platform without data. Raises Failure before its database is replaced.

    Its services may run: they go on with the restored database. With `set_aside`, a database with data keeps it under
    another name.
    """
    manifest = read_manifest(folder)
    say("checking every file of the backup")
    check_files(folder, manifest)
    newest = newest_migration()
    if manifest.schema_migration > newest:
        raise Failure(
            f"Expected a backup of migration {newest} or an earlier one, which this release of Arena knows, got "
            f"{manifest.schema_migration}. Install the release that made it, or a later one, and restore with that."
        )
    programs = parts.programs
    aside = f"{programs.database}_until_{datetime.now(UTC):%Y%m%d_%H%M%S}" if set_aside else None
    if aside is None:
        _refuse_data(programs)
    names = [blob.sha256 for blob in manifest.blobs]
    lacking = sorted(set(names) - parts.blobs.find(names))
    say(f"writing {len(lacking)} of {len(names)} blobs")
    parts.blobs.write([blob_path(folder, name) for name in lacking])
    restoring = f"{programs.database}_restoring"
    say("writing the database")
    _load(programs, restoring, folder, manifest)
    for version in migrate(programs, restoring):
        say(f"applied migration {version}")
    _take_the_name(programs, restoring, aside)
    if aside is not None:
        say(f"what was there is in the database {aside}")
    return manifest


def _is_there(programs: Programs) -> bool:
    names = programs.query("select datname as name from pg_database", database=SERVER)
    return {"name": programs.database} in names


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _refuse_data(programs: Programs) -> None:
    if not _is_there(programs):
        return
    with DatabaseSession(programs, programs.database) as session:
        rows = count_rows(session)
    if data := {table: count for table, count in rows.items() if count and table not in MADE_BY_A_START}:
        told = ", ".join(f"{count} in {table}" for table, count in sorted(data.items()))
        raise Failure(
            f"Expected a database without data, '{programs.database}' has rows: {told}. Nothing was changed. Restore "
            "with --set-aside, which keeps that database under another name, or to another server."
        )


def _load(programs: Programs, name: str, folder: Path, manifest: BackupManifest) -> None:
    """Make a database of the backup, and compare it with what the manifest counted."""
    quoted, roles = _quoted(name), ", ".join(map(_quoted, manifest.roles))
    programs.execute(f"drop database if exists {quoted} with (force); create database {quoted};", database=SERVER)
    there = {each["rolname"] for each in programs.query("select rolname from pg_roles", database=SERVER)}
    for role in manifest.roles:
        if role not in there:
            programs.execute(f"create role {_quoted(role)} nologin;", database=SERVER)
    with (folder / manifest.database.path).open("rb") as dump:
        programs.run("pg_restore", "--exit-on-error", "--no-owner", "--single-transaction", database=name, given=dump)
    programs.execute(f"revoke all on database {quoted} from public; analyze;", database=name)
    if roles:
        programs.execute(f"grant connect on database {quoted} to {roles};", database=name)
    with DatabaseSession(programs, name) as session:
        if (rows := count_rows(session)) != manifest.rows:
            differ = sorted(dict(rows.items() ^ manifest.rows.items()))
            raise Failure(f"Expected as many rows as the manifest counts, found others in {', '.join(differ)}.")


def _take_the_name(programs: Programs, restoring: str, aside: str | None) -> None:
    """Put the restored database in the place of the one that is there. Services that use it connect again."""
    values = {"name": _quoted(programs.database), "aside": _quoted(aside or ""), "restoring": _quoted(restoring)}
    make_room = SET_ASIDE if aside is not None and _is_there(programs) else DROP
    programs.execute((make_room + TAKE).format(**values), database=SERVER)
