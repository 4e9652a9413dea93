"""A gateway whose e-mails wait, so that a test can read them."""

from collections.abc import AsyncIterator

import pytest

from services.gateway.settings import GatewaySettings
from tests.support.gateway.people import with_waiting_emails
from tests.support.gateway.running import Gateway, gateway_with_baseline


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway, with the official baseline imported as `official`."""
    async with gateway_with_baseline(with_waiting_emails(gateway_settings)) as gateway:
        yield gateway
