"""The services as processes. One that ends by itself is at fault, and is started again, as its container would be."""

import asyncio
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from shared.settings import ProcessSettings
from tests.support.stack import free_port, start_process
from tests.support.waiting import wait_until

GRACE_S = 5
LOOK_S = 0.1


class ServiceProcess:
    """One of the two processes of a service. `faults` says how it ended when nothing that struck it explains that."""

    def __init__(
        self, name: str, settings: ProcessSettings, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.service = name.partition("-")[0]
        self.port = free_port()
        self.faults: list[str] = []
        self._settings = settings
        self._folder = folder
        self._environment = dict(environment or {})
        self._lives = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._is_struck = False

    @property
    def url(self) -> str:
        """Where its health, its metrics and, if it is a gateway, the API is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def temporary(self) -> Path:
        """Its temporary folder, which outlives it as the folder of a container does."""
        return self._folder / f"{self.name}.tmp"

    @property
    def logs(self) -> list[Path]:
        """The logs of all of its lives."""
        return [self._log(life) for life in range(1, self._lives + 1)]

    @property
    def is_running(self) -> bool:
        """Whether there is a process, stopped or not."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it unless it is there, and let it run."""
        if self.is_running:
            self._send(signal.SIGCONT)
            return
        self._lives += 1
        self._is_struck = False
        self.temporary.mkdir(exist_ok=True)
        more = {"TMPDIR": str(self.temporary), "ARENA_GRACE_S": str(GRACE_S), **self._environment}
        self._process = start_process(
            f"services.{self.service}", self._settings, self.port, self._log(self._lives), more
        )

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._is_struck = True
        self._send(signal.SIGKILL)

    def enter(self, group: Path) -> None:
        """Put it into a control group that may end it."""
        self._is_struck = True
        if self._process is not None and self.is_running:
            (group / "cgroup.procs").write_text(str(self._process.pid))

    def pause(self) -> None:
        """Stop it, with all its connections open."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    async def end(self) -> None:
        """Ask it to end, and wait until it has; it must do so in good order, unless something else strikes it."""
        process = self._process
        if process is None or not self.is_running:
            return
        was_struck, self._is_struck = self._is_struck, True
        process.terminate()

        async def has_ended() -> bool:
            return process.poll() is not None

        await wait_until(has_ended, what=f"{self.name} has ended")
        if process.returncode not in {0, -signal.SIGKILL} and not was_struck:
            self.faults.append(self._tell_end(process.returncode))

    async def watch(self, stop: asyncio.Event) -> None:
        """Start it again whenever it ends by itself, until `stop`."""
        while not stop.is_set():
            if self._process is not None and not self.is_running and not self._is_struck:
                self.faults.append(self._tell_end(self._process.returncode))
                self.start()
            await asyncio.sleep(LOOK_S)

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)  # does nothing once it has ended

    def _log(self, life: int) -> Path:
        return self._folder / f"{self.name}.{life}.log"

    def _tell_end(self, code: int) -> str:
        log = self._log(self._lives)
        return f"{self.name} ended by itself with {code}; {log} ends: {log.read_text()[-1500:]}"
