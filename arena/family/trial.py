"""One container of a family under test: a request at a time, each within the limits of a study's black box."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from arena.family.findings import Refusal
from arena.package_data import package_path
from arena.sandbox.container_config import Cpu, blackbox_config
from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.stream import StreamEnded, StreamFlooded
from arena.sandbox.fixed_limits import BLACKBOX_MEMORY_BYTES
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import InfrastructureFailure

PROGRAM = package_path("sandbox/blackbox/problem_check.py")
USUAL_EVALUATIONS = 16 * 8
"""Of a study; they share its time."""
LAST_WORDS_TIMEOUT_S = 2
LAST_WORDS_CHARS = 1000


class FamilyRefused(Exception):
    """The family is refused; `gone` says that its container answers no more."""

    def __init__(self, refusal: Refusal, *, gone: bool = False) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
        self.gone = gone


class Trial:
    """Asks the program in the container. What it answers, and that it does not, is told with problem and point."""

    def __init__(self, engine: Engine, container: Container, settings: SandboxSettings, memory_bytes: int) -> None:
        self._engine = engine
        self._container = container
        self._memory_bytes = memory_bytes
        self._start_s = settings.start_timeout_s
        self._evaluation_s = settings.evaluation_timeout_s / USUAL_EVALUATIONS
        self._study_s = settings.evaluation_timeout_s

    async def list_names(self) -> list[str]:
        """Import the family and return the names of its problems. Raises FamilyRefused."""
        names: list[str] = (await self._ask({"do": "list"}, self._start_s))["names"]
        return names

    async def describe(self, name: str, n_random: int, n_corners: int) -> dict[str, Any]:
        """Make a problem and return its search space, points and best loss. Raises FamilyRefused."""
        request = {"do": "describe", "name": name, "n_random": n_random, "n_corners": n_corners}
        return await self._ask(request, self._start_s, name)

    async def evaluate(self, name: str, point: dict[str, Any], seed: int) -> dict[str, Any]:
        """Evaluate a point and return its losses and what they took. Raises FamilyRefused."""
        request = {"do": "evaluate", "name": name, "point": point, "seed": f"{seed:x}"}
        return await self._ask(request, self._evaluation_s, name, point)

    async def _ask(
        self, request: dict[str, Any], limit_s: float, problem: str | None = None, point: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            async with asyncio.timeout(limit_s):
                await self._container.stream.send(request)
                answer = await self._container.receive()
        except TimeoutError as timeout:
            raise FamilyRefused(Refusal("too_slow", self._explain_slow(point), problem, point), gone=True) from timeout
        except StreamFlooded as flooded:
            raise FamilyRefused(Refusal("output_flood", f"{flooded}.", problem, point), gone=True) from flooded
        except StreamEnded as ended:
            code, what = await self._explain_end()
            raise FamilyRefused(Refusal(code, what, problem, point), gone=True) from ended
        if "refused" in answer:
            raise FamilyRefused(Refusal(answer["refused"], answer["what"], problem, point))
        return answer

    def _explain_slow(self, point: dict[str, Any] | None) -> str:
        if point is None:
            return f"Expected importing the family and making a problem to take at most {self._start_s:g} s each."
        return (
            f"Expected an evaluation within {self._evaluation_s:g} s, since the {USUAL_EVALUATIONS} of a study have "
            f"{self._study_s:g} s; it took longer. Make it cheaper, or raise ARENA_EVALUATION_TIMEOUT_S here and on "
            "every runner."
        )

    async def _explain_end(self) -> tuple[str, str]:
        """Return the code and the text of why the container ended. Raises InfrastructureFailure."""
        with contextlib.suppress(TimeoutError, StreamFlooded):
            async with asyncio.timeout(LAST_WORDS_TIMEOUT_S):
                await self._container.stream.drain()
        death = await self._engine.find_cause_of_death(self._container)
        match death.cause:
            case "out_of_memory":
                return "out_of_memory", f"Expected at most {self._memory_bytes} bytes of memory; it needed more."
            case "exited":
                said = self._container.stream.stderr_tail[-LAST_WORDS_CHARS:]
                return (
                    "process_ended",
                    f"Expected an answer; the process ended with exit code {death.exit_code}. {said}",
                )
        raise InfrastructureFailure(f"the container of the check is gone: {death.cause}")


@contextlib.asynccontextmanager
async def start_trial(
    engine: Engine, settings: SandboxSettings, image: str, cpu: Cpu, memory_bytes: int = BLACKBOX_MEMORY_BYTES
) -> AsyncIterator[Trial]:
    """A container as the family's studies have it, with the program that tries it out. It is gone afterwards."""
    config = blackbox_config(replace(settings, blackbox_image=image), cpu)
    config["Entrypoint"] = ["python", "-u", "-c", PROGRAM.read_text()]
    config["HostConfig"] |= {"Memory": memory_bytes, "MemorySwap": memory_bytes}
    container = await engine.start(config)
    try:
        yield Trial(engine, container, settings, memory_bytes)
    finally:
        await engine.discard(container)
