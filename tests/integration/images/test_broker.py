"""The broker's image, as an operator meets it."""

from pathlib import Path

from tests.chaos.platform.servers import broker_server
from tests.support.waiting import wait_until


async def test_rabbitmqctl_in_the_container_needs_no_password(tmp_path: Path) -> None:
    server = broker_server(tmp_path / "data")
    await server.create()
    try:
        await server.start()

        async def answers() -> bool:
            return "arena.results" in await server.run("rabbitmqctl", "--quiet", "list_queues", "name")

        await wait_until(answers, what="rabbitmqctl lists the queues")
    finally:
        await server.remove()
