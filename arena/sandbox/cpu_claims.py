"""CPUs that a runner has to itself, though other runners use the same engine."""

import asyncio
import contextlib
import json
import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from aiodocker.exceptions import DockerError

from arena.sandbox.container_config import CPU_LABEL, OWNER_LABEL, ROLE_LABEL, Cpu, claim_config, claim_name
from arena.sandbox.engine.connection import CALL_TIMEOUT_S, NOT_FOUND, engine_call
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine, NameTaken
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure

log = structlog.get_logger()

SHARERS = 8
"""How many may use one CPU at the same time, where they agree to share."""
LOCAL_ENGINE = "unix://"


class CpuClaims:
    """A claim is a running container that is named after its CPU, and a name exists once on an engine.

    The container waits for the end of its standard input, which comes with the end of whoever claims; the engine then
    removes it. So a claim outlives nobody, and what a dead runner had is free at once.
    """

    def __init__(self, engine: Engine, settings: SandboxSettings, numbers: Iterable[int] | None = None) -> None:
        """Claim among CPUs of these numbers; unless they are given, among all that may be used."""
        self._engine = engine
        self._settings = settings
        self._numbers = None if numbers is None else list(numbers)
        self._claims: dict[Cpu, Container | None] = {}
        self.shortage: str | None = None

    @property
    def cpus(self) -> list[Cpu]:
        """The CPUs that were claimed."""
        return list(self._claims)

    async def claim(self, wanted: int) -> str | None:
        """Claim up to `wanted` CPUs in all, and again those whose claim was lost; return why none may be used, or None.

        `shortage` says why there are fewer than were wanted. Raises `InfrastructureFailure`.
        """
        await self._claim_lost_ones_again()
        for sharer in range(SHARERS if self._settings.share_cpus else 1):
            numbers = await self._find_candidates() if len(self._claims) < wanted else []
            while numbers and len(self._claims) < wanted:
                missing = wanted - len(self._claims)
                await self._try_all(Cpu(number, sharer) for number in numbers[:missing])
                numbers = numbers[missing:]
        self.shortage = None if len(self._claims) >= wanted else await self._explain_shortage(wanted)
        lost = [cpu.number for cpu, container in self._claims.items() if container is None]
        if lost:
            return f"another runner has taken over CPU {_listed(lost)}"
        return None if self._claims else self.shortage

    async def release(self) -> None:
        """Give up every CPU."""
        claims, self._claims = self._claims, {}
        await asyncio.gather(*(self._engine.discard(container) for container in claims.values() if container))

    async def _claim_lost_ones_again(self) -> None:
        for cpu, container in list(self._claims.items()):
            if container is not None and await self._engine.is_running(container):
                continue
            if container is not None:
                log.warning("claim of a CPU lost", cpu=cpu.number)
                await self._engine.discard(container)
            self._claims[cpu] = None
            await self._try(cpu)

    async def _try_all(self, cpus: Iterable[Cpu]) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for cpu in cpus:
                    tasks.create_task(self._try(cpu))
        except* InfrastructureFailure as failures:
            raise failures.exceptions[0] from None

    async def _try(self, cpu: Cpu) -> None:
        """Claim a CPU, unless somebody else has it."""
        config, name = claim_config(self._settings, cpu), claim_name(cpu)
        try:
            self._claims[cpu] = await self._engine.start(config, name)
        except NameTaken:
            if await self._remove_stale(name):
                with contextlib.suppress(NameTaken):  # somebody was faster
                    self._claims[cpu] = await self._engine.start(config, name)

    async def _remove_stale(self, name: str) -> bool:
        """Remove a claim that nobody holds: one that has ended, or was never started. Returns whether it is gone."""
        with engine_call("inspect the claim of a CPU"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                try:
                    found = await self._engine.docker.containers.container(name).show()
                except DockerError as error:
                    if error.status == NOT_FOUND:
                        return True
                    raise
                now = datetime.fromisoformat((await self._engine.docker.system.info())["SystemTime"])
        age_s = (now - datetime.fromisoformat(found["Created"])).total_seconds()
        if found["State"]["Running"] or age_s < self._settings.start_timeout_s:
            return False
        await self._engine.remove(found["Id"])
        return True

    async def _find_candidates(self) -> list[int]:
        """The CPUs of which there is no claim here yet."""
        if self._numbers is None:
            with engine_call("ask for the number of CPUs"):
                async with asyncio.timeout(CALL_TIMEOUT_S):
                    count: int = (await self._engine.docker.system.info())["NCPU"]
            self._numbers = usable_cpus(self._settings.engine_url, count)
        mine = {cpu.number for cpu in self._claims}
        return [number for number in self._numbers if number not in mine]

    async def _explain_shortage(self, wanted: int) -> str:
        with engine_call("list the claims of CPUs"):
            async with asyncio.timeout(CALL_TIMEOUT_S):
                found = await self._engine.docker.containers.list(filters=json.dumps({"label": [f"{ROLE_LABEL}=cpu"]}))
        others = sorted(
            f"CPU {labels[CPU_LABEL]}: {labels[OWNER_LABEL]}"
            for labels in (_labels(container) for container in found)
            if labels[OWNER_LABEL] != self._settings.owner
        )
        in_use = f"; in use are {', '.join(others)}" if others else ""
        return f"expected {wanted} free CPUs on the engine, one for each slot, got {len(self._claims)}{in_use}"


def usable_cpus(engine_url: str, engine_cpus: int) -> list[int]:
    """Return the CPUs that containers of this process may use, out of as many as the engine has.

    Those of an engine on another machine are all of its own; of this machine's, a process may be limited to some.
    """
    everything = list(range(engine_cpus))
    if not engine_url.startswith(LOCAL_ENGINE) or not hasattr(os, "sched_getaffinity"):
        return everything
    return [number for number in sorted(os.sched_getaffinity(0)) if number < engine_cpus] or everything


def _labels(container: Any) -> dict[str, str]:
    labels: dict[str, str] = container["Labels"]
    return labels


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
