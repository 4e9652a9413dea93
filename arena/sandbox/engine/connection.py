"""Calls of the container engine: how long one may take, and what its failure is."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import aiohttp
from aiodocker import Docker
from aiodocker.exceptions import DockerError

from arena.sandbox.study import InfrastructureFailure

CALL_TIMEOUT_S = 30
"""For one call of the engine. It may be slow on a loaded machine; slower than this, it is as good as gone."""

ENGINE_ERRORS = (DockerError, aiohttp.ClientError, OSError)
"""What a call raises when it fails; TimeoutError is an OSError."""

NOT_FOUND, CONFLICT = 404, 409


@contextlib.contextmanager
def engine_call(purpose: str) -> Iterator[None]:
    """Turn what goes wrong with the engine inside into an `InfrastructureFailure` that names the purpose."""
    try:
        yield
    except ENGINE_ERRORS as error:
        raise InfrastructureFailure(f"engine: {purpose}: {type(error).__name__}: {error}") from error


@contextlib.asynccontextmanager
async def connect_docker(url: str) -> AsyncIterator[Docker]:
    """A client of the engine at this URL, connected on first use."""
    docker = Docker(url=url)
    async with docker.session:  # `close` leaves it open when a stream of events has ended with an error
        try:
            yield docker
        finally:
            await docker.close()
