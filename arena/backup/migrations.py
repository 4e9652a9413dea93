"""Migrations of a restored database that is older than this release: the files that dbmate applies, in the same way."""

from collections.abc import Iterator
from pathlib import Path

from arena.backup.programs import Programs
from arena.failure import Failure
from arena.package_data import package_path

STEP = "begin;\n{statements}\ninsert into schema_migrations (version) values ('{version}');\ncommit;"
UP, DOWN = "-- migrate:up", "-- migrate:down"


def newest_migration() -> str:
    """Return the version of this release's newest migration."""
    return _version(_files()[-1])


def migrate(programs: Programs, database: str) -> Iterator[str]:
    """Apply what a database lacks, each migration in a transaction of its own; yields the versions."""
    rows = programs.query("select version from schema_migrations", database=database)
    applied = {row["version"] for row in rows}
    for file in _files():
        version = _version(file)
        if version in applied:
            continue
        statements = file.read_text().partition(UP)[2].partition(DOWN)[0]
        programs.execute(STEP.format(statements=statements, version=version), database=database)
        yield version


def _version(file: Path) -> str:
    return file.name.partition("_")[0]


def _files() -> list[Path]:
    """Return the migrations, which are beside the code in a source tree and in the image of the services."""
    folder = package_path("").parent / "deploy" / "migrations"
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise Failure(
            f"Expected this release's migrations in {folder}, found none: they are in Arena's source tree, not in the "
            "client's package. Restore with the 'arena' of the tree from which the platform runs (.venv/bin/arena)."
        )
    return files
