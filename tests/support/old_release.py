"""The source tree of the last release, beside which the services of this one have to run."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.stack import ROOT

LAST_RELEASE = "005b69bfa63b9d0a1ada3bbced796de5046cad2a"
"""A commit; move it at each release."""
GIT_TIMEOUT_S = 300


def extract_last_release(folder: Path) -> Path:
    """Write the last release's tree into a folder; returns the folder."""
    archive_command = ["archive", "--format=tar", LAST_RELEASE, "arena", "services", "shared", "benchmarks"]
    found = _git(*archive_command)
    if found.returncode != 0 and _git("fetch", "--unshallow", "--quiet").returncode == 0:  # a clone without the history
        found = _git(*archive_command)
    if found.returncode != 0:
        pytest.fail(
            f"Expected the commit {LAST_RELEASE} of the last release in this clone, got: "
            f"{found.stderr.decode(errors='replace').strip()}. Get the history: git fetch --unshallow."
        )
    with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _git(*command: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, check=False, timeout=GIT_TIMEOUT_S)
