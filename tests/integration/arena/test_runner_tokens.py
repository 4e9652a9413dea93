"""An organizer makes tokens for runners, sees them among the others, and revokes them, by the commands."""

from pathlib import Path

from tests.support.command_line import Arena
from tests.support.gateway.running import Gateway

MISSING = "/api/v1/blobs/" + "0" * 64


async def test_an_organizer_makes_lists_and_revokes_a_runner_s_token(gateway: Gateway, tmp_path: Path) -> None:
    organizer = Arena(gateway.url, tmp_path)

    made = await organizer.json("token", "create", "--runner", "--name", "the lab's")
    client = gateway.client(made["token"])
    found = (await client.get(MISSING)).json()["code"]
    code, listed, _ = await organizer.run("token", "list")
    await organizer.json("token", "revoke", made["id"])

    assert (made["scopes"], found, code) == (["blobs:read"], "no_such_blob", 0)
    assert [line.split("\t")[1:4] for line in listed.splitlines() if made["id"] in line] == [
        ["runner", "the lab's", "blobs:read"]
    ]
    assert (await client.get(MISSING)).status_code == 401


async def test_a_runner_s_token_has_no_team_and_no_scopes_to_choose(gateway: Gateway, tmp_path: Path) -> None:
    organizer = Arena(gateway.url, tmp_path)
    for more in (("--scope", "read"), ("--team", "a", "--competition", "c")):
        code, output, errors = await organizer.run("token", "create", "--runner", *more)
        assert (code, output) == (1, "")
        assert "Expected --runner without --team and --scope" in errors
