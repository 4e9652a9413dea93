"""`arena backup` and `arena restore`, as an operator runs them on a database and a folder of blobs."""

import os
import sys
from pathlib import Path
from subprocess import CompletedProcess, run

from arena.backup.manifest import BackupManifest, read_manifest
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S


def operate(command: str, folder: Path, database_url: str, blobs: str, *options: str) -> CompletedProcess[str]:
    """Run one of the two; what it says of its outcome is in the result."""
    return run(
        [sys.executable, "-m", "arena", command, str(folder), "--database", database_url, "--blobs", blobs, *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def make_backup(folder: Path, database_url: str, blobs: str) -> BackupManifest:
    """Make a backup, which must succeed."""
    done = operate("backup", folder, database_url, blobs)
    assert done.returncode == 0, done.stderr
    return read_manifest(folder)


def restore_backup(folder: Path, database_url: str, blobs: str, *options: str) -> None:
    """Restore a backup, which must succeed."""
    done = operate("restore", folder, database_url, blobs, *options)
    assert done.returncode == 0, done.stderr
