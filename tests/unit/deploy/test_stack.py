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
    compose) [ "$2" = version ] || cp "$ARENA_STATE"/* "$SEEN" ;;
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
        "SEEN": str(tmp_path),
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


def test_an_older_installations_passwords_and_settings_stay_and_new_ones_are_added(
    environment: dict[str, str], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "secrets.env").write_text(
        "ARENA_SECRET_POSTGRES=old\nARENA_SECRET_RABBITMQ=unused\nARENA_SECRET_ORGANIZER=token\nARENA_SLOTS=4\n"
    )

    done = run_stack("remove", environment | {"ARENA_PROJECT": "other"})

    assert done.returncode == 0, done.stderr
    found = dict(line.split("=") for line in (tmp_path / "secrets.env").read_text().splitlines())
    assert (tmp_path / "secrets.env").stat().st_mode & 0o077 == 0
    assert (tmp_path / "organizer-token").read_text() == "token"
    assert found["ARENA_SECRET_POSTGRES"] == "old"
    assert found["ARENA_SLOTS"] == "4"
    assert len(found["ARENA_SECRET_RUNNER_BROKER"]) == 48
    assert "ARENA_SECRET_RABBITMQ" not in found
    assert not state.exists()
