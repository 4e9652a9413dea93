"""A real browser on the real gateway: what people see, what they may do, and what axe finds."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page, expect

from deploy.website.libraries import install_libraries
from services.aggregator.service import Aggregator
from services.gateway.settings import GatewaySettings
from shared.broker.connection import Broker
from shared.database import Pool
from shared.outbox import Outbox
from tests.support.backends import new_database, new_virtual_host
from tests.support.browser.pages import LIMIT_MS, Open, launched_browser, sign_in
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.service_settings import platform_settings
from tests.support.stack import running_services


@pytest.fixture(scope="session", autouse=True)
def libraries() -> None:
    """The libraries that pages load, which the repository does not have."""
    install_libraries()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; each page has a context of its own, as if it were another browser."""
    expect.set_options(timeout=LIMIT_MS)
    async with launched_browser() as browser:
        yield browser


@pytest.fixture
async def new_page(browser: Browser) -> AsyncIterator[Open]:
    """Opens pages, each of a person of its own, signed in with a token if there is one.

    At the end no page may have had an error in its scripts, nor anything that its policy forbids.
    """
    faults: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_page(url: str, token: str | None = None, **options: object) -> Page:
            context = await browser.new_context(base_url=url, **options)  # type: ignore[arg-type]
            stack.push_async_callback(context.close)
            context.set_default_timeout(LIMIT_MS)
            page = await context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
            if token is not None:
                await sign_in(page, token)
            return page

        yield open_page
    assert faults == []


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway, with the official baseline imported as `official`."""
    async with gateway_with_baseline(gateway_settings) as gateway:
        yield gateway


@pytest.fixture
def aggregator(pool: Pool, broker: Broker) -> Aggregator:
    """The aggregator, not running: tests hand it its batches."""
    return Aggregator(pool, broker, Outbox(pool, broker), result_batch=64)


@pytest.fixture(scope="module")
async def platform(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """URL of a gateway with the other three services behind it, on which each test makes its own competition."""
    folder = tmp_path_factory.mktemp("platform")
    async with new_database(template_database) as database_url:
        with new_virtual_host() as broker_url:
            settings = platform_settings(database_url, broker_url, folder, runner_id="runner-1")
            async with running_services(settings, folder) as services:
                yield services.url
