"""The command line against the real gateway: what scripts rely on."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

from shared.database import Pool
from tests.integration.gateway.conftest import BASELINE, Gateway, competition, gateway

__all__ = ["gateway"]  # the fixture

ORGANIZER = "organizer-token-of-the-tests"


class Arena:
    """Runs the command as a script does."""

    def __init__(self, url: str, folder: Path, token: str = ORGANIZER) -> None:
        self._environment = {**os.environ, "ARENA_URL": url, "ARENA_TOKEN": token}
        self._folder = folder

    async def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("arena"),
            *map(str, arguments),
            env=self._environment,
            cwd=self._folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            output, errors = await process.communicate()
        return process.returncode or 0, output.decode(), errors.decode()

    async def json(self, *arguments: str | Path) -> dict[str, Any]:
        code, output, errors = await self.run(*arguments, "--json")
        assert code == 0, errors
        body: dict[str, Any] = json.loads(output)
        return body


def write_optimizer(folder: Path) -> Path:
    optimizer = folder / "mine"
    optimizer.mkdir()
    (optimizer / "optimizer.py").write_text("class Optimizer: ...")
    return optimizer


async def test_a_competition_from_its_file_to_a_cancelled_submission(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    file = tmp_path / "competition.yaml"
    file.write_text(yaml.safe_dump({"slug": "c", **competition()}))

    imported = await organizer.json("baseline", "import", BASELINE, "--name", "mine")
    applied = await organizer.json("competition", "apply", file)
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "a", "--competition", "c"))["token"])
    submitted = await team.json("submit", write_optimizer(tmp_path), "--competition", "c", "--phase", "feedback")
    status = await team.json("status", submitted["id"])
    cancelled = await team.json("cancel", submitted["id"])
    watched = await team.json("watch", submitted["id"])
    board = await team.json("leaderboard", "--competition", "c", "--phase", "feedback")
    exported = await organizer.json("export", "--competition", "c", "--phase", "feedback", tmp_path / "results")

    assert imported == {"name": "mine", "version": 1}
    assert applied["slug"] == "c"
    assert (status["id"], status["state"], status["queue_position"]) == (submitted["id"], "queued", 1)
    assert cancelled["state"] == watched["submissions"][0]["state"] == "cancelled"
    assert board["rows"] == []
    assert exported["studies"] == 0
    assert await pool.fetchval("select count(*) from submissions") == 1


async def test_a_failure_is_one_line_on_stderr_and_exit_code_1(gateway: Gateway, tmp_path: Path) -> None:
    arena = Arena(gateway.url, tmp_path)

    code, output, errors = await arena.run("leaderboard", "--competition", "none")
    assert (code, output, errors) == (1, "", "arena: Not Found: There is no competition 'none'.\n")

    code, output, errors = await arena.run("leaderboard", "--competition", "none", "--json")
    assert (code, output, json.loads(errors)["status"]) == (1, "", 404)


async def test_tables_for_people_show_the_same(gateway: Gateway, tmp_path: Path) -> None:
    await gateway.apply(competition())
    arena = Arena(gateway.url, tmp_path)

    code, output, _ = await arena.run("leaderboard", "--competition", "c")
    assert code == 0
    assert "c / feedback" in output

    code, output, _ = await arena.run("baseline", "list")
    assert (code, output.split()[0]) == (0, "official@1")


async def test_submitting_waits_for_a_platform_that_is_away_and_submits_once(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    await gateway.apply(competition())
    token = (await gateway.team("a")).headers["Authorization"].removeprefix("Bearer ")
    await gateway.database.cut()

    command = asyncio.create_task(
        Arena(gateway.url, tmp_path, token).json("submit", write_optimizer(tmp_path), "--competition", "c")
    )
    done, _ = await asyncio.wait([command], timeout=3)
    assert not done
    await gateway.database.mend()

    assert (await command)["state"] == "queued"
    assert await pool.fetchval("select count(*) from submissions") == 1
