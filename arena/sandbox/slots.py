"""The slots of one runner, or of one check."""

from contextlib import AsyncExitStack
from types import TracebackType

from arena.sandbox.container_config import Cpu
from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot


class Slots:
    """A slot on each CPU that is claimed; entered, used and left by one task. When it is left, so are all CPUs."""

    def __init__(self, engine: Engine, self_test: SelfTest, settings: SandboxSettings, claims: CpuClaims) -> None:
        self._engine = engine
        self._self_test = self_test
        self._settings = settings
        self._claims = claims
        self._opened: set[Cpu] = set()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Slots":
        self._stack.push_async_callback(self._claims.release)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    @property
    def shortage(self) -> str | None:
        """Why there are fewer slots than were wanted, or None."""
        return self._claims.shortage

    def can_open(self) -> bool:
        """Return whether a CPU has no slot yet."""
        return bool(set(self._claims.cpus) - self._opened)

    async def open(self) -> list[Slot]:
        """Open a slot on each claimed CPU that has none, and return these slots."""
        opened = []
        for cpu in self._claims.cpus:
            if cpu not in self._opened:
                slot = Slot(self._engine, self._self_test, self._settings, cpu)
                opened.append(await self._stack.enter_async_context(slot))
                self._opened.add(cpu)
        return opened
