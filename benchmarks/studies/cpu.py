"""CPU time of a runner and of all that it has the engine do, read from control groups."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from arena.images.docker import docker
from arena.sandbox.container_config import ROLE_LABEL
from arena.sandbox.engine.usage import CONTROL_GROUPS

VERSION_1 = CONTROL_GROUPS / "cpuacct"
ROOT = VERSION_1 if VERSION_1.exists() else CONTROL_GROUPS
COUNTED_ENGINE = ROOT / "arena-bench-engine"
ENGINE_PID = Path("/var/run/docker.pid")


@dataclass(frozen=True)
class RunnerCpu:
    """CPU seconds: the runner's process, its black boxes, its optimizers, and the engine that starts them."""

    runner: float
    blackboxes: float
    optimizers: float
    engine: float

    @property
    def all(self) -> float:
        """All of them together."""
        return self.runner + self.blackboxes + self.optimizers + self.engine

    def since(self, earlier: "RunnerCpu") -> "RunnerCpu":
        """Return what was used after an earlier reading."""
        return RunnerCpu(*(getattr(self, each.name) - getattr(earlier, each.name) for each in fields(self)))


class RunnerCpuReader:
    """Reads what the runner in a container has used so far.

    Optimizers are what the engine's containers used in all, without those that are there at the start; so they count
    after their end, and whatever else starts on this engine meanwhile counts as well.
    """

    def __init__(self, runner: str, engine: Path) -> None:
        self._engine = engine
        self._runner = _group_of(runner)
        self._blackboxes: list[Path] = []
        self._others: list[Path] = []
        listed = docker("ps", "--no-trunc", "--format", f'{{{{ .ID }}}} {{{{ .Label "{ROLE_LABEL}" }}}}')
        for container, role in (line.partition(" ")[::2] for line in listed.splitlines()):
            if role == "blackbox":
                self._blackboxes.append(_group_of(container))
            elif role != "optimizer" and container != runner:
                self._others.append(_group_of(container))

    def read(self) -> RunnerCpu:
        """Return what was used so far."""
        runner, blackboxes = used_s(self._runner), sum(map(used_s, self._blackboxes))
        others = sum(map(used_s, self._others))
        optimizers = used_s(self._runner.parent) - runner - blackboxes - others
        return RunnerCpu(runner, blackboxes, optimizers, used_s(self._engine))


@contextmanager
def counted_engine() -> Iterator[Path]:
    """Have the engine's own processes, and those that it starts for a container, in a control group of their own."""
    engine = int(ENGINE_PID.read_text())
    home = ROOT / _read_group(engine)
    COUNTED_ENGINE.mkdir(exist_ok=True)
    try:
        for pid in (engine, *_children(engine)):
            _move(pid, COUNTED_ENGINE)
        yield COUNTED_ENGINE
    finally:
        while pids := (COUNTED_ENGINE / "cgroup.procs").read_text().split():
            for each in pids:
                _move(int(each), home)
        COUNTED_ENGINE.rmdir()


def used_s(group: Path) -> float:
    """Return the CPU seconds that a control group has used, with those below it."""
    if (nanoseconds := group / "cpuacct.usage").exists():
        return int(nanoseconds.read_text()) / 1e9
    return int((group / "cpu.stat").read_text().split()[1]) / 1e6


def _group_of(container: str) -> Path:
    state = json.loads(docker("inspect", "--format", "{{ json .State }}", container))
    return ROOT / _read_group(state["Pid"])


def _read_group(pid: int) -> str:
    """Return the control group that counts a process's CPU time, relative to the root."""
    lines = [line.split(":", 2) for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines()]
    groups = {controller: group for _, controllers, group in lines for controller in controllers.split(",")}
    return groups["cpuacct" if ROOT == VERSION_1 else ""].lstrip("/")


def _children(pid: int) -> list[int]:
    return [int(each) for path in Path(f"/proc/{pid}/task").glob("*/children") for each in path.read_text().split()]


def _move(pid: int, group: Path) -> None:
    try:
        (group / "cgroup.procs").write_text(f"{pid}\n")
    except ProcessLookupError:
        return  # it has ended
