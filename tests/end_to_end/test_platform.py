"""The whole platform as its users meet it: HTTP, WebSocket, the four services as processes, real containers."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from arena.client.http import Client
from arena.pack.optimizer_zip import read_zip
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.end_to_end.competition import EXAMPLES, ORGANIZER, RUNNER_ID, set_up
from tests.support.waiting import SCORING_LIMIT_S, limited, wait_until

SLOW = b"""
import time
from bayesmark.abstract_optimizer import AbstractOptimizer
class Slow(AbstractOptimizer):
    def suggest(self, n_suggestions=1):
        time.sleep(600)
    def observe(self, X, y):
        pass
"""


async def follow(url: str, token: str, submission: str) -> list[dict[str, Any]]:
    """Return every message of a submission's live feed, to its end."""
    feed = f"ws{url.removeprefix('http')}/api/v1/submissions/{submission}/live"
    async with (
        limited(SCORING_LIMIT_S),
        connect(feed, additional_headers={"Authorization": f"Bearer {token}"}) as socket,
    ):
        return [json.loads(message) async for message in socket]


async def test_two_teams_are_scored_live_and_stock_bayesmark_agrees(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    organizer = Client(platform, ORGANIZER)
    dice, library = set_up(organizer, "live")

    board = f"ws{platform.removeprefix('http')}/api/v1/competitions/live/live"
    async with connect(board) as leaderboard:
        snapshot = json.loads(await leaderboard.recv())
        assert (snapshot["type"], snapshot["rows"]) == ("snapshot", [])
        first = dice.submit("live", None, *read_zip(EXAMPLES / "random_search")).json
        other = library.submit("live", None, *read_zip(EXAMPLES / "hyperopt_tpe")).json
        again = dice.submit("live", "feedback", *read_zip(EXAMPLES / "random_search")).json
        token = dice.headers["Authorization"].removeprefix("Bearer ")
        messages = await follow(platform, token, first["id"])
        rows: dict[str, Any] = {}
        async with limited(SCORING_LIMIT_S):
            while {row["state"] for row in rows.values()} != {"scored"} or len(rows) < 2:
                change = json.loads(await leaderboard.recv())
                rows |= {row["team"]: row for row in change["rows"]}

    assert messages[0]["type"] == "snapshot"
    assert sorted((study["box"], study["study"]) for message in messages for study in message["studies"]) == [
        ("box-01", 0),
        ("box-01", 1),
        ("box-02", 0),
        ("box-02", 1),
    ]
    assert messages[-1]["submission"]["state"] == "scored"
    for submission in (other, again):
        await wait_until(
            lambda: platform_pool.fetchval("select state = 'scored' from submissions where id = $1", submission["id"]),  # noqa: B023
            limit_s=SCORING_LIMIT_S,
        )

    replays = await platform_pool.fetch(
        "select array_agg(array[a.visible, a.generalization] order by a.box_id, a.study) from studies a "
        "where a.submission_id = any ($1::uuid[]) group by a.submission_id",
        [first["id"], again["id"]],
    )
    assert len(replays) == 2
    assert replays[0] == replays[1], "the same inputs give the same losses, bit for bit"

    phase = ("--competition", "live", "--phase", "feedback")
    verified = await Arena(platform).json("export", *phase, tmp_path / "results", "--verify")
    ours = {row["team"]: row["score"] for row in organizer.get("/api/v1/competitions/live/leaderboard").json["rows"]}
    assert {each["team"]: each["leaderboard"] for each in verified["scores"]} == ours
    assert {each["team"]: each["bayesmark"] for each in verified["scores"]} == pytest.approx(ours, abs=1e-9)


async def test_cancelling_kills_the_running_containers(platform: str, platform_pool: Pool, tmp_path: Path) -> None:
    dice, _ = set_up(Client(platform, ORGANIZER), "cancelling")
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "optimizer.py").write_bytes(SLOW)
    await wait_until(none_runs, what="no study of another test runs")
    submission = dice.submit("cancelling", None, *read_zip(folder)).json
    await wait_until(study_containers, what="a study runs")

    cancelled = dice.post(f"/api/v1/submissions/{submission['id']}/cancel").json

    assert cancelled["state"] == "cancelled"

    await wait_until(none_runs, what="the study's containers are gone")
    dropped = "select bool_and(state = 'dropped') from shards where submission_id = $1"
    await wait_until(lambda: platform_pool.fetchval(dropped, submission["id"]), what="all dropped")


async def none_runs() -> bool:
    return not await study_containers()


async def study_containers() -> list[str]:
    """Return the names of this test's optimizer containers that have a shard in hand."""
    shown = await asyncio.create_subprocess_exec(
        "docker",
        "ps",
        "--filter",
        f"label=arena.runner={RUNNER_ID}",
        "--format",
        "{{.Names}}",
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await shown.communicate()
    return [name for name in output.decode().split() if name.startswith("arena-optimizer-") and name.count("-") > 3]
