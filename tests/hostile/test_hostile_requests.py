"""Every hostile request to the gateway, for blobs and with tokens that are not for it, and what is answered.

A file's `attack` sends requests and returns the answers. Its header says which statuses they may have: `expect`, one or
several. Whatever the status, no answer but a runner's own holds another team's zip.
"""

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.gateway.settings import GatewaySettings
from tests.support.backends import new_database, new_virtual_host
from tests.support.hostile.requests import SECRET, Target, running_target
from tests.support.hostile.submission import read_header
from tests.support.service_settings import platform_settings
from tests.support.zips import HOSTILE_SET

FILES = sorted((HOSTILE_SET / "requests").glob("*.py"))

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blobs")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(template_database: str, blobs: Path) -> AsyncIterator[Target]:
    """The gateway that is attacked."""
    async with new_database(template_database) as database_url:
        with new_virtual_host() as broker_url:
            settings: GatewaySettings = platform_settings(database_url, broker_url, blobs).gateway
            async with running_target(settings) as one:
                yield one


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.rglob("*") if each.is_file()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_hostile_request(target: Target, blobs: Path, path: Path) -> None:
    header = read_header(path)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before = names_in(blobs)

    answers = await module.attack(target)

    expected = set(map(int, header["expect"].split()))
    assert answers
    for answer in answers:
        assert answer.status_code in expected, (answer.request.method, answer.request.url, answer.text[:500])
        assert answer.status_code == 200 or SECRET not in answer.content
    assert names_in(blobs) == before, "nothing was written to the store"


async def test_each_of_them_says_what_is_expected_and_why() -> None:
    wrong = [path.name for path in FILES if not {"expect", "because"} <= set(read_header(path))]
    assert wrong == []
    assert len(FILES) >= 14
