"""The clients that the page on the API shows do what it says.

All services run; only the runner's slots have no containers.
"""

import asyncio
import sys
from pathlib import Path

import playwright
import pytest

from shared.blobs import Blobs
from shared.broker.connection import Broker
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway, running_gateway
from tests.support.gateway.submitting import make_zip
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import SlowSlot
from tests.support.services.pipeline import control, runner, running
from tests.support.stack import ROOT, free_port
from tests.support.waiting import limited

# Playwright brings a Node of its own, which is newer than those of distributions and has WebSocket.
NODE = Path(playwright.__file__).parent / "driver/node"
CLIENTS = {"Python": (sys.executable, "client.py"), "JavaScript": (str(NODE), "client.mjs")}


async def start(client: str, gateway: Gateway, folder: Path) -> asyncio.subprocess.Process:
    """Submit a zip by a client of the page, which then follows it."""
    program, script = CLIENTS[client]
    answer = await gateway.organizer.post("/api/v1/admin/competitions/c/teams", json={"name": "ada"})
    (folder / "optimizer.zip").write_bytes(make_zip())
    return await asyncio.create_subprocess_exec(
        *(program, ROOT / "examples/api" / script, folder / "optimizer.zip", "c", "feedback"),
        env={"ARENA_URL": gateway.url, "ARENA_TOKEN": answer.raise_for_status().json()["token"]},
        stdout=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_of_the_page_submits_and_follows_to_the_score_over_a_restart_of_the_platform(
    client: str, settings: PlatformSettings, blobs: Blobs, runner_broker: Broker, tmp_path: Path
) -> None:
    slot, port = SlowSlot(), free_port()

    async with control(settings), running(runner(runner_broker, blobs, settings, [slot]).run), limited():
        async with running_gateway(settings.gateway, port=port) as gateway:
            await gateway.import_official_baseline()
            (await gateway.apply(competition(phase(), phase("practice")))).raise_for_status()
            process = await start(client, gateway, tmp_path)
            assert process.stdout is not None
            first = await process.stdout.readline()
            await slot.started.wait()
        async with running_gateway(settings.gateway, port=port) as gateway:
            slot.go.set()
            rest, _ = await process.communicate()
            leaderboard = (await gateway.anyone.get("/api/v1/competitions/c/leaderboard?phase=feedback")).json()

    (row,) = leaderboard["rows"]
    *_, last, score = rest.decode().splitlines()
    assert first.decode().endswith("0 of 4\n")
    assert last == "scored 4 of 4"
    assert score.startswith("scored ")
    assert float(score.removeprefix("scored ")) == row["score"] == pytest.approx(row["curve"][-1], abs=1e-3)
    assert process.returncode == 0


async def test_a_client_of_the_page_says_why_it_was_refused(gateway: Gateway, tmp_path: Path) -> None:
    (await gateway.apply(competition(phase(opens_at="2100-01-01T00:00:00Z")))).raise_for_status()

    process = await start("Python", gateway, tmp_path)

    assert await process.wait() == 1
