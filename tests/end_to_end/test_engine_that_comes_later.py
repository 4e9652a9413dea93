"""A runner whose engine comes later: it waits, tries its sandboxes out, and takes work."""

from pathlib import Path

from tests.support.service_settings import platform_settings
from tests.support.starting import starting

ENGINE = Path("/var/run/docker.sock")


async def test_a_runner_takes_work_when_its_engine_has_come(broker_url: str, tmp_path: Path) -> None:
    socket = tmp_path / "docker.sock"
    settings = platform_settings(
        "", broker_url, tmp_path, runner_id="runner-without-engine", engine_url=f"unix://{socket}"
    )

    async with starting("runner", settings, tmp_path) as service:
        await service.wait_for_reason("engine", "does not answer")
        socket.symlink_to(ENGINE)

        await service.wait_until_ready()
