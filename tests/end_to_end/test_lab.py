"""A lab: a stack that is opened to runners on other machines, and one that joins it with nothing but its files."""

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from arena.client.http import Client
from arena.pack.optimizer_zip import read_zip
from tests.support.certificates import make_certificates
from tests.support.compose import compose_command, containers_of
from tests.support.end_to_end.competition import EXAMPLES, set_up
from tests.support.stack import ROOT, free_port
from tests.support.waiting import SCORING_LIMIT_S, wait_until

LIMIT_S = 900
"""Building images may be part of it."""


@dataclass(frozen=True)
class Lab:
    """The stack's machine as others see it, and the folder that another machine was given."""

    project: str
    host: str
    environment: dict[str, str]
    state: Path
    machine: Path

    @property
    def organizer(self) -> Client:
        """The organizer, who comes over the same network."""
        return Client(
            f"http://{self.host}:{self.environment['ARENA_PORT']}", (self.state / "organizer-token").read_text()
        )

    def run_stack(self, *arguments: str) -> str:
        """Call a script on the stack's machine, and return what it says."""
        return run(["bash", *arguments], ROOT, self.environment)

    def run_on_machine(self, *arguments: str) -> str:
        """Call Compose on the other machine, with the files that are there."""
        own = {"COMPOSE_PROJECT_NAME": f"{self.project}-joined", "ARENA_SHARE_CPUS": "true"}
        command = [*compose_command(), "--env-file", "runner.env", "-f", "runner.yaml"]
        return run([*command, *arguments], self.machine, own)

    @property
    def joined(self) -> str:
        """The id of the container that has joined."""
        (container,) = containers_of(f"{self.project}-joined", "runner")
        return container


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def bridge_address() -> str:
    """Return the address by which containers of any network reach this machine."""
    shown = run(["docker", "network", "inspect", "bridge"], ROOT, {})
    address: str = json.loads(shown)[0]["IPAM"]["Config"][0]["Gateway"]
    return address


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A stack without a runner of its own, opened by deploy/lab.sh to those who reach the engine's bridge."""
    project, host = f"arena-test-{uuid.uuid4().hex[:8]}", bridge_address()
    environment = {
        "ARENA_PROJECT": project,
        "ARENA_STATE": str(tmp_path / "state"),
        "ARENA_PORT": str(free_port()),
        "ARENA_BROKER_PORT": str(free_port()),
        "ARENA_LISTEN": host,
        "ARENA_SHARE_CPUS": "true",
    }
    lab = Lab(project, host, environment, tmp_path / "state", tmp_path / "machine")
    lab.machine.mkdir()
    try:
        lab.run_stack("deploy/lab.sh", host)
        lab.run_stack("deploy/stack.sh", "compose", "rm", "--stop", "--force", "runner")
        for file in (lab.state / "lab/runner.env", lab.state / "lab/tls/ca.pem", ROOT / "deploy/compose/runner.yaml"):
            shutil.copy(file, lab.machine)
        yield lab
    finally:
        lab.run_stack("deploy/stack.sh", "remove")


@pytest.mark.timeout(2 * LIMIT_S)
async def test_a_runner_joins_from_another_machine_with_its_files_alone_and_scores_a_submission(lab: Lab) -> None:
    lab.run_on_machine("up", "-d")
    try:
        await wait_until(lambda: is_ready(lab), limit_s=SCORING_LIMIT_S, what="the runner is ready")
        team, _ = set_up(lab.organizer, "lab")
        submission = team.submit("lab", None, *read_zip(EXAMPLES / "random_search")).json["id"]

        async def is_scored() -> bool:
            return bool(team.get(f"/api/v1/submissions/{submission}").json["state"] == "scored")

        await wait_until(is_scored, limit_s=SCORING_LIMIT_S, what="scored by the runner that joined")
        mounts = json.loads(run(["docker", "inspect", lab.joined], ROOT, {}))[0]["Mounts"]
        assert {mount["Destination"] for mount in mounts} == {
            "/run/arena/ca.pem",
            "/var/run/docker.sock",
            "/sys/fs/cgroup",
        }
    finally:
        lab.run_on_machine("down", "--timeout", "30")


def test_a_lab_is_not_opened_with_a_certificate_for_another_host(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    make_certificates(tmp_path / "lab/tls", "another.lab")

    done = subprocess.run(
        ["bash", "deploy/lab.sh", "arena.lab"],
        cwd=ROOT,
        env={**os.environ, "ARENA_STATE": str(tmp_path), "ARENA_PROJECT": "arena-test-none"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )

    assert done.returncode == 2
    assert "expected a certificate for arena.lab" in done.stderr


async def is_ready(lab: Lab) -> bool:
    runners = lab.organizer.get("/api/v1/admin/runners").json["runners"]
    return any(each["id"] == lab.joined and each["ready"] for each in runners)
