"""A question to a problem family, in the trusted container in which its studies run."""

import asyncio
from typing import Any

from arena.sandbox.container_config import Cpu, blackbox_config
from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.stream import StreamEnded, StreamFlooded
from arena.sandbox.study import InfrastructureFailure


async def ask_family(engine: Engine, family: str, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Start a container of the family, ask, and remove it: it has the limits of a study, and as much time as is given.

    Raises `InfrastructureFailure` when there is no such image, or its code fails or answers too late.
    """
    container = await engine.start(blackbox_config(engine.settings, Cpu(0), await engine.images.find_family(family)))
    try:
        async with asyncio.timeout(timeout_s):
            await container.stream.send(request)
            answer = await container.receive()
    except (TimeoutError, StreamEnded, StreamFlooded) as error:
        last_words = container.stream.stderr_tail[-1000:]
        raise InfrastructureFailure(
            f"expected an answer of the problem family {family} within {timeout_s:g} s, got {error!r}; {last_words}"
        ) from error
    finally:
        await engine.discard(container)
    if "failure" in answer:
        raise InfrastructureFailure(f"the problem family {family} failed: {answer['failure']}")
    return answer
