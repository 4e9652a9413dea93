"""`arena backup` and `arena restore`: a platform in a folder, and back again."""

import os
from pathlib import Path
from typing import Annotated

import typer

from arena.backup.making import back_up
from arena.backup.manifest import BackupManifest
from arena.backup.platform_parts import PlatformParts, parts_by_url, parts_of_cluster, parts_of_stack
from arena.backup.restoring import restore as restore_backup
from arena.commands.options import Json
from arena.failure import Failure
from arena.table import facts_table, show_tables
from arena.terminal import remark, show_json, time_text

Database = Annotated[
    str | None,
    typer.Option(
        "--database", envvar="ARENA_DATABASE_URL", help="The database, as its owner; without it, the stack's."
    ),
]
Blobs = Annotated[
    str | None,
    typer.Option("--blobs", envvar="ARENA_BLOB_URL", help="Its blobs: file:///FOLDER, s3://BUCKET or https://GATEWAY."),
]
Namespace = Annotated[
    str | None, typer.Option("--namespace", help="Where database and gateway run in a cluster, by your kubectl.")
]
Project = Annotated[
    str, typer.Option("--project", envvar="ARENA_PROJECT", help="The stack's Compose project on this machine.")
]
Folder = Annotated[Path, typer.Argument(help="The backup's folder.", file_okay=False)]


def backup(
    folder: Folder,
    database: Database = None,
    blobs: Blobs = None,
    namespace: Namespace = None,
    project: Project = "arena",
    as_json: Json = False,
) -> None:
    """Write the database and all zips and data sets to a folder, or renew what is there.

    Scoring goes on meanwhile. The folder holds secrets: seeds and the organizer's own data sets.
    """
    os.umask(0o077)  # the folder is the operator's alone
    manifest = back_up(_find_parts(database, blobs, namespace, project), folder, remark)
    _show(manifest, as_json=as_json)
    if manifest.missing_blobs:
        raise Failure(
            f"The platform itself has lost {len(manifest.missing_blobs)} blobs, and everything else is in the backup. "
            f"Bring them back from an older one: {'; '.join(manifest.missing_blobs)}."
        )


def restore(
    folder: Folder,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Keep a database that has data, under another name, and take its place.")
    ] = False,
    database: Database = None,
    blobs: Blobs = None,
    namespace: Namespace = None,
    project: Project = "arena",
    as_json: Json = False,
) -> None:
    """Bring a backup back to a platform without data.

    Every file is checked first. A backup of an older release is migrated. Unfinished submissions are scored on.
    """
    manifest = restore_backup(_find_parts(database, blobs, namespace, project), folder, remark, set_aside=set_aside)
    _show(manifest, as_json=as_json)
    remark("Restored. Services that run go on by themselves, and unfinished submissions with them.")


def _find_parts(database: str | None, blobs: str | None, namespace: str | None, project: str) -> PlatformParts:
    if database is not None and blobs is not None:
        return parts_by_url(database, blobs, os.environ.get("ARENA_BLOB_TOKEN"))
    if database is not None or blobs is not None:
        raise Failure(
            "Expected --database (ARENA_DATABASE_URL) together with --blobs (ARENA_BLOB_URL), got one of them. Give "
            "both, or neither for the stack on this machine."
        )
    return parts_of_cluster(namespace) if namespace is not None else parts_of_stack(project)


def _show(manifest: BackupManifest, *, as_json: bool) -> None:
    if as_json:
        show_json(manifest.model_dump(mode="json"))
        return
    facts = [
        ("made at", time_text(manifest.made_at)),
        ("migration", manifest.schema_migration),
        ("submissions", str(manifest.rows.get("submissions", 0))),
        ("studies", str(manifest.rows.get("studies", 0))),
        ("blobs", str(len(manifest.blobs))),
        ("size", f"{manifest.size_bytes:,} bytes"),
        *(("not in it", text) for text in manifest.not_in_it),
    ]
    show_tables(facts_table(facts))
