"""The sandbox tried out: what it looks like from inside is compared with what the engine was asked for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from arena.sandbox.container_config import (
    ContainerConfig,
    Cpu,
    cpu_numbers,
    group_config,
    has_hosts_kernel,
    optimizer_config,
    pids_limit,
)
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.machine import find_group
from arena.sandbox.engine.stream import StreamEnded, StreamFlooded
from arena.sandbox.fixed_limits import OPEN_FILES_LIMIT
from arena.sandbox.protocol import BrokenAnswer
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure
from arena.words.limits import Limits

SELF_TEST_LIMITS = Limits(
    memory_limit_bytes=256 * 1024**2,
    unpacked_limit_bytes=16 * 1024**2,
    tmp_limit_bytes=16 * 1024**2,
    pids_limit=32,
)
"""Small, so that running into them takes no time."""
GROUPS_LIMIT_BYTES = 64 * 1024
PROCESSES_MEMORY_BYTES = 2 * 1024**3
"""For the trial of processes in a kernel of its own: enough that memory is not what ends it."""


def find_faults(facts: dict[str, Any], limits: Limits, cpu: Cpu, runtime: str, second: Cpu | None = None) -> list[str]:
    """What is wrong with a sandbox, seen from inside; none if it is what `optimizer_config` asked for."""
    expected = {
        "uid": cpu.optimizer_uid,
        "gid": cpu.optimizer_uid,
        "root_writable": [],
        "submission_writable": True,
        "tmp_writable": True,
        "network_reachable": False,
        "capabilities": 0,
        "core_limit": 0,
        "engine_socket": False,
        "open_files_limit": OPEN_FILES_LIMIT,
        "forbidden_calls": [],
    }
    at_most = {"tmp_bytes": limits.tmp_limit_bytes}
    if has_hosts_kernel(runtime):  # other runtimes bring a kernel of their own, which states these differently
        at_most["processes"] = limits.pids_limit
        expected |= {"interfaces": ["lo"], "no_new_privileges": "1", "seccomp": "2"}
        expected["cpus"] = cpu_numbers(cpu, second)
        expected["memory_limit"] = limits.memory_limit_bytes
        # Version 1 of control groups limits memory and swap together, version 2 swap alone.
        allowed_swap = {limits.memory_limit_bytes, 0}
        if (found := facts.get("swap_limit")) not in allowed_swap:
            expected["swap_limit"] = f"one of {sorted(allowed_swap)} (is swap accounted for?), not {found}"
    faults = [
        f"{name}: expected {value!r}, got {facts.get(name)!r}"
        for name, value in expected.items()
        if facts.get(name) != value
    ]
    return faults + [
        f"{name}: expected at most {limit}, got {facts.get(name)!r}"
        for name, limit in at_most.items()
        if not 0 < facts.get(name, 0) <= limit
    ]


class SelfTest:
    """Tries each image, runtime and number of CPUs once; what held is not tried again until `forget`.

    An image is named by its id. No runtime means that of the settings.
    """

    def __init__(self, engine: Engine, settings: SandboxSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._held: set[tuple[str, str | None, bool]] = set()
        self._is_below_pod = False

    def forget(self) -> None:
        """Trust nothing that was found earlier."""
        self._held.clear()
        self._is_below_pod = False

    async def require(self, image: str, runtime: str | None, cpu: Cpu, second: Cpu | None = None) -> None:
        """Try out the sandbox that a study needs. Raises `InfrastructureFailure` where it does not hold."""
        try:
            faults = await self.find_faults(image, cpu, runtime, second)
            if faults:
                raise InfrastructureFailure(f"self-test: {'; '.join(faults)}")
        except InfrastructureFailure as failure:
            if runtime is None:
                raise
            raise InfrastructureFailure(
                f"Expected a sandbox of runtime {runtime}, which the phase names, to start here and to hold; got: "
                f"{failure}. Put it on every runner, or name another in the competition's file."
            ) from failure

    async def find_faults(
        self, image: str, cpu: Cpu, runtime: str | None = None, second: Cpu | None = None
    ) -> list[str]:
        """Return what is wrong with a sandbox. Raises `InfrastructureFailure`."""
        tried = (image, runtime, second is not None)
        if tried in self._held:
            return []
        faults = await self._find_escape(cpu) + await self._run(image, cpu, runtime, second)
        if not faults:
            self._held.add(tried)
        return faults

    async def _run(self, image: str, cpu: Cpu, runtime: str | None, second: Cpu | None) -> list[str]:
        """Start a sandbox, try to break out of it, and return what is wrong with it."""
        config = optimizer_config(self._settings, image, SELF_TEST_LIMITS, cpu, runtime=runtime, second=second)
        runtime = config["HostConfig"]["Runtime"]
        async with self._started(config) as container:
            async with asyncio.timeout(self._settings.start_timeout_s):
                answer = await container.request({"do": "facts", "fork": has_hosts_kernel(runtime)})
            faults = find_faults(answer.facts or {}, SELF_TEST_LIMITS, cpu, runtime, second)
            if not any("memory" in fault for fault in faults):  # without a limit, the trial would take all there is
                faults += await self._try_memory(container)
        if not has_hosts_kernel(runtime):
            memory = {"Memory": PROCESSES_MEMORY_BYTES, "MemorySwap": PROCESSES_MEMORY_BYTES}
            async with self._started({**config, "HostConfig": {**config["HostConfig"], **memory}}) as container:
                faults += await self._try_processes(container, pids_limit(SELF_TEST_LIMITS, runtime))
        return faults

    @contextlib.asynccontextmanager
    async def _started(self, config: ContainerConfig) -> AsyncIterator[Container]:
        """A sandbox for trials. That it does not answer is an `InfrastructureFailure`."""
        container = await self._engine.start(config)
        try:
            yield container
        except (StreamEnded, StreamFlooded, BrokenAnswer, TimeoutError) as error:
            raise InfrastructureFailure(f"self-test: no answer from the sandbox: {error!r}") from error
        finally:
            await self._engine.discard(container)

    async def _try_processes(self, container: Container, limit: int) -> list[str]:
        """Whether a kernel of its own can have no more processes than the host lets it; one that asks for more ends."""
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                answer = await container.request({"do": "exhaust processes"})
        except StreamEnded:
            death = await self._engine.find_cause_of_death(container)
            if death.cause == "exited":
                return []
            return [f"processes: expected the sandbox to end at its limit of {limit}, got {death.cause}"]
        found = (answer.facts or {}).get("processes", 0)
        return [] if 0 < found <= limit else [f"processes: expected at most {limit}, got {found}"]

    async def _find_escape(self, cpu: Cpu) -> list[str]:
        """Whether an engine in a pod puts its containers under the pod's limits; other engines have none."""
        machine = await self._engine.describe_machine()
        if machine.control_group is None or self._is_below_pod:
            return []
        container = await self._engine.start(group_config(self._settings, cpu))
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                group = find_group((await container.stream.receive_line(GROUPS_LIMIT_BYTES)).decode())
        except (StreamEnded, StreamFlooded, TimeoutError) as error:
            raise InfrastructureFailure(f"self-test: no control group from a container: {error!r}") from error
        finally:
            await self._engine.discard(container)
        self._is_below_pod = machine.holds_group(group)
        fault = (
            f"control group: expected containers below {machine.control_group}, where the limit of the engine's pod "
            f"holds, got {group}; run the engine in the image arena-engine, without the machine's /sys/fs/cgroup"
        )
        return [] if self._is_below_pod else [fault]

    async def _try_memory(self, container: Container) -> list[str]:
        """Whether the kernel ends what takes more memory than it may."""
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                await container.request({"do": "exhaust memory"})
        except StreamEnded:
            death = await self._engine.find_cause_of_death(container)
            # A kernel of its own may end before the engine hears of it, when the host takes one of its processes.
            own_kernel = not has_hosts_kernel(container.config["HostConfig"]["Runtime"])
            if death.cause == "out_of_memory" or (own_kernel and death.cause == "exited"):
                return []
            return [f"memory: expected the kernel to say that it ran out, got {death.cause}"]
        return ["memory: expected the kernel to end what takes too much, it did not"]
