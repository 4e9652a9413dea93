"""Arena's own control plane: its four services as processes, the runner's with an engine that answers at once."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.stack.gateway import wait_ready
from benchmarks.stack.platform import RANDOM_SEARCH, Platform, pack
from benchmarks.stack.processes import free_port, running_processes

MODULES = {
    "gateway": "services.gateway",
    "dispatcher": "services.dispatcher",
    "runner": "benchmarks.stack.null_runner",
    "aggregator": "services.aggregator",
}
TOKEN = "organizer-token-of-the-benchmarks"  # noqa: S105 - of a platform that lives for minutes
BOXES, STUDIES = 20, 200
EXECUTIONS = BOXES * STUDIES
"""In a submission, each of one study."""
PAIRS = itertools.product(("DT", "kNN", "SVM", "RF", "MLP-adam", "ada"), ("iris", "wine", "digits", "breast"))


@dataclass(frozen=True)
class ArenaPlane:
    """The running services, and a team in a competition."""

    platform: Platform
    slug: str
    token: str
    pids: Mapping[str, int]

    async def execute(self) -> float:
        """Return the seconds from accepting a submission of EXECUTIONS until it is scored."""
        return await self.platform.timed_submission(self.slug, self.token, pack(RANDOM_SEARCH))


@asynccontextmanager
async def running_arena(database_url: str, broker_url: str) -> AsyncIterator[ArenaPlane]:
    """Run the services; yields once they are ready, and a runner takes work."""
    with tempfile.TemporaryDirectory() as blobs:
        ports = [free_port() for _ in MODULES]
        environments = [_environment(database_url, broker_url, blobs, port) for port in ports]
        commands = [(module,) for module in MODULES.values()]
        async with running_processes(commands, environments) as pids:
            await asyncio.gather(*(wait_ready(f"http://127.0.0.1:{port}") for port in ports))
            platform = Platform(f"http://127.0.0.1:{ports[0]}", TOKEN)
            await platform.wait_warm(1)
            boxes = [(model, dataset, "acc") for model, dataset in itertools.islice(PAIRS, BOXES)]
            slug, token = await platform.create_competition(boxes, studies_per_box=STUDIES)
            yield ArenaPlane(platform, slug, token, dict(zip(MODULES, pids, strict=True)))


def _environment(database_url: str, broker_url: str, blobs: str, port: int) -> dict[str, str]:
    return {
        "ARENA_DATABASE_URL": database_url,
        "ARENA_BROKER_URL": broker_url,
        "ARENA_BLOB_URL": f"file://{blobs}",
        "ARENA_HTTP_HOST": "127.0.0.1",
        "ARENA_HTTP_PORT": str(port),
        "ARENA_ORGANIZER_TOKEN": TOKEN,
        "ARENA_ANONYMOUS_RATE": "1000000/minute",
        "ARENA_LOG_LEVEL": "warning",
        "ARENA_SLOTS": "16",
        "ARENA_RELEASE_WINDOW": "1024",
        "ARENA_RELEASE_PER_SLOT": "64",
    }
