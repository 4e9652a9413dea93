"""A participant who has installed the client, and nothing else of this project, can do all that there is to do."""

import asyncio
import json

from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.installed import Installed


async def test_a_participant_starts_packs_and_submits(client: Installed, gateway: Gateway) -> None:
    (await gateway.apply(competition())).raise_for_status()
    team = await gateway.organizer.post("/api/v1/admin/competitions/c/teams", json={"name": "ada"})
    environment = {"ARENA_URL": gateway.url, "ARENA_TOKEN": team.raise_for_status().json()["token"]}

    for arguments in (("new", "mine"), ("pack", "mine", "-o", "mine.zip")):
        await asyncio.to_thread(client.run, "arena", *arguments)
    shown = await asyncio.to_thread(
        client.run, "arena", "submit", "mine.zip", "--competition", "c", "--json", **environment
    )

    assert json.loads(shown)["state"] == "queued"
