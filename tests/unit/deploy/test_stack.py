"""deploy/stack.sh takes away what is its own, and leaves what belongs to others."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKER = """#!/bin/sh
case $1 in
    ps) printf 'one alive\\ntwo gone\\nthree check-somewhere\\n' ;;
    inspect) for last; do :; done; [ "$last" = alive ] && echo true ;;
    rm) echo "$@" >>"$REMOVED"; exit 1 ;;
esac
"""
"""An engine with a runner of another stack, two leftovers, and one container that is gone before it can be removed."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    return {
        "PATH": f"{docker.parent}:{os.environ['PATH']}",
        "REMOVED": str(tmp_path / "removed"),
        "ARENA_STATE": str(tmp_path / "state"),
    }


def run_stack(verb: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "deploy/stack.sh", verb], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_down_leaves_the_studies_of_another_stacks_runner(environment: dict[str, str]) -> None:
    done = run_stack("down", environment)

    assert done.returncode == 0, done.stderr
    assert Path(environment["REMOVED"]).read_text() == "rm -fv two three\n"


@pytest.mark.parametrize("given", [{"ARENA_PROJECT": "other", "ARENA_STATE": ""}, {}])
def test_the_users_own_stack_and_its_passwords_are_not_removed(
    environment: dict[str, str], given: dict[str, str]
) -> None:
    done = run_stack("remove", environment | given)

    assert done.returncode == 2
    assert "expected ARENA_PROJECT and ARENA_STATE" in done.stderr
