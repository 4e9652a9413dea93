"""A service that waits for its servers at start."""

from pathlib import Path

import pytest

from tests.support.service_settings import platform_settings
from tests.support.stack import SERVICES, free_port, running_process
from tests.support.waiting import wait_until


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_that_waits_for_a_server_ends_when_it_is_told_to(name: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    settings = platform_settings(
        f"postgresql://arena@127.0.0.1:{port}/arena", f"amqp://arena@127.0.0.1:{port}/", tmp_path
    )

    async def waits() -> bool:
        return "is unavailable" in log.read_text()

    with running_process(name, getattr(settings, name), free_port(), log, {}):  # it must end with 0
        await wait_until(waits, what=f"{name} waits for its servers")
