"""The container engine of a runner's pod, in a container of the machine's engine.

It is not privileged but has the capabilities that it needs, because not every machine can give all of them away. In a
pod it is privileged, and its control groups are writable; here they are made so first.
"""

import contextlib
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S, wait_until

IMAGE = "arena-engine:local"
STUDY_IMAGES = ("arena-blackbox:local", "arena-small:local")
MEMORY_BYTES = 12 * 1024**3
UNCONFINED = ("seccomp=unconfined", "apparmor=unconfined", "label=disable", "systempaths=unconfined")
START = """
for each in /sys/fs/cgroup /sys/fs/cgroup/*; do
    if mountpoint -q $each; then mount -o remount,bind,rw $each; fi
done
exec engine.sh
"""


def docker(*arguments: str) -> str:
    """Return what a command of the machine's engine writes."""
    done = subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass(frozen=True)
class NodeFiles:
    """What outlives a pod on its node: a volume for the engine's data root, and a folder of images as tar files."""

    data_volume: str
    images: Path


@contextlib.contextmanager
def new_node() -> Iterator[NodeFiles]:
    """Yield the files of a node that no pod has run on; the engine's image is built first."""
    subprocess.run(["bash", ROOT / "deploy" / "images.sh", "engine"], check=True, timeout=SCORING_LIMIT_S)
    with _new_folder() as images:
        docker("save", "--output", str(images / "study.tar"), *STUDY_IMAGES)
        volume = docker("volume", "create")
        try:
            yield NodeFiles(volume, images)
        finally:
            docker("volume", "rm", volume)


@dataclass(frozen=True)
class EngineContainer:
    """An engine, and the folder that it shares with its runner."""

    container: str
    run: Path

    @property
    def url(self) -> str:
        """The engine's own URL."""
        return f"unix://{self.run}/docker.sock"

    @property
    def lock(self) -> Path:
        """The file that the runner locks."""
        return self.run / "runner.lock"

    @property
    def exit_code(self) -> int | None:
        """With what it ended, or None while it runs."""
        running, code = docker("inspect", "-f", "{{.State.Running}} {{.State.ExitCode}}", self.container).split()
        return None if running == "true" else int(code)

    @property
    def log(self) -> str:
        """What it has written."""
        done = subprocess.run(
            ["docker", "logs", self.container], check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return done.stdout

    def do(self, *command: str) -> str:
        """Return what a command in the container writes."""
        return docker("exec", self.container, *command)

    def kill(self, signal: str) -> None:
        """Send a signal to its first process."""
        docker("kill", "--signal", signal, self.container)

    def start_again(self) -> None:
        """Start the container that has ended, with all the files that it left."""
        docker("start", self.container)

    async def wait_ready(self, times: int = 1) -> None:
        """Wait until it has been ready so many times, with the images of studies in it."""

        async def is_ready() -> bool:
            assert self.exit_code is None, self.log
            return self.log.count("engine: ready") >= times

        await wait_until(is_ready, what="the engine is ready")
        self.do("chmod", "666", "/run/arena/docker.sock")  # the tests' user need not be root

    async def wait_ended(self) -> int:
        """Wait until it ends by itself, and return its exit code."""

        async def has_ended() -> bool:
            return self.exit_code is not None

        await wait_until(has_ended, what="the engine has ended")
        code = self.exit_code
        assert code is not None
        return code


@contextlib.contextmanager
def running_engine(node: NodeFiles, *options: str) -> Iterator[EngineContainer]:
    """Start an engine on a node; whatever is left of it at the end is removed."""
    name = f"arena-engine-{uuid.uuid4().hex}"
    with _new_folder() as run:
        volumes = (f"{run}:/run/arena", f"{node.data_volume}:/var/lib/arena/engine")
        docker(
            *("run", "--detach", "--name", name, "--memory", str(MEMORY_BYTES)),
            *("--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN", "--device-cgroup-rule", "a *:* rwm"),
            *(word for option in UNCONFINED for word in ("--security-opt", option)),
            *(word for volume in volumes for word in ("--volume", volume)),
            *("--volume", f"{node.images}:/var/lib/arena/images:ro", *options),
            *("--entrypoint", "bash", IMAGE, "-c", START),
        )
        try:
            yield EngineContainer(name, run)
        finally:
            docker("rm", "--force", "--volumes", name)


@contextlib.contextmanager
def _new_folder() -> Iterator[Path]:
    """A folder in the tree, which has the same path in the container of the tests; short, for sockets."""
    folder = ROOT / ".arena" / f"pod-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()
