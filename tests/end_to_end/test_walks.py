"""The walks in docs/ are tests: what new users type and open, with what they have installed, and what they see."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from arena.client.http import Client
from arena.package_data import OFFICIAL_BASELINE
from tests.support.backends import new_database, new_virtual_host
from tests.support.browser.pages import launched_browser
from tests.support.end_to_end.walk import Walk, make_terminal
from tests.support.installed import Installed, Wheels
from tests.support.service_settings import ORGANIZER_TOKEN, platform_settings
from tests.support.stack import ROOT, Services, running_services

WALKS = ROOT / "docs" / "developer" / "walks"
OF_THE_DEMO = "neurips-2020"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def installed(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The client with all its extras."""
    return wheels.install(tmp_path_factory.mktemp("walks"), "python3.11", "arena[check,report]")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def platform(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    """A platform for all walks, with the baseline set that the demo imports."""
    folder = tmp_path_factory.mktemp("platform")
    (folder / "blobs").mkdir()
    async with new_database(template_database) as database:
        with new_virtual_host() as broker:
            settings = platform_settings(database, broker, folder / "blobs", runner_id="runner-of-the-walks")
            async with running_services(settings, folder) as services:
                document = json.loads(OFFICIAL_BASELINE.read_text())
                body = {"name": OF_THE_DEMO, "source": "official, 16 x 8", "document": document}
                Client(services.url, ORGANIZER_TOKEN).post("/api/v1/admin/baselines", body)
                yield services


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with launched_browser() as browser:
        yield browser


@pytest.mark.parametrize("who", ["participant", "organizer", "watcher"])
async def test_a_new_user_gets_through_the_first_hour(
    who: str, platform: Services, installed: Installed, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    client = Installed(installed.environment, tmp_path_factory.mktemp(who))
    variables = {"PLATFORM": platform.url, "ORGANIZER": ORGANIZER_TOKEN, "EXAMPLES": str(ROOT / "examples")}
    walk = Walk(*make_terminal(client, variables), browser)

    await walk.walk(WALKS / f"{who}.md")

    assert not walk.faults, "\n\n".join(walk.faults)
