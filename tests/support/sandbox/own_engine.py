"""A second Docker engine on this machine, which a test may kill, stop, fill or give another runtime.

It shares nothing with the machine's own engine but that engine's images, which are copied. Where tests run without
root, or without a dockerd beside them, there is none.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S

STUDY_IMAGES = ("arena-blackbox:local", "arena-small:local")
SAVED = ROOT / ".arena" / "engine-images"
"""The machine's images as tar files: an engine writes such a file as slowly as it reads one."""


class OwnEngine:
    """An engine with its files in `data`, and all else of its own in `run`, which is short because sockets are there.

    After `kill`, its containers live on, as those of an engine that crashed do, until `start`.
    """

    def __init__(self, data: Path, run: Path, runtimes: Mapping[str, Path]) -> None:
        self._data = data
        self._run = run
        self._runtimes = runtimes
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self._run / "docker.sock"

    @property
    def url(self) -> str:
        """The same as a URL."""
        return f"unix://{self.socket}"

    @property
    def log(self) -> str:
        """What it has written, over all its lives."""
        return (self._run / "dockerd.log").read_text()

    @property
    def pid(self) -> int | None:
        """The number of its process, while it has one."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def do(self, *arguments: str) -> str:
        """Return what a command of the client writes."""
        command = ["docker", "--host", self.url, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT_S).stdout.strip()

    def start(self) -> None:
        """Start it, and return when it answers; nothing where it runs."""
        if self.pid is not None:
            return
        # Of a life that was killed. The numbers may be other processes' by now, or of such as nobody has reaped yet.
        for left in ("docker.pid", "docker.sock", "exec/containerd/containerd.pid"):
            (self._run / left).unlink(missing_ok=True)
        command = [
            # Without a bridge, an engine deletes docker0, which is that of the machine's own engine.
            *(
                "unshare",
                "--net",
                "dockerd",
                "--host",
                self.url,
                "--data-root",
                str(self._data),
                "--exec-root",
                str(self._run / "exec"),
            ),
            *("--pidfile", str(self._run / "docker.pid"), "--log-level", "warn"),
            *("--bridge=none", "--iptables=false", "--ip6tables=false"),
            # Only counts where dockerd finds a containerd that the whole machine shares.
            *("--containerd-namespace", self._run.name, "--containerd-plugins-namespace", f"{self._run.name}-plugins"),
            *(word for name, path in self._runtimes.items() for word in ("--add-runtime", f"{name}={path}")),
        ]
        with (self._run / "dockerd.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End its process at once, as a crash does."""
        self._send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(timeout=LIMIT_S)

    def pause(self) -> None:
        """Let it answer nobody, with all connections open, until it is resumed."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused one go on."""
        self._send(signal.SIGCONT)

    def load(self, images: Sequence[str] = STUDY_IMAGES) -> None:
        """Copy images of the machine's engine that it does not have."""
        for image in images:
            image_id = _image_id(image)
            if image_id not in self.do("images", "--quiet", "--no-trunc").split():
                self.do("load", "--quiet", "--input", str(_save(image, image_id)))

    def end(self) -> None:
        """End it with everything that it runs."""
        self.resume()
        self.start()  # one that was killed has left containers, which only it can end
        if containers := self.do("ps", "--all", "--quiet").split():
            self.do("rm", "--force", "--volumes", *containers)
        self._send(signal.SIGTERM)
        if self._process is not None:
            self._process.wait(timeout=LIMIT_S)
        while f" {self._data} " in Path("/proc/self/mounts").read_text():  # an engine mounts its data on itself
            subprocess.run(["umount", self._data], check=True, timeout=LIMIT_S)

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + LIMIT_S
        while subprocess.run(["docker", "--host", self.url, "info"], capture_output=True, check=False).returncode:
            assert self.pid is not None, self.log[-3000:]
            assert time.monotonic() < deadline, self.log[-3000:]
            time.sleep(0.1)


@contextlib.contextmanager
def own_engine(root: Path, *, runtimes: Mapping[str, Path] | None = None) -> Iterator[OwnEngine]:
    """Yield an engine with its data in a folder, which may be a filesystem of its own; `runtimes` are more than runc.

    Its images stay there for the next one. Only one engine at a time can have a folder.
    """
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("expected root and a dockerd beside the tests, for an engine of their own")
    root.mkdir(parents=True, exist_ok=True)
    run = Path(tempfile.gettempdir(), f"arena-engine-{uuid.uuid4().hex[:12]}")
    run.mkdir(mode=0o700)
    with _locked(root / "lock"):
        engine = OwnEngine(root / "data", run, runtimes or {})
        try:
            engine.start()
            yield engine
        finally:
            engine.end()
            shutil.rmtree(run)


def _image_id(image: str) -> str:
    command = ["docker", "image", "inspect", "--format", "{{.Id}}", image]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _save(image: str, image_id: str) -> Path:
    """Return an image of the machine's engine as a file, which is kept until the image has changed."""
    name = image.replace("/", "_").replace(":", "_")
    saved = SAVED / f"{name}-{image_id.removeprefix('sha256:')}.tar"
    SAVED.mkdir(parents=True, exist_ok=True)
    with _locked(SAVED / "lock"):
        if not saved.exists():
            for old in SAVED.glob(f"{name}-*.tar"):
                old.unlink()
            partial = saved.with_suffix(".partial")
            subprocess.run(["docker", "save", "--output", partial, image], check=True, timeout=LIMIT_S)
            partial.rename(saved)
    return saved


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Have a file's lock, which the kernel takes back whatever happens."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
