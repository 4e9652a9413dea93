"""The hostile set again, with gVisor's runsc between it and the machine; all of it with `-m long`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.hostile.judge import Judge
from tests.support.hostile.platform import judging_platform
from tests.support.hostile.submission import FILES, judge_file
from tests.support.sandbox.own_engine import own_engine
from tests.support.sandbox.runsc import runsc_runtime
from tests.support.stack import ROOT

ALWAYS = {"exhaust/fork_bomb", "exhaust/memory_in_suggest", "forge/kill_everybody", "host/kernel_calls", "peek/memory"}
"""What ends differently, or another way, in a kernel of its own."""

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),  # scikit-learn's of itself
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Judge]:
    """A judge whose runner works on an engine of its own, all under runsc."""
    folder = tmp_path_factory.mktemp("runsc")
    with own_engine(ROOT / ".arena" / "own-engine", runtimes=runsc_runtime(folder)) as own:
        own.load()
        async with judging_platform(template_database, folder, engine_url=own.url, sandbox_runtime="runsc") as one:
            yield one


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[] if name_of(path) in ALWAYS else pytest.mark.long) for path in FILES],
    ids=[name_of(path).replace("/", "-") for path in FILES],
)
async def test_hostile_optimizer_under_runsc(arena: Judge, path: Path) -> None:
    await judge_file(arena, path, "runsc")
