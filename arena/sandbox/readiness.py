"""Whether studies may run here now."""

import shutil

from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure


class SandboxReadiness:
    """Looks at the disk, the engine, its images, the CPUs that are free and, until it holds, at the sandbox."""

    def __init__(self, engine: Engine, self_test: SelfTest, settings: SandboxSettings, claims: CpuClaims) -> None:
        self._engine = engine
        self._self_test = self_test
        self._settings = settings
        self._claims = claims

    async def check(self, *, thorough: bool = False) -> str | None:
        """Return why no study may run here now, or None; a thorough check trusts nothing that was found earlier.

        The sandbox is tried out at the first check, at a thorough one, and until it holds. One that a phase names is,
        too, before its first study.
        """
        free = shutil.disk_usage("/").free
        if free < self._settings.disk_free_limit_bytes:
            return f"disk low: expected {self._settings.disk_free_limit_bytes} bytes free, got {free}"
        if thorough:
            self._self_test.forget()
        try:
            await self._engine.images.look_up(self._settings.blackbox_image, self._settings.optimizer_image)
            await self._engine.remove_orphans()
            if reason := await self._claims.claim(self._settings.slots):
                return reason
            if faults := await self._self_test.find_faults(self._claims.cpus[0]):
                return f"self-test: {'; '.join(faults)}"
        except InfrastructureFailure as failure:
            return str(failure)
        return None
