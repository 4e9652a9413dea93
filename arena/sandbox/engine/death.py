"""Why a container ended without being told to, and whose fault that is."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aiodocker import Docker

from arena.sandbox.engine.connection import CALL_TIMEOUT_S, connect_docker, engine_call
from arena.sandbox.study import Fatal, InfrastructureFailure
from arena.words.verdicts import Verdict

LATE_EVENTS_S = 1.0
"""How long after a container's death the engine may still tell why."""
SIGKILLED = 137
TRUSTED_ATTEMPTS = 2
"""How often an unexplained death by SIGKILL is taken for the host's doing."""


@dataclass(frozen=True)
class Death:
    """Why a container ended."""

    cause: Literal["still_running", "out_of_memory", "killed_from_outside", "exited"]
    exit_code: int | None = None


async def find_cause_of_death(docker: Docker, engine_url: str, container_id: str) -> Death:
    """Ask the engine why a container's streams ended. Raises `InfrastructureFailure`."""
    with engine_call("find why a container died"):
        async with asyncio.timeout(CALL_TIMEOUT_S):
            state = (await docker.containers.container(container_id).show())["State"]
            if state["Running"]:
                return Death("still_running")
            actions = await _list_actions(docker, engine_url, container_id)
            exit_code: int = state["ExitCode"]
            if state["OOMKilled"] or "oom" in actions:
                return Death("out_of_memory", exit_code)
            if "kill" in actions:
                return Death("killed_from_outside", exit_code)
            return Death("exited", exit_code)


async def _list_actions(docker: Docker, engine_url: str, container_id: str) -> set[str]:
    """The engine's events about a container, until a little later than now by the engine's clock."""
    now = (await docker.system.info())["SystemTime"]
    async with connect_docker(engine_url) as listening:  # a client follows one stream of events at a time
        events = listening.events.subscribe(  # type: ignore[no-untyped-call]  # the library's gap
            since="0", until=_later(now, LATE_EVENTS_S), filters=json.dumps({"container": [container_id]})
        )
        actions = set()
        while (event := await events.get()) is not None:
            actions.add(event["Action"])
        return actions


def _later(engine_time: str, seconds: float) -> str:
    """The engine's RFC 3339 time plus some seconds, as the Unix time that its events take."""
    return f"{datetime.fromisoformat(engine_time).timestamp() + seconds:.6f}"


def explain_death(
    death: Death, last_words: str, *, memory_limit_bytes: int, attempt: int
) -> Fatal | InfrastructureFailure:
    """Whose fault the end of an optimizer's container is, in the `attempt`th attempt at its shard."""
    match death.cause:
        case "still_running":
            # A process cannot end the attached stream but by its own end: the connection to the engine broke.
            return InfrastructureFailure("the connection to the optimizer container was lost")
        case "out_of_memory":
            detail = f"expected at most {memory_limit_bytes} bytes of memory, it needed more"
            return Fatal(Verdict.OUT_OF_MEMORY, detail)
        case "killed_from_outside":
            return InfrastructureFailure("the optimizer container was killed from outside")
    if death.exit_code == SIGKILLED and attempt <= TRUSTED_ATTEMPTS:
        # The kernel protects a container's first process from its own SIGKILL, so this one came from the host, or the
        # process only says so with its exit code.
        return InfrastructureFailure("the optimizer's process was killed, and nobody says by whom")
    ending = f"; its last words: {last_words}" if last_words else ""
    return Fatal(Verdict.PROCESS_DIED, f"the process ended with exit code {death.exit_code}{ending}")
