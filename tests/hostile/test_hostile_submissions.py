"""Every file of the hostile set through the HTTP API to the real stack, each beside an honest submission."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from arena.words.verdicts import Verdict
from tests.support.hostile.judge import Judge
from tests.support.hostile.platform import judging_platform
from tests.support.hostile.submission import CATEGORIES, FILES, REFUSED, judge_file, read_header

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),  # scikit-learn's of itself
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arena(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Judge]:
    """The four services with two slots, and a judge who knows what an honest submission scores alone."""
    async with judging_platform(template_database, tmp_path_factory.mktemp("hostile")) as one:
        yield one


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_hostile_optimizer(arena: Judge, path: Path) -> None:
    await judge_file(arena, path)


async def test_the_set_is_whole() -> None:
    headers = {path: read_header(path) for path in FILES}
    wrong = [
        str(path)
        for path, header in headers.items()
        if not {"expect", "because"} <= set(header) or header["expect"] not in {REFUSED, *Verdict}
    ]
    assert wrong == []
    assert {path.parent.name for path in FILES} == set(CATEGORIES)
    assert len(FILES) >= 229
    fatal = {header["expect"] for header in headers.values()} - {REFUSED, "scored"}
    assert fatal == set(Verdict) - {Verdict.SCORED, Verdict.CANCELLED, Verdict.PLATFORM_FAULT}, (
        "each verdict is reached"
    )
