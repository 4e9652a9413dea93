"""Whether studies may run here now, and in which environments."""

import shutil
import tempfile
from collections.abc import Mapping

from prometheus_client import Gauge

from arena.sandbox.container_config import blackbox_config
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure
from arena.words.environments import ENVIRONMENT_LABEL

DISK_FREE = Gauge("arena_disk_free_bytes", "Free disk at the last look")
DISK_FREE_LIMIT = Gauge("arena_disk_free_limit_bytes", "With less free disk than this, no work is taken")


class SandboxReadiness:
    """Looks at the disk, the engine, its images, the CPUs that are free and, until it holds, at each sandbox."""

    def __init__(self, engine: Engine, self_test: SelfTest, settings: SandboxSettings, claims: CpuClaims) -> None:
        self._engine = engine
        self._self_test = self_test
        self._settings = settings
        self._claims = claims
        self._environments: dict[str, str] = {}
        self._families: dict[str, str] = {}
        self._held_families: set[str] = set()
        self._memory_bytes = 0
        self._shortage: str | None = None

    @property
    def environments(self) -> Mapping[str, str]:
        """The environments whose sandbox holds: the id of the image by name, as the last check found."""
        return self._environments

    @property
    def families(self) -> Mapping[str, str]:
        """The problem families whose container starts, but Bayesmark's own: the id of the image by name."""
        return self._families

    @property
    def memory_bytes(self) -> int:
        """How much memory there is for studies, as the last check found."""
        return self._memory_bytes

    @property
    def shortage(self) -> str | None:
        """Which environments and problem families are there and do not hold, and why; or None."""
        return self._shortage

    async def check(self, *, thorough: bool = False) -> str | None:
        """Return why no study may run here now, or None; a thorough check trusts nothing that was found earlier.

        The sandbox of each environment is tried out when its image is new here, at a thorough check, and until it
        holds. One with a runtime that a phase names is, too, before its first study.
        """
        # Zips and data sets are in the temporary folder, which may be a filesystem of its own.
        free = min(shutil.disk_usage(folder).free for folder in ("/", tempfile.gettempdir()))
        DISK_FREE.set(free)
        DISK_FREE_LIMIT.set(self._settings.disk_free_limit_bytes)
        if free < self._settings.disk_free_limit_bytes:
            return f"disk low: expected {self._settings.disk_free_limit_bytes} bytes free, got {free}"
        if thorough:
            self._self_test.forget()
            self._held_families.clear()
        try:
            machine = await self._engine.describe_machine()
            self._memory_bytes = machine.memory_bytes
            if machine.faults:
                return "; ".join(machine.faults)
            await self._engine.images.look_up(self._settings.blackbox_image)
            await self._engine.images.look_up_environments()
            await self._engine.images.look_up_families()
            await self._engine.remove_orphans()
            if reason := await self._claims.claim(self._settings.slots):
                return reason
        except InfrastructureFailure as failure:
            return str(failure)
        return await self._try_environments()

    async def _try_environments(self) -> str | None:
        """Find out which environments hold; return why none does, or None."""
        found = dict(self._engine.images.environments)
        faults = {name: await self._find_fault(image) for name, image in sorted(found.items())}
        self._environments = {name: image for name, image in found.items() if faults[name] is None}
        told = [f"environment {name}: {fault}" for name, fault in faults.items() if fault]
        self._shortage = "; ".join([*told, *await self._try_families()]) or None
        if self._environments:
            return None
        return self._shortage or (
            f"expected an image with the label {ENVIRONMENT_LABEL} on the engine, found none; "
            "make one with 'arena images build'"
        )

    async def _try_families(self) -> list[str]:
        """Find out of which problem families a container starts; return why the others' do not."""
        found, faults = dict(self._engine.images.families), {}
        for name, image in sorted(found.items()):
            if image not in self._held_families:
                config = blackbox_config(self._settings, self._claims.cpus[0], image)
                try:
                    await self._engine.discard(await self._engine.start(config))
                    self._held_families.add(image)
                except InfrastructureFailure as failure:
                    faults[name] = f"problem family {name}: {failure}"
        self._families = {name: image for name, image in found.items() if name not in faults}
        return list(faults.values())

    async def _find_fault(self, image: str) -> str | None:
        try:
            faults = await self._self_test.find_faults(image, self._claims.cpus[0])
        except InfrastructureFailure as failure:
            return str(failure)
        return f"self-test: {'; '.join(faults)}" if faults else None
