"""Executions as the organizer meets them: listed, read along, replayed and scored again, with real containers."""

import json
from pathlib import Path

from arena.client.http import Client
from arena.pack.optimizer_zip import read_zip
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.end_to_end.competition import EXAMPLES, ORGANIZER, RUNNER_ID, set_up
from tests.support.waiting import SCORING_LIMIT_S, limited, wait_until

RANDOM_BYTES = """
import os, random, sys
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict
import numpy as np
class Moody(AbstractOptimizer):
    def suggest(self, n_suggestions=1):
        random_ = np.random.RandomState(int.from_bytes(os.urandom(4), "big"))
        return suggest_dict([], [], self.api_config, n_suggestions=n_suggestions, random=random_)
    def observe(self, X, y):
        pass
"""
SPEAKS = """
import sys, time
from bayesmark.abstract_optimizer import AbstractOptimizer
class Speaks(AbstractOptimizer):
    def suggest(self, n_suggestions=1):
        print("I am thinking", file=sys.stderr, flush=True)
        time.sleep(600)
    def observe(self, X, y):
        pass
"""


def write_optimizer(folder: Path, code: str) -> Path:
    folder.mkdir()
    (folder / "optimizer.py").write_text(code)
    return folder


async def until_scored(pool: Pool, *submissions: str) -> None:
    for submission in submissions:
        await wait_until(
            lambda: pool.fetchval("select state = 'scored' from submissions where id = $1", submission),  # noqa: B023
            limit_s=SCORING_LIMIT_S,
            what="scored",
        )


async def test_from_a_list_of_executions_to_a_phase_scored_again(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    arena = Arena(platform)
    dice, moody = set_up(Client(platform, ORGANIZER), "executions")
    first = dice.submit("executions", None, *read_zip(EXAMPLES / "random_search")).json["id"]
    other = moody.submit("executions", None, *read_zip(write_optimizer(tmp_path / "moody", RANDOM_BYTES))).json["id"]
    await until_scored(platform_pool, first, other)

    _, listed = await arena.json_and_code(
        "executions", "--competition", "executions", "--team", "dice", "--outcome", "done"
    )
    assert {row["submission_id"] for row in listed["executions"]} == {first}
    assert len(listed["executions"]) == 4
    for row in listed["executions"]:
        assert row["usage"]["cpu_s"] > 0
        assert row["usage"]["memory_peak_bytes"] > 0
        assert row["taken_at"] is not None
        assert (row["runner"], row["studies_done"]) == (RUNNER_ID, 1)

    code, same = await arena.json_and_code("replay", listed["executions"][0]["id"])
    assert (code, same["identical"], same["studies_compared"], same["provenance_differs"]) == (0, True, 1, [])
    _, listed = await arena.json_and_code("executions", "--submission", other, "--limit", "1")
    code, differs = await arena.json_and_code("replay", listed["executions"][0]["id"])
    assert (code, differs["identical"]) == (1, False)
    assert differs["differences"][0]["iteration"] == 1

    phase = ("--competition", "executions", "--phase", "feedback")
    _, candidate = await arena.json_and_code("rescore", "start", *phase, "--studies-per-box", "1", "--watch")
    assert candidate["ended"]
    assert {row["team"] for row in candidate["teams"]} == {"dice", "library"}
    assert all(row["new_score"] is not None for row in candidate["teams"])
    _, applied = await arena.json_and_code("rescore", "apply", *phase)
    rows = dice.get("/api/v1/competitions/executions/leaderboard").json["rows"]
    assert {row["team"]: row["score"] for row in rows} == {row["team"]: row["new_score"] for row in applied["teams"]}
    assert {row["studies_total"] for row in rows} == {2}


async def test_a_running_log_is_read_along_until_its_execution_is_stopped(
    platform: str, platform_pool: Pool, tmp_path: Path
) -> None:
    arena = Arena(platform)
    dice, _ = set_up(Client(platform, ORGANIZER), "logs")
    submission = dice.submit("logs", None, *read_zip(write_optimizer(tmp_path / "speaks", SPEAKS))).json["id"]
    running = "select id from shards where submission_id = $1 and state = 'running' limit 1"
    await wait_until(lambda: platform_pool.fetchval(running, submission), what="a shard runs")
    execution = f"{await platform_pool.fetchval(running, submission)}:1"

    following = await arena.start("logs", execution, "--follow", "--json")
    assert following.stdout is not None
    async with limited():
        written = json.loads(await following.stdout.readline())
        assert (written["type"], written["text"]) == ("log", "I am thinking\n")
        dice.post(f"/api/v1/submissions/{submission}/cancel")
        assert json.loads(await following.stdout.readline()) == {"type": "ended", "outcome": "stopped"}
        assert await following.wait() == 0

    _, listed = await arena.json_and_code("executions", "--competition", "logs", "--outcome", "stopped")
    assert execution in {row["id"] for row in listed["executions"]}
