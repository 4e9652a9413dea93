"""Databases as earlier releases left them: their schema, with data that their statements wrote."""

import subprocess
from pathlib import Path

from tests.support.stack import ROOT
from tests.support.template_database import MIGRATIONS, migrate
from tests.support.waiting import LIMIT_S

DATA = ROOT / "tests" / "data" / "schemas"
RELEASED = [file.name.partition("_")[0] for file in sorted(MIGRATIONS.glob("*.sql"))]
"""Every migration was the newest of a state of main, so each is the schema of a release."""


def make_release(database_url: str, release: str, folder: Path) -> None:
    """Give an empty database the schema of a release, and what that release stored of a competition."""
    folder.mkdir()
    for file in MIGRATIONS.glob("*.sql"):
        if file.name.partition("_")[0] <= release:
            (folder / file.name).symlink_to(file)
    migrate(database_url, folder)
    for file in sorted(DATA.glob("*.sql"), key=lambda file: (file.stem[:4], len(file.stem))):
        first, _, last = file.stem.partition("-")
        if first <= release <= (last or release):
            command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={file}", database_url]
            subprocess.run(command, check=True, timeout=LIMIT_S)
