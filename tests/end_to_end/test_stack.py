"""What `make up` says when it cannot start the stack."""

import os
import subprocess
from pathlib import Path

from tests.support.stack import ROOT

LIMIT_S = 300


def test_data_whose_passwords_are_lost_are_told_before_anything_starts(tmp_path: Path) -> None:
    project = f"arena-test-{tmp_path.name.replace('_', '-')}"
    volume = f"{project}_postgres"
    subprocess.run(["docker", "volume", "create", volume], check=True, capture_output=True, timeout=LIMIT_S)
    try:
        done = subprocess.run(
            ["bash", "deploy/stack.sh", "up"],
            cwd=ROOT,
            env={**os.environ, "ARENA_STATE": str(tmp_path), "ARENA_PROJECT": project},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    finally:
        subprocess.run(["docker", "volume", "rm", volume], check=True, capture_output=True, timeout=LIMIT_S)

    assert done.returncode == 1
    assert f"with the passwords of the data in the volume {volume}, found none" in done.stderr
    assert not list(tmp_path.iterdir())
