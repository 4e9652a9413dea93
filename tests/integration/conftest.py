"""The real gateway, for tests of its routes and of the commands that call them."""

from collections.abc import AsyncIterator

import pytest

from services.gateway.settings import GatewaySettings
from tests.support.gateway.running import Gateway, gateway_with_baseline


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway, with the official baseline imported as `official`."""
    async with gateway_with_baseline(gateway_settings) as gateway:
        yield gateway
